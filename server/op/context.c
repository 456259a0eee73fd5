#include <stdio.h>
#include <string.h>

#include "common/base/lang.h"
#include "server/op/ops.h"
#include "server/op/parts.h"

/* session_state of a session for account set-up only */
enum { SESSION_LIMITED = 3 };
enum { LANGUAGE = 9 /* bytes */ };

static const struct value *
column(const struct pg_rows *rows, const char *name)
{
    static const struct value none = {.type = VT_NULL};
    for (size_t i = 0; i < rows->ncols; i++)
        if (str_eq_c(rows->names[i], name))
            return pg_cell(rows, 0, i);
    return &none;
}

static struct str
text(const struct pg_rows *rows, const char *name)
{
    const struct value *v = column(rows, name);
    return v->type == VT_TEXT ? v->text : STR_NONE;
}

static int64_t
number(const struct pg_rows *rows, const char *name)
{
    const struct value *v = column(rows, name);
    return v->type == VT_INT ? v->i : 0;
}

static bool
yes(const struct pg_rows *rows, const char *name)
{
    const struct value *v = column(rows, name);
    return v->type == VT_BOOL && v->yes;
}

static void
read_settings(const struct pg_rows *rows, struct op_context *c)
{
    c->currency = text(rows, "currency");
    c->exponent = (int)number(rows, "currency_exponent");
    c->timezone = text(rows, "timezone");
    c->offset_minutes = (int)number(rows, "utc_offset_minutes");
    c->country_prefix = text(rows, "country_prefix");
    c->has_four_eyes = column(rows, "four_eyes_minor")->type == VT_INT;
    c->four_eyes.minor = number(rows, "four_eyes_minor");
    c->collect_in_parts = yes(rows, "collect_in_parts");
    c->over_payment_credit = yes(rows, "over_payment_credit");
    c->backdate_days = (int)number(rows, "backdate_days");
    c->renew_ahead_days = (int)number(rows, "renew_ahead_days");
    c->policy_pattern = text(rows, "policy_pattern");
    c->receipt_pattern = text(rows, "receipt_pattern");
    c->certificate_pattern = text(rows, "certificate_pattern");
    c->certificate_header = text(rows, "certificate_header");
    c->reminder_days = text(rows, "reminder_days");
    c->fleet_policies = yes(rows, "fleet_policies");
    c->brand = text(rows, "brand_name");
    c->colour = text(rows, "brand_colour");
}

static struct rights
read_rights(const struct pg_rows *rows)
{
    return (struct rights){
        .words = text(rows, "permissions"),
        .modules_off = text(rows, "modules_off"),
        .platform = number(rows, "tenant_id") == 0,
        .crowd = number(rows, "tenant_id") == 0 && str_eq_c(text(rows, "role_code"), RIGHTS_CROWD),
        .customers = number(rows, "customer_id") != 0,
        .fleets = yes(rows, "fleet_policies"),
        .limited = number(rows, "session_state") == SESSION_LIMITED,
    };
}

/* What the request says to the person from here on. */
static void
speak(struct str language)
{
    char code[LANGUAGE];
    (void)snprintf(code, sizeof code, "%.*s", STR_ARG(language));
    lang_use(code);
}

void
op_context_of_session(const struct pg_rows *rows, struct op_context *who)
{
    who->session = number(rows, OP_CONTEXT_SESSION);
}

enum rc
op_context_read(const struct pg_rows *rows, struct op_context *ret, struct err *reterr)
{
    if (rows->nrows != 1 || column(rows, "today")->type != VT_DATE)
        return err_log(reterr, RC_INTERNAL, "the preamble did not return the context");
    struct op_context c = {
        .tenant = (int32_t)number(rows, "tenant_id"),
        .user = number(rows, "user_id"),
        .role = {number(rows, "role_id"),   text(rows, "role_code")  },
        .role_name = text(rows, "role_name"),
        .rights = read_rights(rows),
        .customer = number(rows, "customer_id"),
        .branch_only = str_eq_c(text(rows, "scope"), "branch"),
        .branch = {number(rows, "branch_id"), text(rows, "branch_code")},
        .branch_name = text(rows, "branch_name"),
        .login = text(rows, "login"),
        .user_name = text(rows, "name"),
        .language = text(rows, "language"),
        .tenant_code = text(rows, "tenant_code"),
        .tenant_name = text(rows, "tenant_name"),
        .today = column(rows, "today")->date,
    };
    op_context_of_session(rows, &c);
    read_settings(rows, &c);
    speak(c.language);
    *ret = c;
    return RC_OK;
}

struct locale_info
op_locale(const struct op_ctx *ctx)
{
    return (struct locale_info){
        .exponent = ctx->who.exponent, .offset_minutes = ctx->who.offset_minutes, .today = ctx->who.today};
}

struct body_me
op_me_of(const struct op_ctx *ctx)
{
    const struct op_context *c = &ctx->who;
    return (struct body_me){
        .user = c->user,
        .login = c->login,
        .name = c->user_name,
        .role = c->role.label,
        .branch = c->branch_name,
        .company = c->tenant_name,
        .currency = c->currency,
        .locale = op_locale(ctx),
        .timezone = c->timezone,
        .language = c->language,
        .brand = c->brand,
        .colour = c->colour,
        .todo =
            c->rights.limited
                ? str_from(_("Set up your account first: choose a password, or enrol your second factor."))
                : STR_NONE,
        .platform = c->rights.platform,
        .screens = c->screens,
    };
}

enum rc
op_read_screens(struct op_ctx *ctx, struct err *reterr)
{
    static const struct pg_stmt stmt = {"select screen_theme, screen_enter, screen_hints, screen_dates, "
                                        "screen_amounts from app.account",
                                        NULL, 0};
    struct pg_rows rows;
    enum rc rc = tx_run(ctx->tx, ctx->arena, &stmt, 1, &rows, reterr);
    if (rc != RC_OK || rows.nrows != 1)
        return rc;
    ctx->who.screens = (struct me_screens){.theme = (uint32_t)number(&rows, "screen_theme"),
                                           .enter = (uint32_t)number(&rows, "screen_enter"),
                                           .hints = (uint32_t)number(&rows, "screen_hints"),
                                           .dates = (uint32_t)number(&rows, "screen_dates"),
                                           .amounts = (uint32_t)number(&rows, "screen_amounts")};
    return RC_OK;
}

enum rc
op_me(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    (void)p;
    enum rc rc = op_read_screens(ctx, reterr);
    if (rc != RC_OK)
        return rc;
    ret->me = op_me_of(ctx);
    ret->present |= 1u << BODY_ME;
    return RC_OK;
}
