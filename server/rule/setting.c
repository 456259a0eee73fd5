/* A company's settings: what is kept must work for every number, date and screen made of it later. */
#include "server/catalog/setting.h"

#include <stdio.h>

#include "server/report/logo.h"
#include "server/rule/contact.h"
#include "server/rule/entry/domain.h"
#include "server/rule/finding.h"
#include "server/rule/rules.h"
#include "server/rule/setting_words.h"

/* A finding of the pure checks as an issue on its field. */
static void
refuse(struct op_ctx *ctx, const char *field, enum rc rc, const struct err *e)
{
    if (rc != RC_OK)
        op_issue(ctx, ISSUE_REFUSE, field, "%s", e->text);
}

static void
check_patterns(struct op_ctx *ctx, const struct setting *s)
{
    const struct {
        uint32_t tag;
        const char *field;
        struct str pattern;
    } patterns[] = {
        {SETTING_POLICY_PATTERN,      "policy_pattern",      s->policy_pattern     },
        {SETTING_RECEIPT_PATTERN,     "receipt_pattern",     s->receipt_pattern    },
        {SETTING_CERTIFICATE_PATTERN, "certificate_pattern", s->certificate_pattern},
    };
    for (size_t i = 0; i < COUNTOF(patterns); i++) {
        struct err e = {0};
        if (row_has(&s->row, patterns[i].tag))
            refuse(ctx, patterns[i].field, setting_pattern(ctx->arena, patterns[i].pattern, &e), &e);
    }
}

/* What is emptied is an empty text: these are never NULL. */
static void
keep_empty(struct setting *s)
{
    if (!row_has(&s->row, SETTING_REMINDER_DAYS))
        ROW_SET(s, SETTING_REMINDER_DAYS, reminder_days, STR(""));
    if (!row_has(&s->row, SETTING_MODULES_OFF))
        ROW_SET(s, SETTING_MODULES_OFF, modules_off, STR(""));
    if (!row_has(&s->row, SETTING_CERTIFICATE_HEADER))
        ROW_SET(s, SETTING_CERTIFICATE_HEADER, certificate_header, STR(""));
}

static void
check_words(struct op_ctx *ctx, struct setting *s)
{
    struct err e = {0};
    if (row_has(&s->row, SETTING_REMINDER_DAYS))
        refuse(ctx, "reminder_days", setting_reminders(ctx->arena, s->reminder_days, &s->reminder_days, &e),
               &e);
    if (row_has(&s->row, SETTING_MODULES_OFF))
        refuse(ctx, "modules_off", setting_modules(ctx->arena, s->modules_off, &s->modules_off, &e), &e);
    if (row_has(&s->row, SETTING_COUNTRY_PREFIX) && !setting_prefix_fits(s->country_prefix))
        op_issue(ctx, ISSUE_REFUSE, "country_prefix",
                 "expected the country's code in 1 to 4 digits without + or 00, such as 255");
    if (row_has(&s->row, SETTING_BRAND_COLOUR) && !setting_colour_fits(s->brand_colour))
        op_issue(ctx, ISSUE_REFUSE, "brand_colour",
                 "expected blue, cyan, green, magenta, red, yellow or white, or nothing");
    if (row_has(&s->row, SETTING_CURRENCY) && !currency_fits(s->currency))
        op_issue(ctx, ISSUE_REFUSE, "currency",
                 "a currency is three capital letters of ISO 4217, such as TZS");
}

static void
check_numbers(struct op_ctx *ctx, const struct setting *s)
{
    const struct {
        uint32_t tag;
        const char *field;
        int64_t value, least;
    } numbers[] = {
        {SETTING_FOUR_EYES,        "four_eyes",        s->four_eyes.minor,  0},
        {SETTING_BACKDATE_DAYS,    "backdate_days",    s->backdate_days,    0},
        {SETTING_RENEW_AHEAD_DAYS, "renew_ahead_days", s->renew_ahead_days, 0},
        {SETTING_IDLE_MINUTES,     "idle_minutes",     s->idle_minutes,     1},
        {SETTING_SESSION_HOURS,    "session_hours",    s->session_hours,    1},
    };
    for (size_t i = 0; i < COUNTOF(numbers); i++)
        if (row_has(&s->row, numbers[i].tag) && numbers[i].value < numbers[i].least)
            op_issue(ctx, ISSUE_REFUSE, numbers[i].field, "it can't be less than %lld",
                     (long long)numbers[i].least);
}

static enum rc
prepare(struct op_ctx *ctx, void *row, const void *old, struct err *reterr)
{
    struct setting *s = row;
    const struct setting *was = old;
    keep_empty(s);
    check_patterns(ctx, s);
    check_words(ctx, s);
    check_numbers(ctx, s);
    if (row_has(&s->row, SETTING_PHONE))
        contact_phone(ctx, "phone", s->phone);
    if (row_has(&s->row, SETTING_EMAIL))
        contact_email(ctx, "email", &s->email);
    if (!row_has(&s->row, SETTING_TIMEZONE) || (was && str_eq(was->timezone, s->timezone)))
        return RC_OK;
    return contact_timezone(ctx, "timezone", s->timezone, reterr);
}

/* The picture is not of the record: it would be read with every look at the settings. */
static enum rc
keep_logo(struct op_ctx *ctx, struct value picture, struct err *reterr)
{
    const struct value params[] = {picture, tenant_value(ctx)};
    return op_query(ctx, "setting logo", "update app.tenant set certificate_logo = $1 where id = $2::int",
                    params, COUNTOF(params), NULL, reterr);
}

static enum rc
set_logo(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct setting_logo *given = args;
    (void)row, (void)ret;
    enum rc rc = logo_check(given->picture, reterr);
    if (rc != RC_OK && reterr)
        (void)snprintf(reterr->field, sizeof reterr->field, "picture");
    return rc ? rc : keep_logo(ctx, (struct value){.type = VT_BYTES, .text = given->picture}, reterr);
}

static enum rc
drop_logo(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    (void)row, (void)args, (void)ret;
    return keep_logo(ctx, VALUE_NULL, reterr);
}

static const struct rule_action actions[] = {
    {.number = SETTING_SET_LOGO,  .run = set_logo },
    {.number = SETTING_DROP_LOGO, .run = drop_logo},
};

const struct rule setting_rule = {
    .entity = ENTITY_SETTING, .prepare = prepare, .actions = actions, .nactions = COUNTOF(actions)};
