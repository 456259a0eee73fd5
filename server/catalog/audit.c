#include "server/catalog/audit.h"

static const struct choice kinds[] = {
    {AUDIT_SIGN_IN, "sign_in", "sign-in", TONE_PLAIN}, {AUDIT_REFUSAL, "refusal", "refusal", TONE_BAD},
    {AUDIT_READ, "read", "read", TONE_PLAIN},          {AUDIT_CHANGE, "change", "change", TONE_GOOD},
    {AUDIT_TAKEN, "export", "export", TONE_WARN},      {AUDIT_PLATFORM, "platform", "platform", TONE_WARN},
    {AUDIT_ACCOUNT, "account", "account", TONE_SOON},
};
static const struct choice outcomes[] = {
    {AUDIT_DONE, "done", "done", TONE_PLAIN},
    {AUDIT_REFUSED, "refused", "refused", TONE_BAD},
};
static const struct choice formats[] = {
    {AUDIT_JSON, "json", "JSON lines, with the chain", TONE_PLAIN},
    {AUDIT_CSV, "csv", "CSV, for a spreadsheet", TONE_PLAIN},
};

/* ids are numbers of 32 bits */
#define ID_MOST UINT32_MAX

static const struct field fields[] = {
    {FIELD(audit_record, at, VT_STAMP), AUDIT_AT, "When", FF_FILLED | FF_COLUMN, 16, 0,
     .help = "When it happened."},
    {FIELD(audit_record, kind, VT_CHOICE), AUDIT_KIND, "Kind", FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 9, 0,
     .help = "Signing in, being refused, reading people's data in bulk, changing, taking out, the platform's "
             "doing, or "
             "looking after accounts.",
     CHOICES(kinds)},
    {FIELD(audit_record, what, VT_TEXT), AUDIT_WHAT, "What",
     FF_FILLED | SCHEMA_KEY | SCHEMA_LIST | SCHEMA_FILTER, 20, 80,
     .help = "The kind of record and the word of the command: customer add."},
    {FIELD(audit_record, outcome, VT_CHOICE), AUDIT_OUTCOME, "Outcome",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 8, 0, .help = "Whether it was done or refused.",
     CHOICES(outcomes)},
    {FIELD(audit_record, user, VT_REF), AUDIT_USER, "User", SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 14,
     0, .help = "Who did it; nobody for people of the platform and for names nobody bears.",
     .ref = ENTITY_USER},
    {FIELD(audit_record, actor, VT_TEXT), AUDIT_ACTOR, "Who", FF_FILLED | SCHEMA_LIST, 22, 200,
     .help = "Name and login as they were then, or what was typed."},
    {FIELD(audit_record, entity, VT_TEXT), AUDIT_ENTITY, "Record of",
     SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 12, 40,
     .help = "The kind of record: customer, policy and so on."},
    {FIELD(audit_record, row_id, VT_INT), AUDIT_ROW, "Record", SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW,
     11, ID_MOST, .help = "The id of the record."},
    {FIELD(audit_record, count, VT_INT), AUDIT_COUNT, "Count", FF_FILLED | SCHEMA_LIST, 6, 0,
     .help = "How many records were read, or how many refusals stand in this line."},
    {FIELD(audit_record, detail, VT_TEXT), AUDIT_DETAIL, "Detail", SCHEMA_LIST, 40, 400,
     .help = "Why it was refused, which file was made, and the like."},
    {FIELD(audit_record, address, VT_TEXT), AUDIT_ADDRESS, "From", SCHEMA_LIST | SCHEMA_FILTER, 16, 80,
     .help = "Address the connection came from.", .group = "Where from"},
    {FIELD(audit_record, client, VT_TEXT), AUDIT_CLIENT, "Program", SCHEMA_LIST | SCHEMA_NARROW, 16, 80,
     .help = "What the program on the other side calls itself."},
    {FIELD(audit_record, session_id, VT_INT), AUDIT_SESSION, "Session",
     SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 11, ID_MOST, .help = "The id of the session."},
    {FIELD(audit_record, request_id, VT_TEXT), AUDIT_REQUEST, "Request",
     SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 12, 40,
     .help = "The request; the history of the records it changed bears the same."},
    {FIELD(audit_record, place, VT_INT), AUDIT_PLACE, "Place", 0, 9, 0,
     .help = "Its place in the company's chain; empty until it is sealed, a few seconds later.",
     .sql = "(select s.seq from app.sealed s where s.tenant_id = @.tenant_id and s.stream = 1 and s.row_id = "
            "@.id)"},
};

