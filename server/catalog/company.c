#include "server/catalog/company.h"

#include "server/catalog/company_domain.h"
#include "server/catalog/company_usage.h"

static const struct choice statuses[] = {
    {COMPANY_ACTIVE, "active", "active", TONE_GOOD},
    {COMPANY_SUSPENDED, "suspended", "suspended", TONE_BAD},
};

static const struct field fields[] = {
    {FIELD(company, code, VT_TEXT), COMPANY_CODE, "Code",
     SCHEMA_REQUIRED | FF_NEW | FF_COLUMN | SCHEMA_KEY | SCHEMA_UPPER, 8, 8,
     .help = "1 to 8 capital letters and digits; stands in numbers and never changes.", .group = "Company"},
    {FIELD(company, name, VT_TEXT), COMPANY_NAME, "Name", SCHEMA_REQUIRED | FF_FORM | FF_COLUMN, 28, 120,
     .help = "The company's registered name."},
    {FIELD(company, status, VT_CHOICE), COMPANY_STATUS, "Status", FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 10,
     0, .help = "People of a suspended company can't sign in; nothing of it is lost.", CHOICES(statuses)},
    {FIELD(company, status_reason, VT_TEXT), COMPANY_STATUS_REASON, "Why", SCHEMA_LIST | SCHEMA_NARROW, 24,
     400, .help = "Reason of the last suspension or activation."},
    {FIELD(company, domains, VT_TEXT), COMPANY_DOMAINS, "Domains", SCHEMA_REQUIRED | FF_NEW | SCHEMA_LIST, 28,
     400, .help = "What stands behind the @ of its logins, blanks between: simba.co.tz."},
    {FIELD(company, business_type, VT_TEXT), COMPANY_BUSINESS_TYPE, "Business",
     FF_FORM | SCHEMA_LIST | SCHEMA_NARROW, 20, 80, .help = "What kind of insurer it is."},
    {FIELD(company, phone, VT_TEXT), COMPANY_PHONE, "Phone", FF_FORM | SCHEMA_LIST, 16, 40,
     .help = "Number to reach the company.", .group = "Contact"},
    {FIELD(company, email, VT_TEXT), COMPANY_EMAIL, "E-mail", FF_FORM | SCHEMA_LIST, 24, 160,
     .help = "Address to write to."},
    {FIELD(company, address, VT_TEXT), COMPANY_ADDRESS, "Address", FF_FORM | SCHEMA_LIST | SCHEMA_NARROW, 30,
     240, .help = "Where it sits."},
    {FIELD(company, currency, VT_TEXT), COMPANY_CURRENCY, "Currency",
     FF_FILLED | FF_NEW | SCHEMA_LIST | SCHEMA_NARROW | SCHEMA_UPPER, 8, 3,
     .help = "Three letters of ISO 4217: TZS; the platform's default when left empty.", .group = "Start"},
    {FIELD(company, timezone, VT_TEXT), COMPANY_TIMEZONE, "Time zone",
     FF_FILLED | FF_NEW | SCHEMA_LIST | SCHEMA_NARROW, 24, 60,
     .help = "Africa/Dar_es_Salaam; the platform's default when left empty."},
    {FIELD(company, branch_code, VT_TEXT), COMPANY_BRANCH_CODE, "First branch", FF_NEW | SCHEMA_UPPER, 8, 8,
     .help = "Code of its first branch.", .fallback = "HQ"},
    {FIELD(company, branch_name, VT_TEXT), COMPANY_BRANCH_NAME, "Branch name", FF_NEW, 24, 120,
     .help = "Name of its first branch.", .fallback = "Head office"},
    {FIELD(company, admin_login, VT_TEXT), COMPANY_ADMIN_LOGIN, "Admin's login", FF_NEW, 14, 40,
     .help = "Login of its first administrator, without the @.", .fallback = "admin"},
    {FIELD(company, admin_name, VT_TEXT), COMPANY_ADMIN_NAME, "Admin's name", FF_NEW, 24, 120,
     .help = "Full name of its first administrator.", .fallback = "Administrator"},
    {FIELD(company, admin_email, VT_TEXT), COMPANY_ADMIN_EMAIL, "Admin's e-mail", FF_NEW, 24, 160,
     .help = "Address of its first administrator."},
    {FIELD(company, regulator_access, VT_BOOL), COMPANY_REGULATOR_ACCESS, "Regulator",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 9, 0,
     .help = "Whether the company lets the regulator ask."},
    {FIELD(company, created_at, VT_STAMP), COMPANY_CREATED_AT, "Since", FF_FILLED | FF_COLUMN, 16, 0,
     .help = "When it was made."},
    {FIELD(company, updated_at, VT_STAMP), COMPANY_UPDATED_AT, "Changed",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 16, 0, .help = "When it was last changed."},
};

