#include "server/catalog/id_type.h"

static const struct field fields[] = {
    {FIELD(id_type, code, VT_TEXT), ID_TYPE_CODE, "Code", SCHEMA_REQUIRED | FF_NEW | FF_COLUMN | SCHEMA_KEY,
     16, 40, .help = "Short word in small letters: nida, passport, driving_licence, tin."},
    {FIELD(id_type, name, VT_TEXT), ID_TYPE_NAME, "Name", SCHEMA_REQUIRED | FF_FORM | FF_COLUMN, 24, 120,
     .help = "Name of the paper."},
    {FIELD(id_type, pattern, VT_TEXT), ID_TYPE_PATTERN, "Pattern", SCHEMA_REQUIRED | FF_FORM | SCHEMA_LIST,
     30, 200, .help = "Regular expression the number must match, over its letters and digits in upper case."},
    {FIELD(id_type, birth_at, VT_INT), ID_TYPE_BIRTH_AT, "Birth date at", FF_FORM | SCHEMA_LIST, 13, 60,
     .help = "Position (from 1) of a birth date YYYYMMDD inside the number; empty when it has none."},
    {FIELD(id_type, is_active, VT_BOOL), ID_TYPE_IS_ACTIVE, "Active",
     FF_FILLED | FF_FORM | SCHEMA_LIST | SCHEMA_FILTER, 6, 0, .help = "Whether it is accepted.",
     .fallback = "yes"},
    {FIELD(id_type, created_at, VT_STAMP), ID_TYPE_CREATED_AT, "Added", FF_FILLED | FF_COLUMN | SCHEMA_NARROW,
     16, 0, .help = "When the record was made."},
    {FIELD(id_type, updated_at, VT_STAMP), ID_TYPE_UPDATED_AT, "Changed",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 16, 0, .help = "When it was last changed."},
};

static const struct entity_key keys[] = {{KEY_LOWER, "@.code = $1"}};

static const uint32_t all_columns[] = {ID_TYPE_CODE, ID_TYPE_NAME, ID_TYPE_PATTERN, ID_TYPE_BIRTH_AT,
                                       ID_TYPE_IS_ACTIVE};
static const struct view views[] = {
    {1, "all", "ID types", all_columns, COUNTOF(all_columns), ID_TYPE_CODE, false, NULL},
};

const struct entity id_type_entity = {
    .number = ENTITY_ID_TYPE,
    .name = "id_type",
    .label = "ID type",
    .plural = "ID types",
    .help = "An identity paper that is accepted, with the pattern of its number.",
    .table = "id_type",
    .flags = EF_ADD | EF_SET | EF_MENU | EF_ADMIN,
    .size = sizeof(struct id_type),
    TABLE(fields, fields),
    .label_sql = "@.name",
    TABLE(keys, keys),
    TABLE(views, views),
};
