#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/value/number.h"
#include "server/ctl/ctl.h"
#include "server/ctl/demo_book.h"
#include "server/ctl/demo_company.h"
#include "server/ctl/demo_fill.h"
#include "server/ctl/demo_seal.h"

/* Two companies full of believable business, the same for one seed and one day: all of it or nothing. */

enum {
    CUSTOMERS = 2000,
    CUSTOMERS_MAX = 2000000, /* so that the plates suffice */
    FIRST_YEAR = 2022,       /* histories reach back, prices begin in 2020 */
};
#define ARENA_CAP ((size_t)64 * 1024 * 1024)

struct demo {
    struct ctl *ctl;
    struct admin *db;
    int64_t customers, seed;
    date_t today;
    const char *passwords;
    char draft[CONFIG_PATH]; /* beside `passwords`, until the companies stand */
    struct signer signer;
    struct demo_company companies[DEMO_COMPANIES];
    struct demo_login logins[DEMO_LOGINS];
    struct demo_keys keys[DEMO_COMPANIES];
    struct demo_book book;
    struct arena arena; /* of one story, and of one statement */
    struct demo_fill fill;
    char conninfo[CONFIG_CONNINFO];
};

/* ------------------------------------------------------------------ options */

static enum rc
read_today(struct demo *d, const char *given, struct err *reterr)
{
    struct admin_rows rows;
    enum rc rc = RC_OK;
    struct str text = str_from(given ? given : d->ctl->config.today);
    if (text.n == 0) {
        rc = admin_run(d->db, &d->arena, "select (now() at time zone 'Africa/Dar_es_Salaam')::date", NULL, 0,
                       &rows, reterr);
        if (rc != RC_OK)
            return rc;
        text = rows.cells[0];
    }
    rc = date_parse(text, "today", &d->today, reterr);
    if (rc == RC_OK && civil_of(d->today).year < FIRST_YEAR)
        rc = err_set(reterr, RC_BAD_PARAMS, "today", "today must be in %d or later", FIRST_YEAR);
    return rc;
}

static enum rc
read_options(struct demo *d, const char **ret_today, struct err *reterr)
{
    const char *customers = NULL, *seed = NULL, *today = NULL;
    const struct ctl_option options[] = {
        {"--customers", &customers   },
        {"--seed",      &seed        },
        {"--passwords", &d->passwords},
        {"--today",     &today       },
    };
    enum rc rc = ctl_options(d->ctl, options, COUNTOF(options), reterr);
    if (rc == RC_OK && d->ctl->argc != 0)
        rc = err_set(reterr, RC_USAGE, NULL, "takes no words, only options");
    d->customers = CUSTOMERS;
    d->seed = 1;
    if (rc == RC_OK && customers)
        rc = number_parse(str_from(customers), 50, CUSTOMERS_MAX, "--customers", &d->customers, reterr);
    if (rc == RC_OK && seed)
        rc = number_parse(str_from(seed), 0, INT64_MAX, "--seed", &d->seed, reterr);
    *ret_today = today;
    return rc;
}

/* ------------------------------------------------------------------ passwords */

/* Before the work, so that a wrong place shows at once; put in its place when the companies stand. */
static enum rc
write_passwords(struct demo *d, struct err *reterr)
{
    const char *path = d->draft;
    if (strlen(d->passwords) + sizeof ".new" > sizeof d->draft)
        return err_set(reterr, RC_BAD_PARAMS, NULL, "the path of --passwords is too long");
    (void)snprintf(d->draft, sizeof d->draft, "%s.new", d->passwords);
    (void)unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (!out) {
        enum rc rc = err_log(reterr, RC_INTERNAL, "%s: %s", path, strerror(errno));
        if (fd >= 0)
            (void)close(fd);
        return rc;
    }
    demo_company_print(out, d->logins);
    bool bad = ferror(out) != 0;
    if (fclose(out) != 0 || bad)
        return err_log(reterr, RC_INTERNAL, "%s: %s", path, strerror(errno));
    return RC_OK;
}

/* ------------------------------------------------------------------ loading */

/* Ids are drawn on a line of its own: nobody else waits for the end of the loading. */
static enum rc
draw_ids(struct demo *d, struct err *reterr)
{
    CLEANUP(admin_close) struct admin *db = NULL;
    enum rc rc = ctl_database(d->ctl, &db, reterr);
    return rc ? rc : demo_load_ids(db, &d->arena, &d->book, reterr);
}

