#include "server/store/admin.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

struct admin {
    PGconn *pg;
    bool superuser;
};

enum { PARAMS_MAX = 16, COLUMNS_MAX = 32 };

static void
result_clear(PGresult **res)
{
    PQclear(*res);
}

static enum rc
failed(struct admin *db, const PGresult *res, struct err *reterr)
{
    const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
    const char *told = res ? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    bool taken = state && strcmp(state, "23505") == 0;
    if (state && told && strcmp(state, "23514") == 0 &&
        !strstr(told, "violates")) /* one of our own guards: a sentence */
        return err_set(reterr, RC_REFUSED, NULL, "%s", told);
    return err_log(reterr, taken ? RC_DUPLICATE : RC_INTERNAL, "%s", PQerrorMessage(db->pg));
}

static bool
good(const PGresult *res)
{
    ExecStatusType status = PQresultStatus(res);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

enum rc
admin_script(struct admin *db, const char *sql, struct err *reterr)
{
    CLEANUP(result_clear) PGresult *res = PQexec(db->pg, sql);
    return good(res) ? RC_OK : failed(db, res, reterr);
}

enum rc
admin_open(const char *conninfo, struct admin **ret, struct err *reterr)
{
    struct admin *db = calloc(1, sizeof *db);
    ASSERT(db != NULL);
    db->pg = PQconnectdb(conninfo);
    if (PQstatus(db->pg) != CONNECTION_OK) {
        enum rc rc = err_log(reterr, RC_UNAVAILABLE, "%s", PQerrorMessage(db->pg));
        admin_close(&db);
        return rc;
    }
    const char *superuser = PQparameterStatus(db->pg, "is_superuser");
    db->superuser = superuser && strcmp(superuser, "on") == 0;
    enum rc rc = admin_script(db, "set client_min_messages = warning", reterr);
    if (rc == RC_OK && !db->superuser)
        rc = admin_script(db, "set role bima_owner", reterr);
    if (rc != RC_OK) {
        admin_close(&db);
        return rc;
    }
    *ret = db;
    return RC_OK;
}

void
admin_close(struct admin **db)
{
    if (!*db)
        return;
    PQfinish((*db)->pg);
    free(*db);
    *db = NULL;
}

bool
admin_is_superuser(const struct admin *db)
{
    return db->superuser;
}

static void
take_rows(struct arena *a, const PGresult *res, struct admin_rows *ret)
{
    ret->nrows = (size_t)PQntuples(res);
    ret->ncols = (size_t)PQnfields(res);
    ret->cells = arena_new(a, struct str, ret->nrows * ret->ncols + 1);
    for (size_t row = 0; row < ret->nrows; row++) {
        for (size_t col = 0; col < ret->ncols; col++) {
            int r = (int)row, c = (int)col;
            struct str cell = {PQgetvalue(res, r, c), (size_t)PQgetlength(res, r, c)};
            ret->cells[row * ret->ncols + col] = PQgetisnull(res, r, c) ? STR_NONE : str_dup(a, cell);
        }
    }
}

enum rc
admin_run(struct admin *db, struct arena *a, const char *sql, const char *const *params, size_t nparams,
          struct admin_rows *ret, struct err *reterr)
{
    ASSERT(nparams <= PARAMS_MAX);
    CLEANUP(result_clear)
    PGresult *res = PQexecParams(db->pg, sql, (int)nparams, NULL, params, NULL, NULL, 0);
    if (!good(res))
        return failed(db, res, reterr);
    if (ret)
        take_rows(a, res, ret);
    return RC_OK;
}

static enum rc
give_row(const PGresult *res, admin_each_fn *each, void *ctx, struct err *reterr)
{
    struct str cells[COLUMNS_MAX];
    const struct admin_rows row = {1, (size_t)PQnfields(res), cells};
    ASSERT(row.ncols <= COLUMNS_MAX);
    for (int c = 0; c < PQnfields(res); c++) {
        const struct str cell = {PQgetvalue(res, 0, c), (size_t)PQgetlength(res, 0, c)};
        cells[c] = PQgetisnull(res, 0, c) ? STR_NONE : cell;
    }
    return each(ctx, &row, reterr);
}

/* Tells the server to stop; what is still on its way is read and thrown away by the caller. */
static void
stop_asking(struct admin *db)
{
    char ignored[256];
    PGcancel *cancel = PQgetCancel(db->pg);
    (void)PQcancel(cancel, ignored, sizeof ignored);
    PQfreeCancel(cancel);
}

enum rc
admin_each(struct admin *db, const char *sql, const char *const *params, size_t nparams, admin_each_fn *each,
           void *ctx, struct err *reterr)
{
    enum rc rc = RC_OK;
    PGresult *res;
    ASSERT(nparams <= PARAMS_MAX);
    if (!PQsendQueryParams(db->pg, sql, (int)nparams, NULL, params, NULL, NULL, 0) ||
        !PQsetSingleRowMode(db->pg))
        return failed(db, NULL, reterr);
    while ((res = PQgetResult(db->pg))) {
        if (rc == RC_OK && PQresultStatus(res) == PGRES_SINGLE_TUPLE) {
            rc = give_row(res, each, ctx, reterr);
            if (rc != RC_OK)
                stop_asking(db);
        } else if (rc == RC_OK && !good(res)) {
            rc = failed(db, res, reterr);
        }
        PQclear(res);
    }
    return rc;
}

enum rc
admin_copy_start(struct admin *db, const char *sql, struct err *reterr)
{
    CLEANUP(result_clear) PGresult *res = PQexec(db->pg, sql);
    return PQresultStatus(res) == PGRES_COPY_IN ? RC_OK : failed(db, res, reterr);
}

enum rc
admin_copy_put(struct admin *db, const void *bytes, size_t n, struct err *reterr)
{
    return PQputCopyData(db->pg, bytes, (int)n) == 1 ? RC_OK : failed(db, NULL, reterr);
}

enum rc
admin_copy_end(struct admin *db, struct err *reterr)
{
    if (PQputCopyEnd(db->pg, NULL) != 1)
        return failed(db, NULL, reterr);
    enum rc rc = RC_OK;
    PGresult *res = NULL;
    while ((res = PQgetResult(db->pg))) {
        if (rc == RC_OK && !good(res))
            rc = failed(db, res, reterr);
        PQclear(res);
    }
    return rc;
}
