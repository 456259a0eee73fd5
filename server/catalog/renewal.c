#include "server/catalog/renewal.h"

#include "server/catalog/policy.h"

static const struct choice states[] = {
    {RENEWAL_OPEN, "open", "open", TONE_PLAIN},
    {RENEWAL_CONTACTED, "contacted", "contacted", TONE_PLAIN},
    {RENEWAL_PROMISED, "promised", "promised", TONE_GOOD},
    {RENEWAL_RENEWED, "renewed", "renewed", TONE_GOOD},
    {RENEWAL_LOST, "lost", "lost", TONE_OFF},
    {RENEWAL_DISCONTINUED, "discontinued", "discontinued", TONE_OFF},
};
static const struct choice outcomes[] = {
    {LOST_PRICE, "price", "too expensive", TONE_PLAIN},
    {LOST_COMPETITOR, "competitor", "went to another insurer", TONE_PLAIN},
    {LOST_SOLD, "sold", "vehicle sold", TONE_PLAIN},
    {LOST_OFF_ROAD, "off_road", "vehicle off the road", TONE_PLAIN},
    {LOST_SERVICE, "service", "not content with us", TONE_PLAIN},
    {LOST_NOT_REACHED, "not_reached", "not reached", TONE_PLAIN},
    {LOST_OTHER, "other", "another reason", TONE_PLAIN},
};
static const struct choice whens[] = {
    {WHEN_OVERDUE, "overdue", "overdue", TONE_BAD},   {WHEN_TODAY, "today", "today", TONE_WARN},
    {WHEN_WEEK, "this_week", "this week", TONE_SOON}, {WHEN_LATER, "later", "later", TONE_PLAIN},
    {WHEN_CLOSED, "closed", "closed", TONE_PLAIN},
};

#define OPEN_STATES "@.state in (1, 2, 3)"
/* 60 days back: who is late may still come; 120 days ahead: nobody is called earlier. The days are reckoned
   inside the brackets: outside them, row-level security would keep the index from being searched by them. */
#define WINDOW "@.due_date between (select app.today() - 60) and (select app.today() + 120) and " OPEN_STATES
/* Ends as many days ahead as the company set to be reminded, and nobody called since the day began. */
#define REMINDED                                                                                             \
    "(@.due_date = any ((select array(select (select app.today()) + n::int from"                             \
    " app.tenant t, string_to_table(t.reminder_days, ' ') n where t.id = "                                   \
    "current_setting('app.tenant_id')::int and n <> ''))::date[]) and (@.contacted_at is null"               \
    " or @.contacted_at < (select (select app.today())::timestamp at time zone t.timezone from app.tenant t" \
    " where t.id = current_setting('app.tenant_id')::int)))"
#define OF_TERM(column, term)                                                                                \
    "(select x." column " from app.term x where x.tenant_id = @.tenant_id and x.id = @." term ")"

