#include "server/catalog/policy.h"

#include "common/base/limits.h"
#include "server/catalog/certificate.h"
#include "server/catalog/cover.h"
#include "server/catalog/receipt.h"
#include "server/catalog/renewal.h"
#include "server/catalog/term.h"
#include "server/catalog/term_states.h"
#include "server/catalog/term_vehicle.h"

#define LATEST(column)                                                                                       \
    "(select x." column " from app.term x where x.tenant_id = @.tenant_id and x.policy_id = @.id"            \
    " order by x.seq desc limit 1)"

#define LAST_TOTAL                                                                                           \
    "select y.total from app.term y where y.tenant_id = @.tenant_id and y.policy_id = @.id"                  \
    " and y.activated_at is not null and y.seq < (select max(x.seq) from app.term x"                         \
    " where x.tenant_id = @.tenant_id and x.policy_id = @.id) order by y.seq desc limit 1"

static const struct field fields[] = {
    {FIELD(policy, number, VT_TEXT), POLICY_NUMBER, "Policy",
     FF_FILLED | FF_COLUMN | SCHEMA_KEY | SCHEMA_UPPER, 16, 60,
     .help = "One number for life; renewals keep it.", .group = "Policy"},
    {FIELD(policy, state, VT_CHOICE), POLICY_STATE, "State", FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 17, 0,
     .help = "State of its latest term.", CHOICES(term_states)},
    {FIELD(policy, vehicle, VT_REF), POLICY_VEHICLE, "Vehicle", SCHEMA_LIST | SCHEMA_FILTER, 12, 0,
     .help = "What is insured; empty for a fleet.", .ref = ENTITY_VEHICLE},
    {FIELD(policy, vehicles, VT_INT), POLICY_VEHICLES, "Vehicles", FF_FLEET | SCHEMA_LIST | SCHEMA_NARROW, 8,
     0, .help = "Of a fleet: how many vehicles its latest term insures.",
     .sql = "case when @.vehicle_id is null then (select count(*) from app.term_vehicle l where l.tenant_id ="
            " @.tenant_id and l.term_id = (select x.id from app.term x where x.tenant_id = @.tenant_id"
            " and x.policy_id = @.id order by x.seq desc limit 1)) end"},
    {FIELD(policy, customer, VT_REF), POLICY_CUSTOMER, "Holder", FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 24,
     0, .help = "Who holds the policy.", .ref = ENTITY_CUSTOMER},
    {FIELD(policy, product, VT_REF), POLICY_PRODUCT, "Product",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 20, 0, .help = "What was sold.",
     .ref = ENTITY_PRODUCT},
    {FIELD(policy, start_date, VT_DATE), POLICY_START_DATE, "Starts",
     SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 10, 0,
     .help = "First day of the latest term that ever ran.", .group = "Cover"},
    {FIELD(policy, end_date, VT_DATE), POLICY_END_DATE, "Ends", FF_COLUMN, 10, 0,
     .help = "Last day of the latest term that ever ran; that day is still covered."},
    {FIELD(policy, sum_insured, VT_MONEY), POLICY_SUM_INSURED, "Sum insured", SCHEMA_LIST | SCHEMA_NARROW, 14,
     0, .help = "Of the latest term.", .group = "Latest term", .sql = LATEST("sum_insured")},
    {FIELD(policy, total, VT_MONEY), POLICY_TOTAL, "Total", SCHEMA_LIST, 12, 0,
     .help = "Premium, levy and tax of the latest term.", .sql = LATEST("total")},
    {FIELD(policy, term_end, VT_DATE), POLICY_TERM_END, "Until", SCHEMA_LIST | SCHEMA_NARROW, 10, 0,
     .help = "Last day of the latest term, also before it is paid.", .sql = LATEST("end_date")},
    {FIELD(policy, last_total, VT_MONEY), POLICY_LAST_TOTAL, "Last total", SCHEMA_LIST | SCHEMA_NARROW, 12, 0,
     .help = "What the term before the latest did cost.", .sql = "(" LAST_TOTAL ")"},
    {FIELD(policy, change, VT_MONEY), POLICY_CHANGE, "Change", SCHEMA_LIST | SCHEMA_NARROW, 12, 0,
     .help = "How much more, or less, the latest term costs than the one before.",
     .sql = LATEST("total") " - (" LAST_TOTAL ")"},
    {FIELD(policy, paid, VT_MONEY), POLICY_PAID, "Paid", SCHEMA_LIST | SCHEMA_NARROW, 12, 0,
     .help = "Verified receipts of the latest term.", .sql = LATEST("paid")},
    {FIELD(policy, outstanding, VT_MONEY), POLICY_OUTSTANDING, "Outstanding", SCHEMA_LIST, 12, 0,
     .help = "What is still to be paid for the latest term.",
     .sql = "(select case when x.state in (2, 3, 5) then x.total - x.paid else 0 end from app.term x"
            " where x.tenant_id = @.tenant_id and x.policy_id = @.id order by x.seq desc limit 1)"},
    {FIELD(policy, branch, VT_REF), POLICY_BRANCH, "Branch",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 8, 0, .help = "Branch that sold it.",
     .group = "Sold", .ref = ENTITY_BRANCH},
    {FIELD(policy, sold_by, VT_REF), POLICY_SOLD_BY, "Sold by",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW | FF_STAFF, 18, 0, .help = "Who sold it.",
     .column = "sold_by", .ref = ENTITY_USER},
    {FIELD(policy, note, VT_TEXT), POLICY_NOTE, "Note", SCHEMA_EDIT | SCHEMA_MULTILINE | FF_STAFF, 40, 1000,
     .help = "Anything worth knowing at the counter."},
    {FIELD(policy, created_at, VT_STAMP), POLICY_CREATED_AT, "Added", FF_FILLED | FF_COLUMN | SCHEMA_NARROW,
     16, 0, .help = "When the record was made."},
    {FIELD(policy, updated_at, VT_STAMP), POLICY_UPDATED_AT, "Changed",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 16, 0, .help = "When it was last changed."},
};