static enum rc
make_keys(struct demo *d, struct err *reterr)
{
    CLEANUP(keyring_close) struct keyring *keys = NULL;
    char path[CONFIG_PATH];
    ctl_master_key(d->ctl, path);
    enum rc rc = keyring_open(path, false, &keys, reterr);
    for (size_t i = 0; rc == RC_OK && i < DEMO_COMPANIES; i++) {
        rc = demo_keys_open(keys, d->db, &d->arena, d->companies[i].tenant, &d->keys[i], reterr);
        d->companies[i].keys = &d->keys[i];
    }
    return rc;
}

static enum rc
make(struct demo *d, struct err *reterr)
{
    enum rc rc = admin_script(d->db, "begin", reterr);
    if (rc == RC_OK)
        rc = demo_company_check(d->db, &d->arena, reterr);
    if (rc == RC_OK)
        rc = demo_company_make(d->db, &d->arena, d->companies, d->logins, reterr);
    if (rc == RC_OK)
        rc = make_keys(d, reterr);
    if (rc == RC_OK && d->passwords)
        rc = write_passwords(d, reterr);
    struct demo_setting setting = {(uint64_t)d->seed, d->customers, d->today, d->companies};
    if (rc == RC_OK)
        rc = demo_book_open(&setting, &d->book, reterr);
    if (rc == RC_OK)
        rc = draw_ids(d, reterr);
    if (rc != RC_OK)
        return rc;
    d->fill.db = d->db;
    return demo_fill(&d->fill, reterr);
}

static enum rc
finish(struct demo *d, struct err *reterr)
{
    enum rc rc = admin_script(d->db, "commit", reterr);
    if (rc != RC_OK)
        return rc;
    double seconds = demo_fill_seconds(&d->fill);
    (void)printf("rows=%lld seconds=%.1f rows_per_second=%.0f\n", (long long)d->fill.rows, seconds,
                 (double)d->fill.rows / seconds);
    demo_company_print(stdout, d->logins);
    if (d->passwords && rename(d->draft, d->passwords) != 0)
        return err_log(reterr, RC_INTERNAL, "%s: %s; the passwords stand above", d->passwords,
                       strerror(errno));
    return RC_OK;
}

static enum rc
prepare(struct demo *d, struct err *reterr)
{
    const char *today = NULL;
    char key[CONFIG_PATH];
    enum rc rc = read_options(d, &today, reterr);
    if (rc == RC_OK)
        rc = ctl_database_ready(d->ctl, &d->db, reterr);
    if (rc == RC_OK)
        rc = ctl_conninfo(d->ctl, d->conninfo, reterr);
    if (rc == RC_OK)
        rc = read_today(d, today, reterr);
    ctl_signing_key(d->ctl, key);
    return rc ? rc : signer_load(&d->signer, key, false, reterr);
}

static enum rc
demo(struct ctl *ctl, struct err *reterr)
{
    struct demo *d = arena_new(&ctl->arena, struct demo, 1);
    d->ctl = ctl;
    arena_init(&d->arena, ARENA_CAP, NULL, NULL);
    d->fill =
        (struct demo_fill){.conninfo = d->conninfo, .a = &d->arena, .book = &d->book, .signer = &d->signer};
    (void)clock_gettime(CLOCK_MONOTONIC, &d->fill.started);
    enum rc rc = prepare(d, reterr);
    if (rc == RC_OK)
        rc = make(d, reterr);
    if (rc == RC_OK)
        rc = finish(d, reterr);
    admin_close(&d->db);
    if (rc != RC_OK) {
        demo_fill_undo(&d->fill);
        if (d->draft[0] != '\0')
            (void)unlink(d->draft);
    }
    demo_book_close(&d->book);
    for (size_t i = 0; i < DEMO_COMPANIES; i++)
        demo_keys_close(&d->keys[i]);
    crypt_wipe(d->logins, sizeof d->logins);
    signer_done(&d->signer);
    arena_done(&d->arena);
    return rc;
}

const struct ctl_command ctl_demo = {
    "demo", "[--customers N] [--seed S] [--today YYYY-MM-DD] [--passwords FILE]",
    "make two demo companies full of believable business; prints their logins and passwords once", demo};
