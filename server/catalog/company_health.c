#include "server/catalog/company_health.h"

static const struct choice statuses[] = {
    {COMPANY_ACTIVE, "active", "active", TONE_GOOD},
    {COMPANY_SUSPENDED, "suspended", "suspended", TONE_BAD},
};

static const struct field fields[] = {
    {FIELD(company_health, code, VT_TEXT), HEALTH_CODE, "Code", FF_FILLED | FF_COLUMN | SCHEMA_KEY, 8, 8,
     .help = "Code of the company."},
    {FIELD(company_health, name, VT_TEXT), HEALTH_NAME, "Name", FF_FILLED | SCHEMA_LIST, 28, 120,
     .help = "Name of the company."},
    {FIELD(company_health, status, VT_CHOICE), HEALTH_STATUS, "Status",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 10, 0, .help = "Whether its people may sign in.",
     CHOICES(statuses)},
    {FIELD(company_health, users, VT_INT), HEALTH_USERS, "Users", FF_FILLED | SCHEMA_LIST, 6, 0,
     .help = "How many of its users may sign in."},
    {FIELD(company_health, sessions, VT_INT), HEALTH_SESSIONS, "Sessions", FF_FILLED | SCHEMA_LIST, 8, 0,
     .help = "How many are signed in now."},
    {FIELD(company_health, covers, VT_INT), HEALTH_COVERS, "In force", FF_FILLED | SCHEMA_LIST, 9, 0,
     .help = "How many policies have a cover that has not run out."},
    {FIELD(company_health, waiting, VT_INT), HEALTH_WAITING, "Waiting", FF_FILLED | SCHEMA_LIST, 8, 0,
     .help = "How many policies wait for their payment."},
    {FIELD(company_health, seen_at, VT_STAMP), HEALTH_SEEN_AT, "Last active", SCHEMA_LIST, 16, 0,
     .help = "When somebody of the company last used the service."},
};

static const struct entity_key keys[] = {{KEY_UPPER, "@.code = $1"}};

static const uint32_t all_columns[] = {HEALTH_CODE,     HEALTH_NAME,   HEALTH_STATUS,  HEALTH_USERS,
                                       HEALTH_SESSIONS, HEALTH_COVERS, HEALTH_WAITING, HEALTH_SEEN_AT};
static const struct view views[] = {
    {1, "all", "Health of companies", all_columns, COUNTOF(all_columns), HEALTH_CODE, false, NULL},
};

const struct entity company_health_entity = {
    .number = ENTITY_COMPANY_HEALTH,
    .name = "company_health",
    .label = "Health",
    .plural = "Health",
    .help = "How a company does, in counts that are kept anyway: no record of its business is looked at.",
    .table = "company_health",
    .flags = EF_MENU | EF_PLATFORM | EF_NO_PAST,
    .size = sizeof(struct company_health),
    TABLE(fields, fields),
    .label_sql = "@.name",
    TABLE(keys, keys),
    TABLE(views, views),
};
