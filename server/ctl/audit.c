#include <stdio.h>
#include <string.h>

#include "common/value/number.h"
#include "server/audit/line.h"
#include "server/ctl/ctl.h"

/* bimactl audit key, bimactl audit export */

static enum rc
key(struct ctl *ctl, struct err *reterr)
{
    char path[CONFIG_PATH], hex[2 * CRYPT_SIGN_PUBLIC + 1];
    struct signer signer = {0};
    if (ctl->argc != 0)
        return err_set(reterr, RC_USAGE, NULL, "takes no words");
    ctl_audit_key_path(ctl, path);
    enum rc rc = signer_load(&signer, path, false, reterr);
    if (rc != RC_OK)
        return rc;
    (void)puts(crypt_hex(signer.public_key, CRYPT_SIGN_PUBLIC, hex));
    signer_done(&signer);
    return RC_OK;
}

/* ------------------------------------------------------------------ export */

struct export
{
    const char *company, *from, *to;
    struct line_head head;
    int64_t last;
};

enum { E_TENANT, E_AFTER, E_LAST, E_HASH };

/* Where in the chain the days lie, up to the checkpoint that covers the last of them. */
static enum rc
find_days(struct ctl *ctl, struct admin *db, struct export *x, struct err *reterr)
{
    static const char sql[] =
        "with t as (select id, timezone from app.tenant where code = upper($1)),"
        " d as (select t.id, min(s.seq) as first, max(s.seq) as last from t join app.audit a on a.tenant_id "
        "= t.id"
        "  and ($2::date is null or a.at >= $2::date::timestamp at time zone t.timezone)"
        "  and ($3::date is null or a.at < ($3::date + 1)::timestamp at time zone t.timezone)"
        "  join app.sealed s on s.tenant_id = a.tenant_id and s.stream = 1 and s.row_id = a.id group by t.id)"
        " select t.id, d.first - 1, coalesce((select min(c.seq) from app.checkpoint c where c.tenant_id = "
        "t.id"
        "  and c.stream = 1 and c.seq >= d.last), d.last),"
        "  (select encode(s.hash, 'hex') from app.sealed s where s.tenant_id = t.id and s.stream = 1 and "
        "s.seq = d.first - 1)"
        " from t left join d on d.id = t.id";
    const char *params[] = {x->company, x->from, x->to};
    struct admin_rows rows;
    int64_t tenant;
    enum rc rc = admin_run(db, &ctl->arena, sql, params, COUNTOF(params), &rows, reterr);
    if (rc == RC_OK && !rows.nrows)
        return err_set(reterr, RC_NOT_FOUND, "company", "there is no company %.40s", x->company);
    if (rc == RC_OK && !rows.cells[E_AFTER].p)
        return err_set(reterr, RC_NOT_FOUND, NULL, "nothing of these days is sealed");
    if (rc == RC_OK)
        rc = number_parse(rows.cells[E_TENANT], 0, INT32_MAX, "tenant", &tenant, reterr);
    if (rc == RC_OK)
        rc = number_parse(rows.cells[E_AFTER], 0, INT64_MAX, "seq", &x->head.after, reterr);
    if (rc == RC_OK)
        rc = number_parse(rows.cells[E_LAST], 0, INT64_MAX, "seq", &x->last, reterr);
    if (rc != RC_OK)
        return rc;
    x->head.tenant = (int32_t)tenant;
    if (x->head.after && !crypt_unhex(rows.cells[E_HASH], x->head.hash, CRYPT_HASH))
        return err_set(reterr, RC_INTERNAL, NULL, "the chain has no place %lld: verify it",
                       (long long)x->head.after);
    return RC_OK;
}

static enum rc
put_line(void *ctx, const struct admin_rows *row, struct err *reterr)
{
    (void)ctx;
    if (fwrite(row->cells[0].p, 1, row->cells[0].n, stdout) == row->cells[0].n && putchar('\n') != EOF)
        return RC_OK;
    return err_log(reterr, RC_INTERNAL, "could not write");
}