static const struct field domain_fields[] = {
    {FIELD(company_domain_args, domain, VT_TEXT), COMPANY_DOMAIN_NAME, "Domain", SCHEMA_REQUIRED | FF_NEW, 28,
     100, .help = "What stands behind the @ of a login, such as simba.co.tz."},
};
static const struct field user_fields[] = {
    {FIELD(company_user_args, login, VT_TEXT), COMPANY_USER_LOGIN, "Login", SCHEMA_REQUIRED | FF_NEW, 14, 40,
     .help = "Login in that company, without the @ and what follows."},
};

static const struct action actions[] = {
    {COMPANY_SUSPEND, "suspend", "Suspend", "Ends its sessions and lets nobody of it in; nothing is lost.",
     AF_ON_RECORD | AF_REASON, COMPANY_STATUS, ROW_BIT(COMPANY_ACTIVE), .option = '4'},
    {COMPANY_ACTIVATE, "activate", "Activate", "Lets the people of a suspended company in again.",
     AF_ON_RECORD, COMPANY_STATUS, ROW_BIT(COMPANY_SUSPENDED), .option = '6'},
    {COMPANY_ADD_DOMAIN, "add_domain", "Add domain", "One more domain its people may sign in with.",
     AF_ON_RECORD, .option = '7', PARAMS(company_domain_args, domain_fields)},
    {COMPANY_DROP_DOMAIN, "drop_domain", "Drop domain", "Takes a domain away; never the last.", AF_ON_RECORD,
     .option = '8', PARAMS(company_domain_args, domain_fields)},
    {COMPANY_ADMIN_TOKEN, "admin_token", "Admin's token",
     "A one-time token with which an administrator of the company sets up his account anew.",
     AF_ON_RECORD | AF_SECRET, .option = '9', PARAMS(company_user_args, user_fields)},
    {COMPANY_DISABLE_USER, "disable_user", "Disable user", "Switches one account of the company off.",
     AF_ON_RECORD | AF_REASON, PARAMS(company_user_args, user_fields)},
    {COMPANY_ENABLE_USER, "enable_user", "Enable user", "Switches an account of the company on again.",
     AF_ON_RECORD, PARAMS(company_user_args, user_fields)},
};

static const struct entity_key keys[] = {
    {KEY_UPPER, "@.code = $1"},
    {KEY_LOWER, "@.id = (select d.company_id from app.company_domain d where d.domain = $1)"},
    {KEY_PLAIN, "@.name = $1"},
};

static const uint32_t all_columns[] = {COMPANY_CODE,          COMPANY_NAME,      COMPANY_STATUS,
                                       COMPANY_DOMAINS,       COMPANY_PHONE,     COMPANY_EMAIL,
                                       COMPANY_BUSINESS_TYPE, COMPANY_CREATED_AT};
static const struct view views[] = {
    {1, "all", "Companies", all_columns, COUNTOF(all_columns), COMPANY_CODE, false, NULL},
    {2, "active", "Active companies", all_columns, COUNTOF(all_columns), COMPANY_CODE, false, "@.status = 1"},
    {3, "suspended", "Suspended companies", all_columns, COUNTOF(all_columns), COMPANY_CODE, false,
     "@.status = 2"},
    {4, "newest", "Newest companies", all_columns, COUNTOF(all_columns), COMPANY_CREATED_AT, true, NULL},
};

static const struct tab tabs[] = {{"Domains", ENTITY_COMPANY_DOMAIN, COMPANY_DOMAIN_COMPANY},
                                  {"Usage", ENTITY_COMPANY_USAGE, COMPANY_USAGE_COMPANY}};

const struct entity company_entity = {
    .number = ENTITY_COMPANY,
    .name = "company",
    .label = "Company",
    .plural = "Companies",
    .help =
        "An insurance company of this installation. The platform sees that it is there, not its business.",
    .table = "company",
    .flags = EF_ADD | EF_SET | EF_MENU | EF_PLATFORM,
    .size = sizeof(struct company),
    TABLE(fields, fields),
    .label_sql = "@.name",
    TABLE(keys, keys),
    TABLE(views, views),
    TABLE(actions, actions),
    TABLE(tabs, tabs),
    .detail_sql = "concat_ws(' · ', @.code, @.domains)",
};
