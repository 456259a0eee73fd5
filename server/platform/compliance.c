/* What the regulator asks. Answers are texts: nothing of them is kept here, each question stands in the audit
   of the company it was asked of. A company that grants nothing is as one that is not there. */
#include "server/catalog/compliance.h"
#include "common/base/lang.h"

#include "server/catalog/platform_audit.h"
#include "server/platform/platform.h"
#include "server/platform/sheet.h"
#include "server/rule/entry/fold.h"
#include "server/rule/finding.h"

enum { TRAIL_MOST = 2000 }; /* entries in one answer */

static struct str
cell(struct op_ctx *ctx, const struct pg_rows *rows, size_t r, size_t c)
{
    const struct value *v = pg_cell(rows, r, c);
    char when[STAMP_TEXT];
    switch (v->type) {
    case VT_TEXT:
        return v->text;
    case VT_INT:
        return str_printf(ctx->arena, "%lld", (long long)v->i);
    case VT_BOOL:
        return v->yes ? str_from(_("yes")) : str_from(_("no"));
    case VT_DATE:
        return str_from(finding_day(ctx, v->date));
    case VT_STAMP:
        return str_dup(ctx->arena, str_from(stamp_local(v->stamp, ctx->who.offset_minutes, when)));
    case VT_NULL:
    case VT_MONEY:
    case VT_RATE:
    case VT_CHOICE:
    case VT_REF:
    case VT_BYTES:
        break;
    }
    return STR("-");
}

/* The rows as a text under `title`; `none` when there are none. */
static struct body_file
answer(struct op_ctx *ctx, const char *name, struct str title, const char *const *heads,
       const struct pg_rows *rows, const char *none)
{
    struct buf b;
    struct sheet s = {.ncols = rows->ncols, .nrows = rows->nrows};
    buf_init(&b, ctx->arena, 1024);
    buf_printf(&b, "%.*s\n\n", STR_ARG(title));
    s.cells = arena_new(ctx->arena, struct str, rows->nrows * rows->ncols + 1);
    for (size_t c = 0; c < rows->ncols; c++)
        s.heads[c] = str_from(lang_text(heads[c]));
    for (size_t r = 0; r < rows->nrows; r++)
        for (size_t c = 0; c < rows->ncols; c++)
            s.cells[r * rows->ncols + c] = cell(ctx, rows, r, c);
    if (rows->nrows)
        sheet_put(&b, &s);
    else
        buf_printf(&b, "%s\n", none);
    return (struct body_file){str_from(name), STR("text/plain; charset=utf-8"), buf_str(&b)};
}

static struct value
company_or_all(const struct row_head *row, uint32_t tag, const struct ref *company)
{
    return row_has(row, tag) ? VALUE_INT(company->id) : VALUE_NULL;
}

static enum rc
insured(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    static const char *const heads[] = {N_("Code"), N_("Company"), N_("Vehicle"),    N_("Insured"),
                                        N_("From"), N_("Until"),   N_("Certificate")};
    enum { KNOWN = 2 };
    const struct compliance_insured *a = args;
    unsigned other = 0;
    struct pg_rows rows;
    (void)row;
    struct str key = fold_code(ctx->arena, a->vehicle, &other);
    if (other || !key.n)
        return err_set(reterr, RC_BAD_PARAMS, "vehicle",
                       "expected a plate or chassis number: letters and digits");
    const struct value params[] = {company_or_all(&a->row, INSURED_COMPANY, &a->company), VALUE_TEXT(key),
                                   VALUE_DATE(a->day)};
    enum rc rc = op_query(ctx, "compliance_insured",
                          "select code, name, known, insured, from_date, to_date,"
                          " certificate from app.compliance_insured($1, $2, $3)",
                          params, COUNTOF(params), &rows, reterr);
    for (size_t r = 0; rc == RC_OK && r < rows.nrows; r++) {
        struct value *known = &rows.cells[r * rows.ncols + KNOWN];
        *known = VALUE_TEXT(str_from(known->yes ? _("known") : _("unknown")));
    }
    if (rc == RC_OK)
        ret->file = answer(
            ctx, "insured.txt",
            str_printf(ctx->arena, _("Was %.*s insured on %s?"), STR_ARG(key), finding_day(ctx, a->day)),
            heads, &rows, _("No company lets the regulator ask."));
    return rc;
}

