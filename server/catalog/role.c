#include "server/catalog/role.h"

#include "server/catalog/user.h"

static const struct field fields[] = {
    {FIELD(role, code, VT_TEXT), ROLE_CODE, "Code", SCHEMA_REQUIRED | FF_NEW | FF_COLUMN | SCHEMA_KEY, 16, 32,
     .help = "Short name users are given it by: small letters, digits, underscores."},
    {FIELD(role, name, VT_TEXT), ROLE_NAME, "Name", SCHEMA_REQUIRED | FF_FORM | FF_COLUMN, 24, 80,
     .help = "What people call it."},
    {FIELD(role, permissions, VT_TEXT), ROLE_PERMISSIONS, "May",
     SCHEMA_REQUIRED | FF_FORM | SCHEMA_LIST | SCHEMA_NARROW | SCHEMA_MULTILINE, 60, 4000,
     .help = "Words entity.verb, blanks between: policy.renew. Verbs: read, add, set, personal, secret, an "
             "action's name. "
             "* is any verb, or any entity not private."},
    {FIELD(role, builtin, VT_BOOL), ROLE_BUILTIN, "Built in", FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 8, 0,
     .help = "Comes with the product and stays as it is: copy it to change it.", .fallback = "no"},
    {FIELD(role, second_factor, VT_BOOL), ROLE_SECOND_FACTOR, "2nd factor",
     FF_FILLED | FF_FORM | SCHEMA_LIST | SCHEMA_FILTER, 10, 0,
     .help = "Whether its users need a code of their phone to sign in.", .fallback = "no"},
    {FIELD(role, branch_scope, VT_BOOL), ROLE_BRANCH_SCOPE, "Own branch",
     FF_FILLED | FF_FORM | SCHEMA_LIST | SCHEMA_FILTER, 10, 0,
     .help = "Whether its users see the records of their own branch only.", .fallback = "no"},
    {FIELD(role, own_records, VT_BOOL), ROLE_OWN_RECORDS, "Self-service",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 12, 0,
     .help = "Whether its users are customers who see their own records only.", .fallback = "no"},
    {FIELD(role, is_active, VT_BOOL), ROLE_IS_ACTIVE, "Active",
     FF_FILLED | FF_FORM | SCHEMA_LIST | SCHEMA_FILTER, 6, 0,
     .help = "Users of a role that is not active can't sign in.", .fallback = "yes"},
    {FIELD(role, note, VT_TEXT), ROLE_NOTE, "Note", FF_FORM | SCHEMA_MULTILINE, 40, 400,
     .help = "What it is for."},
    {FIELD(role, created_at, VT_STAMP), ROLE_CREATED_AT, "Added", FF_FILLED | FF_COLUMN | SCHEMA_NARROW, 16,
     0, .help = "When the record was made."},
    {FIELD(role, updated_at, VT_STAMP), ROLE_UPDATED_AT, "Changed", FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW,
     16, 0, .help = "When it was last changed."},
};

static const struct field copy_fields[] = {
    {FIELD(role_copy, code, VT_TEXT), ROLE_COPY_CODE, "Code", SCHEMA_REQUIRED | FF_NEW, 16, 32,
     .help = "Code of the new role: small letters, digits, underscores."},
    {FIELD(role_copy, name, VT_TEXT), ROLE_COPY_NAME, "Name", SCHEMA_REQUIRED | FF_NEW, 24, 80,
     .help = "What people call the new role."},
};

static const struct action actions[] = {
    {ROLE_COPY, "copy", "Copy", "A new role with the same rights, to be changed.", AF_ON_RECORD,
     .option = '7', PARAMS(role_copy, copy_fields)},
};

static const struct entity_key keys[] = {{KEY_LOWER, "@.code = $1"}};

static const uint32_t all_columns[] = {ROLE_CODE,         ROLE_NAME,      ROLE_BUILTIN,    ROLE_SECOND_FACTOR,
                                       ROLE_BRANCH_SCOPE, ROLE_IS_ACTIVE, ROLE_PERMISSIONS};
static const struct view views[] = {
    {1, "all", "Roles", all_columns, COUNTOF(all_columns), ROLE_CODE, false, NULL},
};

static const struct tab tabs[] = {{"Users", ENTITY_USER, USER_ROLE}};

const struct entity role_entity = {
    .number = ENTITY_ROLE,
    .name = "role",
    .label = "Role",
    .plural = "Roles",
    .help = "A named set of what its users may do.",
    .table = "role",
    .flags = EF_ADD | EF_SET | EF_MENU | EF_ADMIN | EF_SHARED,
    .size = sizeof(struct role),
    TABLE(fields, fields),
    .label_sql = "@.code",
    TABLE(keys, keys),
    TABLE(views, views),
    TABLE(actions, actions),
    TABLE(tabs, tabs),
};
