#include "server/store/pg.h"

#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "server/store/pg_error.h"

/* Beyond this the prepared statements of a connection are forgotten and made again: bounds the backend's
 * memory. */
enum { PREPARED_MAX = 600, PREPARED_SLOTS = 2048, PARAMS_MAX = 96 };

struct pg {
    PGconn *conn; /* NULL when not connected */
    char *conninfo, *role;
    PGresult *current;                 /* being read: pg_drop clears it when a request was left by longjmp */
    uint64_t prepared[PREPARED_SLOTS]; /* hash set of statement keys; 0 free */
    size_t nprepared;
    uint64_t connects, trips, rows; /* see pg_tally */
    size_t failed;                  /* see pg_failed */
};

/* ------------------------------------------------------------------ types */

/* PostgreSQL's own numbers of its built-in types (pg_type.dat); they never change. */
enum oid {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_CHAR = 18,
    OID_NAME = 19,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_JSON = 114,
    OID_VARCHAR = 1043,
    OID_DATE = 1082,
    OID_TIMESTAMPTZ = 1184,
    OID_VOID = 2278,
    OID_JSONB = 3802,
    OID_XID8 = 5069,
};

static void
put_be(unsigned char *out, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (unsigned char)(v >> (8 * (n - 1 - i)));
}

static uint64_t
get_be(const char *in, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | (unsigned char)in[i];
    return v;
}

/* What one execution binds. */
struct bound {
    Oid types[PARAMS_MAX];
    const char *values[PARAMS_MAX];
    int lengths[PARAMS_MAX];
    int formats[PARAMS_MAX];
    unsigned char room[PARAMS_MAX][8];
};

static void
bind_int(struct bound *b, size_t i, Oid type, uint64_t v, size_t n)
{
    put_be(b->room[i], v, n);
    b->types[i] = type;
    b->values[i] = (const char *)b->room[i];
    b->lengths[i] = (int)n;
}

static void
bind_text(struct bound *b, size_t i, Oid type, struct str s)
{
    b->types[i] = type;
    b->values[i] = s.n ? s.p : "";
    b->lengths[i] = (int)s.n;
}

static void
bind(struct bound *b, size_t i, const struct value *v)
{
    b->formats[i] = 1;
    switch (v->type) {
    case VT_NULL:
        b->types[i] = 0;
        b->values[i] = NULL;
        b->lengths[i] = 0;
        return;
    case VT_INT:
    case VT_CHOICE:
    case VT_REF:
        bind_int(b, i, OID_INT8, (uint64_t)v->i, 8);
        return;
    case VT_MONEY:
        bind_int(b, i, OID_INT8, (uint64_t)v->money.minor, 8);
        return;
    case VT_RATE:
        bind_int(b, i, OID_INT8, (uint64_t)(int64_t)v->rate.ppm, 8);
        return;
    case VT_BOOL:
        bind_int(b, i, OID_BOOL, v->yes ? 1 : 0, 1);
        return;
    case VT_DATE:
        bind_int(b, i, OID_DATE, (uint32_t)v->date.days, 4);
        return;
    case VT_STAMP:
        bind_int(b, i, OID_TIMESTAMPTZ, (uint64_t)v->stamp.usec, 8);
        return;
    case VT_TEXT:
        bind_text(b, i, OID_TEXT, v->text);
        return;
    case VT_BYTES:
        bind_text(b, i, OID_BYTEA, v->text);
        return;
    }
}

