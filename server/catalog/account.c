#include "server/catalog/account.h"

#include "server/catalog/session.h"
#include "server/catalog/user_key.h"

static const struct field fields[] = {
    {FIELD(account, login, VT_TEXT), ACCOUNT_LOGIN, "Login", FF_FILLED | SCHEMA_LIST | SCHEMA_KEY, 14, 40,
     .help = "What stands before the @ when signing in."},
    {FIELD(account, name, VT_TEXT), ACCOUNT_NAME, "Name", FF_FILLED | SCHEMA_EDIT | SCHEMA_LIST, 24, 120,
     .help = "Your full name; stands in the history beside what you do."},
    {FIELD(account, email, VT_TEXT), ACCOUNT_EMAIL, "E-mail", SCHEMA_EDIT | SCHEMA_LIST, 24, 160,
     .help = "Address to reach you."},
    {FIELD(account, phone, VT_TEXT), ACCOUNT_PHONE, "Phone", SCHEMA_EDIT | SCHEMA_LIST, 16, 40,
     .help = "Number to reach you."},
    {FIELD(account, language, VT_TEXT), ACCOUNT_LANGUAGE, "Language", FF_FILLED | SCHEMA_EDIT | SCHEMA_LIST,
     8, 8, .help = "Language of the screens: en or sw."},
    {FIELD(account, role, VT_REF), ACCOUNT_ROLE, "Role", FF_FILLED | SCHEMA_LIST, 14, 0,
     .help = "What you may do.", .ref = ENTITY_ROLE},
    {FIELD(account, branch, VT_REF), ACCOUNT_BRANCH, "Branch", FF_FILLED | SCHEMA_LIST, 8, 0,
     .help = "Where you work.", .ref = ENTITY_BRANCH},
    {FIELD(account, created_at, VT_STAMP), ACCOUNT_CREATED_AT, "Added", FF_FILLED | SCHEMA_LIST, 16, 0,
     .help = "When the account was made."},
    {FIELD(account, updated_at, VT_STAMP), ACCOUNT_UPDATED_AT, "Changed", FF_FILLED | FF_COLUMN, 16, 0,
     .help = "When it was last changed."},
};

static const struct entity_key keys[] = {{KEY_LOWER, "$1::text = 'me'"}};

static const uint32_t all_columns[] = {ACCOUNT_LOGIN, ACCOUNT_NAME, ACCOUNT_ROLE, ACCOUNT_BRANCH};
static const struct view views[] = {
    {1, "me", "My account", all_columns, COUNTOF(all_columns), ACCOUNT_UPDATED_AT, false, NULL},
};

static const struct tab tabs[] = {{"Keys", ENTITY_USER_KEY, USER_KEY_USER},
                                  {"Sessions", ENTITY_SESSION, SESSION_USER}};

const struct entity account_entity = {
    .number = ENTITY_ACCOUNT,
    .name = "account",
    .label = "My account",
    .plural = "My account",
    .help = "Yourself: name, addresses, password, second factor, keys, sessions.",
    .table = "account",
    .history_table = "user_account",
    .flags = EF_SET | EF_SINGLE | EF_PRIVATE | EF_SHARED,
    .size = sizeof(struct account),
    TABLE(fields, fields),
    .label_sql = "@.login",
    TABLE(keys, keys),
    TABLE(views, views),
    TABLE(tabs, tabs),
};
