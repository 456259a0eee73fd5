#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/value/number.h"
#include "server/audit/heads.h"
#include "server/audit/line.h"
#include "server/ctl/ctl.h"

/* bimactl audit verify: walks every chain, or a file that was exported, and names what is wrong. */

struct verify {
    struct ctl *ctl;
    const char *company, *file, *key;
    const char *tenant; /* the company's id as text; NULL: all */
    unsigned char public_key[CRYPT_SIGN_PUBLIC];
    struct check check;
    struct heads heads;
    int stream;      /* being read */
    int64_t waiting; /* rows not sealed yet, and young enough */
};

static void
print_finding(void *ctx, const struct finding *f)
{
    char text[FINDING_TEXT];
    (void)ctx;
    (void)puts(finding_text(f, text));
}

static enum rc
summary(struct verify *v)
{
    const struct check *c = &v->check;
    if (c->set_back > 0)
        (void)printf("the clock was set back by more than an hour before %" PRId64 " of the checkpoints\n",
                     c->set_back);
    (void)printf("checked=%" PRId64 " checkpoints=%" PRId64 " heads=%zu waiting=%" PRId64 " findings=%" PRId64
                 "\n",
                 c->links, c->checkpoints, v->heads.n, v->waiting, c->findings);
    v->ctl->found = c->findings > 0;
    return RC_OK;
}

/* The public key: as given, or of the service's own key. */
static enum rc
load_key(struct verify *v, struct err *reterr)
{
    char path[CONFIG_PATH];
    struct signer signer = {0};
    if (v->key) {
        if (crypt_unhex(str_from(v->key), v->public_key, CRYPT_SIGN_PUBLIC))
            return RC_OK;
        return err_set(reterr, RC_BAD_PARAMS, "key",
                       "--key must be the %d hexadecimal digits that audit key prints",
                       2 * CRYPT_SIGN_PUBLIC);
    }
    ctl_audit_key_path(v->ctl, path);
    enum rc rc = signer_load(&signer, path, false, reterr);
    if (rc != RC_OK)
        return rc;
    memcpy(v->public_key, signer.public_key, CRYPT_SIGN_PUBLIC);
    signer_done(&signer);
    return RC_OK;
}

/* ------------------------------------------------------------------ a file */

static enum rc
take_head(struct verify *v, const struct line_head *h)
{
    const struct check *c = &v->check;
    /* pieces of one chain, one behind the other, are one */
    bool goes_on = c->open && c->tenant == h->tenant && c->stream == h->stream && c->seq == h->after &&
                   memcmp(c->before, h->hash, CRYPT_HASH) == 0;
    if (!goes_on)
        check_piece(&v->check, h->tenant, h->stream, h->after, h->hash);
    return RC_OK;
}

static enum rc
take_line(struct verify *v, struct str line, struct line_head *head, struct err *reterr)
{
    struct check_link link;
    if (str_starts(line, STR("{\"bima_audit\":"))) {
        enum rc rc = line_read_head(line, head, reterr);
        head->company = STR_NONE; /* borrowed from the line */
        return rc == RC_OK ? take_head(v, head) : rc;
    }
    if (!v->check.open)
        return err_set(reterr, RC_BAD_PARAMS, NULL,
                       "this is no exported audit: its first line must begin {\"bima_audit\":1");
    enum rc rc = line_read(line, head, &link, reterr);
    if (rc == RC_OK)
        check_link(&v->check, &link);
    return rc;
}

static enum rc
verify_file(struct verify *v, struct err *reterr)
{
    struct line_head head = {0};
    struct err err = {0};
    char *line = NULL;
    size_t cap = 0, number = 0;
    ssize_t n = 0;
    enum rc rc = RC_OK;
    FILE *in = strcmp(v->file, "-") == 0 ? stdin : fopen(v->file, "re");
    if (!in)
        return err_set(reterr, RC_NOT_FOUND, NULL, "could not open %s: %s", v->file, strerror(errno));
    while (rc == RC_OK && (n = getline(&line, &cap, in)) > 0) {
        number++;
        struct str s = {line, (size_t)n};
        if (s.p[s.n - 1] == '\n')
            s.n--;
        rc = take_line(v, s, &head, &err);
    }
    free(line);
    if (in != stdin)
        (void)fclose(in);
    if (rc == RC_OK && number == 0)
        return err_set(reterr, RC_BAD_PARAMS, NULL, "%s is empty", v->file);
    if (rc != RC_OK)
        return err_set(reterr, rc, NULL, "%s line %zu: %s", v->file, number, err.text);
    check_end(&v->check);
    return summary(v);
}

/* ------------------------------------------------------------------ the database */

enum { V_TENANT, V_SEQ, V_ROW, V_HASH, V_DIGEST, V_AT, V_SIGNATURE, V_SIGNED, V_SIGNED_AT };

