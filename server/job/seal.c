#include "server/job/seal.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "server/log.h"

enum { BATCH = 5000, STREAM_MS = 1000, SIGNS = 64, LAG_SECONDS = 60 };

/* Columns of app.seal. */
enum { S_TENANT, S_WAS_SEQ, S_WAS_HASH, S_SEQ, S_HASH, S_AT, S_TAKEN };

/* Signed with the time when all rows had been seen, not with that of the transaction's beginning: the clock
   may have been set back since, and rows would look older than they are. */
#define SEAL                                                                                                 \
    "select tenant_id, was_seq, was_hash, seq, hash, clock_timestamp() as at, taken from "                   \
    "app.seal($1::int, $2::int)"

/* microseconds from 1970 to 2000, where instants of the database begin */
#define EPOCH_2000 INT64_C(946684800000000)

enum rc
sealer_init(struct sealer *s, const struct jobs_config *c, struct err *reterr)
{
    struct err err = {0};
    char text[LOG_TEXT];
    memset(s, 0, sizeof *s);
    enum rc rc = signer_load(&s->key, c->audit_key, false, reterr);
    if (rc)
        return rc;
    (void)snprintf(s->heads_path, sizeof s->heads_path, "%s.heads", c->audit_key);
    s->knows_heads = heads_read(s->heads_path, &s->heads, &err) == RC_OK;
    if (!s->knows_heads)
        log_error("jobs.audit", "cause=%s", log_text(err.log, text));
    s->ready = true;
    return RC_OK;
}

void
sealer_done(struct sealer *s)
{
    if (!s->ready)
        return;
    signer_done(&s->key);
    heads_done(&s->heads);
    s->ready = false;
}

static int64_t
now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ------------------------------------------------------------------ signing */

static enum rc
read_hash(const struct pg_rows *rows, size_t row, size_t col, unsigned char ret[CRYPT_HASH],
          struct err *reterr)
{
    const struct value *v = pg_cell(rows, row, col);
    if (v->type != VT_BYTES || v->text.n != CRYPT_HASH)
        return err_log(reterr, RC_INTERNAL, "app.seal gave no hash");
    memcpy(ret, v->text.p, CRYPT_HASH);
    return RC_OK;
}

static enum rc
sign_row(struct job_round *round, const struct sealer *s, int stream, const struct pg_rows *rows, size_t row,
         struct pg_stmt *ret, struct err *reterr)
{
    enum { PARAMS = 6 };
    struct value *params = arena_new(round->arena, struct value, PARAMS);
    struct checkpoint c = {
        .tenant = (int32_t)pg_cell(rows, row, S_TENANT)->i,
        .stream = stream,
        .seq = pg_cell(rows, row, S_SEQ)->i,
        .at = pg_cell(rows, row, S_AT)->stamp.usec + EPOCH_2000,
    };
    enum rc rc = read_hash(rows, row, S_HASH, c.hash, reterr);
    if (rc)
        return rc;
    checkpoint_sign(&s->key, &c);
    const struct str signature = {(const char *)c.signature, CRYPT_SIGNATURE};
    params[0] = VALUE_INT(c.tenant);
    params[1] = VALUE_INT(stream);
    params[2] = VALUE_INT(c.seq);
    params[3] = *pg_cell(rows, row, S_HASH);
    params[4] = *pg_cell(rows, row, S_AT);
    params[5] = (struct value){.type = VT_BYTES, .text = str_dup(round->arena, signature)};
    *ret = (struct pg_stmt){"select app.seal_sign($1::int, $2::int, $3, $4, $5, $6)", params, PARAMS};
    return RC_OK;
}

static enum rc
sign_rows(struct job_round *round, const struct sealer *s, int stream, const struct pg_rows *rows,
          struct err *reterr)
{
    struct pg_stmt stmts[SIGNS];
    enum rc rc = RC_OK;
    size_t n = 0;
    for (size_t i = 0; !rc && i < rows->nrows; i++) {
        rc = sign_row(round, s, stream, rows, i, &stmts[n], reterr);
        n += !rc;
        if (!rc && (n == SIGNS || i + 1 == rows->nrows)) {
            rc = pg_run(round->pg, round->arena, stmts, n, NULL, reterr);
            n = 0;
        }
    }
    return rc;
}

/* ------------------------------------------------------------------ what was seen before */

/* Is the head still in its chain? Usually the batch goes on right behind it; when the file could not be
   written in time it stands further back. */
