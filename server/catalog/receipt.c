#include "server/catalog/receipt.h"

static const struct choice methods[] = {
    {PAID_CASH, "cash", "cash", TONE_PLAIN},          {PAID_MOBILE, "mobile", "mobile money", TONE_PLAIN},
    {PAID_BANK, "bank", "bank transfer", TONE_PLAIN}, {PAID_CHEQUE, "cheque", "cheque", TONE_PLAIN},
    {PAID_CARD, "card", "card", TONE_PLAIN},
};
static const struct choice states[] = {
    {RECEIPT_RECORDED, "recorded", "recorded", TONE_WARN},
    {RECEIPT_VERIFIED, "verified", "verified", TONE_GOOD},
    {RECEIPT_REJECTED, "rejected", "rejected", TONE_OFF},
    {RECEIPT_REVERSED, "reversed", "reversed", TONE_BAD},
};

static const struct field fields[] = {
    {FIELD(receipt, number, VT_TEXT), RECEIPT_NUMBER, "Receipt",
     FF_FILLED | FF_COLUMN | SCHEMA_KEY | SCHEMA_UPPER, 18, 60,
     .help = "Number without gaps per branch and year."},
    {FIELD(receipt, state, VT_CHOICE), RECEIPT_STATE, "State", FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 9, 0,
     .help = "Money counts once a second person verified it.", CHOICES(states)},
    {FIELD(receipt, policy, VT_REF), RECEIPT_POLICY, "Policy",
     SCHEMA_REQUIRED | FF_NEW | SCHEMA_LIST | SCHEMA_FILTER, 16, 0, .help = "Policy that is paid for.",
     .ref = ENTITY_POLICY},
    {FIELD(receipt, term, VT_REF), RECEIPT_TERM, "Term",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 18, 0, .help = "Term that is paid for.",
     .ref = ENTITY_TERM},
    {FIELD(receipt, amount, VT_MONEY), RECEIPT_AMOUNT, "Amount",
     SCHEMA_REQUIRED | FF_NEW | SCHEMA_LIST | SCHEMA_FILTER, 14, 0,
     .help = "What was taken. It must be what is outstanding, to the cent."},
    {FIELD(receipt, method, VT_CHOICE), RECEIPT_METHOD, "Method",
     SCHEMA_REQUIRED | FF_NEW | SCHEMA_LIST | SCHEMA_FILTER, 13, 0, .help = "How it was paid.",
     .fallback = "cash", CHOICES(methods)},
    {FIELD(receipt, reference, VT_TEXT), RECEIPT_REFERENCE, "Reference", FF_NEW | SCHEMA_LIST | SCHEMA_NARROW,
     18, 80, .help = "Transaction, cheque or slip number. Needed unless paid in cash."},
    {FIELD(receipt, paid_on, VT_DATE), RECEIPT_PAID_ON, "Paid on",
     FF_FILLED | FF_NEW | SCHEMA_LIST | SCHEMA_FILTER, 10, 0, .help = "Day the money came in.",
     .fallback = "t"},
    {FIELD(receipt, branch, VT_REF), RECEIPT_BRANCH, "Branch",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 8, 0, .help = "Branch whose till took it.",
     .group = "Handled", .ref = ENTITY_BRANCH},
    {FIELD(receipt, taken_by, VT_REF), RECEIPT_TAKEN_BY, "Taken by",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW | FF_STAFF, 18, 0, .help = "Who took it.",
     .column = "taken_by", .ref = ENTITY_USER},
    {FIELD(receipt, verified_by, VT_REF), RECEIPT_VERIFIED_BY, "Verified by",
     SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW | FF_STAFF, 18, 0, .help = "Who verified it.",
     .column = "verified_by", .ref = ENTITY_USER},
    {FIELD(receipt, verified_at, VT_STAMP), RECEIPT_VERIFIED_AT, "Verified", SCHEMA_LIST | SCHEMA_NARROW, 16,
     0, .help = "When it was verified."},
    {FIELD(receipt, reason, VT_TEXT), RECEIPT_REASON, "Reason", SCHEMA_LIST | SCHEMA_NARROW, 24, 400,
     .help = "Why it was rejected or reversed."},
    {FIELD(receipt, created_at, VT_STAMP), RECEIPT_CREATED_AT, "Added", FF_FILLED | FF_COLUMN | SCHEMA_NARROW,
     16, 0, .help = "When the record was made."},
    {FIELD(receipt, updated_at, VT_STAMP), RECEIPT_UPDATED_AT, "Changed",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 16, 0, .help = "When it was last changed."},
    {FIELD(receipt, year, VT_INT), RECEIPT_YEAR, "Year", FF_FILLED | FF_INTERNAL, 4, 0,
     .help = "Year its number counts in."},
    {FIELD(receipt, serial, VT_INT), RECEIPT_SERIAL, "Serial", FF_FILLED | FF_INTERNAL, 8, 0,
     .help = "Its count in that year."},
};

