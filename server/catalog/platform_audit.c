#include "server/catalog/platform_audit.h"

static const struct choice kinds[] = {
    {1, "sign_in", "sign-in", TONE_PLAIN}, {2, "refusal", "refusal", TONE_WARN},
    {3, "read", "read", TONE_PLAIN},       {4, "change", "change", TONE_PLAIN},
    {5, "export", "export", TONE_PLAIN},   {6, "platform", "platform", TONE_SOON},
    {7, "account", "account", TONE_PLAIN},
};
static const struct choice outcomes[] = {
    {1, "done", "done", TONE_GOOD},
    {2, "refused", "refused", TONE_BAD},
};

static const struct field fields[] = {
    {FIELD(platform_audit, at, VT_STAMP), PLATFORM_AUDIT_AT, "Time", FF_FILLED | FF_COLUMN | SCHEMA_KEY, 16,
     0, .help = "When it happened."},
    {FIELD(platform_audit, company, VT_REF), PLATFORM_AUDIT_COMPANY, "Company", SCHEMA_LIST | SCHEMA_FILTER,
     24, 0, .help = "Whose audit it stands in; empty: the platform's own.", .ref = ENTITY_COMPANY},
    {FIELD(platform_audit, kind, VT_CHOICE), PLATFORM_AUDIT_KIND, "Kind",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 10, 0, .help = "What sort of thing was done.", CHOICES(kinds)},
    {FIELD(platform_audit, what, VT_TEXT), PLATFORM_AUDIT_WHAT, "What",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 24, 80, .help = "What was done or tried."},
    {FIELD(platform_audit, outcome, VT_CHOICE), PLATFORM_AUDIT_OUTCOME, "Outcome",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 8, 0, .help = "Whether it was done.", CHOICES(outcomes)},
    {FIELD(platform_audit, login, VT_TEXT), PLATFORM_AUDIT_LOGIN, "Login", SCHEMA_LIST | SCHEMA_FILTER, 16,
     40, .help = "Login of who did it."},
    {FIELD(platform_audit, address, VT_TEXT), PLATFORM_AUDIT_ADDRESS, "From", SCHEMA_LIST | SCHEMA_FILTER, 18,
     80, .help = "Address it came from."},
    {FIELD(platform_audit, count, VT_INT), PLATFORM_AUDIT_COUNT, "Count",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 7, 0, .help = "How many rows were read, or how often it came."},
};

static const struct entity_key keys[] = {{KEY_PLAIN, "@.id::text = $1"}};

static const uint32_t all_columns[] = {PLATFORM_AUDIT_AT,      PLATFORM_AUDIT_COMPANY, PLATFORM_AUDIT_KIND,
                                       PLATFORM_AUDIT_WHAT,    PLATFORM_AUDIT_OUTCOME, PLATFORM_AUDIT_LOGIN,
                                       PLATFORM_AUDIT_ADDRESS, PLATFORM_AUDIT_COUNT};
static const struct view views[] = {
    {1, "all", "Audit of all companies, newest first", all_columns, COUNTOF(all_columns), PLATFORM_AUDIT_AT,
     true, NULL},
    {2, "refusals", "What was refused", all_columns, COUNTOF(all_columns), PLATFORM_AUDIT_AT, true,
     "@.outcome = 2"},
};

const struct entity platform_audit_entity = {
    .number = ENTITY_PLATFORM_AUDIT,
    .name = "platform_audit",
    .label = "Audit of all",
    .plural = "Audit of all",
    .help = "What was done and tried in all companies, without saying to which record.",
    .table = "platform_audit",
    .flags = EF_MENU | EF_ADMIN | EF_PLATFORM | EF_NO_PAST,
    .size = sizeof(struct platform_audit),
    TABLE(fields, fields),
    .label_sql = "to_char(@.at, 'YYYY-MM-DD HH24:MI:SS')",
    TABLE(keys, keys),
    TABLE(views, views),
};
