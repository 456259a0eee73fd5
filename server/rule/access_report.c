/* Everything that is held on one customer, for the customer to read. */
#include <string.h>

#include "common/base/buf.h"
#include "common/base/lang.h"
#include "server/catalog/customer.h"
#include "server/catalog/schema.h"
#include "server/rule/retention.h"

enum { LABEL = 18 };

/* $1 the customer, $2 the exponent of the currency, $3 the company's time zone; every row is one line. */
static const struct part {
    const char *title, *name, *sql;
} parts[] = {
    {"Vehicles",     "report.vehicles",
     "select concat_ws(' · ', coalesce(v.plate, 'no plate'), v.chassis, v.make, v.model, 'from ' || "
     "o.from_date,"
     " 'until ' || o.to_date) from app.ownership o join app.vehicle v on v.tenant_id = o.tenant_id and v.id "
     "= o.vehicle_id"
     " where o.customer_id = $1 and $2::int is not null and $3::text is not null order by o.from_date, o.id"},
    {"Policies",     "report.policies",
     "select concat_ws(' · ', p.number, d.name, coalesce(v.plate, v.chassis, 'fleet'), 'since ' || "
     "p.start_date, "
     "'until ' || p.end_date,"
     " 'note: ' || p.note) from app.policy p join app.product d on d.tenant_id = p.tenant_id and d.id = "
     "p.product_id"
     " left join app.vehicle v on v.tenant_id = p.tenant_id and v.id = p.vehicle_id"
     " where p.customer_id = $1 and $2::int is not null and $3::text is not null order by p.id"             },
    {"Terms",        "report.terms",
     "select concat_ws(' · ', p.number || ' #' || t.seq, t.start_date || ' to ' || t.end_date,"
     " 'insured for ' || round(t.sum_insured / power(10::numeric, $2::int), $2::int), 'costs ' || "
     "round(t.total /"
     " power(10::numeric, $2::int), $2::int), 'paid ' || round(t.paid / power(10::numeric, $2::int), "
     "$2::int), t.reason)"
     " from app.term t join app.policy p on p.tenant_id = t.tenant_id and p.id = t.policy_id"
     " where p.customer_id = $1 and $3::text is not null order by p.id, t.seq"                              },
    {"Fleets",       "report.fleets",
     "select concat_ws(' · ', p.number || ' #' || t.seq, coalesce(v.plate, v.chassis), 'insured for ' || "
     "round(l.sum_insured / power(10::numeric, $2::int), $2::int), 'costs ' || round(l.total / "
     "power(10::numeric, "
     "$2::int), $2::int)) from app.term_vehicle l join app.policy p on p.tenant_id = l.tenant_id and p.id = "
     "l.policy_id"
     " join app.term t on t.tenant_id = l.tenant_id and t.id = l.term_id"
     " join app.vehicle v on v.tenant_id = l.tenant_id and v.id = l.vehicle_id"
     " where p.customer_id = $1 and $3::text is not null order by p.id, t.seq, l.seq"                       },
    {"Receipts",     "report.receipts",
     "select concat_ws(' · ', r.number, r.paid_on, round(r.amount / power(10::numeric, $2::int), $2::int), "
     "r.reference,"
     " 'taken by ' || u.name, r.reason) from app.receipt r join app.policy p on p.tenant_id = r.tenant_id "
     "and p.id = r.policy_id"
     " left join app.user_account u on u.tenant_id = r.tenant_id and u.id = r.taken_by"
     " where p.customer_id = $1 and $3::text is not null order by r.id"                                     },
    {"Certificates", "report.certificates",
     "select concat_ws(' · ', c.number, c.from_date || ' to ' || c.to_date, case c.state when 1 then 'valid' "
     "else 'withdrawn' end)"
     " from app.certificate c join app.policy p on p.tenant_id = c.tenant_id and p.id = c.policy_id"
     " where p.customer_id = $1 and $2::int is not null and $3::text is not null order by c.id"             },
    {"Protection",   "report.keys",
     "select concat_ws(' · ', 'sealed since ' || to_char(k.created_at at time zone $3, 'YYYY-MM-DD HH24:MI'),"
     " 'on legal hold: ' || k.hold_reason, 'destroyed ' || to_char(k.destroyed_at at time zone $3, "
     "'YYYY-MM-DD HH24:MI'),"
     " k.destroy_reason) from app.person_key k where k.customer_id = $1 and $2::int is not null"            },
    {"Changed by",   "report.changes",
     "select concat_ws(' · ', to_char(h.at at time zone $3, 'YYYY-MM-DD HH24:MI'), h.actor, h.tbl, "
     "coalesce(h.action,"
     " case h.op when 'I' then 'added' else 'changed' end), h.reason) from app.history h where h.customer_id "
     "= $1"
     " and $2::int is not null order by h.id"                                                               },
    {"In the audit", "report.audit",
     "select concat_ws(' · ', to_char(a.at at time zone $3, 'YYYY-MM-DD HH24:MI'), a.actor, a.what, "
     "a.detail) from app.audit a"
     " where a.entity = 'customer' and a.row_id = $1 and $2::int is not null order by a.at, a.id"           },
};

static void
put_record(struct op_ctx *ctx, const void *row, struct buf *out)
{
    const struct locale_info locale = op_locale(ctx);
    for (size_t i = 0; i < customer_entity.nfields; i++) {
        const struct field *f = &customer_entity.fields[i];
        const struct value v = field_get(f, row);
        if ((f->flags & FF_INTERNAL) || v.type == VT_NULL)
            continue;
        const struct schema_field sf = catalog_field(ctx->arena, f);
        struct str text = v.type == VT_REF ? v.label : value_text(ctx->arena, &sf, &v, &locale);
        buf_printf(out, "  %-*s%.*s\n", LABEL, lang_text(f->label), STR_ARG(text));
    }
}

enum rc
access_report(struct op_ctx *ctx, const void *row, struct body_file *ret, struct err *reterr)
{
    const int64_t id = ((const struct row_head *)row)->id;
    const struct value params[] = {VALUE_INT(id), VALUE_INT(ctx->who.exponent),
                                   VALUE_TEXT(ctx->who.timezone)};
    struct buf out;
    char day[DATE_TEXT];
    buf_init(&out, ctx->arena, 4096);
    buf_printf(&out, "%.*s\nEverything held on one customer, %s\nAmounts in %.*s\n\nRecord\n",
               STR_ARG(ctx->who.tenant_name), date_text(ctx->who.today, day), STR_ARG(ctx->who.currency));
    put_record(ctx, row, &out);
    for (size_t i = 0; i < COUNTOF(parts); i++) {
        struct pg_rows rows;
        enum rc rc = op_query(ctx, parts[i].name, parts[i].sql, params, COUNTOF(params), &rows, reterr);
        if (rc != RC_OK)
            return rc;
        buf_printf(&out, "\n%s\n", parts[i].title);
        for (size_t r = 0; r < rows.nrows; r++)
            buf_printf(&out, "  %.*s\n", STR_ARG(pg_cell(&rows, r, 0)->text));
        if (!rows.nrows)
            buf_add_str(&out, STR("  nothing\n"));
    }
    *ret = (struct body_file){str_printf(ctx->arena, "customer-%lld.txt", (long long)id),
                              STR("text/plain; charset=utf-8"), buf_str(&out)};
    return RC_OK;
}
