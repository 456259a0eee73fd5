#include "server/catalog/company_domain.h"

static const struct field fields[] = {
    {FIELD(company_domain, domain, VT_TEXT), COMPANY_DOMAIN_DOMAIN, "Domain",
     FF_FILLED | FF_COLUMN | SCHEMA_KEY, 28, 100, .help = "What stands behind the @ of a login."},
    {FIELD(company_domain, company, VT_REF), COMPANY_DOMAIN_COMPANY, "Company",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 28, 0, .help = "Whose people sign in with it.",
     .ref = ENTITY_COMPANY},
    {FIELD(company_domain, created_at, VT_STAMP), COMPANY_DOMAIN_CREATED_AT, "Since", FF_FILLED | FF_COLUMN,
     16, 0, .help = "When the company got it."},
};

static const struct entity_key keys[] = {{KEY_LOWER, "@.domain = $1"}};

static const uint32_t all_columns[] = {COMPANY_DOMAIN_DOMAIN, COMPANY_DOMAIN_COMPANY,
                                       COMPANY_DOMAIN_CREATED_AT};
static const struct view views[] = {
    {1, "all", "Domains", all_columns, COUNTOF(all_columns), COMPANY_DOMAIN_DOMAIN, false, NULL},
};

const struct entity company_domain_entity = {
    .number = ENTITY_COMPANY_DOMAIN,
    .name = "company_domain",
    .label = "Domain",
    .plural = "Domains",
    .help = "The part of a login behind the @, and the company it leads to.",
    .table = "company_domain",
    .flags = EF_MENU | EF_ADMIN | EF_PLATFORM | EF_NO_PAST,
    .size = sizeof(struct company_domain),
    TABLE(fields, fields),
    .label_sql = "@.domain",
    TABLE(keys, keys),
    TABLE(views, views),
};