static bool
read_cell(struct arena *a, Oid type, const char *p, size_t n, struct value *ret)
{
    switch (type) {
    case OID_BOOL:
        *ret = (struct value){.type = VT_BOOL, .yes = p[0] != 0};
        return n == 1;
    case OID_INT2:
        *ret = VALUE_INT((int16_t)get_be(p, 2));
        return n == 2;
    case OID_INT4:
        *ret = VALUE_INT((int32_t)get_be(p, 4));
        return n == 4;
    case OID_INT8:
    case OID_XID8:
        *ret = VALUE_INT((int64_t)get_be(p, 8));
        return n == 8;
    case OID_DATE:
        *ret = (struct value){.type = VT_DATE, .date = {(int32_t)get_be(p, 4)}};
        return n == 4;
    case OID_TIMESTAMPTZ:
        *ret = (struct value){.type = VT_STAMP, .stamp = {(int64_t)get_be(p, 8)}};
        return n == 8;
    case OID_TEXT:
    case OID_VARCHAR:
    case OID_NAME:
    case OID_CHAR:
    case OID_JSON:
        *ret = VALUE_TEXT(str_dup(a, ((struct str){p, n})));
        return true;
    case OID_JSONB: /* a version byte stands first */
        *ret = VALUE_TEXT(str_dup(a, ((struct str){p + 1, n - 1})));
        return n >= 1;
    case OID_BYTEA:
        *ret = (struct value){.type = VT_BYTES, .text = str_dup(a, ((struct str){p, n}))};
        return true;
    case OID_VOID:
        *ret = VALUE_NULL;
        return true;
    default:
        return false;
    }
}

static enum rc
read_rows(struct arena *a, const PGresult *res, struct pg_rows *ret, struct err *reterr)
{
    struct pg_rows rows = {.nrows = (size_t)PQntuples(res), .ncols = (size_t)PQnfields(res)};
    rows.names = arena_new(a, struct str, rows.ncols + 1);
    rows.cells = arena_new(a, struct value, rows.nrows * rows.ncols + 1);
    for (size_t c = 0; c < rows.ncols; c++)
        rows.names[c] = str_dup(a, str_from(PQfname(res, (int)c)));
    for (size_t r = 0; r < rows.nrows; r++)
        for (size_t c = 0; c < rows.ncols; c++) {
            struct value *v = &rows.cells[r * rows.ncols + c];
            if (PQgetisnull(res, (int)r, (int)c))
                *v = VALUE_NULL;
            else if (!read_cell(a, PQftype(res, (int)c), PQgetvalue(res, (int)r, (int)c),
                                (size_t)PQgetlength(res, (int)r, (int)c), v))
                return err_log(reterr, RC_INTERNAL, "column \"%s\" has type %u, which is not read",
                               rows.names[c].p, PQftype(res, (int)c));
        }
    *ret = rows;
    return RC_OK;
}

/* ------------------------------------------------------------------ connection */

static char *
copy(const char *s)
{
    char *p = strdup(s);
    ASSERT(p != NULL);
    return p;
}

struct pg *
pg_new(const char *conninfo, const char *role)
{
    struct pg *pg = calloc(1, sizeof *pg);
    ASSERT(pg != NULL);
    pg->conninfo = copy(conninfo);
    pg->role = copy(role);
    return pg;
}

void
pg_drop(struct pg *pg)
{
    PQclear(pg->current);
    pg->current = NULL;
    PQfinish(pg->conn);
    pg->conn = NULL;
    memset(pg->prepared, 0, sizeof pg->prepared);
    pg->nprepared = 0;
}

void
pg_free(struct pg *pg)
{
    if (!pg)
        return;
    pg_drop(pg);
    free(pg->conninfo);
    free(pg->role);
    free(pg);
}

static void
quiet(void *ctx, const PGresult *res)
{
    (void)ctx;
    (void)res;
}

/* Does the conninfo itself say who connects? */
static bool
names_user(const char *conninfo)
{
    bool found = false;
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
    for (const PQconninfoOption *o = options; o && o->keyword; o++)
        if (strcmp(o->keyword, "user") == 0 && o->val)
            found = true;
    PQconninfoFree(options);
    return found;
}

static enum rc
become(struct pg *pg, struct err *reterr)
{
    char *role = PQescapeIdentifier(pg->conn, pg->role, strlen(pg->role));
    char sql[160];
    (void)snprintf(sql, sizeof sql, "set role %s", role ? role : "none");
    PQfreemem(role);
    PGresult *res = PQexec(pg->conn, sql);
    ExecStatusType status = PQresultStatus(res);
    PQclear(res);
    if (status != PGRES_COMMAND_OK)
        return err_log(reterr, RC_RETRY, "set role: %s", PQerrorMessage(pg->conn));
    return RC_OK;
}

