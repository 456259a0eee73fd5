#include "server/catalog/setting.h"

#include "common/base/limits.h"

#define SHOWN (FF_FILLED | SCHEMA_LIST)
#define SET (FF_FILLED | SCHEMA_EDIT | SCHEMA_LIST)
#define MAY_SET (SCHEMA_EDIT | SCHEMA_LIST)

static const struct field fields[] = {
    {FIELD(setting, name, VT_TEXT), SETTING_NAME, "Company", SHOWN | SCHEMA_KEY, 28, 120,
     .help = "The company's registered name; the platform changes it.", .group = "Company"},
    {FIELD(setting, code, VT_TEXT), SETTING_CODE, "Code", SHOWN, 8, 8, .help = "The {prefix} of numbers."},
    {FIELD(setting, business_type, VT_TEXT), SETTING_BUSINESS_TYPE, "Business", SCHEMA_LIST, 24, 80,
     .help = "What kind of insurer it is."},
    {FIELD(setting, phone, VT_TEXT), SETTING_PHONE, "Phone", MAY_SET, 16, 40,
     .help = "Number customers call."},
    {FIELD(setting, email, VT_TEXT), SETTING_EMAIL, "E-mail", MAY_SET, 24, 160,
     .help = "Address customers write to."},
    {FIELD(setting, address, VT_TEXT), SETTING_ADDRESS, "Address", MAY_SET, 30, 240,
     .help = "Where it sits."},
    {FIELD(setting, currency, VT_TEXT), SETTING_CURRENCY, "Currency", SET | SCHEMA_UPPER, 4, 3,
     .help = "Currency of every amount; fixed once there is business.", .group = "Money and days"},
    {FIELD(setting, timezone, VT_TEXT), SETTING_TIMEZONE, "Time zone", SET, 24, 60,
     .help = "Decides what day it is: Africa/Dar_es_Salaam."},
    {FIELD(setting, country_prefix, VT_TEXT), SETTING_COUNTRY_PREFIX, "Phone prefix", SET, 4, 4,
     .help = "Country code that a phone number without one gets: 255."},
    {FIELD(setting, four_eyes, VT_MONEY), SETTING_FOUR_EYES, "Four eyes above", MAY_SET, 16, 0,
     .help = "Receipts above this amount need a second person to verify them; empty: never.",
     .column = "four_eyes_minor"},
    {FIELD(setting, fleet_policies, VT_BOOL), SETTING_FLEET_POLICIES, "Fleet policies", SET, 6, 0,
     .help = "Whether a policy may cover several vehicles.", .group = "Business"},
    {FIELD(setting, collect_in_parts, VT_BOOL), SETTING_COLLECT_IN_PARTS, "Collect in parts", SET, 6, 0,
     .help = "Whether a premium may be paid in parts; cover starts when all is paid."},
    {FIELD(setting, over_payment_credit, VT_BOOL), SETTING_OVER_PAYMENT_CREDIT, "Keep over-paid", SET, 6, 0,
     .help = "Whether more than is due is kept as the customer's credit; else it is refused."},
    {FIELD(setting, backdate_days, VT_INT), SETTING_BACKDATE_DAYS, "Backdate days", SET, 6, 366,
     .help = "How many days back a cover may start."},
    {FIELD(setting, renew_ahead_days, VT_INT), SETTING_RENEW_AHEAD_DAYS, "Renew ahead", SET, 6, 3660,
     .help = "How many days before its end a policy may be renewed."},
    {FIELD(setting, reminder_days, VT_TEXT), SETTING_REMINDER_DAYS, "Reminder days", SET, 20, 60,
     .help = "Days before a cover ends on which it is brought up anew, blanks between: 60 30 14 7 1."},
    {FIELD(setting, policy_pattern, VT_TEXT), SETTING_POLICY_PATTERN, "Policy numbers", SET, 28, 80,
     .help = "Pattern with {prefix} {branch} {year} {seq:6}.", .group = "Numbers"},
    {FIELD(setting, receipt_pattern, VT_TEXT), SETTING_RECEIPT_PATTERN, "Receipt numbers", SET, 28, 80,
     .help = "Pattern with {branch}, {year} and {seq:6}: gap-free for each branch and year."},
    {FIELD(setting, certificate_pattern, VT_TEXT), SETTING_CERTIFICATE_PATTERN, "Certificate no.", SET, 28,
     80, .help = "Pattern with {prefix} {branch} {year} {seq:6}."},
    {FIELD(setting, modules_off, VT_TEXT), SETTING_MODULES_OFF, "Switched off", SET, 28, 400,
     .help = "Modules the company does not use, blanks between.", .group = "People"},
    {FIELD(setting, manager_staff, VT_BOOL), SETTING_MANAGER_STAFF, "Managers' staff", SET, 6, 0,
     .help = "Whether managers may add and look after users."},
    {FIELD(setting, idle_minutes, VT_INT), SETTING_IDLE_MINUTES, "Idle minutes", SET, 6, 10080,
     .help = "A session without a request for so long ends."},
    {FIELD(setting, session_hours, VT_INT), SETTING_SESSION_HOURS, "Session hours", SET, 6, 168,
     .help = "Longest time for one session."},
    {FIELD(setting, regulator_access, VT_BOOL), SETTING_REGULATOR_ACCESS, "Regulator", SET, 6, 0,
     .help = "Whether the regulator may ask if a vehicle was insured; each question stands in your audit."},
    {FIELD(setting, brand_name, VT_TEXT), SETTING_BRAND_NAME, "Name on screens", MAY_SET, 28, 60,
     .help = "What stands in the title bar; empty: the company's name.", .group = "Looks"},
    {FIELD(setting, brand_colour, VT_TEXT), SETTING_BRAND_COLOUR, "Colour", MAY_SET, 10, 10,
     .help =
         "Accent of the screens: blue, cyan, green, magenta, red, yellow or white; empty: the theme's own."},
    {FIELD(setting, certificate_header, VT_TEXT), SETTING_CERTIFICATE_HEADER, "Cert. header", SET, 40, 400,
     .help = "Lines on top of a certificate."},
    {FIELD(setting, logo, VT_BOOL), SETTING_LOGO, "Logo", FF_FILLED | SCHEMA_LIST, 6, 0,
     .help = "Whether certificates carry the company's picture."},
    {FIELD(setting, updated_at, VT_STAMP), SETTING_UPDATED_AT, "Changed", FF_FILLED | FF_COLUMN, 16, 0,
     .help = "When they were last changed."},
};

