#include "server/catalog/user.h"

#include "server/catalog/policy.h"
#include "server/catalog/session.h"
#include "server/catalog/user_key.h"

static const struct field fields[] = {
    {FIELD(user, login, VT_TEXT), USER_LOGIN, "Login", SCHEMA_REQUIRED | FF_NEW | FF_COLUMN | SCHEMA_KEY, 14,
     40, .help = "What stands before the @ when signing in: small letters, digits, dot and dash."},
    {FIELD(user, name, VT_TEXT), USER_NAME, "Name", SCHEMA_REQUIRED | FF_FORM | FF_COLUMN | SCHEMA_PERSONAL,
     24, 120, .help = "Full name; stands in the history beside what was done."},
    {FIELD(user, role, VT_REF), USER_ROLE, "Role", SCHEMA_REQUIRED | FF_FORM | SCHEMA_LIST | SCHEMA_FILTER,
     14, 0, .help = "What the user may do.", .ref = ENTITY_ROLE},
    {FIELD(user, branch, VT_REF), USER_BRANCH, "Branch",
     SCHEMA_REQUIRED | FF_FORM | SCHEMA_LIST | SCHEMA_FILTER, 8, 0, .help = "Where the user works.",
     .ref = ENTITY_BRANCH},
    {FIELD(user, customer, VT_REF), USER_CUSTOMER, "Customer",
     FF_FORM | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 18, 0,
     .help = "Given for a self-service or fleet user: sees the records of this customer only.",
     .ref = ENTITY_CUSTOMER},
    {FIELD(user, phone, VT_TEXT), USER_PHONE, "Phone",
     FF_FORM | SCHEMA_LIST | SCHEMA_PERSONAL | SCHEMA_NARROW, 16, 40, .help = "Number to reach the user."},
    {FIELD(user, email, VT_TEXT), USER_EMAIL, "E-mail",
     FF_FORM | SCHEMA_LIST | SCHEMA_PERSONAL | SCHEMA_NARROW, 24, 160, .help = "Address to reach the user."},
    {FIELD(user, language, VT_TEXT), USER_LANGUAGE, "Language", FF_FILLED | FF_FORM | SCHEMA_NARROW, 8, 8,
     .help = "Language of the screens: en or sw.", .fallback = "en"},
    {FIELD(user, is_active, VT_BOOL), USER_IS_ACTIVE, "Active",
     FF_FILLED | FF_FORM | SCHEMA_LIST | SCHEMA_FILTER, 6, 0, .help = "Whether the user may sign in.",
     .fallback = "yes"},
    {FIELD(user, password, VT_TEXT), USER_PASSWORD, "Password", FF_PSEUDO | FF_FORM | SCHEMA_SECRET, 24, 256,
     .help = "At least 10 characters. Leave empty to keep it, or for a user who signs in by key."},
    {FIELD(user, created_at, VT_STAMP), USER_CREATED_AT, "Added", FF_FILLED | FF_COLUMN | SCHEMA_NARROW, 16,
     0, .help = "When the record was made."},
    {FIELD(user, updated_at, VT_STAMP), USER_UPDATED_AT, "Changed", FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW,
     16, 0, .help = "When it was last changed."},
    {FIELD(user, password_hash, VT_TEXT), USER_PASSWORD_HASH, "Password hash", FF_INTERNAL | SCHEMA_SECRET, 8,
     128, .help = "The password as it is kept."},
};

static const struct entity_key keys[] = {{KEY_LOWER, "@.login = $1"}};

static const uint32_t all_columns[] = {USER_LOGIN,  USER_NAME,      USER_ROLE,
                                       USER_BRANCH, USER_IS_ACTIVE, USER_PHONE};
static const struct view views[] = {
    {1, "all", "Users", all_columns, COUNTOF(all_columns), USER_LOGIN, false, NULL},
    {2, "active", "Users who may sign in", all_columns, COUNTOF(all_columns), USER_LOGIN, false,
     "@.is_active"},
};

static const struct tab tabs[] = {{"Keys", ENTITY_USER_KEY, USER_KEY_USER},
                                  {"Sessions", ENTITY_SESSION, SESSION_USER},
                                  {"Policies", ENTITY_POLICY, POLICY_SOLD_BY}};

const struct entity user_entity = {
    .number = ENTITY_USER,
    .name = "user",
    .label = "User",
    .plural = "Users",
    .help = "Someone who signs in. Never deleted: switched off.",
    .table = "user_account",
    .flags = EF_ADD | EF_SET | EF_MENU | EF_ADMIN,
    .size = sizeof(struct user),
    TABLE(fields, fields),
    .label_sql = "@.name",
    TABLE(keys, keys),
    TABLE(views, views),
    TABLE(tabs, tabs),
};
