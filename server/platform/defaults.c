/* What new companies begin with, and the fields of their own they are offered. */
#include "server/catalog/field_template.h"
#include "server/catalog/platform_default.h"

#include "common/base/buf.h"
#include "common/value/number.h"
#include "server/platform/platform.h"
#include "server/rule/contact.h"
#include "server/rule/entry/domain.h"
#include "server/rule/setting_words.h"

/* ------------------------------------------------------------------ defaults */

static bool
ends_with(struct str s, const char *tail)
{
    size_t n = strlen(tail);
    return s.n >= n && memcmp(s.p + s.n - n, tail, n) == 0;
}

/* Whole numbers, and from what to what. */
static const struct {
    const char *code;
    int64_t least, most;
} numbers[] = {
    {"backdate_days",    0, 366  },
    {"renew_ahead_days", 0, 3660 },
    {"idle_minutes",     1, 10080},
    {"session_hours",    1, 168  },
};

static void
check_number(struct op_ctx *ctx, struct platform_default *d)
{
    int64_t n;
    for (size_t i = 0; i < COUNTOF(numbers); i++)
        if (str_eq_c(d->code, numbers[i].code) &&
            number_parse(d->value, numbers[i].least, numbers[i].most, NULL, &n, NULL) != RC_OK)
            op_issue(ctx, ISSUE_REFUSE, "value", "expected a number from %lld to %lld",
                     (long long)numbers[i].least, (long long)numbers[i].most);
        else if (str_eq_c(d->code, numbers[i].code))
            d->value = str_printf(ctx->arena, "%lld", (long long)n);
}

static void
check_word(struct op_ctx *ctx, struct platform_default *d)
{
    struct err e = {0};
    enum rc rc = RC_OK;
    if (ends_with(d->code, "_pattern"))
        rc = setting_pattern(ctx->arena, d->value, &e);
    else if (str_eq_c(d->code, "reminder_days"))
        rc = setting_reminders(ctx->arena, d->value, &d->value, &e);
    else if (str_eq_c(d->code, "modules_off"))
        rc = setting_modules(ctx->arena, d->value, &d->value, &e);
    else if (str_eq_c(d->code, "country_prefix") && !setting_prefix_fits(d->value))
        rc = err_set(&e, RC_REFUSED, NULL,
                     "expected the country's code in 1 to 4 digits without + or 00, such as 255");
    else if (str_eq_c(d->code, "currency") && !currency_fits(d->value))
        rc = err_set(&e, RC_REFUSED, NULL, "a currency is three capital letters of ISO 4217, such as TZS");
    else if (str_eq_c(d->code, "second_factor") && !str_eq_c(d->value, "yes") && !str_eq_c(d->value, "no"))
        rc = err_set(&e, RC_REFUSED, NULL, "expected yes or no");
    if (rc != RC_OK)
        op_issue(ctx, ISSUE_REFUSE, "value", "%s", e.text);
}

static enum rc
default_prepare(struct op_ctx *ctx, void *row, const void *old, struct err *reterr)
{
    struct platform_default *d = row;
    (void)old;
    if (!row_has(&d->row, DEFAULT_VALUE))
        ROW_SET(d, DEFAULT_VALUE, value, STR(""));
    d->value = str_trim(d->value);
    check_number(ctx, d);
    check_word(ctx, d);
    return str_eq_c(d->code, "timezone") ? contact_timezone(ctx, "value", d->value, reterr) : RC_OK;
}

/* ------------------------------------------------------------------ field templates */

static bool
name_fits(struct str name)
{
    enum { NAME_MOST = 32 };
    bool fits = name.n > 0 && name.n <= NAME_MOST && name.p[0] >= 'a' && name.p[0] <= 'z';
    for (size_t i = 0; fits && i < name.n; i++)
        fits = (name.p[i] >= 'a' && name.p[i] <= 'z') || (name.p[i] >= '0' && name.p[i] <= '9') ||
               name.p[i] == '_';
    return fits;
}

/* One choice a line, none empty. */
static struct str
tidy_choices(struct arena *a, struct str typed)
{
    struct buf b;
    buf_init(&b, a, typed.n + 1);
    while (typed.n) {
        struct str line = str_trim(str_split(&typed, '\n'));
        if (line.n)
            buf_printf(&b, "%s%.*s", b.n ? "\n" : "", STR_ARG(line));
    }
    return buf_str(&b);
}

static enum rc
template_prepare(struct op_ctx *ctx, void *row, const void *old, struct err *reterr)
{
    struct field_template *t = row;
    (void)old, (void)reterr;
    if (row_has(&t->row, TEMPLATE_NAME) && !name_fits(t->name))
        op_issue(ctx, ISSUE_REFUSE, "name", "a name has 1 to 32 small letters, digits and underscores");
    if (row_has(&t->row, TEMPLATE_CHOICES))
        t->choices = tidy_choices(ctx->arena, t->choices);
    if (!row_has(&t->row, TEMPLATE_TYPE))
        return RC_OK;
    bool has = row_has(&t->row, TEMPLATE_CHOICES) && t->choices.n;
    if (t->type == TEMPLATE_CHOICE && !has)
        op_issue(ctx, ISSUE_REFUSE, "choices", "say what may be chosen, one a line");
    if (t->type != TEMPLATE_CHOICE && has)
        op_issue(ctx, ISSUE_REFUSE, "choices", "only a field of the kind choice has choices");
    return RC_OK;
}

const struct rule platform_default_rule = {.entity = ENTITY_PLATFORM_DEFAULT, .prepare = default_prepare};
const struct rule field_template_rule = {.entity = ENTITY_FIELD_TEMPLATE, .prepare = template_prepare};
