#include "server/catalog/branch.h"

#include "server/catalog/policy.h"
#include "server/catalog/user.h"

static const struct field fields[] = {
    {FIELD(branch, code, VT_TEXT), BRANCH_CODE, "Code",
     SCHEMA_REQUIRED | FF_NEW | FF_COLUMN | SCHEMA_KEY | SCHEMA_UPPER, 6, 12,
     .help = "Short code that stands in policy and receipt numbers: KK."},
    {FIELD(branch, name, VT_TEXT), BRANCH_NAME, "Name", SCHEMA_REQUIRED | FF_FORM | FF_COLUMN, 24, 120,
     .help = "Name of the branch."},
    {FIELD(branch, phone, VT_TEXT), BRANCH_PHONE, "Phone", FF_FORM | SCHEMA_LIST, 16, 40,
     .help = "Number customers call."},
    {FIELD(branch, address, VT_TEXT), BRANCH_ADDRESS, "Address", FF_FORM | SCHEMA_LIST | SCHEMA_NARROW, 30,
     240, .help = "Where it stands."},
    {FIELD(branch, is_active, VT_BOOL), BRANCH_IS_ACTIVE, "Active",
     FF_FILLED | FF_FORM | SCHEMA_LIST | SCHEMA_FILTER, 6, 0, .help = "Whether it is open for business.",
     .fallback = "yes"},
    {FIELD(branch, created_at, VT_STAMP), BRANCH_CREATED_AT, "Added", FF_FILLED | FF_COLUMN | SCHEMA_NARROW,
     16, 0, .help = "When the record was made."},
    {FIELD(branch, updated_at, VT_STAMP), BRANCH_UPDATED_AT, "Changed",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 16, 0, .help = "When it was last changed."},
};

static const struct entity_key keys[] = {{KEY_UPPER, "@.code = $1"}};

static const uint32_t all_columns[] = {BRANCH_CODE, BRANCH_NAME, BRANCH_PHONE, BRANCH_ADDRESS,
                                       BRANCH_IS_ACTIVE};
static const struct view views[] = {
    {1, "all", "Branches", all_columns, COUNTOF(all_columns), BRANCH_CODE, false, NULL},
};

static const struct tab tabs[] = {{"Users", ENTITY_USER, USER_BRANCH},
                                  {"Policies", ENTITY_POLICY, POLICY_BRANCH}};

const struct entity branch_entity = {
    .number = ENTITY_BRANCH,
    .name = "branch",
    .label = "Branch",
    .plural = "Branches",
    .help = "An office of the company. Users, policies and receipts belong to one.",
    .table = "branch",
    .flags = EF_ADD | EF_SET | EF_MENU | EF_ADMIN | EF_SHARED,
    .size = sizeof(struct branch),
    TABLE(fields, fields),
    .label_sql = "@.code",
    TABLE(keys, keys),
    TABLE(views, views),
    TABLE(tabs, tabs),
};
