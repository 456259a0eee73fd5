#include "server/catalog/product.h"

#include "server/catalog/policy.h"
#include "server/catalog/rate.h"

static const struct choice bases[] = {
    {BASIS_SUM_INSURED, "sum_insured", "on the sum insured", TONE_PLAIN},
    {BASIS_FLAT, "flat", "flat amount", TONE_PLAIN},
};

static const struct field fields[] = {
    {FIELD(product, code, VT_TEXT), PRODUCT_CODE, "Code", SCHEMA_REQUIRED | FF_NEW | FF_COLUMN | SCHEMA_KEY,
     16, 40, .help = "Short word in small letters: comprehensive, third_party."},
    {FIELD(product, name, VT_TEXT), PRODUCT_NAME, "Name", SCHEMA_REQUIRED | FF_FORM | FF_COLUMN, 28, 120,
     .help = "Name as it stands on the certificate."},
    {FIELD(product, basis, VT_CHOICE), PRODUCT_BASIS, "Basis",
     SCHEMA_REQUIRED | FF_NEW | SCHEMA_LIST | SCHEMA_FILTER, 18, 0,
     .help = "Whether the premium is a share of the sum insured or a flat amount.", CHOICES(bases)},
    {FIELD(product, is_active, VT_BOOL), PRODUCT_IS_ACTIVE, "Active",
     FF_FILLED | FF_FORM | SCHEMA_LIST | SCHEMA_FILTER, 6, 0, .help = "Whether it is sold.",
     .fallback = "yes"},
    {FIELD(product, created_at, VT_STAMP), PRODUCT_CREATED_AT, "Added", FF_FILLED | FF_COLUMN | SCHEMA_NARROW,
     16, 0, .help = "When the record was made."},
    {FIELD(product, updated_at, VT_STAMP), PRODUCT_UPDATED_AT, "Changed",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 16, 0, .help = "When it was last changed."},
};

static const struct entity_key keys[] = {{KEY_LOWER, "@.code = $1"}};

static const uint32_t all_columns[] = {PRODUCT_CODE, PRODUCT_NAME, PRODUCT_BASIS, PRODUCT_IS_ACTIVE};
static const struct view views[] = {
    {1, "all", "Products", all_columns, COUNTOF(all_columns), PRODUCT_CODE, false, NULL},
    {2, "active", "Products on sale", all_columns, COUNTOF(all_columns), PRODUCT_CODE, false, "@.is_active"},
};

static const struct tab tabs[] = {
    {"Rates", ENTITY_RATE, RATE_PRODUCT},
    {"Policies", ENTITY_POLICY, POLICY_PRODUCT},
};

const struct entity product_entity = {
    .number = ENTITY_PRODUCT,
    .name = "product",
    .label = "Product",
    .plural = "Products",
    .help = "What is sold: motor comprehensive, motor third party. Its price stands in its dated rate book.",
    .table = "product",
    .flags = EF_ADD | EF_SET | EF_MENU | EF_ADMIN,
    .size = sizeof(struct product),
    TABLE(fields, fields),
    .label_sql = "@.name",
    TABLE(keys, keys),
    TABLE(views, views),
    TABLE(tabs, tabs),
};
