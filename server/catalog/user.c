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
    {FIELD(user, seen_at, VT_STAMP), USER_SEEN_AT, "Last seen", SCHEMA_LIST | SCHEMA_NARROW, 16, 0,
     .help = "When the user last did something, to the minute.", .group = "Signing in",
     .sql =
         "(select max(s.seen_at) from app.session s where s.tenant_id = @.tenant_id and s.user_id = @.id)"},
    {FIELD(user, password_changed_at, VT_STAMP), USER_PASSWORD_CHANGED_AT, "Password of",
     SCHEMA_LIST | SCHEMA_NARROW, 16, 0,
     .help = "When the user chose the password; empty where there is none."},
    {FIELD(user, must_change_password, VT_BOOL), USER_MUST_CHANGE_PASSWORD, "To choose one",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 6, 0,
     .help = "Whether the user must choose a password at the next sign-in.", .fallback = "no"},
    {FIELD(user, factor_at, VT_STAMP), USER_FACTOR_AT, "2nd factor", SCHEMA_LIST | SCHEMA_NARROW, 16, 0,
     .help = "Since when a code of the phone is asked.", .sql = "app.user_factor_at(@.id)"},
    {FIELD(user, locked_until, VT_STAMP), USER_LOCKED_UNTIL, "Locked until", SCHEMA_LIST | SCHEMA_NARROW, 16,
     0, .help = "Until when no password is taken, after too many wrong ones.",
     .sql = "app.user_locked_until(@.id)"},
    {FIELD(user, password, VT_TEXT), USER_PASSWORD, "Password", FF_PSEUDO | SCHEMA_SECRET, 24, 256,
     .help = "Chosen by the user alone; only its changes are seen, in the history."},
    {FIELD(user, created_at, VT_STAMP), USER_CREATED_AT, "Added", FF_FILLED | FF_COLUMN | SCHEMA_NARROW, 16,
     0, .help = "When the record was made."},
    {FIELD(user, updated_at, VT_STAMP), USER_UPDATED_AT, "Changed", FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW,
     16, 0, .help = "When it was last changed."},
    {FIELD(user, password_hash, VT_TEXT), USER_PASSWORD_HASH, "Password hash", FF_INTERNAL | SCHEMA_SECRET, 8,
     128, .help = "The password as it is kept."},
};

const struct action user_actions[USER_ACTIONS] = {
    {USER_ENROL, "enrol", "Enrol", "A one-time token with which a new user signs in and chooses a password.",
     AF_ON_RECORD | AF_SECRET, .option = '6'},
    {USER_RESET, "reset", "Reset", "A new one-time token. The password is void, and the sessions end.",
     AF_ON_RECORD | AF_SECRET, .option = '8'},
    {USER_UNLOCK, "unlock", "Unlock", "Takes the wait away that follows wrong passwords and codes.",
     AF_ON_RECORD, .option = '9'},
    {USER_DROP_FACTOR, "drop_factor", "Drop factor", "The second factor is lost: it counts no more.",
     AF_ON_RECORD | AF_REASON, .option = 0},
};

static const struct entity_key keys[] = {{KEY_LOWER, "@.login = $1"}};

static const uint32_t all_columns[] = {USER_LOGIN,  USER_NAME,      USER_ROLE,
                                       USER_BRANCH, USER_IS_ACTIVE, USER_PHONE};
static const struct view views[] = {
    {1, "all", "Users", all_columns, COUNTOF(all_columns), USER_LOGIN, false, NULL},
    {2, "active", "Users who may sign in", all_columns, COUNTOF(all_columns), USER_LOGIN, false,
     "@.is_active"},
    {3, "off", "Users switched off", all_columns, COUNTOF(all_columns), USER_LOGIN, false, "not @.is_active"},
    {4, "staff", "Staff", all_columns, COUNTOF(all_columns), USER_LOGIN, false, "@.customer_id is null"},
    {5, "self_service", "Self-service users", all_columns, COUNTOF(all_columns), USER_LOGIN, false,
     "@.customer_id is not null"},
    {6, "one_factor", "Users without a second factor", all_columns, COUNTOF(all_columns), USER_LOGIN, false,
     "@.is_active and app.user_factor_at(@.id) is null"},
    {7, "locked", "Users who must wait", all_columns, COUNTOF(all_columns), USER_LOGIN, false,
     "app.user_locked_until(@.id) is not null"},
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
    .actions = user_actions,
    .nactions = USER_ACTIONS,
    TABLE(tabs, tabs),
};
