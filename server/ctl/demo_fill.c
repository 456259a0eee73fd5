#include "server/ctl/demo_fill.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/ctl/demo_bulk.h"
#include "server/ctl/demo_check.h"
#include "server/ctl/demo_fleet.h"

/* Customers; below, making indexes anew and a second hand cost more than they save. */
enum { MANY = 10000 };

#define RECORDS "{customer,person_key,vehicle,ownership,policy,term,cover,receipt,certificate}"
#define SEARCH "{search_token,search_word}"
#define HISTORY "{history}"
#define ALL                                                                                                  \
    "{customer,person_key,vehicle,ownership,policy,term,cover,receipt,certificate,counter,history,search_"   \
    "token,search_"                                                                                          \
    "word,"                                                                                                  \
    "due_item,due_count,day_figure}"

double
demo_fill_seconds(const struct demo_fill *f)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - f->started.tv_sec) + (double)(now.tv_nsec - f->started.tv_nsec) / 1e9;
}

static void
tell(const struct demo_fill *f, const char *what)
{
    (void)printf("%7.1f s  %s\n", demo_fill_seconds(f), what);
    (void)fflush(stdout);
}

static bool
is_large(const struct demo_fill *f)
{
    return f->book->setting.customers >= MANY;
}

static bool
two_hands(const struct demo_fill *f)
{
    return is_large(f) && admin_is_superuser(f->db);
}

/* ------------------------------------------------------------------ parts of the work */

/* What certificates say, for the history. `ready` (-1: nobody) is told when they stand. */
static enum rc
certificates(struct demo_load *l, int ready, struct err *reterr)
{
    enum rc rc = demo_load_record(l, ENTITY_CERTIFICATE, reterr);
    if (rc == RC_OK && (fflush(l->payloads) != 0 || (ready >= 0 && write(ready, "", 1) != 1)))
        rc = err_log(reterr, RC_INTERNAL, "a temporary file: %s", strerror(errno));
    return rc;
}

/* What is pointed at comes first, where foreign keys are looked at; else what the other hand waits for. */
static enum rc
records(struct demo_fill *f, struct demo_load *l, int ready, struct err *reterr)
{
    bool waited_for = ready >= 0;
    enum rc rc = is_large(f) ? demo_bulk_unindex(f->db, f->a, RECORDS, reterr) : RC_OK;
    if (rc == RC_OK && waited_for)
        rc = certificates(l, ready, reterr);
    for (int e = ENTITY_CUSTOMER; rc == RC_OK && e < ENTITY_CERTIFICATE; e++)
        rc = demo_load_record(l, (enum entity_number)e, reterr);
    if (rc == RC_OK)
        rc = demo_load_keys(l, reterr);
    if (rc == RC_OK && !waited_for)
        rc = certificates(l, ready, reterr);
    if (rc == RC_OK && is_large(f))
        tell(f, "records: indexes");
    return rc == RC_OK && is_large(f) ? demo_bulk_index(f->db, f->a, RECORDS, reterr) : rc;
}

static enum rc
search(struct demo_fill *f, struct demo_load *l, struct err *reterr)
{
    tell(f, "words to find them by");
    enum rc rc = is_large(f) ? demo_bulk_unindex(f->db, f->a, SEARCH, reterr) : RC_OK;
    if (rc == RC_OK)
        rc = demo_load_search(l, reterr);
    return rc == RC_OK && is_large(f) ? demo_bulk_index(f->db, f->a, SEARCH, reterr) : rc;
}

static enum rc
history(struct demo_fill *f, struct demo_load *l, struct err *reterr)
{
    tell(f, "history");
    enum rc rc = is_large(f) ? demo_bulk_unindex(f->db, f->a, HISTORY, reterr) : RC_OK;
    if (rc == RC_OK)
        rc = demo_load_history(l, reterr);
    if (rc == RC_OK && is_large(f))
        tell(f, "history: indexes");
    return rc == RC_OK && is_large(f) ? demo_bulk_index(f->db, f->a, HISTORY, reterr) : rc;
}

static enum rc
figures(struct demo_fill *f, struct err *reterr)
{
    enum rc rc = RC_OK;
    tell(f, "figures");
    for (size_t i = 0; rc == RC_OK && i < DEMO_COMPANIES; i++) {
        struct str sql =
            str_printf(f->a, "select app.rebuild_figures(%d)", f->book->setting.companies[i].tenant);
        rc = admin_script(f->db, sql.p, reterr);
    }
    return rc ? rc
              : admin_script(f->db,
                             "analyze app.customer, app.person_key, app.vehicle, app.ownership, app.policy, "
                             "app.term, app.cover,"
                             " app.receipt, app.certificate, app.history, app.search_token, app.search_word,"
                             " app.due_item, app.due_count, app.day_figure, app.counter",
                             reterr);
}

/* ------------------------------------------------------------------ the second hand */

/* Runs in the child, on a line of its own; never returns to the caller's work. */
static enum rc
records_apart(struct demo_fill *f, struct demo_load *l, int ready, struct err *reterr)
{
    enum rc rc = admin_open(f->conninfo, &f->db, reterr);
    l->db = f->db;
    if (rc == RC_OK)
        rc = admin_script(f->db, "begin", reterr);
    if (rc == RC_OK)
        rc = demo_bulk_begin(f->db, f->a, RECORDS, reterr);
    if (rc == RC_OK)
        rc = records(f, l, ready, reterr);
    return rc ? rc : admin_script(f->db, "commit", reterr);
}