/* Between requests the database says nothing: what is there to read then is its goodbye. */
static bool
has_left(const struct pg *pg)
{
    struct pollfd line = {.fd = PQsocket(pg->conn), .events = POLLIN};
    return PQtransactionStatus(pg->conn) == PQTRANS_IDLE && poll(&line, 1, 0) > 0;
}

enum rc
pg_ready(struct pg *pg, struct err *reterr)
{
    if (pg->conn && PQstatus(pg->conn) == CONNECTION_OK && !has_left(pg))
        return RC_OK;
    pg_drop(pg);
    bool named = names_user(pg->conninfo);
    const char *keys[] = {"connect_timeout", "application_name",    "client_encoding",
                          "dbname",          named ? NULL : "user", NULL};
    const char *values[] = {"5", "bimad", "UTF8", pg->conninfo, pg->role, NULL};
    pg->conn = PQconnectdbParams(keys, values, 1);
    if (PQstatus(pg->conn) != CONNECTION_OK) {
        enum rc rc = err_log(reterr, RC_RETRY, "no database: %s", PQerrorMessage(pg->conn));
        pg_drop(pg);
        return rc;
    }
    PQsetNoticeReceiver(pg->conn, quiet, NULL);
    enum rc rc = named ? become(pg, reterr) : RC_OK;
    if (rc == RC_OK && !PQenterPipelineMode(pg->conn))
        rc = err_log(reterr, RC_RETRY, "no pipeline mode");
    if (rc != RC_OK)
        pg_drop(pg);
    else
        pg->connects++;
    return rc;
}

struct pg_tally
pg_tally(const struct pg *pg)
{
    return (struct pg_tally){pg->connects, pg->trips, pg->rows, pg->conn != NULL};
}

bool
pg_in_transaction(const struct pg *pg)
{
    if (!pg->conn)
        return false;
    PGTransactionStatusType t = PQtransactionStatus(pg->conn);
    return t == PQTRANS_INTRANS || t == PQTRANS_INERROR;
}

static enum rc
lost(struct pg *pg, struct err *reterr)
{
    enum rc rc = err_log(reterr, RC_RETRY, "database lost: %s", PQerrorMessage(pg->conn));
    pg_drop(pg);
    return rc;
}

/* ------------------------------------------------------------------ prepared statements */

/* FNV-1a over the text and the types: the statement's name on this connection. */
static uint64_t
statement_key(const struct pg_stmt *s, const struct bound *b)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (const char *p = s->sql; *p; p++)
        h = (h ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
    for (size_t i = 0; i < s->nparams; i++)
        h = (h ^ b->types[i]) * UINT64_C(0x100000001b3);
    return h ? h : 1;
}

static bool
is_prepared(const struct pg *pg, uint64_t key)
{
    for (size_t i = key % PREPARED_SLOTS; pg->prepared[i]; i = (i + 1) % PREPARED_SLOTS)
        if (pg->prepared[i] == key)
            return true;
    return false;
}

static void
remember(struct pg *pg, uint64_t key)
{
    if (is_prepared(pg, key))
        return;
    size_t i = key % PREPARED_SLOTS;
    while (pg->prepared[i])
        i = (i + 1) % PREPARED_SLOTS;
    pg->prepared[i] = key;
    pg->nprepared++;
}

/* ------------------------------------------------------------------ running */

/* Which results to expect for one statement. */
struct sent {
    uint64_t key;
    bool prepares;
};

static bool
send_one(struct pg *pg, const struct pg_stmt *s, const struct sent *before, size_t nbefore, struct sent *ret)
{
    struct bound b;
    ASSERT(s->nparams <= PARAMS_MAX);
    for (size_t i = 0; i < s->nparams; i++)
        bind(&b, i, &s->params[i]);
    ret->key = statement_key(s, &b);
    ret->prepares = !is_prepared(pg, ret->key);
    for (size_t i = 0; i < nbefore; i++) /* the same statement twice in one pipeline is prepared once */
        if (before[i].key == ret->key)
            ret->prepares = false;
    char name[24];
    (void)snprintf(name, sizeof name, "s%016llx", (unsigned long long)ret->key);
    if (ret->prepares && !PQsendPrepare(pg->conn, name, s->sql, (int)s->nparams, b.types))
        return false;
    return PQsendQueryPrepared(pg->conn, name, (int)s->nparams, b.values, b.lengths, b.formats, 1) == 1;
}