static const struct field logo_fields[] = {
    {FIELD(setting_logo, picture, VT_BYTES), LOGO_PICTURE, "Picture", SCHEMA_REQUIRED | FF_NEW, 40,
     LIMIT_PICTURE, .help = "File with a PNG picture: at most 128 KiB and 2000 by 2000 pixels."},
};
static const struct action actions[] = {
    {SETTING_SET_LOGO, "logo", "Set logo", "Puts a picture on every certificate from now on.", AF_ON_RECORD,
     .option = '6', PARAMS(setting_logo, logo_fields)},
    {SETTING_DROP_LOGO, "drop_logo", "Drop logo", "Certificates carry no picture any more.", AF_ON_RECORD,
     .option = '8'},
};

static const struct entity_key keys[] = {{KEY_LOWER, "$1::text = 'me'"}};

static const uint32_t all_columns[] = {SETTING_NAME, SETTING_CURRENCY, SETTING_TIMEZONE, SETTING_UPDATED_AT};
static const struct view views[] = {
    {1, "all", "Settings", all_columns, COUNTOF(all_columns), SETTING_UPDATED_AT, false, NULL},
};

const struct entity setting_entity = {
    .number = ENTITY_SETTING,
    .name = "setting",
    .label = "Settings",
    .plural = "Settings",
    .help = "How this company works: money, numbers, rules, people, looks.",
    .table = "setting",
    .flags = EF_SET | EF_SINGLE | EF_ADMIN | EF_PRIVATE,
    .size = sizeof(struct setting),
    TABLE(fields, fields),
    .label_sql = "@.name",
    TABLE(keys, keys),
    TABLE(views, views),
    TABLE(actions, actions),
};