static const char *const chain_sql[] = {
#define CHAIN(view, stream)                                                                                  \
    "select s.tenant_id, s.seq, s.row_id, encode(s.hash, 'hex'), encode(x.digest, 'hex'),"                   \
    " (extract(epoch from x.at) * 1000000)::bigint, encode(c.signature, 'hex'), encode(c.hash, 'hex'),"      \
    " (extract(epoch from c.at) * 1000000)::bigint from app.sealed s"                                        \
    " left join (select tenant_id, id, at, sha256(convert_to(text, 'UTF8')) as digest from " view ") x"      \
    "  on x.tenant_id = s.tenant_id and x.id = s.row_id"                                                     \
    " left join app.checkpoint c on c.tenant_id = s.tenant_id and c.stream = s.stream and c.seq = s.seq"     \
    " where s.stream = " stream                                                                              \
    " and ($1::int is null or s.tenant_id = $1::int) order by s.tenant_id, s.seq"
    [STREAM_AUDIT] = CHAIN("app.audit_text", "1"),
    [STREAM_HISTORY] = CHAIN("app.history_text", "2"),
};

static int64_t
number_of(struct str s)
{
    int64_t n = 0;
    return number_parse(s, INT64_MIN, INT64_MAX, "number", &n, NULL) == RC_OK ? n : 0;
}

static enum rc
take_row(void *ctx, const struct admin_rows *row, struct err *reterr)
{
    struct verify *v = ctx;
    const struct str *cell = row->cells;
    struct check_link l = {
        .link = {.tenant = (int32_t)number_of(cell[V_TENANT]),
                 .stream = v->stream,
                 .seq = number_of(cell[V_SEQ]),
                 .row = number_of(cell[V_ROW])},
        .there = cell[V_DIGEST].p && crypt_unhex(cell[V_DIGEST], l.link.digest, CRYPT_HASH),
        .at = cell[V_AT].p ? number_of(cell[V_AT]) : 0,
        .has_checkpoint = cell[V_SIGNATURE].p != NULL,
    };
    (void)reterr;
    (void)crypt_unhex(cell[V_DIGEST], l.link.digest, CRYPT_HASH);
    (void)crypt_unhex(cell[V_HASH], l.hash, CRYPT_HASH);
    if (l.has_checkpoint) {
        struct checkpoint *p = &l.checkpoint;
        *p = (struct checkpoint){.tenant = l.link.tenant,
                                 .stream = v->stream,
                                 .seq = l.link.seq,
                                 .at = number_of(cell[V_SIGNED_AT])};
        (void)crypt_unhex(cell[V_SIGNED], p->hash, CRYPT_HASH);
        (void)crypt_unhex(cell[V_SIGNATURE], p->signature, CRYPT_SIGNATURE);
    }
    check_link(&v->check, &l);
    return RC_OK;
}

/* Checkpoints of places that are not in their chain. */
static enum rc
take_orphan(void *ctx, const struct admin_rows *row, struct err *reterr)
{
    struct verify *v = ctx;
    const struct finding f = {.kind = FOUND_CUT,
                              .tenant = (int32_t)number_of(row->cells[0]),
                              .stream = v->stream,
                              .seq = number_of(row->cells[1])};
    (void)reterr;
    check_report(&v->check, &f);
    return RC_OK;
}

/* Rows outside the chain: wrong where sealing has gone past them, or has stood still for long. */
static enum rc
take_unsealed(void *ctx, const struct admin_rows *row, struct err *reterr)
{
    struct verify *v = ctx;
    const struct finding f = {.kind = FOUND_INSERTED,
                              .tenant = (int32_t)number_of(row->cells[0]),
                              .stream = v->stream,
                              .row = number_of(row->cells[1])};
    (void)reterr;
    if (str_eq_c(row->cells[2], "t"))
        check_report(&v->check, &f);
    else
        v->waiting++;
    return RC_OK;
}

static const char *const orphan_sql[] = {
#define ORPHAN(stream)                                                                                       \
    "select c.tenant_id, c.seq from app.checkpoint c where c.stream = " stream                               \
    " and ($1::int is null or c.tenant_id = $1::int) and not exists (select from app.sealed s where"         \
    " s.tenant_id = c.tenant_id and s.stream = c.stream and s.seq = c.seq) order by 1, 2"
    [STREAM_AUDIT] = ORPHAN("1"),
    [STREAM_HISTORY] = ORPHAN("2"),
};

static const char *const unsealed_sql[] = {
#define UNSEALED(table, stream, old)                                                                         \
    "select x.tenant_id, x.id, (st.cluster = (select system_identifier from pg_control_system())"            \
    "  and (x.xid, x.id) <= (st.xid, st.row_id))" old " from " table " x cross join app.seal_state st"       \
    " where st.stream = " stream                                                                             \
    " and ($1::int is null or x.tenant_id = $1::int) and not exists (select from"                            \
    " app.sealed s where s.tenant_id = x.tenant_id and s.stream = " stream                                   \
    " and s.row_id = x.id) order by 1, 2"
    [STREAM_AUDIT] = UNSEALED("app.audit", "1", " or x.at < now() - interval '10 minutes'"),
    [STREAM_HISTORY] = UNSEALED("app.history", "2", ""),
};

