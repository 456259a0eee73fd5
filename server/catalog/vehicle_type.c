#include "server/catalog/vehicle_type.h"

static const struct field fields[] = {
    {FIELD(vehicle_type, code, VT_TEXT), VEHICLE_TYPE_CODE, "Code",
     SCHEMA_REQUIRED | FF_NEW | FF_COLUMN | SCHEMA_KEY, 16, 40,
     .help = "Short word in small letters: motorcycle, bajaji, car."},
    {FIELD(vehicle_type, name, VT_TEXT), VEHICLE_TYPE_NAME, "Name", SCHEMA_REQUIRED | FF_FORM | FF_COLUMN, 24,
     120, .help = "Name as it stands on the certificate."},
    {FIELD(vehicle_type, is_active, VT_BOOL), VEHICLE_TYPE_IS_ACTIVE, "Active",
     FF_FILLED | FF_FORM | SCHEMA_LIST | SCHEMA_FILTER, 6, 0, .help = "Whether new vehicles may have it.",
     .fallback = "yes"},
    {FIELD(vehicle_type, created_at, VT_STAMP), VEHICLE_TYPE_CREATED_AT, "Added",
     FF_FILLED | FF_COLUMN | SCHEMA_NARROW, 16, 0, .help = "When the record was made."},
    {FIELD(vehicle_type, updated_at, VT_STAMP), VEHICLE_TYPE_UPDATED_AT, "Changed",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 16, 0, .help = "When it was last changed."},
};

static const struct entity_key keys[] = {{KEY_LOWER, "@.code = $1"}};

static const uint32_t all_columns[] = {VEHICLE_TYPE_CODE, VEHICLE_TYPE_NAME, VEHICLE_TYPE_IS_ACTIVE};
static const struct view views[] = {
    {1, "all", "Vehicle types", all_columns, COUNTOF(all_columns), VEHICLE_TYPE_CODE, false, NULL},
};

const struct entity vehicle_type_entity = {
    .number = ENTITY_VEHICLE_TYPE,
    .name = "vehicle_type",
    .label = "Vehicle type",
    .plural = "Vehicle types",
    .help = "A kind of vehicle the company insures.",
    .table = "vehicle_type",
    .flags = EF_ADD | EF_SET | EF_MENU | EF_ADMIN,
    .size = sizeof(struct vehicle_type),
    TABLE(fields, fields),
    .label_sql = "@.name",
    TABLE(keys, keys),
    TABLE(views, views),
};