static const struct field fields[] = {
    {FIELD(renewal, policy, VT_REF), RENEWAL_POLICY, "Policy",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_KEY, 16, 0, .help = "Policy that runs out.",
     .group = "Runs out", .ref = ENTITY_POLICY},
    {FIELD(renewal, when, VT_CHOICE), RENEWAL_WHEN, "When", SCHEMA_LIST | SCHEMA_NARROW, 9, 0,
     .help = "How soon the cover ends.", CHOICES(whens),
     .sql =
         "(case when not (" OPEN_STATES ") then 5 when @.due_date < (select app.today()) then 1"
         " when @.due_date = (select app.today()) then 2 when @.due_date <= (select app.today()) + 7 then 3"
         " else 4 end)::smallint"},
    {FIELD(renewal, due_date, VT_DATE), RENEWAL_DUE_DATE, "Ends", FF_FILLED | FF_COLUMN, 10, 0,
     .help = "Last day that is covered."},
    {FIELD(renewal, vehicle, VT_REF), RENEWAL_VEHICLE, "Vehicle", SCHEMA_LIST | SCHEMA_FILTER, 12, 0,
     .help = "What is insured; empty for a fleet.", .ref = ENTITY_VEHICLE},
    {FIELD(renewal, customer, VT_REF), RENEWAL_CUSTOMER, "Holder", FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER,
     24, 0, .help = "Who holds the policy.", .ref = ENTITY_CUSTOMER},
    {FIELD(renewal, phone, VT_TEXT), RENEWAL_PHONE, "Phone", SCHEMA_LIST | SCHEMA_PERSONAL, 13, 40,
     .help = "Number to call.",
     .sql = "(select replace(c.phone, ' ', '') from app.customer c where c.tenant_id = @.tenant_id"
            " and c.id = @.customer_id)"},
    {FIELD(renewal, product, VT_REF), RENEWAL_PRODUCT, "Product",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 20, 0, .help = "What was sold.",
     .ref = ENTITY_PRODUCT},
    {FIELD(renewal, branch, VT_REF), RENEWAL_BRANCH, "Branch",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 8, 0, .help = "Branch that sold it.",
     .ref = ENTITY_BRANCH},
    {FIELD(renewal, state, VT_CHOICE), RENEWAL_STATE, "State", FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 10, 0,
     .help = "How far it has come.", .group = "Followed up", CHOICES(states)},
    {FIELD(renewal, assigned_to, VT_REF), RENEWAL_ASSIGNED_TO, "Assigned to",
     SCHEMA_EDIT | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW | FF_STAFF, 18, 0,
     .help = "Who follows it up: at first who sold the policy.", .column = "assigned_to", .ref = ENTITY_USER},
    {FIELD(renewal, contact_on, VT_DATE), RENEWAL_CONTACT_ON, "Call on",
     SCHEMA_EDIT | SCHEMA_LIST | SCHEMA_SORT | SCHEMA_FILTER, 10, 0, .help = "Next day to call the holder."},
    {FIELD(renewal, promised_on, VT_DATE), RENEWAL_PROMISED_ON, "Promised",
     SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 10, 0, .help = "Day the holder promised to pay."},
    {FIELD(renewal, contacted_at, VT_STAMP), RENEWAL_CONTACTED_AT, "Contacted", SCHEMA_LIST | SCHEMA_NARROW,
     16, 0, .help = "When the holder was spoken to last."},
    {FIELD(renewal, note, VT_TEXT), RENEWAL_NOTE, "Note",
     SCHEMA_EDIT | SCHEMA_LIST | SCHEMA_MULTILINE | SCHEMA_NARROW | FF_STAFF, 30, 1000,
     .help = "What was said. Former notes stay in the history."},
    {FIELD(renewal, outcome, VT_CHOICE), RENEWAL_OUTCOME, "Lost because", SCHEMA_LIST | SCHEMA_FILTER, 22, 0,
     .help = "Why the holder did not renew.", .group = "Outcome", CHOICES(outcomes)},
    {FIELD(renewal, reason, VT_TEXT), RENEWAL_REASON, "Reason", SCHEMA_LIST | SCHEMA_NARROW, 24, 400,
     .help = "Why it was discontinued."},
    {FIELD(renewal, closed_at, VT_STAMP), RENEWAL_CLOSED_AT, "Closed",
     SCHEMA_LIST | SCHEMA_SORT | SCHEMA_NARROW, 16, 0, .help = "When it was renewed, lost or discontinued."},
    {FIELD(renewal, renewed_term, VT_REF), RENEWAL_RENEWED_TERM, "Renewed by", SCHEMA_LIST | SCHEMA_NARROW,
     18, 0, .help = "The term that goes on from it.", .ref = ENTITY_TERM},
    {FIELD(renewal, unpaid, VT_BOOL), RENEWAL_UNPAID, "Unpaid",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 6, 0,
     .help = "Renewed, but the new term waits for its payment."},
    {FIELD(renewal, new_start, VT_DATE), RENEWAL_NEW_START, "New start", SCHEMA_LIST | SCHEMA_NARROW, 10, 0,
     .help = "First day of the new term.", .sql = OF_TERM("start_date", "renewed_term_id")},
    {FIELD(renewal, new_end, VT_DATE), RENEWAL_NEW_END, "New end", SCHEMA_LIST | SCHEMA_NARROW, 10, 0,
     .help = "Last day of the new term.", .sql = OF_TERM("end_date", "renewed_term_id")},
    {FIELD(renewal, last_total, VT_MONEY), RENEWAL_LAST_TOTAL, "Last total", SCHEMA_LIST, 12, 0,
     .help = "What the term that ends did cost: premium, levy and tax.", .group = "Money",
     .sql = OF_TERM("total", "term_id")},
    {FIELD(renewal, new_total, VT_MONEY), RENEWAL_NEW_TOTAL, "New total", SCHEMA_LIST, 12, 0,
     .help = "What the new term costs.", .sql = OF_TERM("total", "renewed_term_id")},
    {FIELD(renewal, change, VT_MONEY), RENEWAL_CHANGE, "Change", SCHEMA_LIST | SCHEMA_NARROW, 12, 0,
     .help = "How much more, or less, the new term costs.",
     .sql = OF_TERM("total", "renewed_term_id") " - " OF_TERM("total", "term_id")},
    {FIELD(renewal, term, VT_REF), RENEWAL_TERM, "Term", FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 18, 0,
     .help = "The term that ends.", .group = "Record", .ref = ENTITY_TERM},
    {FIELD(renewal, created_at, VT_STAMP), RENEWAL_CREATED_AT, "Added",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 16, 0, .help = "When the record was made."},
    {FIELD(renewal, updated_at, VT_STAMP), RENEWAL_UPDATED_AT, "Changed",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 16, 0, .help = "When it was last changed."},
};