/* The next result of the pipeline, kept in pg->current until the one after; NULL ends one command. */
static PGresult *
next_result(struct pg *pg)
{
    PQclear(pg->current);
    pg->current = PQgetResult(pg->conn);
    return pg->current;
}

/* Reads the results of one command up to its NULL. `ret` may be NULL. */
static enum rc
read_command(struct pg *pg, struct arena *a, struct pg_rows *ret, struct err *reterr)
{
    enum rc rc = RC_OK;
    size_t seen = 0;
    while (next_result(pg)) {
        seen++;
        switch (PQresultStatus(pg->current)) {
        case PGRES_TUPLES_OK:
        case PGRES_SINGLE_TUPLE:
            pg->rows += (uint64_t)PQntuples(pg->current);
            if (ret && rc == RC_OK)
                rc = read_rows(a, pg->current, ret, reterr);
            break;
        case PGRES_COMMAND_OK:
        case PGRES_EMPTY_QUERY:
            break;
        case PGRES_PIPELINE_ABORTED:
            rc = rc == RC_OK ? RC_CANCELLED : rc; /* an earlier one failed; its error stands */
            break;
        default:
            rc = pg_error(pg->current, reterr);
            break;
        }
        if (PQstatus(pg->conn) != CONNECTION_OK)
            return RC_RETRY;
    }
    return seen ? rc : RC_RETRY;
}

/* Reads everything up to the Sync. The first failure stands; the rest was aborted with it. */
static enum rc
read_all(struct pg *pg, struct arena *a, const struct sent *sent, size_t n, struct pg_rows *ret,
         struct err *reterr)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < n; i++) {
        if (sent[i].prepares) {
            enum rc got = read_command(pg, a, NULL, rc == RC_OK ? reterr : NULL);
            if (got == RC_OK)
                remember(pg, sent[i].key);
            rc = rc == RC_OK ? got : rc;
        }
        enum rc got = read_command(pg, a, ret ? &ret[i] : NULL, rc == RC_OK ? reterr : NULL);
        rc = rc == RC_OK ? got : rc;
        pg->failed += rc == RC_OK;
        if (PQstatus(pg->conn) != CONNECTION_OK)
            return lost(pg, reterr);
    }
    next_result(pg);
    if (PQresultStatus(pg->current) != PGRES_PIPELINE_SYNC)
        return lost(pg, reterr);
    PQclear(pg->current);
    pg->current = NULL;
    return rc;
}

size_t
pg_failed(const struct pg *pg)
{
    return pg->failed;
}

/* A plan the server had to drop (tables changed under it): start over with a fresh connection. */
static bool
plans_are_stale(const struct err *e)
{
    return e && (strcmp(e->sqlstate, "0A000") == 0 || strcmp(e->sqlstate, "26000") == 0);
}

enum rc
pg_run(struct pg *pg, struct arena *a, const struct pg_stmt *stmts, size_t n, struct pg_rows *ret,
       struct err *reterr)
{
    if (pg->nprepared > PREPARED_MAX && !pg_in_transaction(pg))
        pg_drop(pg);
    enum rc rc = pg_ready(pg, reterr);
    if (rc != RC_OK)
        return rc;
    struct sent *sent = arena_new(a, struct sent, n);
    for (size_t i = 0; i < n; i++) {
        if (ret)
            ret[i] = (struct pg_rows){0};
        if (!send_one(pg, &stmts[i], sent, i, &sent[i]))
            return lost(pg, reterr);
    }
    if (!PQpipelineSync(pg->conn))
        return lost(pg, reterr);
    pg->trips++;
    pg->failed = 0;
    rc = read_all(pg, a, sent, n, ret, reterr);
    if (rc != RC_OK && plans_are_stale(reterr))
        pg_drop(pg);
    return rc;
}