static enum rc
verify_stream(struct verify *v, struct admin *db, int stream, struct err *reterr)
{
    const char *params[] = {v->tenant};
    v->stream = stream;
    enum rc rc = admin_each(db, chain_sql[stream], params, 1, take_row, v, reterr);
    check_end(&v->check);
    if (rc == RC_OK)
        rc = admin_each(db, orphan_sql[stream], params, 1, take_orphan, v, reterr);
    if (rc == RC_OK)
        rc = admin_each(db, unsealed_sql[stream], params, 1, take_unsealed, v, reterr);
    return rc;
}

/* Is what was seen once still there? */
static enum rc
verify_heads(struct verify *v, struct admin *db, struct err *reterr)
{
    struct arena *a = &v->ctl->arena;
    for (size_t i = 0; i < v->heads.n; i++) {
        const struct head *h = &v->heads.rows[i];
        char hex[2 * CRYPT_HASH + 1];
        const char *params[] = {str_printf(a, "%d", (int)h->tenant).p, str_printf(a, "%d", h->stream).p,
                                str_printf(a, "%lld", (long long)h->seq).p,
                                crypt_hex(h->hash, CRYPT_HASH, hex)};
        struct admin_rows rows;
        if (v->tenant && strcmp(v->tenant, params[0]) != 0)
            continue;
        enum rc rc = admin_run(
            db, a,
            "select from app.sealed where tenant_id = $1::int and stream = $2::int and seq = $3::bigint"
            " and hash = decode($4, 'hex')",
            params, COUNTOF(params), &rows, reterr);
        if (rc != RC_OK)
            return rc;
        const struct finding f = {.kind = FOUND_CUT, .tenant = h->tenant, .stream = h->stream, .seq = h->seq};
        if (!rows.nrows)
            check_report(&v->check, &f);
    }
    return RC_OK;
}

static enum rc
find_company(struct verify *v, struct admin *db, struct err *reterr)
{
    struct admin_rows rows;
    if (!v->company)
        return RC_OK;
    enum rc rc = admin_run(db, &v->ctl->arena, "select id from app.tenant where code = upper($1)",
                           &v->company, 1, &rows, reterr);
    if (rc == RC_OK && !rows.nrows)
        return err_set(reterr, RC_NOT_FOUND, "company", "there is no company %.40s", v->company);
    if (rc == RC_OK)
        v->tenant = rows.cells[0].p;
    return rc;
}

static enum rc
verify_database(struct verify *v, struct err *reterr)
{
    CLEANUP(admin_close) struct admin *db = NULL;
    char path[CONFIG_PATH + 8];
    ctl_audit_key_path(v->ctl, path);
    size_t n = strlen(path);
    (void)snprintf(path + n, sizeof path - n, ".heads");
    /* before the database is looked at: sealing goes on meanwhile */
    enum rc rc = heads_read(path, &v->heads, reterr);
    if (rc == RC_OK)
        rc = ctl_database_ready(v->ctl, &db, reterr);
    if (rc == RC_OK)
        /* little memory for each: parallel plans share theirs through /dev/shm, which containers keep small
         */
        rc = admin_script(db,
                          "begin isolation level repeatable read read only; set local jit = off;"
                          " set local work_mem = '8MB'; set local max_parallel_workers_per_gather = 2",
                          reterr);
    if (rc == RC_OK)
        rc = find_company(v, db, reterr);
    for (int stream = STREAM_AUDIT; rc == RC_OK && stream <= STREAM_HISTORY; stream++)
        rc = verify_stream(v, db, stream, reterr);
    if (rc == RC_OK)
        rc = verify_heads(v, db, reterr);
    if (rc == RC_OK)
        rc = summary(v);
    heads_done(&v->heads);
    return rc;
}

static enum rc
verify(struct ctl *ctl, struct err *reterr)
{
    struct verify *v = arena_new(&ctl->arena, struct verify, 1);
    v->ctl = ctl;
    const struct ctl_option options[] = {
        {"--company", &v->company},
        {"--file",    &v->file   },
        {"--key",     &v->key    },
    };
    enum rc rc = ctl_options(ctl, options, COUNTOF(options), reterr);
    if (rc == RC_OK && ctl->argc != 0)
        return err_set(reterr, RC_USAGE, NULL, "takes options only");
    if (rc == RC_OK)
        rc = load_key(v, reterr);
    if (rc != RC_OK)
        return rc;
    check_init(&v->check, v->public_key, print_finding, NULL);
    return v->file ? verify_file(v, reterr) : verify_database(v, reterr);
}

const struct ctl_command ctl_audit_verify = {"audit verify", "[--company CODE] [--file FILE] [--key KEY]",
                                             "check every sealed row, its place and every signature; names "
                                             "what was altered, taken out, put in or moved",
                                             verify};