/* By the term it is about; by the policy's number alone its latest one. */
static const struct entity_key keys[] = {
    {KEY_UPPER, "@.term_id = (select x.id from app.term x join app.policy p on p.tenant_id = x.tenant_id"
                " and p.id = x.policy_id where p.number = split_part($1, '#', 1)"
                " and x.seq::text = split_part($1, '#', 2))"},
    {KEY_UPPER, "@.id = (select x.id from app.renewal x join app.policy p on p.tenant_id = x.tenant_id"
                " and p.id = x.policy_id where p.number = $1 order by x.due_date desc, x.id desc limit 1)"},
};

static const uint32_t work_columns[] = {
    RENEWAL_POLICY,     RENEWAL_DUE_DATE, RENEWAL_CUSTOMER,   RENEWAL_PHONE,       RENEWAL_STATE,
    RENEWAL_CONTACT_ON, RENEWAL_VEHICLE,  RENEWAL_LAST_TOTAL, RENEWAL_ASSIGNED_TO, RENEWAL_WHEN};
static const uint32_t unpaid_columns[] = {RENEWAL_POLICY,    RENEWAL_DUE_DATE,  RENEWAL_CUSTOMER,
                                          RENEWAL_NEW_TOTAL, RENEWAL_PHONE,     RENEWAL_CONTACT_ON,
                                          RENEWAL_VEHICLE,   RENEWAL_NEW_START, RENEWAL_ASSIGNED_TO};
static const uint32_t lost_columns[] = {
    RENEWAL_POLICY,  RENEWAL_DUE_DATE,   RENEWAL_CUSTOMER, RENEWAL_OUTCOME,   RENEWAL_STATE,
    RENEWAL_VEHICLE, RENEWAL_LAST_TOTAL, RENEWAL_REASON,   RENEWAL_CLOSED_AT, RENEWAL_ASSIGNED_TO};
static const uint32_t renewed_columns[] = {
    RENEWAL_POLICY,  RENEWAL_CUSTOMER, RENEWAL_LAST_TOTAL, RENEWAL_NEW_TOTAL, RENEWAL_CHANGE,
    RENEWAL_VEHICLE, RENEWAL_NEW_END,  RENEWAL_CLOSED_AT,  RENEWAL_UNPAID,    RENEWAL_ASSIGNED_TO};
#define COLUMNS(table) (table), COUNTOF(table)
static const struct view views[] = {
    {1, "due", "To renew, next to end first", COLUMNS(work_columns), RENEWAL_DUE_DATE, false, WINDOW},
    {2, "mine", "Mine", COLUMNS(work_columns), RENEWAL_DUE_DATE, false,
     WINDOW " and @.assigned_to = (select app.user_id())"},
    {3, "today", "To do today", COLUMNS(work_columns), RENEWAL_DUE_DATE, false,
     OPEN_STATES
     " and (@.due_date = (select app.today()) or @.contact_on <= (select app.today()) or " REMINDED ")"},
    {4, "week", "Ending this week", COLUMNS(work_columns), RENEWAL_DUE_DATE, false,
     OPEN_STATES " and @.due_date between (select app.today()) and (select app.today() + 7)"},
    {5, "overdue", "Overdue", COLUMNS(work_columns), RENEWAL_DUE_DATE, true,
     WINDOW " and @.due_date < (select app.today())"},
    {6, "unpaid", "Renewed, not paid", COLUMNS(unpaid_columns), RENEWAL_DUE_DATE, false, "@.unpaid"},
    {7, "lost", "Lost and discontinued", COLUMNS(lost_columns), RENEWAL_CLOSED_AT, true, "@.state in (5, 6)"},
    {8, "renewed", "Renewed", COLUMNS(renewed_columns), RENEWAL_CLOSED_AT, true, "@.state = 4"},
    {9, "all", "All cases, by the day they end", COLUMNS(work_columns), RENEWAL_DUE_DATE, true, NULL},
};

