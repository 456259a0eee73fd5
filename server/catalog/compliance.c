#include "server/catalog/compliance.h"

static const struct field fields[] = {
    {FIELD(compliance, code, VT_TEXT), COMPLIANCE_CODE, "Code", FF_FILLED | FF_COLUMN | SCHEMA_KEY, 8, 8,
     .help = "Code of the company."},
    {FIELD(compliance, name, VT_TEXT), COMPLIANCE_NAME, "Company", FF_FILLED | FF_COLUMN, 28, 120,
     .help = "A company that lets the regulator ask."},
    {FIELD(compliance, timezone, VT_TEXT), COMPLIANCE_TIMEZONE, "Time zone", FF_FILLED | SCHEMA_LIST, 24, 60,
     .help = "By which its days begin."},
};

static const struct field insured_fields[] = {
    {FIELD(compliance_insured, vehicle, VT_TEXT), INSURED_VEHICLE, "Vehicle", SCHEMA_REQUIRED | FF_NEW, 20,
     40, .help = "Plate or chassis number, in any spelling."},
    {FIELD(compliance_insured, day, VT_DATE), INSURED_DAY, "Day", FF_NEW, 10, 0,
     .help = "The day in question.", .fallback = "t"},
    {FIELD(compliance_insured, company, VT_REF), INSURED_COMPANY, "Company", FF_NEW, 8, 0,
     .help = "One company only; all that let the regulator ask when left empty.", .ref = ENTITY_COMPLIANCE},
};
static const struct field counts_fields[] = {
    {FIELD(compliance_counts, day, VT_DATE), COUNTS_DAY, "Day", FF_NEW, 10, 0, .help = "The day in question.",
     .fallback = "t"},
    {FIELD(compliance_counts, company, VT_REF), COUNTS_COMPANY, "Company", FF_NEW, 8, 0,
     .help = "One company only; all that let the regulator ask when left empty.", .ref = ENTITY_COMPLIANCE},
};
#define AFTER_MOST 100000000
static const struct field trail_fields[] = {
    {FIELD(compliance_trail, company, VT_REF), TRAIL_COMPANY, "Company", SCHEMA_REQUIRED | FF_NEW, 8, 0,
     .help = "Whose audit is read.", .ref = ENTITY_COMPLIANCE},
    {FIELD(compliance_trail, from_date, VT_DATE), TRAIL_FROM, "From", FF_NEW, 10, 0, .help = "First day.",
     .fallback = "t"},
    {FIELD(compliance_trail, to_date, VT_DATE), TRAIL_TO, "Until", FF_NEW, 10, 0, .help = "Last day.",
     .fallback = "t"},
    {FIELD(compliance_trail, after, VT_INT), TRAIL_AFTER, "After entry", FF_NEW, 10, AFTER_MOST,
     .help = "Goes on behind so many entries, where the answer before ended."},
};

static const struct action actions[] = {
    {COMPLIANCE_INSURED, "insured", "Was it insured?",
     "Tells for each company whether it insured a vehicle on a day, from when to when, and the certificate.",
     .option = 0, PARAMS(compliance_insured, insured_fields)},
    {COMPLIANCE_COUNTS, "counts", "Counts",
     "Vehicles of each company, how many were covered on a day, and whose cover had run out. Permits are not "
     "among them yet.",
     .option = 0, PARAMS(compliance_counts, counts_fields)},
    {COMPLIANCE_TRAIL, "trail", "Audit trail",
     "What the audit of a company says of some days; much of it in several pieces.", .option = 0,
     PARAMS(compliance_trail, trail_fields)},
};

static const struct entity_key keys[] = {{KEY_UPPER, "@.code = $1"}, {KEY_PLAIN, "@.name = $1"}};

static const uint32_t all_columns[] = {COMPLIANCE_CODE, COMPLIANCE_NAME, COMPLIANCE_TIMEZONE};
static const struct view views[] = {
    {1, "all", "Companies that let the regulator ask", all_columns, COUNTOF(all_columns), COMPLIANCE_CODE,
     false, NULL},
};

const struct entity compliance_entity = {
    .number = ENTITY_COMPLIANCE,
    .name = "compliance",
    .label = "Compliance",
    .plural = "Compliance",
    .help = "What the regulator may ask of the companies that grant it; each question stands in their audit.",
    .table = "compliance",
    .flags = EF_MENU | EF_PLATFORM | EF_NO_PAST,
    .size = sizeof(struct compliance),
    TABLE(fields, fields),
    .label_sql = "@.name",
    TABLE(keys, keys),
    TABLE(views, views),
    TABLE(actions, actions),
};