static enum rc
put_lines(struct ctl *ctl, struct admin *db, const struct export *x, struct err *reterr)
{
    const char *params[] = {
        str_printf(&ctl->arena, "%d", (int)x->head.tenant).p,
        str_printf(&ctl->arena, "%lld", (long long)x->head.after).p,
        str_printf(&ctl->arena, "%lld", (long long)x->last).p,
    };
    struct buf head;
    buf_init(&head, &ctl->arena, 512);
    line_put_head(&head, &x->head);
    if (fwrite(head.p, 1, head.n, stdout) != head.n)
        return err_log(reterr, RC_INTERNAL, "could not write");
    return admin_each(db,
                      "select json from app.audit_line where tenant_id = $1::int and seq > $2::bigint"
                      " and seq <= $3::bigint order by seq",
                      params, COUNTOF(params), put_line, NULL, reterr);
}

static enum rc
put_key(const struct ctl *ctl, struct line_head *head, struct err *reterr)
{
    char path[CONFIG_PATH];
    struct signer signer = {0};
    ctl_audit_key_path(ctl, path);
    enum rc rc = signer_load(&signer, path, false, reterr);
    if (rc != RC_OK)
        return rc;
    memcpy(head->public_key, signer.public_key, CRYPT_SIGN_PUBLIC);
    head->has_key = true;
    signer_done(&signer);
    return RC_OK;
}

/* Taken out, and by whom, stands in the company's audit like every other export: before a line is given. */
static enum rc
note(struct ctl *ctl, struct admin *db, const struct export *x, struct err *reterr)
{
    const char *params[] = {
        str_printf(&ctl->arena, "%d", (int)x->head.tenant).p,
        str_printf(&ctl->arena, "places %lld to %lld", (long long)x->head.after + 1, (long long)x->last).p,
    };
    enum rc rc = admin_script(db, "commit", reterr);
    if (rc == RC_OK)
        rc = admin_run(
            db, NULL,
            "select app.audit_note($1::int, 5, 'audit export', 'bimactl', null, null, 'bimactl', null, 1,"
            " $2, 1, 'audit')",
            params, COUNTOF(params), NULL, reterr);
    return rc == RC_OK
               ? admin_script(db, "begin isolation level repeatable read read only; set local jit = off",
                              reterr)
               : rc;
}

static enum rc export(struct ctl *ctl, struct err *reterr) {
    CLEANUP(admin_close) struct admin *db = NULL; struct export x = {.head = {.stream = STREAM_AUDIT}}
              ;
    const struct ctl_option options[] =
        {
                                                                     {"--company", &x.company},
                                                                     {"--from", &x.from},
                                                                     {"--to", &x.to},
                                                                     }
              ;
    enum rc rc = ctl_options(ctl, options, COUNTOF(options), reterr);
    if (rc == RC_OK && (ctl->argc != 0 || !x.company)) return err_set(reterr, RC_USAGE, NULL,
                                                                      "say whose: --company CODE");
    if (rc == RC_OK) rc = ctl_database_ready(ctl, &db, reterr);
    if (rc == RC_OK)
        rc = admin_script(db, "begin isolation level repeatable read read only; set local jit = off", reterr);
    if (rc == RC_OK) rc = find_days(ctl, db, &x, reterr);
    if (rc == RC_OK) rc = put_key(ctl, &x.head, reterr);
    if (rc == RC_OK) rc = note(ctl, db, &x, reterr);
    x.head.company = str_from(x.company);
    if (rc == RC_OK) rc = put_lines(ctl, db, &x, reterr);
    return rc;
}

const struct ctl_command ctl_audit_key = {"audit key", "",
                                          "print the public key that the audit is verified with", key};
const struct ctl_command ctl_audit_export = {
    "audit export", "--company CODE [--from DAY] [--to DAY]",
    "write a company's sealed audit as JSON lines that anyone can verify with the public key", export};
