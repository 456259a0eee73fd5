#include "server/catalog/alert.h"

#include "common/base/lang.h"
#include "server/rule/rules.h"
#include "server/rule/setting_words.h"

/* What a person does with an alert is a mark of his own: the alert stays what it is for everybody else. */

enum { MARK_ACKNOWLEDGED = 1, MARK_SNOOZED = 2, SNOOZE_DAYS = 366 };

static enum rc
mark(struct op_ctx *ctx, const struct alert *a, int state, struct value until, struct err *reterr)
{
    static const char sql[] =
        "insert into app.alert_mark as m (tenant_id, user_id, alert_id, state, due_date, until)"
        " values (current_setting('app.tenant_id')::int, app.user_id(), $1, $2::smallint, $3, $4::date)"
        " on conflict (tenant_id, user_id, alert_id) do update"
        " set state = excluded.state, due_date = excluded.due_date, until = excluded.until, at = now()";
    const struct value params[] = {
        VALUE_INT(a->row.id), VALUE_INT(state), {.type = VT_DATE, .date = a->due_date},
          until
    };
    return op_query(ctx, "alert mark", sql, params, COUNTOF(params), NULL, reterr);
}

/* One that is not due yet comes back on its day, a cover that ends on the company's next reminder day before
   that; one that is due, only when it becomes another. */
static enum rc
acknowledge(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct alert *a = row;
    (void)args;
    (void)ret;
    const date_t today = ctx->who.today;
    bool ahead = date_cmp(a->due_date, today) > 0;
    struct value until = ahead ? (struct value){.type = VT_DATE, .date = a->due_date} : VALUE_NULL;
    if (ahead && a->kind == ALERT_ENDS)
        (void)setting_next_reminder(ctx->who.reminder_days, a->due_date, today, &until.date);
    return mark(ctx, a, MARK_ACKNOWLEDGED, until, reterr);
}

static enum rc
snooze(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct alert_snooze *s = args;
    (void)ret;
    if (date_cmp(s->until, ctx->who.today) <= 0)
        return err_set(reterr, RC_BAD_PARAMS, "until",
                       _("until: a day after today is expected, such as +3d"));
    if (s->until.days - ctx->who.today.days > SNOOZE_DAYS)
        return err_set(reterr, RC_BAD_PARAMS, "until", _("until: a day within a year is expected"));
    return mark(ctx, row, MARK_SNOOZED, (struct value){.type = VT_DATE, .date = s->until}, reterr);
}

static enum rc
wake(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    (void)args;
    (void)ret;
    return mark(ctx, row, MARK_SNOOZED, (struct value){.type = VT_DATE, .date = ctx->who.today}, reterr);
}

static enum rc
seen(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    static const char sql[] = "insert into app.alert_seen (tenant_id, user_id)"
                              " values (current_setting('app.tenant_id')::int, app.user_id())"
                              " on conflict (tenant_id, user_id) do update set at = now()";
    (void)row;
    (void)args;
    ret->id = 0;
    return op_query(ctx, "alert seen", sql, NULL, 0, NULL, reterr);
}

static const struct rule_action actions[] = {
    {.number = ALERT_ACKNOWLEDGE, .run = acknowledge},
    {.number = ALERT_SNOOZE,      .run = snooze     },
    {.number = ALERT_WAKE,        .run = wake       },
    {.number = ALERT_SEEN,        .run = seen       },
};

const struct rule alert_rule = {
    .entity = ENTITY_ALERT,
    .actions = actions,
    .nactions = COUNTOF(actions),
};