static enum rc
start_hand(struct demo_fill *f, struct demo_load *l, pid_t *ret_pid, int *ret_ready, struct err *reterr)
{
    int ends[2];
    if (pipe(ends) < 0)
        return err_log(reterr, RC_INTERNAL, "pipe: %s", strerror(errno));
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        struct err err = {0};
        (void)close(ends[0]);
        enum rc rc = records_apart(f, l, ends[1], &err);
        if (rc != RC_OK)
            (void)fprintf(stderr, "bimactl: %s\n", err.log[0] ? err.log : err.text);
        (void)fflush(NULL);
        _exit(rc == RC_OK ? 0 : 1);
    }
    (void)close(ends[1]);
    if (pid < 0) {
        (void)close(ends[0]);
        return err_log(reterr, RC_INTERNAL, "fork: %s", strerror(errno));
    }
    *ret_pid = pid;
    *ret_ready = ends[0];
    return RC_OK;
}

static enum rc
join_hand(pid_t pid, struct err *reterr)
{
    int status = 1;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status == 0 ? RC_OK : err_log(reterr, RC_INTERNAL, "the records could not be loaded");
}

static enum rc
fill_by_two(struct demo_fill *f, struct demo_load *l, struct err *reterr)
{
    pid_t pid = 0;
    int ready = -1;
    char one;
    tell(f, "records, in a process of their own");
    f->hands = true;
    enum rc rc = start_hand(f, l, &pid, &ready, reterr);
    if (rc != RC_OK)
        return rc;
    rc = search(f, l, reterr);
    /* Its end also ends the pipe, so this waits for no dead process. */
    if (rc == RC_OK && read(ready, &one, 1) != 1)
        rc = err_log(reterr, RC_INTERNAL, "the certificates could not be loaded");
    if (rc == RC_OK)
        rc = history(f, l, reterr);
    (void)close(ready);
    if (rc != RC_OK)
        (void)kill(pid, SIGTERM);
    enum rc joined = join_hand(pid, rc == RC_OK ? reterr : NULL);
    l->rows += demo_book_records(f->book) + f->book->counts[ENTITY_CUSTOMER];
    return rc ? rc : joined;
}

void
demo_fill_undo(struct demo_fill *f)
{
    static const char *const tables[] = {"certificate", "receipt", "cover",      "term",    "policy",
                                         "ownership",   "vehicle", "person_key", "customer"};
    CLEANUP(admin_close) struct admin *db = NULL;
    const struct demo_company *c = f->book->setting.companies;
    if (!f->hands || admin_open(f->conninfo, &db, NULL) != RC_OK)
        return;
    enum rc rc = admin_script(db, "set session_replication_role = replica", NULL);
    for (size_t i = 0; rc == RC_OK && i < COUNTOF(tables); i++)
        rc = admin_script(db,
                          str_printf(f->a, "delete from app.%s where tenant_id in (%d, %d)", tables[i],
                                     c[0].tenant, c[1].tenant)
                              .p,
                          NULL);
}

/* ------------------------------------------------------------------ all of it */

/* By the database's own function, once its triggers are at work again. */
static enum rc
renewals(struct demo_fill *f, struct err *reterr)
{
    enum rc rc = RC_OK;
    tell(f, "renewals");
    for (size_t i = 0; rc == RC_OK && i < DEMO_COMPANIES; i++) {
        struct str sql =
            str_printf(f->a, "select app.open_renewals(%d)", f->book->setting.companies[i].tenant);
        rc = admin_script(f->db, sql.p, reterr);
    }
    return rc ? rc : admin_script(f->db, "analyze app.renewal", reterr);
}

static enum rc
load(struct demo_fill *f, struct demo_load *l, struct err *reterr)
{
    enum rc rc = RC_OK;
    if (two_hands(f)) {
        rc = fill_by_two(f, l, reterr);
    } else {
        tell(f, "customers, vehicles, policies, money, certificates");
        rc = records(f, l, -1, reterr);
        rc = rc ? rc : search(f, l, reterr);
        rc = rc ? rc : history(f, l, reterr);
    }
    rc = rc ? rc : demo_load_counters(l, reterr);
    rc = rc ? rc : figures(f, reterr);
    if (rc == RC_OK)
        tell(f, "checking every rule");
    return rc ? rc : demo_check(f->db, f->a, f->book, reterr);
}

enum rc
demo_fill(struct demo_fill *f, struct err *reterr)
{
    CLEANUP(demo_load_close) struct demo_load l = {0};
    enum rc rc = demo_bulk_begin(f->db, f->a, ALL, reterr);
    if (rc == RC_OK)
        rc = demo_load_open(f->db, f->a, f->book, f->signer, &l, reterr);
    if (rc == RC_OK)
        rc = load(f, &l, reterr);
    f->rows = l.rows;
    rc = rc ? rc : demo_bulk_end(f->db, f->a, ALL, reterr);
    rc = rc ? rc : renewals(f, reterr);
    return rc ? rc : demo_fleets(f, reterr);
}