static enum rc
counts(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    static const char *const heads[] = {N_("Code"), N_("Company"), N_("Vehicles"), N_("Covered"),
                                        N_("Run out")};
    const struct compliance_counts *a = args;
    struct pg_rows rows;
    (void)row;
    const struct value params[] = {company_or_all(&a->row, COUNTS_COMPANY, &a->company), VALUE_DATE(a->day)};
    enum rc rc = op_query(ctx, "compliance_counts",
                          "select code, name, vehicles, covered, expired from app.compliance_counts($1, $2)",
                          params, COUNTOF(params), &rows, reterr);
    if (rc == RC_OK)
        ret->file = answer(ctx, "counts.txt",
                           str_printf(ctx->arena, _("Vehicles and covers on %s"), finding_day(ctx, a->day)),
                           heads, &rows, _("No company lets the regulator ask."));
    return rc;
}

/* The words for the numbers of the audit. */
static void
name_choices(struct pg_rows *rows, size_t c, uint32_t tag)
{
    const struct field *f = entity_field(&platform_audit_entity, tag);
    for (size_t r = 0; r < rows->nrows; r++) {
        struct value *v = &rows->cells[r * rows->ncols + c];
        const struct choice *choice = field_choice(f, v->i);
        *v = VALUE_TEXT(str_from(choice ? lang_text(choice->label) : _("other")));
    }
}

/* What does not fit is left for the next question, and said to be there. */
static void
cut(struct op_ctx *ctx, const struct compliance_trail *args, struct pg_rows *rows)
{
    if (rows->nrows <= TRAIL_MOST)
        return;
    rows->nrows = TRAIL_MOST;
    op_issue(ctx, ISSUE_WARN, "after", "there is more: ask again after entry %lld",
             (long long)(args->after + TRAIL_MOST));
}

static enum rc
trail(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    static const char *const heads[] = {N_("Time"),  N_("Kind"), N_("What"), N_("Outcome"),
                                        N_("Login"), N_("From"), N_("Count")};
    enum { KIND = 1, OUTCOME = 3 };
    const struct compliance_trail *a = args;
    struct pg_rows rows;
    (void)row;
    if (date_cmp(a->to_date, a->from_date) < 0)
        return err_set(reterr, RC_BAD_PARAMS, "to_date", "the last day lies before the first");
    const struct value params[] = {VALUE_INT(a->company.id), VALUE_DATE(a->from_date), VALUE_DATE(a->to_date),
                                   VALUE_INT(a->after), VALUE_INT(TRAIL_MOST)};
    enum rc rc = op_query(ctx, "compliance_trail",
                          "select at, kind, what, outcome, login, address, count from"
                          " app.compliance_trail($1, $2, $3, $4::int, $5::int)",
                          params, COUNTOF(params), &rows, reterr);
    if (rc != RC_OK)
        return rc;
    cut(ctx, a, &rows);
    name_choices(&rows, KIND, PLATFORM_AUDIT_KIND);
    name_choices(&rows, OUTCOME, PLATFORM_AUDIT_OUTCOME);
    ret->file = answer(ctx, "trail.txt",
                       str_printf(ctx->arena, _("Audit of %.*s from %s to %s"), STR_ARG(a->company.label),
                                  finding_day(ctx, a->from_date), finding_day(ctx, a->to_date)),
                       heads, &rows, _("Nothing stands in the audit of these days."));
    return RC_OK;
}

static const struct rule_action actions[] = {
    {.number = COMPLIANCE_INSURED, .run = insured},
    {.number = COMPLIANCE_COUNTS,  .run = counts },
    {.number = COMPLIANCE_TRAIL,   .run = trail  },
};

const struct rule compliance_rule = {
    .entity = ENTITY_COMPLIANCE, .actions = actions, .nactions = COUNTOF(actions)};
