#include "server/catalog/platform_default.h"

static const struct field fields[] = {
    {FIELD(platform_default, code, VT_TEXT), DEFAULT_CODE, "Default", FF_FILLED | FF_COLUMN | SCHEMA_KEY, 20,
     32, .help = "Which setting of a new company."},
    {FIELD(platform_default, label, VT_TEXT), DEFAULT_LABEL, "Meaning", FF_FILLED | SCHEMA_LIST, 36, 80,
     .help = "What it is."},
    {FIELD(platform_default, value, VT_TEXT), DEFAULT_VALUE, "Value", FF_FILLED | SCHEMA_EDIT | SCHEMA_LIST,
     30, 400, .help = "What a new company begins with; companies that are there keep what they have."},
    {FIELD(platform_default, created_at, VT_STAMP), DEFAULT_CREATED_AT, "Added", FF_FILLED | SCHEMA_NARROW,
     16, 0, .help = "When the record was made."},
    {FIELD(platform_default, updated_at, VT_STAMP), DEFAULT_UPDATED_AT, "Changed",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 16, 0, .help = "When it was last changed."},
};

static const struct entity_key keys[] = {{KEY_LOWER, "@.code = $1"}};

static const uint32_t all_columns[] = {DEFAULT_CODE, DEFAULT_VALUE, DEFAULT_LABEL, DEFAULT_UPDATED_AT};
static const struct view views[] = {
    {1, "all", "Defaults of new companies", all_columns, COUNTOF(all_columns), DEFAULT_CODE, false, NULL},
};

const struct entity platform_default_entity = {
    .number = ENTITY_PLATFORM_DEFAULT,
    .name = "platform_default",
    .label = "Default",
    .plural = "Defaults",
    .help = "What a new company begins with.",
    .table = "platform_default",
    .flags = EF_SET | EF_MENU | EF_ADMIN | EF_PLATFORM,
    .size = sizeof(struct platform_default),
    TABLE(fields, fields),
    .label_sql = "@.code",
    TABLE(keys, keys),
    TABLE(views, views),
};