static const struct entity_key keys[] = {{KEY_UPPER, "@.number = $1"}};

static const uint32_t all_columns[] = {POLICY_NUMBER,   POLICY_VEHICLE, POLICY_VEHICLES,
                                       POLICY_CUSTOMER, POLICY_STATE,   POLICY_END_DATE,
                                       POLICY_PRODUCT,  POLICY_BRANCH,  POLICY_SOLD_BY};
static const uint32_t unpaid_columns[] = {POLICY_NUMBER, POLICY_VEHICLE, POLICY_CUSTOMER,  POLICY_OUTSTANDING,
                                          POLICY_STATE,  POLICY_BRANCH,  POLICY_CREATED_AT};
static const struct view views[] = {
    {1, "all", "All policies, newest first", all_columns, COUNTOF(all_columns), POLICY_CREATED_AT, true,
     NULL},
    {2, "expiring", "Expiring within 30 days", all_columns, COUNTOF(all_columns), POLICY_END_DATE, false,
     "@.state = 4 and @.end_date >= (select app.today()) and @.end_date <= (select app.today() + 30)"},
    {3, "unpaid", "Waiting for payment", unpaid_columns, COUNTOF(unpaid_columns), POLICY_CREATED_AT, true,
     "@.state = 3"},
    {4, "lapsed", "Expired in the last 30 days", all_columns, COUNTOF(all_columns), POLICY_END_DATE, true,
     "@.state = 6 and @.end_date >= (select app.today() - 30)"},
    {5, "unpaid_soon", "Unpaid, starting within 30 days", unpaid_columns, COUNTOF(unpaid_columns),
     POLICY_CREATED_AT, true,
     "@.id in (select d.row_id from app.due_item d where d.tenant_id = @.tenant_id and d.kind = 2 and "
     "d.is_open"
     " and d.due_date <= (select app.today() + 30))"},
};