static enum rc
is_there(struct job_round *round, const struct head *h, const struct pg_rows *made, size_t row, bool *ret,
         struct err *reterr)
{
    if (pg_cell(made, row, S_WAS_SEQ)->i == h->seq) {
        unsigned char was[CRYPT_HASH];
        enum rc read = read_hash(made, row, S_WAS_HASH, was, reterr);
        if (!read)
            *ret = memcmp(was, h->hash, CRYPT_HASH) == 0;
        return read;
    }
    const struct value params[] = {VALUE_INT(h->tenant), VALUE_INT(h->stream), VALUE_INT(h->seq)};
    const struct pg_stmt stmt = {"select app.seal_hash($1::int, $2::int, $3)", params, COUNTOF(params)};
    struct pg_rows rows;
    enum rc rc = pg_run(round->pg, round->arena, &stmt, 1, &rows, reterr);
    if (rc)
        return rc;
    const struct value *v = pg_cell(&rows, 0, 0);
    *ret = v->type == VT_BYTES && v->text.n == CRYPT_HASH && memcmp(v->text.p, h->hash, CRYPT_HASH) == 0;
    return RC_OK;
}

static enum rc
keep_head(struct job_round *round, struct sealer *s, int stream, const struct pg_rows *rows, size_t row,
          struct err *reterr)
{
    struct head now = {.tenant = (int32_t)pg_cell(rows, row, S_TENANT)->i,
                       .stream = stream,
                       .seq = pg_cell(rows, row, S_SEQ)->i};
    struct head *last = heads_find(&s->heads, now.tenant, stream);
    bool there = true;
    enum rc rc = read_hash(rows, row, S_HASH, now.hash, reterr);
    if (!rc && last)
        rc = is_there(round, last, rows, row, &there, reterr);
    if (rc)
        return rc;
    if (!there) {
        log_error("jobs.audit",
                  "tenant=%d stream=%s place=%lld cause=this place of the chain is gone: cut, or put back to "
                  "an older copy",
                  now.tenant, audit_stream_name(stream), (long long)last->seq);
        last->lost = true;
        last = NULL;
    }
    if (last)
        *last = now;
    else
        heads_add(&s->heads, &now);
    return RC_OK;
}

static enum rc
keep_heads(struct job_round *round, struct sealer *s, int stream, const struct pg_rows *rows,
           struct err *reterr)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; !rc && s->knows_heads && i < rows->nrows; i++)
        rc = keep_head(round, s, stream, rows, i, reterr);
    if (!rc && s->knows_heads)
        rc = heads_write(s->heads_path, &s->heads, reterr);
    return rc;
}

/* ------------------------------------------------------------------ batches */

static void
take_back(struct job_round *round)
{
    const struct pg_stmt rollback = {"rollback", NULL, 0};
    struct err ignored;
    if (pg_in_transaction(round->pg) && pg_run(round->pg, round->arena, &rollback, 1, NULL, &ignored))
        pg_drop(round->pg);
}

static enum rc
seal_batch(struct job_round *round, struct sealer *s, int stream, int64_t *ret_n, struct err *reterr)
{
    const struct value params[] = {VALUE_INT(stream), VALUE_INT(BATCH)};
    const struct pg_stmt open[] = {
        {"begin", NULL,   0              },
        {SEAL,    params, COUNTOF(params)}
    };
    const struct pg_stmt commit = {"commit", NULL, 0};
    struct pg_rows rows[COUNTOF(open)] = {0};
    int64_t n = 0;
    enum rc rc = pg_run(round->pg, round->arena, open, COUNTOF(open), rows, reterr);
    const struct pg_rows *made = &rows[1];
    if (!rc)
        rc = sign_rows(round, s, stream, made, reterr);
    if (!rc)
        rc = pg_run(round->pg, round->arena, &commit, 1, NULL, reterr);
    if (rc) {
        take_back(round);
        return rc;
    }
    for (size_t i = 0; i < made->nrows; i++)
        n += pg_cell(made, i, S_TAKEN)->i;
    *ret_n = n;
    return n ? keep_heads(round, s, stream, made, reterr) : RC_OK;
}

enum rc
job_seal(struct job_round *round, struct sealer *s, int64_t *ret_n, struct err *reterr)
{
    int64_t total = 0;
    for (int stream = STREAM_AUDIT; stream <= STREAM_HISTORY; stream++) {
        const int64_t until = now_ms() + STREAM_MS;
        int64_t n = 1;
        while (n > 0 && now_ms() < until) {
            enum rc rc = seal_batch(round, s, stream, &n, reterr);
            if (rc)
                return rc;
            total += n;
        }
    }
    *ret_n = total;
    return RC_OK;
}

enum rc
job_seal_lag(struct job_round *round, struct err *reterr)
{
    const struct pg_stmt stmt = {"select app.seal_lag()", NULL, 0};
    struct pg_rows rows;
    enum rc rc = pg_run(round->pg, round->arena, &stmt, 1, &rows, reterr);
    if (!rc && round->config->page)
        PAGE_SET(round->config->page, seal_lag_s, (uint64_t)pg_cell(&rows, 0, 0)->i);
    if (!rc && pg_cell(&rows, 0, 0)->i > LAG_SECONDS)
        log_warn("jobs.audit", "lag_seconds=%lld cause=rows wait to be sealed: is a transaction open?",
                 (long long)pg_cell(&rows, 0, 0)->i);
    return rc;
}
