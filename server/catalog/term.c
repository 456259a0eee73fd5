#include "server/catalog/term.h"

#include "server/catalog/cover.h"
#include "server/catalog/receipt.h"
#include "server/catalog/term_states.h"
#include "server/catalog/term_vehicle.h"

static const struct field fields[] = {
    {FIELD(term, policy, VT_REF), TERM_POLICY, "Policy", FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_KEY,
     16, 0, .help = "Policy the term belongs to.", .group = "Term", .ref = ENTITY_POLICY},
    {FIELD(term, seq, VT_INT), TERM_SEQ, "No.", FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 3, 0,
     .help = "1 for the first term, then one more with every renewal."},
    {FIELD(term, state, VT_CHOICE), TERM_STATE, "State", FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 17, 0,
     .help = "Active only when its verified receipts equal its total.", CHOICES(term_states)},
    {FIELD(term, start_date, VT_DATE), TERM_START_DATE, "Starts", FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 10,
     0, .help = "First day."},
    {FIELD(term, end_date, VT_DATE), TERM_END_DATE, "Ends", FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 10, 0,
     .help = "Last day; that day is still covered."},
    {FIELD(term, months, VT_INT), TERM_MONTHS, "Months", FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 6, 0,
     .help = "How long it runs."},
    {FIELD(term, sum_insured, VT_MONEY), TERM_SUM_INSURED, "Sum insured",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 14, 0,
     .help = "What the vehicle is insured for; of a fleet, all of them together.", .group = "Money"},
    {FIELD(term, rate, VT_REF), TERM_RATE, "Rate", 0, 24, 0,
     .help = "Row of the rate book it was priced by; of a fleet, its vehicles have theirs.",
     .ref = ENTITY_RATE},
    {FIELD(term, premium, VT_MONEY), TERM_PREMIUM, "Premium", FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 12, 0,
     .help = "Price of the cover itself."},
    {FIELD(term, levy, VT_MONEY), TERM_LEVY, "Levy", FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 12, 0,
     .help = "Levy on the premium."},
    {FIELD(term, tax, VT_MONEY), TERM_TAX, "Tax", FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 12, 0,
     .help = "Tax on premium and levy."},
    {FIELD(term, total, VT_MONEY), TERM_TOTAL, "Total", FF_FILLED | SCHEMA_LIST, 12, 0,
     .help = "Premium, levy and tax together."},
    {FIELD(term, paid, VT_MONEY), TERM_PAID, "Paid", FF_FILLED | SCHEMA_LIST, 12, 0,
     .help = "Its verified receipts together."},
    {FIELD(term, outstanding, VT_MONEY), TERM_OUTSTANDING, "Outstanding", SCHEMA_LIST, 12, 0,
     .help = "What is still to be paid.",
     .sql = "case when @.state in (2, 3, 5) then @.total - @.paid else 0 end"},
    {FIELD(term, activated_at, VT_STAMP), TERM_ACTIVATED_AT, "Activated", SCHEMA_LIST | SCHEMA_NARROW, 16, 0,
     .help = "When it became active.", .group = "Life"},
    {FIELD(term, reason, VT_TEXT), TERM_REASON, "Reason", SCHEMA_LIST | SCHEMA_NARROW, 24, 400,
     .help = "Why it was cancelled, voided or suspended."},
    {FIELD(term, created_at, VT_STAMP), TERM_CREATED_AT, "Added", FF_FILLED | FF_COLUMN | SCHEMA_NARROW, 16,
     0, .help = "When the record was made."},
    {FIELD(term, updated_at, VT_STAMP), TERM_UPDATED_AT, "Changed", FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW,
     16, 0, .help = "When it was last changed."},
};

static const struct entity_key keys[] = {
    {KEY_UPPER, "@.policy_id = (select p.id from app.policy p where p.number = split_part($1, '#', 1))"
                " and @.seq::text = split_part($1, '#', 2)"},
};

static const uint32_t all_columns[] = {TERM_POLICY,   TERM_SEQ,   TERM_STATE, TERM_START_DATE,
                                       TERM_END_DATE, TERM_TOTAL, TERM_PAID,  TERM_SUM_INSURED};
static const struct view views[] = {
    {1, "all", "Terms, latest first", all_columns, COUNTOF(all_columns), TERM_CREATED_AT, true, NULL},
};

static const struct tab tabs[] = {
    {"Vehicles", ENTITY_TERM_VEHICLE, LINE_TERM},
    {"Receipts", ENTITY_RECEIPT, RECEIPT_TERM},
    {"Covers", ENTITY_COVER, COVER_TERM},
};

static const struct follows follows[] = {
    {ENTITY_RECEIPT, FOLLOW_UPDATED},
};

const struct entity term_entity = {
    .number = ENTITY_TERM,
    .name = "term",
    .label = "Term",
    .plural = "Terms",
    .help = "One paid-for period of a policy. Named POLICY#NUMBER.",
    .table = "term",
    .flags = EF_HELD,
    .size = sizeof(struct term),
    TABLE(fields, fields),
    .label_sql = "(select p.number from app.policy p where p.tenant_id = @.tenant_id and p.id = @.policy_id)"
                 " || '#' || @.seq::text",
    TABLE(keys, keys),
    TABLE(views, views),
    TABLE(tabs, tabs),
    TABLE(follows, follows),
};
