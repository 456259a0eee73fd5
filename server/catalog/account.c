#include "server/catalog/account.h"

#include "common/wire/body.h"
#include "server/catalog/session.h"
#include "server/catalog/user_key.h"

static const struct choice themes[] = {
    {SCREEN_THEME_AUTO, "automatic", "automatic", TONE_PLAIN},
    {SCREEN_THEME_COLOUR, "colour", "colour", TONE_PLAIN},
    {SCREEN_THEME_LEAN, "lean", "lean", TONE_PLAIN},
    {SCREEN_THEME_MONO, "mono", "without colours", TONE_PLAIN},
    {SCREEN_THEME_CONTRAST, "contrast", "high contrast", TONE_PLAIN},
};
static const struct choice enters[] = {
    {SCREEN_ENTER_NEXT, "next", "next field", TONE_PLAIN},
    {SCREEN_ENTER_SAVE, "save", "saves the form", TONE_PLAIN},
};
static const struct choice hints[] = {
    {SCREEN_HINTS_SHOWN, "shown", "shown", TONE_PLAIN},
    {SCREEN_HINTS_HIDDEN, "hidden", "hidden", TONE_PLAIN},
};
static const struct choice dates[] = {
    {SCREEN_DATES_ISO, "iso", "2026-02-14", TONE_PLAIN},
    {SCREEN_DATES_SLASH, "slash", "14/02/2026", TONE_PLAIN},
    {SCREEN_DATES_DOT, "dot", "14.02.2026", TONE_PLAIN},
};
static const struct choice amounts[] = {
    {SCREEN_AMOUNTS_COMMA, "comma", "1,234.50", TONE_PLAIN},
    {SCREEN_AMOUNTS_DOT, "dot", "1.234,50", TONE_PLAIN},
    {SCREEN_AMOUNTS_BLANK, "blank", "1 234,50", TONE_PLAIN},
};

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
    {FIELD(account, password_changed_at, VT_STAMP), ACCOUNT_PASSWORD_CHANGED_AT, "Password of", SCHEMA_LIST,
     16, 0, .help = "When you chose your password.", .group = "Signing in"},
    {FIELD(account, factor_at, VT_STAMP), ACCOUNT_FACTOR_AT, "2nd factor", SCHEMA_LIST, 16, 0,
     .help = "Since when a code of your phone is asked."},
    {FIELD(account, recovery_left, VT_INT), ACCOUNT_RECOVERY_LEFT, "Recovery codes", SCHEMA_LIST, 4, 0,
     .help = "How many recovery codes are left."},
    {FIELD(account, wants, VT_TEXT), ACCOUNT_WANTS, "To do", SCHEMA_LIST, 16, 40,
     .help = "What must be set up before you can work: password, factor, or both."},
    {FIELD(account, created_at, VT_STAMP), ACCOUNT_CREATED_AT, "Added", FF_FILLED | SCHEMA_LIST, 16, 0,
     .help = "When the account was made."},
    {FIELD(account, updated_at, VT_STAMP), ACCOUNT_UPDATED_AT, "Changed", FF_FILLED | FF_COLUMN, 16, 0,
     .help = "When it was last changed."},
    {FIELD(account, screen_theme, VT_CHOICE), ACCOUNT_SCREEN_THEME, "Theme",
     FF_FILLED | SCHEMA_EDIT | SCHEMA_LIST, 16, 0,
     .help = "How the screens look; automatic: by the terminal and the line.", .group = "Screens",
     CHOICES(themes)},
    {FIELD(account, screen_enter, VT_CHOICE), ACCOUNT_SCREEN_ENTER, "Enter in a form",
     FF_FILLED | SCHEMA_EDIT | SCHEMA_LIST, 16, 0,
     .help = "What Enter does before the last field; on the last one it saves.", CHOICES(enters)},
    {FIELD(account, screen_hints, VT_CHOICE), ACCOUNT_SCREEN_HINTS, "Hints",
     FF_FILLED | SCHEMA_EDIT | SCHEMA_LIST, 8, 0, .help = "The line that explains the field above the keys.",
     CHOICES(hints)},
    {FIELD(account, screen_dates, VT_CHOICE), ACCOUNT_SCREEN_DATES, "Days",
     FF_FILLED | SCHEMA_EDIT | SCHEMA_LIST, 12, 0, .help = "How days are written on the screens.",
     CHOICES(dates)},
    {FIELD(account, screen_amounts, VT_CHOICE), ACCOUNT_SCREEN_AMOUNTS, "Amounts",
     FF_FILLED | SCHEMA_EDIT | SCHEMA_LIST, 12, 0,
     .help = "How amounts are written and typed on the screens.", CHOICES(amounts)},
};

static const struct field password_fields[] = {
    {"current", VT_TEXT, offsetof(struct account_password, current), ACCOUNT_PASSWORD_CURRENT,
     "Present password", FF_NEW | SCHEMA_SECRET, 24, 256, .help = "Not needed after a one-time token."},
    {"new", VT_TEXT, offsetof(struct account_password, password), ACCOUNT_PASSWORD_NEW, "New password",
     SCHEMA_REQUIRED | FF_NEW | SCHEMA_SECRET, 24, 256,
     .help = "At least 10 characters: several words are easier to keep in mind than signs."},
};
static const struct field code_fields[] = {
    {FIELD(account_code, code, VT_TEXT), ACCOUNT_CODE, "Code", SCHEMA_REQUIRED | FF_NEW, 8, 16,
     .help = "The six digits the authenticator shows now."},
};
static const struct field key_fields[] = {
    {FIELD(account_key, public_key, VT_TEXT), ACCOUNT_KEY_PUBLIC_KEY, "Public key", SCHEMA_REQUIRED | FF_NEW,
     60, 2000, .help = "One line of a .pub file: ssh-ed25519 AAAA... comment."},
    {FIELD(account_key, name, VT_TEXT), ACCOUNT_KEY_NAME, "Name", FF_NEW, 20, 80,
     .help = "What the key is called; its comment when left empty."},
};

static const struct action actions[] = {
    {ACCOUNT_PASSWORD, "password", "Change password", "A new password. Your other sessions end.",
     AF_ON_RECORD, .option = '4', PARAMS(account_password, password_fields)},
    {ACCOUNT_FACTOR, "factor", "Second factor",
     "Shows a code for the authenticator on your phone; confirm it then.", AF_ON_RECORD | AF_SECRET,
     .option = '6'},
    {ACCOUNT_CONFIRM, "confirm", "Confirm factor",
     "From then on a code is asked at sign-in. Shows recovery codes once.", AF_ON_RECORD | AF_SECRET,
     .option = '7', PARAMS(account_code, code_fields)},
    {ACCOUNT_RECOVERY, "recovery", "Recovery codes",
     "Ten new recovery codes, shown once. Those before are void.", AF_ON_RECORD | AF_SECRET, .option = '8',
     PARAMS(account_code, code_fields)},
    {ACCOUNT_ADD_KEY, "add_key", "Add key", "A public key you sign in with.", AF_ON_RECORD, .option = '9',
     PARAMS(account_key, key_fields)},
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
    .help = "Yourself and your settings: name, password, second factor, keys, sessions, theme, language.",
    .table = "account",
    .history_table = "user_account",
    .flags = EF_SET | EF_SINGLE | EF_PRIVATE | EF_SHARED,
    .size = sizeof(struct account),
    TABLE(fields, fields),
    .label_sql = "@.login",
    TABLE(keys, keys),
    TABLE(views, views),
    TABLE(actions, actions),
    TABLE(tabs, tabs),
};
