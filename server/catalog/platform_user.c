#include "server/catalog/session.h"
#include "server/catalog/user.h"
#include "server/catalog/user_key.h"

/* The same record as a company's user, without what only companies have: a customer to belong to. */
static const struct field fields[] = {
    {FIELD(user, login, VT_TEXT), USER_LOGIN, "Login", SCHEMA_REQUIRED | FF_NEW | FF_COLUMN | SCHEMA_KEY, 14,
     40, .help = "What stands before @platform when signing in: small letters, digits, dot and dash."},
    {FIELD(user, name, VT_TEXT), USER_NAME, "Name", SCHEMA_REQUIRED | FF_FORM | FF_COLUMN, 24, 120,
     .help = "Full name; stands in the history beside what was done."},
    {FIELD(user, role, VT_REF), USER_ROLE, "Role", SCHEMA_REQUIRED | FF_FORM | SCHEMA_LIST | SCHEMA_FILTER,
     14, 0, .help = "super_admin or regulator.", .ref = ENTITY_ROLE},
    {FIELD(user, branch, VT_REF), USER_BRANCH, "Office", FF_FILLED | FF_FORM | SCHEMA_LIST | SCHEMA_NARROW, 8,
     0, .help = "Office of the platform; yours when left empty.", .ref = ENTITY_BRANCH},
    {FIELD(user, phone, VT_TEXT), USER_PHONE, "Phone", FF_FORM | SCHEMA_LIST | SCHEMA_NARROW, 16, 40,
     .help = "Number to reach the user."},
    {FIELD(user, email, VT_TEXT), USER_EMAIL, "E-mail", FF_FORM | SCHEMA_LIST | SCHEMA_NARROW, 24, 160,
     .help = "Address to reach the user."},
    {FIELD(user, language, VT_TEXT), USER_LANGUAGE, "Language", FF_FILLED | FF_FORM | SCHEMA_NARROW, 8, 8,
     .help = "Language of the screens: en or sw.", .fallback = "en"},
    {FIELD(user, is_active, VT_BOOL), USER_IS_ACTIVE, "Active",
     FF_FILLED | FF_FORM | SCHEMA_LIST | SCHEMA_FILTER, 6, 0, .help = "Whether the user may sign in.",
     .fallback = "yes"},
    {FIELD(user, seen_at, VT_STAMP), USER_SEEN_AT, "Last seen", SCHEMA_LIST | SCHEMA_NARROW, 16, 0,
     .help = "When the user last did something, to the minute.", .group = "Signing in",
     .sql =
         "(select max(s.seen_at) from app.session s where s.tenant_id = @.tenant_id and s.user_id = @.id)"},
    {FIELD(user, factor_at, VT_STAMP), USER_FACTOR_AT, "2nd factor", SCHEMA_LIST, 16, 0,
     .help = "Since when a code of the phone is asked.", .sql = "app.user_factor_at(@.id)"},
    {FIELD(user, locked_until, VT_STAMP), USER_LOCKED_UNTIL, "Locked until", SCHEMA_LIST | SCHEMA_NARROW, 16,
     0, .help = "Until when no password is taken, after too many wrong ones.",
     .sql = "app.user_locked_until(@.id)"},
    {FIELD(user, created_at, VT_STAMP), USER_CREATED_AT, "Added", FF_FILLED | FF_COLUMN | SCHEMA_NARROW, 16,
     0, .help = "When the record was made."},
    {FIELD(user, updated_at, VT_STAMP), USER_UPDATED_AT, "Changed", FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW,
     16, 0, .help = "When it was last changed."},
};

static const struct entity_key keys[] = {{KEY_LOWER, "@.login = $1"}};

static const uint32_t all_columns[] = {USER_LOGIN, USER_NAME, USER_ROLE, USER_IS_ACTIVE, USER_EMAIL};
static const struct view views[] = {
    {1, "all", "Platform users", all_columns, COUNTOF(all_columns), USER_LOGIN, false, NULL},
};

static const struct tab tabs[] = {{"Keys", ENTITY_USER_KEY, USER_KEY_USER},
                                  {"Sessions", ENTITY_SESSION, SESSION_USER}};

const struct entity platform_user_entity = {
    .number = ENTITY_PLATFORM_USER,
    .name = "platform_user",
    .label = "Platform user",
    .plural = "Platform users",
    .help = "Someone who runs the platform or supervises companies. Never deleted: switched off.",
    .table = "user_account",
    .flags = EF_ADD | EF_SET | EF_MENU | EF_PLATFORM,
    .size = sizeof(struct user),
    TABLE(fields, fields),
    .label_sql = "@.name",
    TABLE(keys, keys),
    TABLE(views, views),
    .actions = user_actions,
    .nactions = USER_ACTIONS,
    TABLE(tabs, tabs),
};
