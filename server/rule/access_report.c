/* Everything that is held on one customer, for the customer to read. */
#include <string.h>

#include "common/base/buf.h"
#include "common/base/lang.h"
#include "server/catalog/certificate.h"
#include "server/catalog/customer.h"
#include "server/catalog/receipt.h"
#include "server/catalog/renewal.h"
#include "server/catalog/schema.h"
#include "server/rule/retention.h"

enum { LABEL = 18, COLUMNS = 10 };

/*
 * $1 the customer, $2 the exponent of the currency, $3 the company's time zone. Each row is a line: what is
 * not null of it, behind its label. The column `choice`, counted from 1, holds a number that `of` has a word
 * for.
 */
struct part {
    const char *title, *name, *sql;
    const char *labels[COLUMNS];
    size_t choice;
    const struct entity *of;
    uint32_t tag;
};

/* Amounts and moments as they are read; every parameter is spoken of in every statement. */
#define MONEY(column) "round(" column " / power(10::numeric, $2::int), $2::int)::text"
#define MINUTE(column) "to_char(" column " at time zone $3, 'YYYY-MM-DD HH24:MI')"
#define OF_CUSTOMER(column) " where " column " = $1 and $2::int is not null and $3::text is not null"

static const struct part parts[] = {
    {.title = N_("Vehicles"),
     .name = "report.vehicles",
     .sql =
         "select v.plate, v.chassis, v.make, v.model, o.from_date::text, o.to_date::text from app.ownership o"
         " join app.vehicle v on v.tenant_id = o.tenant_id and v.id = o.vehicle_id" OF_CUSTOMER(
             "o.customer_id") " order by o.from_date, o.id",
     .labels = {"", "", "", "", N_("from"), N_("until")}                                                                                                                               },
    {.title = N_("Policies"),
     .name = "report.policies",
     .sql =
         "select p.number, d.name, coalesce(v.plate, v.chassis), p.start_date::text, p.end_date::text, p.note"
         " from app.policy p join app.product d on d.tenant_id = p.tenant_id and d.id = p.product_id"
         " left join app.vehicle v on v.tenant_id = p.tenant_id and v.id = p.vehicle_id" OF_CUSTOMER(
             "p.customer_id") " order by p.id",
     .labels = {"", "", "", N_("since"), N_("until"), N_("note")}                                                                                                                      },
    {.title = N_("Terms"),
     .name = "report.terms",
     .sql = "select p.number || ' #' || t.seq, t.start_date::text, t.end_date::text, " MONEY(
         "t.sum_insured") ", " MONEY("t.total") ", " MONEY("t.paid") ", t.reason from app.term t join "
                                                                     "app.policy p"
                                                                     " on p.tenant_id = t.tenant_id and p.id "
                                                                     "= t.policy_id" OF_CUSTOMER(
                                                                         "p.customer_id") " order by p.id, "
                                                                                          "t.seq",  .labels = {"", N_("from"), N_("until"), N_("insured for"), N_("costs"), N_("paid")}},
    {.title = N_("Fleets"),
     .name = "report.fleets",
     .sql =
         "select p.number || ' #' || t.seq, coalesce(v.plate, v.chassis), " MONEY("l.sum_insured") ", " MONEY(
             "l.total") " from app.term_vehicle l join app.policy p on p.tenant_id = l.tenant_id and p.id = "
                        "l.policy_id"
                        " join app.term t on t.tenant_id = l.tenant_id and t.id = l.term_id"
                        " join app.vehicle v on v.tenant_id = l.tenant_id and v.id = "
                        "l.vehicle_id" OF_CUSTOMER("p.customer_id") " order by p.id, t.seq, l.seq",
     .labels = {"", "", N_("insured for"), N_("costs")}                                                                                                                                },
    {.title = N_("Receipts"),
     .name = "report.receipts",
     .sql = "select r.number, r.paid_on::text, " MONEY(
         "r.amount") ", r.state, r.reference, u.name, r.reason"
                     " from app.receipt r join app.policy p on p.tenant_id = r.tenant_id and p.id = "
                     "r.policy_id"
                     " left join app.user_account u on u.tenant_id = r.tenant_id and u.id = "
                     "r.taken_by" OF_CUSTOMER("p.customer_id") " order by r.id",
     .labels = {"", "", "", "", "", N_("taken by")},
     .choice = 4,
     .of = &receipt_entity,
     .tag = RECEIPT_STATE},
    {.title = N_("Certificates"),
     .name = "report.certificates",
     .sql =
         "select c.number, c.from_date::text, c.to_date::text, c.state from app.certificate c join "
         "app.policy p"
         " on p.tenant_id = c.tenant_id and p.id = c.policy_id" OF_CUSTOMER("p.customer_id") " order by c.id",
     .labels = {"", N_("from"), N_("until")},
     .choice = 4,
     .of = &certificate_entity,
     .tag = CERTIFICATE_STATE},
    {.title = N_("Renewals"),
     .name = "report.renewals",
     .sql = "select p.number, r.due_date::text, r.state, " MINUTE(
         "r.contacted_at") ", r.contact_on::text,"
                           " r.promised_on::text, r.reason, r.note from app.renewal r join app.policy p"
                           " on p.tenant_id = r.tenant_id and p.id = r.policy_id" OF_CUSTOMER(
                               "r.customer_id") " order by r.due_date, r.id",
     .labels = {"", N_("until"), "", N_("contacted"), N_("to call on"), N_("promised for"), "", N_("note")},
     .choice = 3,
     .of = &renewal_entity,
     .tag = RENEWAL_STATE},
    {.title = N_("Accounts"),
     .name = "report.accounts",
     .sql = "select u.login, u.name, u.email, u.phone, " MINUTE(
         "u.created_at") ", (select string_agg(k.name || ' ' ||"
                         " k.fingerprint, ', ' order by k.id) from app.user_key k where k.tenant_id = "
                         "u.tenant_id and k.user_id = u.id)"
                         " from app.user_account u" OF_CUSTOMER("u.customer_id") " order by u.id",
     .labels = {"", "", "", "", N_("since"), N_("keys")}                                                                                                           },
    {.title = N_("Protection"),
     .name = "report.keys",
     .sql = "select " MINUTE("k.created_at") ", k.hold_reason, " MINUTE(
         "k.destroyed_at") ", k.destroy_reason"
                           " from app.person_key k" OF_CUSTOMER("k.customer_id"),
     .labels = {N_("sealed since"), N_("on legal hold"), N_("destroyed")}                                                                                                                                                            },
    {.title = N_("Changed by"),
     .name = "report.changes",
     .sql = "select " MINUTE(
         "h.at") ", h.actor, h.tbl, coalesce(h.action, case h.op when 'I' then 'add' else 'set' end),"
                 " h.reason from app.history h" OF_CUSTOMER("h.customer_id") " order by h.id"                                          },
    {.title = N_("In the audit"),
     .name = "report.audit",
     .sql = "select " MINUTE(
         "a.at") ", a.actor, a.what, a.address, a.detail from app.audit a where (a.entity = 'customer'"
                 " and a.row_id = $1 or a.user_id in (select u.id from app.user_account u where "
                 "u.customer_id = $1))"
                 " and $2::int is not null order by a.at, a.id",                          .labels = {"", "", "", N_("from")}                  },
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

static struct str
word_for(const struct part *part, const struct value *v)
{
    const struct choice *c = field_choice(entity_field(part->of, part->tag), v->i);
    return c ? str_from(lang_text(c->label)) : STR("?");
}

static void
put_line(struct buf *out, const struct part *part, const struct pg_rows *rows, size_t r)
{
    const char *between = "  ";
    for (size_t c = 0; c < rows->ncols && c < COLUMNS; c++) {
        const struct value *v = pg_cell(rows, r, c);
        const char *label = part->labels[c];
        if (v->type == VT_NULL)
            continue;
        buf_printf(out, "%s", between);
        if (label && label[0] != '\0')
            buf_printf(out, "%s ", lang_text(label));
        buf_add_str(out, part->choice == c + 1 ? word_for(part, v) : v->text);
        between = " · ";
    }
    buf_add_char(out, '\n');
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
    buf_printf(&out, "%.*s\n", STR_ARG(ctx->who.tenant_name));
    buf_printf(&out, _("Everything held on one customer, %s"), date_text(ctx->who.today, day));
    buf_add_char(&out, '\n');
    buf_printf(&out, _("Amounts in %.*s"), STR_ARG(ctx->who.currency));
    buf_printf(&out, "\n\n%s\n", _("Record"));
    put_record(ctx, row, &out);
    for (size_t i = 0; i < COUNTOF(parts); i++) {
        struct pg_rows rows;
        enum rc rc = op_query(ctx, parts[i].name, parts[i].sql, params, COUNTOF(params), &rows, reterr);
        if (rc != RC_OK)
            return rc;
        buf_printf(&out, "\n%s\n", lang_text(parts[i].title));
        for (size_t r = 0; r < rows.nrows; r++)
            put_line(&out, &parts[i], &rows, r);
        if (!rows.nrows)
            buf_printf(&out, "  %s\n", _("nothing"));
    }
    *ret = (struct body_file){str_printf(ctx->arena, "customer-%lld.txt", (long long)id),
                              STR("text/plain; charset=utf-8"), buf_str(&out)};
    return RC_OK;
}
