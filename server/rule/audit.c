/* The audit is handed out as a file: some days of it, in pieces that fit an answer. */
#include "server/catalog/audit.h"

#include "common/base/buf.h"
#include "server/audit/line.h"
#include "server/rule/rules.h"

/* lines; bytes, so that a piece fits an answer */
enum { PIECE_LINES = 1000, PIECE_BYTES = 420 * 1024 };

struct piece {
    int64_t first, last; /* places of the days asked for; last: the checkpoint that covers them */
    int64_t begin, end;  /* of this piece */
    unsigned char before[CRYPT_HASH]; /* of the place before it */
    struct buf text;
    bool json;
};

/* Where in the chain the days lie. A piece ends at a checkpoint when there is one, so that its last line is
 * signed. */
static enum rc
find_days(struct op_ctx *ctx, const struct audit_export *args, struct piece *p, struct err *reterr)
{
    const struct value params[] = {
        {.type = VT_DATE, .date = args->from},
        {.type = VT_DATE, .date = args->to  },
        VALUE_TEXT(ctx->who.timezone),
        VALUE_INT(ctx->who.tenant)
    };
    struct pg_rows rows;
    enum rc rc = op_query(
        ctx, "audit.days",
        "with d as (select min(s.seq) as first, max(s.seq) as last from app.audit a join app.sealed s"
        "  on s.tenant_id = a.tenant_id and s.stream = 1 and s.row_id = a.id where a.tenant_id = $4"
        "  and a.at >= $1::date::timestamp at time zone $3 and a.at < ($2::date + 1)::timestamp at time zone "
        "$3)"
        " select coalesce(first, 0), coalesce((select min(c.seq) from app.checkpoint c where c.tenant_id = $4"
        "  and c.stream = 1 and c.seq >= d.last), last, 0) from d",
        params, COUNTOF(params), &rows, reterr);
    if (rc)
        return rc;
    p->first = pg_cell(&rows, 0, 0)->i;
    p->last = pg_cell(&rows, 0, 1)->i;
    p->begin = args->after >= p->first ? args->after + 1 : p->first;
    if (!p->first || p->begin > p->last)
        return err_set(reterr, RC_REFUSED, "from", "nothing of these days is sealed%s",
                       p->first ? " behind that place" : "");
    return RC_OK;
}

static enum rc
find_before(struct op_ctx *ctx, struct piece *p, struct err *reterr)
{
    const struct value params[] = {VALUE_INT(p->begin - 1), VALUE_INT(ctx->who.tenant)};
    struct pg_rows rows;
    if (p->begin == 1)
        return RC_OK;
    enum rc rc = op_query(ctx, "audit.before",
                          "select hash from app.sealed where tenant_id = $2 and stream = 1 and seq = $1",
                          params, COUNTOF(params), &rows, reterr);
    if (!rc && (!rows.nrows || pg_cell(&rows, 0, 0)->text.n != CRYPT_HASH))
        return err_set(reterr, RC_REFUSED, "after", "the chain has no place %lld", (long long)p->begin - 1);
    if (!rc)
        memcpy(p->before, pg_cell(&rows, 0, 0)->text.p, CRYPT_HASH);
    return rc;
}

static enum rc
add_lines(struct op_ctx *ctx, struct piece *p, struct err *reterr)
{
    const struct value params[] = {VALUE_INT(p->begin), VALUE_INT(p->last), VALUE_INT(PIECE_LINES),
                                   VALUE_INT(ctx->who.tenant)};
    struct pg_rows rows;
    const char *sql =
        p->json ? "select seq, json from app.audit_line where tenant_id = $4 and seq between $1 and $2"
                  " order by seq limit $3"
                : "select seq, csv from app.audit_line where tenant_id = $4 and seq between $1 and $2"
                  " order by seq limit $3";
    enum rc rc = op_query(ctx, "audit.lines", sql, params, COUNTOF(params), &rows, reterr);
    for (size_t i = 0; !rc && i < rows.nrows && p->text.n < PIECE_BYTES; i++) {
        p->end = pg_cell(&rows, i, 0)->i;
        buf_add_str(&p->text, pg_cell(&rows, i, 1)->text);
        buf_add_char(&p->text, '\n');
    }
    return rc;
}

static void
add_head(struct op_ctx *ctx, struct piece *p)
{
    struct line_head head = {.company = ctx->who.tenant_code,
                             .tenant = ctx->who.tenant,
                             .stream = STREAM_AUDIT,
                             .after = p->begin - 1};
    memcpy(head.hash, p->before, CRYPT_HASH);
    buf_init(&p->text, ctx->arena, (size_t)64 * 1024);
    if (p->json)
        line_put_head(&p->text, &head);
    else
        buf_add_str(&p->text,
                    STR("place,time (UTC),kind,outcome,what,who,entity,record,count,detail,address,program,"
                        "session,request,hash\n"));
}

static enum rc
export_days(struct op_ctx *ctx, void *row, void *args_raw, struct op_result *ret, struct err *reterr)
{
    const struct audit_export *args = args_raw;
    struct piece p = {.json = args->format == AUDIT_JSON};
    (void)row;
    if (args->to.days < args->from.days)
        return err_set(reterr, RC_BAD_PARAMS, "to", "the last day is before the first");
    enum rc rc = find_days(ctx, args, &p, reterr);
    if (!rc)
        rc = find_before(ctx, &p, reterr);
    if (rc)
        return rc;
    add_head(ctx, &p);
    rc = add_lines(ctx, &p, reterr);
    if (rc)
        return rc;
    if (p.end < p.last)
        op_issue(ctx, ISSUE_WARN, "after", "there is more: export again after place %lld", (long long)p.end);
    ret->id = 0;
    ret->file = (struct body_file){
        .name = str_printf(ctx->arena, "audit-%.*s-%lld-%lld.%s", STR_ARG(ctx->who.tenant_code),
                           (long long)p.begin, (long long)p.end, p.json ? "jsonl" : "csv"),
        .media_type = p.json ? STR("application/x-ndjson") : STR("text/csv; charset=utf-8"),
        .bytes = buf_str(&p.text),
    };
    return RC_OK;
}

static const struct rule_action actions[] = {
    {.number = AUDIT_EXPORT, .run = export_days},
};

const struct rule audit_rule = {
    .entity = ENTITY_AUDIT,
    .actions = actions,
    .nactions = COUNTOF(actions),
};
