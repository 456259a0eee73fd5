#include "server/catalog/company_usage.h"

static const struct field fields[] = {
    {FIELD(company_usage, day, VT_DATE), COMPANY_USAGE_DAY, "Day", FF_FILLED | FF_COLUMN | SCHEMA_KEY, 10, 0,
     .help = "Day, by the clock of the service."},
    {FIELD(company_usage, company, VT_REF), COMPANY_USAGE_COMPANY, "Company", SCHEMA_LIST | SCHEMA_FILTER, 28,
     0, .help = "Whose people asked; empty: the platform's own.", .ref = ENTITY_COMPANY},
    {FIELD(company_usage, requests, VT_INT), COMPANY_USAGE_REQUESTS, "Requests", FF_FILLED | SCHEMA_LIST, 9,
     0, .help = "How many requests were answered."},
    {FIELD(company_usage, refusals, VT_INT), COMPANY_USAGE_REFUSALS, "Refused", FF_FILLED | SCHEMA_LIST, 8, 0,
     .help = "How many of them were refused, by a rule or by the asker's role."},
    {FIELD(company_usage, errors, VT_INT), COMPANY_USAGE_ERRORS, "Failed", FF_FILLED | SCHEMA_LIST, 7, 0,
     .help = "How many failed through a fault of the service."},
    {FIELD(company_usage, sign_ins, VT_INT), COMPANY_USAGE_SIGN_INS, "Sign-ins", FF_FILLED | SCHEMA_LIST, 8,
     0, .help = "How many sessions were opened."},
    {FIELD(company_usage, mean_us, VT_INT), COMPANY_USAGE_MEAN_US, "Mean us", SCHEMA_LIST, 9, 0,
     .help = "Mean time of a request, in microseconds."},
    {FIELD(company_usage, max_us, VT_INT), COMPANY_USAGE_MAX_US, "Longest us", FF_FILLED | SCHEMA_LIST, 10, 0,
     .help = "Time of the longest request, in microseconds."},
};

static const struct entity_key keys[] = {{KEY_PLAIN, "@.id::text = $1"}};

static const uint32_t all_columns[] = {COMPANY_USAGE_DAY,      COMPANY_USAGE_COMPANY, COMPANY_USAGE_REQUESTS,
                                       COMPANY_USAGE_REFUSALS, COMPANY_USAGE_ERRORS,  COMPANY_USAGE_SIGN_INS,
                                       COMPANY_USAGE_MEAN_US,  COMPANY_USAGE_MAX_US};
static const struct view views[] = {
    {1, "all", "Usage, newest first", all_columns, COUNTOF(all_columns), COMPANY_USAGE_DAY, true, NULL},
};

const struct entity company_usage_entity = {
    .number = ENTITY_COMPANY_USAGE,
    .name = "company_usage",
    .label = "Usage",
    .plural = "Usage",
    .help = "How much a company asked of the service on a day, and how long it took.",
    .table = "company_usage",
    .flags = EF_MENU | EF_ADMIN | EF_PLATFORM | EF_NO_PAST,
    .size = sizeof(struct company_usage),
    TABLE(fields, fields),
    .label_sql = "@.day::text",
    TABLE(keys, keys),
    TABLE(views, views),
};
