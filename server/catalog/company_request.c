#include "server/catalog/company_request.h"

static const struct choice states[] = {
    {REQUEST_PENDING, "pending", "pending", TONE_SOON},
    {REQUEST_APPROVED, "approved", "approved", TONE_GOOD},
    {REQUEST_REJECTED, "rejected", "rejected", TONE_OFF},
};

#define ASKED (SCHEMA_REQUIRED | FF_NEW | SCHEMA_LIST)

static const struct field fields[] = {
    {FIELD(company_request, name, VT_TEXT), REQUEST_NAME, "Company", ASKED | SCHEMA_SORT | SCHEMA_KEY, 28,
     120, .help = "The company's registered name.", .group = "Company"},
    {FIELD(company_request, business_type, VT_TEXT), REQUEST_BUSINESS_TYPE, "Business", ASKED, 20, 80,
     .help = "What kind of insurer it is: general insurer, broker, agency."},
    {FIELD(company_request, phone, VT_TEXT), REQUEST_PHONE, "Phone", ASKED, 16, 40,
     .help = "Number on which we reach the company."},
    {FIELD(company_request, email, VT_TEXT), REQUEST_EMAIL, "E-mail", ASKED, 24, 160,
     .help = "Address we answer to."},
    {FIELD(company_request, address, VT_TEXT), REQUEST_ADDRESS, "Address", ASKED | SCHEMA_NARROW, 30, 240,
     .help = "Where the company sits."},
    {FIELD(company_request, domain, VT_TEXT), REQUEST_DOMAIN, "Domain", ASKED | SCHEMA_FILTER | SCHEMA_CHECK,
     28, 100, .help = "What is to stand behind the @ of its logins, such as simba.co.tz."},
    {FIELD(company_request, admin_name, VT_TEXT), REQUEST_ADMIN_NAME, "Admin's name", ASKED | SCHEMA_NARROW,
     24, 120, .help = "Full name of the first administrator.", .group = "First administrator"},
    {FIELD(company_request, admin_login, VT_TEXT), REQUEST_ADMIN_LOGIN, "Admin's login",
     ASKED | SCHEMA_NARROW, 14, 40, .help = "What is to stand before the @ of the administrator's login."},
    {FIELD(company_request, admin_email, VT_TEXT), REQUEST_ADMIN_EMAIL, "Admin's e-mail",
     ASKED | SCHEMA_NARROW, 24, 160, .help = "Address of the first administrator."},
    {FIELD(company_request, state, VT_CHOICE), REQUEST_STATE, "State",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 10, 0, .help = "Pending until somebody decides.",
     .group = "Decision", CHOICES(states)},
    {FIELD(company_request, reason, VT_TEXT), REQUEST_REASON, "Why", SCHEMA_LIST | SCHEMA_NARROW, 24, 400,
     .help = "Why it was rejected."},
    {FIELD(company_request, decided_by, VT_REF), REQUEST_DECIDED_BY, "Decided by",
     SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 18, 0, .help = "Who decided.", .ref = ENTITY_PLATFORM_USER},
    {FIELD(company_request, decided_at, VT_STAMP), REQUEST_DECIDED_AT, "Decided", SCHEMA_LIST | SCHEMA_NARROW,
     16, 0, .help = "When it was decided."},
    {FIELD(company_request, company, VT_REF), REQUEST_COMPANY, "Became",
     SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 24, 0, .help = "The company that was made of it.",
     .ref = ENTITY_COMPANY},
    {FIELD(company_request, source, VT_TEXT), REQUEST_SOURCE, "From",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 18, 80, .help = "Address it came from."},
    {FIELD(company_request, created_at, VT_STAMP), REQUEST_CREATED_AT, "Asked", FF_FILLED | FF_COLUMN, 16, 0,
     .help = "When it came."},
    {FIELD(company_request, updated_at, VT_STAMP), REQUEST_UPDATED_AT, "Changed",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 16, 0, .help = "When it was last changed."},
};

static const struct field approve_fields[] = {
    {FIELD(company_request_approve, code, VT_TEXT), APPROVE_CODE, "Code",
     SCHEMA_REQUIRED | FF_NEW | SCHEMA_UPPER, 8, 8,
     .help = "Code of the company: 1 to 8 capital letters and digits; stands in numbers."},
    {FIELD(company_request_approve, branch_code, VT_TEXT), APPROVE_BRANCH_CODE, "First branch",
     FF_NEW | SCHEMA_UPPER, 8, 8, .help = "Code of its first branch.", .fallback = "HQ"},
    {FIELD(company_request_approve, branch_name, VT_TEXT), APPROVE_BRANCH_NAME, "Branch name", FF_NEW, 24,
     120, .help = "Name of its first branch.", .fallback = "Head office"},
};

static const struct action actions[] = {
    {REQUEST_APPROVE, "approve", "Approve",
     "Makes the company with domain, first branch and first administrator; gives his one-time token.",
     AF_ON_RECORD | AF_SECRET, REQUEST_STATE, ROW_BIT(REQUEST_PENDING), '6',
     PARAMS(company_request_approve, approve_fields)},
    {REQUEST_REJECT, "reject", "Reject", "Declines the request.", AF_ON_RECORD | AF_REASON, REQUEST_STATE,
     ROW_BIT(REQUEST_PENDING), .option = '4'},
};

static const struct entity_key keys[] = {{KEY_LOWER, "@.domain = $1"}, {KEY_PLAIN, "@.name = $1"}};

static const uint32_t all_columns[] = {REQUEST_NAME,  REQUEST_DOMAIN, REQUEST_STATE,     REQUEST_PHONE,
                                       REQUEST_EMAIL, REQUEST_SOURCE, REQUEST_CREATED_AT};
static const struct view views[] = {
    {1, "pending", "Requests to decide", all_columns, COUNTOF(all_columns), REQUEST_CREATED_AT, false,
     "@.state = 1"},
    {2, "all", "Requests, newest first", all_columns, COUNTOF(all_columns), REQUEST_CREATED_AT, true, NULL},
};

const struct entity company_request_entity = {
    .number = ENTITY_COMPANY_REQUEST,
    .name = "company_request",
    .label = "Request to join",
    .plural = "Requests to join",
    .help = "A company that wants to work with this service: decided by the platform.",
    .table = "company_request",
    .flags = EF_ADD | EF_MENU | EF_PLATFORM,
    .size = sizeof(struct company_request),
    TABLE(fields, fields),
    .label_sql = "@.name",
    TABLE(keys, keys),
    TABLE(views, views),
    TABLE(actions, actions),
};