static const struct entity_key keys[] = {{KEY_UPPER, "@.number = $1"}};

static const uint32_t all_columns[] = {RECEIPT_NUMBER,   RECEIPT_POLICY,    RECEIPT_AMOUNT,
                                       RECEIPT_METHOD,   RECEIPT_STATE,     RECEIPT_PAID_ON,
                                       RECEIPT_TAKEN_BY, RECEIPT_REFERENCE, RECEIPT_BRANCH};
static const struct view views[] = {
    {1, "all", "All receipts, newest first", all_columns, COUNTOF(all_columns), RECEIPT_CREATED_AT, true,
     NULL},
    {2, "to_verify", "To verify", all_columns, COUNTOF(all_columns), RECEIPT_CREATED_AT, false,
     "@.state = 1"},
    {3, "today", "Taken today", all_columns, COUNTOF(all_columns), RECEIPT_CREATED_AT, true,
     "@.paid_on = (select app.today())"},
};

static const struct action actions[] = {
    {RECEIPT_VERIFY, "verify", "Verify",
     "Confirms that the money is there. When it pays the term, the cover starts.", AF_ON_RECORD,
     RECEIPT_STATE, ROW_BIT(RECEIPT_RECORDED), .option = '6'},
    {RECEIPT_REJECT, "reject", "Reject", "Says that the money did not come.", AF_ON_RECORD | AF_REASON,
     RECEIPT_STATE, ROW_BIT(RECEIPT_RECORDED), .option = '4'},
    {RECEIPT_REVERSE, "reverse", "Reverse", "Takes a verified receipt back. The term it paid is suspended.",
     AF_ON_RECORD | AF_REASON, RECEIPT_STATE, ROW_BIT(RECEIPT_VERIFIED), .option = '8'},
};

/* Vehicles are locked before policies, policies before their terms and receipts. */
static const char *const locks[] = {
    "select v.id from app.vehicle v where v.id in (select p.vehicle_id from app.policy p join app.receipt r "
    "on"
    " r.tenant_id = p.tenant_id and r.policy_id = p.id where r.id = $1 union all select l.vehicle_id from"
    " app.term_vehicle l join app.receipt r on r.tenant_id = l.tenant_id and r.term_id = l.term_id where "
    "r.id = $1)"
    " order by v.id for no key update of v",
    "select p.id from app.policy p join app.receipt r on r.tenant_id = p.tenant_id and r.policy_id = p.id"
    " where r.id = $1 for no key update of p",
    "select x.id from app.term x join app.receipt r on r.tenant_id = x.tenant_id and r.term_id = x.id"
    " where r.id = $1 for no key update of x",
};

const struct entity receipt_entity = {
    .number = ENTITY_RECEIPT,
    .name = "receipt",
    .label = "Receipt",
    .plural = "Receipts",
    .help = "Money taken for a policy. Reversed with a reason, never deleted.",
    .table = "receipt",
    .flags = EF_ADD | EF_MENU | EF_SEARCH | EF_HELD,
    .size = sizeof(struct receipt),
    TABLE(fields, fields),
    .label_sql = "@.number",
    TABLE(keys, keys),
    TABLE(views, views),
    TABLE(actions, actions),
    TABLE(locks, locks),
    .detail_sql =
        "(select p.number from app.policy p where p.tenant_id = @.tenant_id and p.id = @.policy_id)",
};
