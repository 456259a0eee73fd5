#include "server/catalog/plate_pattern.h"

static const struct field fields[] = {
    {FIELD(plate_pattern, code, VT_TEXT), PLATE_PATTERN_CODE, "Code",
     SCHEMA_REQUIRED | FF_NEW | FF_COLUMN | SCHEMA_KEY, 16, 40,
     .help = "Short word in small letters: private, motorcycle, government."},
    {FIELD(plate_pattern, name, VT_TEXT), PLATE_PATTERN_NAME, "Name", SCHEMA_REQUIRED | FF_FORM | FF_COLUMN,
     24, 120, .help = "What these plates are."},
    {FIELD(plate_pattern, pattern, VT_TEXT), PLATE_PATTERN_PATTERN, "Pattern",
     SCHEMA_REQUIRED | FF_FORM | SCHEMA_LIST, 30, 200,
     .help =
         "Regular expression over the plate's letters and digits in upper case. A plate that matches none is "
         "only warned about."},
    {FIELD(plate_pattern, vehicle_type, VT_REF), PLATE_PATTERN_VEHICLE_TYPE, "Type",
     FF_FORM | SCHEMA_LIST | SCHEMA_FILTER, 12, 0,
     .help = "Kind of vehicle that has such plates; empty for any.", .ref = ENTITY_VEHICLE_TYPE},
    {FIELD(plate_pattern, is_active, VT_BOOL), PLATE_PATTERN_IS_ACTIVE, "Active",
     FF_FILLED | FF_FORM | SCHEMA_LIST | SCHEMA_FILTER, 6, 0, .help = "Whether it is used.",
     .fallback = "yes"},
    {FIELD(plate_pattern, created_at, VT_STAMP), PLATE_PATTERN_CREATED_AT, "Added",
     FF_FILLED | FF_COLUMN | SCHEMA_NARROW, 16, 0, .help = "When the record was made."},
    {FIELD(plate_pattern, updated_at, VT_STAMP), PLATE_PATTERN_UPDATED_AT, "Changed",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 16, 0, .help = "When it was last changed."},
};

static const struct entity_key keys[] = {{KEY_LOWER, "@.code = $1"}};

static const uint32_t all_columns[] = {PLATE_PATTERN_CODE, PLATE_PATTERN_NAME, PLATE_PATTERN_PATTERN,
                                       PLATE_PATTERN_VEHICLE_TYPE, PLATE_PATTERN_IS_ACTIVE};
static const struct view views[] = {
    {1, "all", "Plate patterns", all_columns, COUNTOF(all_columns), PLATE_PATTERN_CODE, false, NULL},
};

const struct entity plate_pattern_entity = {
    .number = ENTITY_PLATE_PATTERN,
    .name = "plate_pattern",
    .label = "Plate pattern",
    .plural = "Plate patterns",
    .help = "What a plate looks like.",
    .table = "plate_pattern",
    .flags = EF_ADD | EF_SET | EF_MENU | EF_ADMIN,
    .size = sizeof(struct plate_pattern),
    TABLE(fields, fields),
    .label_sql = "@.name",
    TABLE(keys, keys),
    TABLE(views, views),
};