#define VEHICLES_HELP                                                                                        \
    "Plates or chassis numbers with what each vehicle is insured for: T337DSE=61m; T338DSE=40m."

static const struct field quote_params[] = {
    {FIELD(policy_quote, vehicle, VT_REF), QUOTE_VEHICLE, "Vehicle", FF_NEW, 14, 0,
     .help = "Plate or chassis number of the vehicle to insure.", .ref = ENTITY_VEHICLE},
    {FIELD(policy_quote, customer, VT_REF), QUOTE_CUSTOMER, "Holder", FF_NEW, 24, 0,
     .help = "Who holds the policy; the vehicle's owner when left empty.", .ref = ENTITY_CUSTOMER},
    {FIELD(policy_quote, product, VT_REF), QUOTE_PRODUCT, "Product", SCHEMA_REQUIRED | FF_NEW, 20, 0,
     .help = "What is sold: comprehensive, third_party.", .ref = ENTITY_PRODUCT},
    {FIELD(policy_quote, sum_insured, VT_MONEY), QUOTE_SUM_INSURED, "Sum insured", FF_NEW, 16, 0,
     .help = "What the vehicle is insured for. Needed where the premium is a share of it."},
    {FIELD(policy_quote, start, VT_DATE), QUOTE_START, "Starts", FF_NEW, 10, 0,
     .help = "First day of the cover.", .fallback = "t"},
    {FIELD(policy_quote, months, VT_INT), QUOTE_MONTHS, "Months", FF_NEW, 3, 36,
     .help = "How long it runs: 1 to 36 months.", .fallback = "12"},
    {FIELD(policy_quote, note, VT_TEXT), QUOTE_NOTE, "Note", FF_NEW | SCHEMA_MULTILINE, 40, 1000,
     .help = "Anything worth knowing at the counter."},
    {FIELD(policy_quote, vehicles, VT_TEXT), QUOTE_VEHICLES, "Fleet", FF_NEW | SCHEMA_MULTILINE | FF_FLEET,
     40, LIMIT_TEXT, .help = VEHICLES_HELP " Instead of one vehicle."},
};
static const struct field renew_params[] = {
    {FIELD(policy_renew, months, VT_INT), RENEW_MONTHS, "Months", FF_NEW, 3, 36,
     .help = "How long the next term runs; as long as the last when left empty."},
    {FIELD(policy_renew, sum_insured, VT_MONEY), RENEW_SUM_INSURED, "Sum insured", FF_NEW, 16, 0,
     .help = "What the vehicle is insured for; as the last term when left empty."},
    {FIELD(policy_renew, vehicles, VT_TEXT), RENEW_VEHICLES, "Fleet", FF_NEW | SCHEMA_MULTILINE | FF_FLEET,
     40, LIMIT_TEXT, .help = VEHICLES_HELP " Those of the last term when left empty."},
};
static const struct field include_params[] = {
    {FIELD(policy_include, vehicles, VT_TEXT), INCLUDE_VEHICLES, "Fleet",
     SCHEMA_REQUIRED | FF_NEW | SCHEMA_MULTILINE | FF_FLEET, 40, LIMIT_TEXT, .help = VEHICLES_HELP},
    {FIELD(policy_include, sum_insured, VT_MONEY), INCLUDE_SUM_INSURED, "Sum insured", FF_NEW, 16, 0,
     .help = "What each vehicle is insured for that says nothing else."},
};
static const uint32_t renew_shows[] = {POLICY_CUSTOMER, POLICY_LAST_TOTAL, POLICY_TOTAL, POLICY_CHANGE,
                                       POLICY_TERM_END};
