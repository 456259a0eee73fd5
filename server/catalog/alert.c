#include "server/catalog/alert.h"

static const struct choice kinds[] = {
    {ALERT_ENDS, "ends", "cover ends", TONE_PLAIN},
    {ALERT_UNPAID, "unpaid", "unpaid", TONE_WARN},
    {ALERT_WAITS, "approval", "waits for approval", TONE_WARN},
};
static const struct choice urgencies[] = {
    {ALERT_OVERDUE, "overdue", "overdue", TONE_BAD},
    {ALERT_TODAY, "today", "today", TONE_WARN},
    {ALERT_SOON, "soon", "soon", TONE_SOON},
};
static const struct choice states[] = {
    {ALERT_OPEN, "open", "open", TONE_PLAIN},
    {ALERT_ACKNOWLEDGED, "acknowledged", "acknowledged", TONE_OFF},
    {ALERT_SNOOZED, "snoozed", "put off", TONE_OFF},
};

/* What who asks did with it, as long as that stands. */
#define MARK(what)                                                                                           \
    "(select " what " from app.alert_mark m where m.tenant_id = @.tenant_id"                                 \
    " and m.user_id = (select app.user_id()) and m.alert_id = @.id and m.due_date = @.due_date"              \
    " and (m.until is null or m.until > (select app.today())))"

static const struct field fields[] = {
    {FIELD(alert, urgency, VT_CHOICE), ALERT_URGENCY, "Urgency", SCHEMA_LIST, 8, 0,
     .help = "Overdue, today or soon.", CHOICES(urgencies),
     .sql =
         "(case when @.due_date < (select app.today()) then 1 when @.due_date = (select app.today()) then 2"
         " else 3 end)::smallint"},
    {FIELD(alert, kind, VT_CHOICE), ALERT_KIND, "What", FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 18, 0,
     .help = "What is due: a cover that ends, a payment, an approval.", CHOICES(kinds)},
    {FIELD(alert, policy, VT_REF), ALERT_POLICY, "Policy", FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 16, 0,
     .help = "Policy it is about.", .ref = ENTITY_POLICY},
    {FIELD(alert, vehicle, VT_TEXT), ALERT_VEHICLE, "Vehicle", SCHEMA_LIST, 12, 0, .help = "What is insured.",
     .sql = "(select coalesce(v.plate, v.chassis) from app.policy p join app.vehicle v on v.tenant_id ="
            " p.tenant_id and v.id = p.vehicle_id where p.tenant_id = @.tenant_id and p.id = @.policy_id)"},
    {FIELD(alert, holder, VT_TEXT), ALERT_HOLDER, "Holder", SCHEMA_LIST, 22, 0,
     .help = "Who holds the policy.",
     .sql = "(select c.name from app.policy p join app.customer c on c.tenant_id = p.tenant_id and c.id ="
            " p.customer_id where p.tenant_id = @.tenant_id and p.id = @.policy_id)"},
    {FIELD(alert, due_date, VT_DATE), ALERT_DUE_DATE, "Due", FF_FILLED | FF_COLUMN, 10, 0,
     .help = "Last day of the cover, first day of the unpaid term, or day of the receipt."},
    {FIELD(alert, receipt, VT_REF), ALERT_RECEIPT, "Receipt", SCHEMA_LIST | SCHEMA_NARROW, 18, 0,
     .help = "Receipt that waits to be verified.", .ref = ENTITY_RECEIPT},
    {FIELD(alert, state, VT_CHOICE), ALERT_STATE, "Yours", SCHEMA_LIST | SCHEMA_NARROW, 12, 0,
     .help = "What you did with it; others have their own.", CHOICES(states),
     .sql = "coalesce(" MARK("m.state + 1") ", 1)::smallint", .group = "For you"},
    {FIELD(alert, until, VT_DATE), ALERT_UNTIL, "Until", SCHEMA_LIST | SCHEMA_NARROW, 10, 0,
     .help = "Day on which it comes back to you.", .sql = MARK("m.until")},
    {FIELD(alert, at, VT_STAMP), ALERT_AT, "Since", FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 16, 0,
     .help = "When it became due on that day."},
    {FIELD(alert, branch, VT_REF), ALERT_BRANCH, "Branch",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 8, 0, .help = "Branch that sold the policy.",
     .ref = ENTITY_BRANCH},
};