static const struct field renew_params[] = {
    {FIELD(policy_renew, months, VT_INT), RENEW_MONTHS, "Months", FF_NEW, 3, 36,
     .help = "How long the next term runs; as long as the last when left empty."},
    {FIELD(policy_renew, sum_insured, VT_MONEY), RENEW_SUM_INSURED, "Sum insured", FF_NEW, 16, 0,
     .help = "What the vehicle is insured for; as the last term when left empty."},
};
static const struct field contact_params[] = {
    {FIELD(renewal_contact, again_on, VT_DATE), CONTACT_AGAIN_ON, "Call again on", FF_NEW, 10, 0,
     .help = "Next day to call; empty when none was agreed."},
    {FIELD(renewal_contact, note, VT_TEXT), CONTACT_NOTE, "Note", FF_NEW | SCHEMA_MULTILINE, 40, 1000,
     .help = "What was said."},
};
static const struct field promise_params[] = {
    {FIELD(renewal_promise, on, VT_DATE), PROMISE_ON, "Promised for", SCHEMA_REQUIRED | FF_NEW, 10, 0,
     .help = "Day the holder wants to pay."},
    {FIELD(renewal_promise, note, VT_TEXT), PROMISE_NOTE, "Note", FF_NEW | SCHEMA_MULTILINE, 40, 1000,
     .help = "What was said."},
};
static const struct field lose_params[] = {
    {FIELD(renewal_lose, outcome, VT_CHOICE), LOSE_OUTCOME, "Why", SCHEMA_REQUIRED | FF_NEW, 24, 0,
     .help = "Why the holder does not renew.", CHOICES(outcomes)},
    {FIELD(renewal_lose, note, VT_TEXT), LOSE_NOTE, "Note", FF_NEW | SCHEMA_MULTILINE, 40, 1000,
     .help = "Anything worth knowing when the holder comes back."},
};

#define WORKED_ON (ROW_BIT(RENEWAL_OPEN) | ROW_BIT(RENEWAL_CONTACTED) | ROW_BIT(RENEWAL_PROMISED))
static const uint32_t renew_shows[] = {RENEWAL_CUSTOMER, RENEWAL_LAST_TOTAL, RENEWAL_NEW_TOTAL,
                                       RENEWAL_CHANGE, RENEWAL_NEW_END};
static const struct action actions[] = {
    {RENEWAL_RENEW, "renew", "Renew", "Appends the next term of the policy, which waits for its payment.",
     AF_ON_RECORD, RENEWAL_STATE, WORKED_ON | ROW_BIT(RENEWAL_LOST), '9', PARAMS(policy_renew, renew_params),
     TABLE(shows, renew_shows)},
    {RENEWAL_CONTACT, "contact", "Contacted", "Says that the holder was spoken to, and when to call again.",
     AF_ON_RECORD, RENEWAL_STATE, WORKED_ON, '3', PARAMS(renewal_contact, contact_params)},
    {RENEWAL_PROMISE, "promise", "Promised", "Says by which day the holder promised to renew.", AF_ON_RECORD,
     RENEWAL_STATE, WORKED_ON, '6', PARAMS(renewal_promise, promise_params)},
    {RENEWAL_LOSE, "lose", "Lost", "Closes the case: the holder does not renew.", AF_ON_RECORD, RENEWAL_STATE,
     WORKED_ON, '4', PARAMS(renewal_lose, lose_params)},
    {RENEWAL_DISCONTINUE, "discontinue", "Discontinue", "Closes the case: we do not renew it.",
     AF_ON_RECORD | AF_REASON, RENEWAL_STATE, WORKED_ON, .option = '8'},
    {RENEWAL_REOPEN, "reopen", "Reopen", "Takes up a case again that was lost or discontinued.", AF_ON_RECORD,
     RENEWAL_STATE, ROW_BIT(RENEWAL_LOST) | ROW_BIT(RENEWAL_DISCONTINUED), .option = '1'},
};

/* Vehicles are locked before their policy, the policy before its terms, those before the case. */
static const char *const locks[] = {
    "select v.id from app.vehicle v where (v.tenant_id, v.id) in (select c.tenant_id, c.vehicle_id"
    " from app.renewal r join app.cover c on c.tenant_id = r.tenant_id and c.term_id = r.term_id"
    " where r.id = $1) order by v.id for no key update of v",
    "select p.id from app.policy p join app.renewal r on r.tenant_id = p.tenant_id and r.policy_id = p.id"
    " where r.id = $1 for no key update of p",
    "select x.id from app.term x join app.renewal r on r.tenant_id = x.tenant_id and r.term_id = x.id"
    " where r.id = $1 for no key update of x",
};

const struct entity renewal_entity = {
    .number = ENTITY_RENEWAL,
    .name = "renewal",
    .label = "Renewal",
    .plural = "Renewals",
    .help = "A term that runs out, who follows it up, and what came of it. Opens by itself when a term starts"
            " and closes when the policy is renewed. Named POLICY#NUMBER of the term, or POLICY.",
    .table = "renewal",
    .module = "renewals",
    .flags = EF_SET | EF_MENU,
    .size = sizeof(struct renewal),
    TABLE(fields, fields),
    .label_sql = "(select p.number || '#' || x.seq from app.term x join app.policy p on p.tenant_id ="
                 " x.tenant_id and p.id = x.policy_id where x.tenant_id = @.tenant_id and x.id = @.term_id)",
    TABLE(keys, keys),
    TABLE(views, views),
    TABLE(actions, actions),
    TABLE(locks, locks),
};