static const struct entity_key keys[] = {{KEY_PLAIN, "@.id::text = $1"}};

static const uint32_t columns[] = {AUDIT_AT,      AUDIT_KIND,   AUDIT_WHAT,   AUDIT_ACTOR,
                                   AUDIT_OUTCOME, AUDIT_COUNT,  AUDIT_DETAIL, AUDIT_ADDRESS,
                                   AUDIT_ROW,     AUDIT_ENTITY, AUDIT_REQUEST};
static const struct view views[] = {
    {1, "all", "Everything, newest first", columns, COUNTOF(columns), AUDIT_AT, true, NULL},
    {2, "sign_ins", "Sign-ins", columns, COUNTOF(columns), AUDIT_AT, true,
     "(@.kind = 1 or (@.kind = 2 and @.what = 'sign in'))"},
    {3, "refusals", "Refusals", columns, COUNTOF(columns), AUDIT_AT, true, "@.kind = 2"},
    {4, "changes", "Changes", columns, COUNTOF(columns), AUDIT_AT, true, "@.kind = 4"},
    {5, "reads", "Personal data read in bulk", columns, COUNTOF(columns), AUDIT_AT, true, "@.kind = 3"},
    {6, "exports", "Prints and exports", columns, COUNTOF(columns), AUDIT_AT, true, "@.kind = 5"},
    {7, "accounts", "Keys, tokens, sessions", columns, COUNTOF(columns), AUDIT_AT, true, "@.kind = 7"},
    {8, "platform", "What the platform did", columns, COUNTOF(columns), AUDIT_AT, true, "@.kind = 6"},
};

static const struct field export_params[] = {
    {FIELD(audit_export, from, VT_DATE), AUDIT_EXPORT_FROM, "From", SCHEMA_REQUIRED | FF_NEW, 10, 0,
     .help = "First day.", .fallback = "t"},
    {FIELD(audit_export, to, VT_DATE), AUDIT_EXPORT_TO, "To", SCHEMA_REQUIRED | FF_NEW, 10, 0,
     .help = "Last day.", .fallback = "t"},
    {FIELD(audit_export, format, VT_CHOICE), AUDIT_EXPORT_FORMAT, "Format", SCHEMA_REQUIRED | FF_NEW, 10, 0,
     .help = "JSON lines can be verified by bimactl; CSV is for reading.", .fallback = "json",
     CHOICES(formats)},
    {FIELD(audit_export, after, VT_INT), AUDIT_EXPORT_AFTER, "After place", FF_NEW, 10, ID_MOST,
     .help = "Goes on behind this place, where the file before ended."},
};
static const struct action actions[] = {
    {AUDIT_EXPORT, "export", "Export", "Gives the audit of some days as a file; long ones in several pieces.",
     AF_SECRET, .option = '7', PARAMS(audit_export, export_params)},
};

const struct entity audit_entity = {
    .number = ENTITY_AUDIT,
    .name = "audit",
    .label = "Audit entry",
    .plural = "Audit",
    .help = "What was done, tried and read, by whom and from where. Nobody can change it.",
    .table = "audit_entry",
    .flags = EF_MENU | EF_ADMIN | EF_PRIVATE | EF_SHARED | EF_NO_PAST,
    .size = sizeof(struct audit_record),
    TABLE(fields, fields),
    .label_sql = "@.what",
    TABLE(keys, keys),
    TABLE(views, views),
    TABLE(actions, actions),
};