static const struct entity_key keys[] = {{KEY_PLAIN, "@.id::text = $1"}};

static const uint32_t columns[] = {ALERT_URGENCY, ALERT_DUE_DATE, ALERT_POLICY,
                                   ALERT_VEHICLE, ALERT_HOLDER,   ALERT_KIND};
static const uint32_t kept_columns[] = {ALERT_STATE,  ALERT_UNTIL, ALERT_POLICY,  ALERT_VEHICLE,
                                        ALERT_HOLDER, ALERT_KIND,  ALERT_DUE_DATE};
#define NOW "not " ALERT_HIDDEN("@")
static const struct view views[] = {
    {1, "open", "Alerts", columns, COUNTOF(columns), ALERT_DUE_DATE, false,
     NOW " and @.due_date <= (select app.today() + " ALERT_AHEAD ")"},
    {2, "overdue", "Overdue", columns, COUNTOF(columns), ALERT_DUE_DATE, false,
     NOW " and @.due_date < (select app.today())"},
    {3, "today", "Due today", columns, COUNTOF(columns), ALERT_DUE_DATE, false,
     NOW " and @.due_date = (select app.today())"},
    {4, "week", "Due within 7 days", columns, COUNTOF(columns), ALERT_DUE_DATE, false,
     NOW " and @.due_date >= (select app.today()) and @.due_date <= (select app.today() + 7)"},
    {5, "approvals", "Approvals", columns, COUNTOF(columns), ALERT_DUE_DATE, false, NOW " and @.kind = 3"},
    {6, "kept", "Acknowledged and put off", kept_columns, COUNTOF(kept_columns), ALERT_DUE_DATE, false,
     ALERT_HIDDEN("@")},
    {7, "all", "Everything that falls due", columns, COUNTOF(columns), ALERT_DUE_DATE, false, NULL},
};

static const struct field snooze_params[] = {
    {FIELD(alert_snooze, until, VT_DATE), SNOOZE_UNTIL, "Until", FF_NEW | SCHEMA_REQUIRED, 10, 0,
     .help = "Day on which it comes back to you.", .fallback = "+1d"},
};

static const struct action actions[] = {
    {ALERT_ACKNOWLEDGE, "acknowledge", "Acknowledge",
     "Puts it away for you: one that is not due yet comes back on the next reminder day, or on its own.",
     AF_ON_RECORD, ALERT_STATE, ROW_BIT(ALERT_OPEN), .option = '1'},
    {ALERT_SNOOZE, "snooze", "Put off", "Puts it away for you until a day.", AF_ON_RECORD, ALERT_STATE,
     ROW_BIT(ALERT_OPEN) | ROW_BIT(ALERT_ACKNOWLEDGED) | ROW_BIT(ALERT_SNOOZED), '6',
     PARAMS(alert_snooze, snooze_params)},
    {ALERT_WAKE, "wake", "Bring back", "Shows it to you again.", AF_ON_RECORD, ALERT_STATE,
     ROW_BIT(ALERT_ACKNOWLEDGED) | ROW_BIT(ALERT_SNOOZED), .option = '3'},
    {ALERT_SEEN, "seen", "All seen", "New alerts are counted from now on.", .option = 0},
};

const struct entity alert_entity = {
    .number = ENTITY_ALERT,
    .name = "alert",
    .label = "Alert",
    .plural = "Alerts",
    .help = "What needs a person: covers that end, unpaid terms, receipts that wait for approval.",
    .table = "alert",
    .flags = EF_MENU | EF_NO_PAST,
    .size = sizeof(struct alert),
    TABLE(fields, fields),
    .label_sql = "(select p.number from app.policy p where p.tenant_id = @.tenant_id and p.id = @.policy_id)",
    TABLE(keys, keys),
    TABLE(views, views),
    TABLE(actions, actions),
};
