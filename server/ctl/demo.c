#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/value/number.h"
#include "server/ctl/ctl.h"
#include "server/ctl/demo_book.h"
#include "server/ctl/demo_bulk.h"
#include "server/ctl/demo_check.h"
#include "server/ctl/demo_company.h"
#include "server/ctl/demo_load.h"

/* Two companies full of believable business, the same for one seed and one day. One transaction: all of it or
 * nothing. */

enum {
    CUSTOMERS = 2000,
    CUSTOMERS_MAX = 2000000, /* so that the plates suffice */
    FIRST_YEAR = 2022,       /* histories reach back, prices begin in 2020 */
    UNINDEX_FROM = 10000,    /* customers; below, making indexes anew costs more than it saves */
};
#define ALL_TABLES                                                                                           \
    "{customer,vehicle,ownership,policy,term,cover,receipt,certificate,counter,history,search_token,search_" \
    "word}"
#define ARENA_CAP ((size_t)64 * 1024 * 1024)

struct demo {
    struct ctl *ctl;
    struct admin *db;
    int64_t customers, seed;
    date_t today;
    const char *passwords;
    struct signer signer;
    struct demo_company companies[DEMO_COMPANIES];
    struct demo_login logins[DEMO_LOGINS];
    struct demo_book book;
    struct arena arena; /* of one story, and of one statement */
    struct timespec started;
};

static double
seconds(const struct demo *d)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - d->started.tv_sec) + (double)(now.tv_nsec - d->started.tv_nsec) / 1e9;
}

static void
tell(const struct demo *d, const char *what)
{
    (void)printf("%7.1f s  %s\n", seconds(d), what);
    (void)fflush(stdout);
}

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

/* Written beside the file and put in its place when the companies stand. */
static enum rc
write_passwords(const struct demo *d, const char *path, struct err *reterr)
{
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

static enum rc
unindexed(struct demo *d, const char *tables, struct demo_load *l,
          enum rc (*load)(struct demo_load *, struct err *), struct err *reterr)
{
    bool many = d->customers >= UNINDEX_FROM;
    enum rc rc = many ? demo_bulk_unindex(d->db, &d->arena, tables, reterr) : RC_OK;
    if (rc == RC_OK)
        rc = load(l, reterr);
    if (rc == RC_OK && many)
        tell(d, "indexing");
    return rc == RC_OK && many ? demo_bulk_index(d->db, &d->arena, tables, reterr) : rc;
}

static enum rc
figures(struct demo *d, struct err *reterr)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < DEMO_COMPANIES; i++) {
        struct str sql = str_printf(&d->arena, "select app.rebuild_figures(%d)", d->companies[i].tenant);
        rc = admin_script(d->db, sql.p, reterr);
    }
    return rc ? rc
              : admin_script(
                    d->db,
                    "analyze app.customer, app.vehicle, app.ownership, app.policy, app.term, app.cover,"
                    " app.receipt, app.certificate, app.history, app.search_token, app.search_word,"
                    " app.due_item, app.due_count, app.day_figure, app.counter",
                    reterr);
}

static enum rc
load_all(struct demo *d, struct demo_load *l, struct err *reterr)
{
    tell(d, "customers, vehicles, policies, money, certificates");
    enum rc rc = unindexed(d, DEMO_RECORD_TABLES, l, demo_load_records, reterr);
    if (rc == RC_OK) {
        tell(d, "words to find them by");
        rc = unindexed(d, DEMO_SEARCH_TABLES, l, demo_load_search, reterr);
    }
    if (rc == RC_OK) {
        tell(d, "history");
        rc = unindexed(d, DEMO_HISTORY_TABLES, l, demo_load_history, reterr);
    }
    if (rc == RC_OK) {
        tell(d, "figures");
        rc = figures(d, reterr);
    }
    if (rc == RC_OK) {
        tell(d, "checking every rule");
        rc = demo_check(d->db, &d->arena, &d->book, reterr);
    }
    return rc;
}

/* Inside the transaction. */
static enum rc
fill(struct demo *d, struct err *reterr)
{
    CLEANUP(demo_load_close) struct demo_load l = {0};
    enum rc rc = demo_bulk_begin(d->db, &d->arena, ALL_TABLES, reterr);
    if (rc == RC_OK)
        rc = demo_load_open(d->db, &d->arena, &d->book, &d->signer, &l, reterr);
    if (rc == RC_OK)
        rc = load_all(d, &l, reterr);
    if (rc == RC_OK)
        rc = demo_bulk_end(d->db, &d->arena, ALL_TABLES, reterr);
    if (rc == RC_OK)
        (void)printf("rows=%lld rows_per_second=%.0f\n", (long long)l.rows, (double)l.rows / seconds(d));
    return rc;
}

/* Ids are drawn on a line of its own: nobody else waits for the end of the loading. */
static enum rc
draw_ids(struct demo *d, struct err *reterr)
{
    CLEANUP(admin_close) struct admin *db = NULL;
    enum rc rc = ctl_database(d->ctl, &db, reterr);
    return rc ? rc : demo_load_ids(db, &d->arena, &d->book, reterr);
}

static enum rc
make(struct demo *d, struct err *reterr)
{
    enum rc rc = admin_script(d->db, "begin", reterr);
    if (rc == RC_OK)
        rc = demo_company_check(d->db, &d->arena, reterr);
    if (rc == RC_OK)
        rc = demo_company_make(d->db, &d->arena, d->companies, d->logins, reterr);
    struct demo_setting setting = {(uint64_t)d->seed, d->customers, d->today, d->companies};
    if (rc == RC_OK)
        rc = demo_book_open(&setting, &d->book, reterr);
    if (rc == RC_OK)
        rc = draw_ids(d, reterr);
    return rc ? rc : fill(d, reterr);
}

static enum rc
finish(struct demo *d, struct err *reterr)
{
    struct str path = str_printf(&d->arena, "%s.new", d->passwords ? d->passwords : "");
    enum rc rc = d->passwords ? write_passwords(d, path.p, reterr) : RC_OK;
    if (rc == RC_OK)
        rc = admin_script(d->db, "commit", reterr);
    if (rc != RC_OK)
        return rc;
    tell(d, "done");
    demo_company_print(stdout, d->logins);
    if (d->passwords && rename(path.p, d->passwords) != 0)
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
    (void)clock_gettime(CLOCK_MONOTONIC, &d->started);
    enum rc rc = prepare(d, reterr);
    if (rc == RC_OK)
        rc = make(d, reterr);
    if (rc == RC_OK)
        rc = finish(d, reterr);
    demo_book_close(&d->book);
    crypt_wipe(d->logins, sizeof d->logins);
    signer_done(&d->signer);
    admin_close(&d->db);
    arena_done(&d->arena);
    return rc;
}

const struct ctl_command ctl_demo = {
    "demo", "[--customers N] [--seed S] [--today YYYY-MM-DD] [--passwords FILE]",
    "make two demo companies full of believable business; prints their logins and passwords once", demo};