static const struct action actions[] = {
    {POLICY_QUOTE, "quote", "Quote", "Prices a policy for a vehicle. Nothing is covered yet.",
     .params = quote_params, .nparams = COUNTOF(quote_params), .params_size = sizeof(struct policy_quote)},
    {POLICY_ISSUE, "issue", "Issue", "Turns the quote into a policy that waits for its payment.",
     AF_ON_RECORD, POLICY_STATE, ROW_BIT(TERM_QUOTED), .option = '3'},
    {POLICY_RENEW, "renew", "Renew", "Appends the next term, which waits for its payment.", AF_ON_RECORD,
     POLICY_STATE, ROW_BIT(TERM_ACTIVE) | ROW_BIT(TERM_EXPIRED), '9', PARAMS(policy_renew, renew_params),
     TABLE(shows, renew_shows)},
    {POLICY_CANCEL, "cancel", "Cancel", "Ends the cover today.", AF_ON_RECORD | AF_REASON, POLICY_STATE,
     ROW_BIT(TERM_AWAITING_PAYMENT) | ROW_BIT(TERM_ACTIVE) | ROW_BIT(TERM_SUSPENDED), .option = '4'},
    {POLICY_VOID, "void", "Void", "Drops a quote or an unpaid term.", AF_ON_RECORD | AF_REASON, POLICY_STATE,
     /* an active policy may have an unpaid renewal to drop */
     ROW_BIT(TERM_DRAFT) | ROW_BIT(TERM_QUOTED) | ROW_BIT(TERM_AWAITING_PAYMENT) | ROW_BIT(TERM_ACTIVE),
     .option = '8'},
    {POLICY_INCLUDE, "include", "Include", "Adds vehicles to the quote of a fleet.", AF_ON_RECORD | AF_FLEET,
     POLICY_STATE, ROW_BIT(TERM_QUOTED), .params = include_params, .nparams = COUNTOF(include_params),
     .params_size = sizeof(struct policy_include)},
};

static const struct tab tabs[] = {
    {"Terms", ENTITY_TERM, TERM_POLICY},
    {"Vehicles", ENTITY_TERM_VEHICLE, LINE_POLICY},
    {"Covers", ENTITY_COVER, COVER_POLICY},
    {"Receipts", ENTITY_RECEIPT, RECEIPT_POLICY},
    {"Certificates", ENTITY_CERTIFICATE, CERTIFICATE_POLICY},
    {"Renewals", ENTITY_RENEWAL, RENEWAL_POLICY},
};

/* Vehicles are locked before policies, policies before their terms and receipts. */
static const char *const locks[] = {
    "select v.id from app.vehicle v where v.id in (select p.vehicle_id from app.policy p where p.id = $1"
    " union all select l.vehicle_id from app.term_vehicle l where l.policy_id = $1)"
    " order by v.id for no key update of v",
};

static const struct follows follows[] = {
    {ENTITY_TERM, FOLLOW_CHANGED},
    {ENTITY_TERM_VEHICLE, FOLLOW_SHOWN},
    {ENTITY_RECEIPT, FOLLOW_SHOWN},
};

const struct entity policy_entity = {
    .number = ENTITY_POLICY,
    .name = "policy",
    .label = "Policy",
    .plural = "Policies",
    .help = "One number for life. Its terms are the paid-for periods; a renewal appends one.",
    .table = "policy",
    .flags = EF_SET | EF_MENU | EF_SEARCH | EF_HELD,
    .size = sizeof(struct policy),
    TABLE(fields, fields),
    .label_sql = "@.number",
    TABLE(keys, keys),
    TABLE(views, views),
    TABLE(actions, actions),
    TABLE(tabs, tabs),
    TABLE(follows, follows),
    TABLE(locks, locks),
    .history_column = "policy_id",
    .detail_sql =
        "concat_ws(' · ', case when @.vehicle_id is null then 'fleet' else (select coalesce(v.plate, "
        "v.chassis) from app.vehicle v where v.tenant_id ="
        " @.tenant_id and v.id = @.vehicle_id) end, (select c.name from app.customer c where c.tenant_id ="
        " @.tenant_id and c.id = @.customer_id), 'until ' || @.end_date::text)",
};
