#include "server/catalog/customer.h"

#include "server/catalog/ownership.h"
#include "server/catalog/policy.h"
#include "server/catalog/vehicle.h"

static const struct choice kinds[] = {
    {CUSTOMER_INDIVIDUAL, "individual", "individual", TONE_PLAIN},
    {CUSTOMER_COMPANY, "company", "company", TONE_PLAIN},
};
static const struct choice genders[] = {
    {GENDER_FEMALE, "female", "female", TONE_PLAIN},
    {GENDER_MALE, "male", "male", TONE_PLAIN},
};
static const struct choice statuses[] = {
    {CUSTOMER_ACTIVE, "active", "active", TONE_PLAIN},
    {CUSTOMER_VOID, "void", "void", TONE_OFF},
    {CUSTOMER_FORGOTTEN, "forgotten", "forgotten", TONE_OFF},
};

static const struct field fields[] = {
    {FIELD(customer, kind, VT_CHOICE), CUSTOMER_KIND, "Kind",
     SCHEMA_REQUIRED | FF_FORM | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 10, 0,
     .help = "A person or a company.", .group = "Who", .fallback = "individual", CHOICES(kinds)},
    {FIELD(customer, name, VT_TEXT), CUSTOMER_NAME, "Name",
     SCHEMA_REQUIRED | FF_FORM | FF_COLUMN | SCHEMA_KEY | SCHEMA_PERSONAL | SCHEMA_CHECK, 28, 160,
     .help = "Full name as on the identity paper, or the company's registered name."},
    {FIELD(customer, phone, VT_TEXT), CUSTOMER_PHONE, "Phone",
     SCHEMA_REQUIRED | FF_FORM | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_PERSONAL | SCHEMA_CHECK, 16, 40,
     .help = "Mobile number in any spelling: 0712 345 678 or +255 712 345 678."},
    {FIELD(customer, email, VT_TEXT), CUSTOMER_EMAIL, "E-mail",
     FF_FORM | SCHEMA_LIST | SCHEMA_PERSONAL | FF_SEALED | SCHEMA_NARROW, 24, 160,
     .help = "Address for documents. May stay empty."},
    {FIELD(customer, id_type, VT_REF), CUSTOMER_ID_TYPE, "ID type",
     FF_FORM | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 14, 0,
     .help = "Which identity paper was shown: national ID, passport, driving licence, TIN.",
     .group = "Identity", .ref = ENTITY_ID_TYPE},
    {FIELD(customer, id_number, VT_TEXT), CUSTOMER_ID_NUMBER, "ID number",
     FF_FORM | SCHEMA_LIST | SCHEMA_PERSONAL | FF_SEALED | SCHEMA_UPPER | SCHEMA_CHECK, 22, 60,
     .help = "Number on that paper, with or without dashes. One number belongs to one customer."},
    {FIELD(customer, birth_date, VT_DATE), CUSTOMER_BIRTH_DATE, "Born",
     FF_FORM | SCHEMA_LIST | SCHEMA_PERSONAL | FF_SEALED | SCHEMA_NARROW, 10, 0,
     .help = "Date of birth; persons only. With the name it finds duplicates."},
    {FIELD(customer, gender, VT_CHOICE), CUSTOMER_GENDER, "Gender",
     FF_FORM | SCHEMA_LIST | SCHEMA_PERSONAL | FF_SEALED | SCHEMA_NARROW, 8, 0,
     .help = "Persons only. May stay empty.", CHOICES(genders)},
    {FIELD(customer, address, VT_TEXT), CUSTOMER_ADDRESS, "Address", FF_FORM | SCHEMA_PERSONAL | FF_SEALED,
     30, 240, .help = "Street, house or P.O. box.", .group = "Where"},
    {FIELD(customer, city, VT_TEXT), CUSTOMER_CITY, "City",
     FF_FORM | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_PERSONAL | SCHEMA_NARROW, 16, 80,
     .help = "Town or district."},
    {FIELD(customer, branch, VT_REF), CUSTOMER_BRANCH, "Branch",
     FF_FILLED | FF_FORM | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 8, 0,
     .help = "Branch that looks after the customer; yours when left empty.", .ref = ENTITY_BRANCH},
    {FIELD(customer, note, VT_TEXT), CUSTOMER_NOTE, "Note",
     FF_FORM | SCHEMA_PERSONAL | FF_SEALED | SCHEMA_MULTILINE | FF_STAFF, 40, 1000,
     .help = "Anything worth knowing at the counter.", .group = "Other"},
    {FIELD(customer, status, VT_CHOICE), CUSTOMER_STATUS, "Status",
     FF_FILLED | SCHEMA_EDIT | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 8, 0,
     .help =
         "A void customer was entered in error; the record stays. A forgotten one can't be read any more.",
     CHOICES(statuses)},
    {FIELD(customer, created_at, VT_STAMP), CUSTOMER_CREATED_AT, "Added",
     FF_FILLED | FF_COLUMN | SCHEMA_NARROW, 16, 0, .help = "When the record was made."},
    {FIELD(customer, updated_at, VT_STAMP), CUSTOMER_UPDATED_AT, "Changed",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 16, 0, .help = "When it was last changed."},
    {FIELD(customer, phone_key, VT_TEXT), CUSTOMER_PHONE_KEY, "Phone key", FF_FILLED | FF_INTERNAL, 12, 40,
     .help = "The phone number in the form it is found by."},
    {FIELD(customer, id_key, VT_TEXT), CUSTOMER_ID_KEY, "ID key", FF_INTERNAL, 12, 60,
     .help = "The mark by which the identity number is found."},
    {FIELD(customer, birth_key, VT_TEXT), CUSTOMER_BIRTH_KEY, "Birth key", FF_INTERNAL, 12, 60,
     .help = "The mark of name and birth date."},
    {FIELD(customer, personal_sealed, VT_BYTES), CUSTOMER_PERSONAL_SEALED, "Personal data", FF_INTERNAL, 12,
     0, .help = "Every personal field, sealed with the key of this person."},
    {FIELD(customer, person_key, VT_BYTES), CUSTOMER_PERSON_KEY, "Person's key", FF_INTERNAL, 12, 0,
     .help = "The key of this person, sealed; none when it was destroyed.",
     .sql =
         "(select k.wrapped from app.person_key k where k.tenant_id = @.tenant_id and k.customer_id = @.id)"},
};

static const struct entity_key keys[] = {
    {KEY_MARK, "@.id_key = $1"},
    {KEY_PHONE, "@.phone_key = $1"},
    {KEY_PLAIN, "@.name = $1"},
};

static const uint32_t all_columns[] = {CUSTOMER_NAME, CUSTOMER_PHONE,  CUSTOMER_ID_TYPE, CUSTOMER_ID_NUMBER,
                                       CUSTOMER_CITY, CUSTOMER_BRANCH, CUSTOMER_KIND,    CUSTOMER_CREATED_AT};
static const struct view views[] = {
    {1, "all", "All customers", all_columns, COUNTOF(all_columns), CUSTOMER_NAME, false, NULL},
    {2, "newest", "Newest customers", all_columns, COUNTOF(all_columns), CUSTOMER_CREATED_AT, true, NULL},
    {3, "companies", "Companies", all_columns, COUNTOF(all_columns), CUSTOMER_NAME, false, "@.kind = 2"},
};

static const struct action actions[] = {
    {CUSTOMER_HOLD, "hold", "Legal hold",
     "Keeps the personal data: the customer can't be forgotten until released.", AF_ON_RECORD | AF_REASON,
     CUSTOMER_STATUS, ROW_BIT(CUSTOMER_ACTIVE) | ROW_BIT(CUSTOMER_VOID), .option = 0},
    {CUSTOMER_RELEASE, "release", "Release", "Ends the legal hold.", AF_ON_RECORD | AF_REASON,
     CUSTOMER_STATUS, ROW_BIT(CUSTOMER_ACTIVE) | ROW_BIT(CUSTOMER_VOID), .option = 0},
    {CUSTOMER_FORGET, "forget", "Forget",
     "Destroys the key of the personal data, for ever: nobody can read them any more, in the history "
     "neither. "
     "Policies, money and who did what stay.",
     AF_ON_RECORD | AF_REASON, CUSTOMER_STATUS, ROW_BIT(CUSTOMER_ACTIVE) | ROW_BIT(CUSTOMER_VOID),
     .option = 0},
    {CUSTOMER_REPORT, "report", "Access report",
     "Everything that is held on the customer as a text to hand over, with who changed and read it.",
     AF_ON_RECORD | AF_SECRET, 0, 0, .option = 0},
};

static const struct tab tabs[] = {
    {"Vehicles", ENTITY_VEHICLE, VEHICLE_OWNER},
    {"Policies", ENTITY_POLICY, POLICY_CUSTOMER},
    {"Owned", ENTITY_OWNERSHIP, OWNERSHIP_CUSTOMER},
};

const struct entity customer_entity = {
    .number = ENTITY_CUSTOMER,
    .name = "customer",
    .label = "Customer",
    .plural = "Customers",
    .help = "A person or company that owns vehicles and holds policies.",
    .table = "customer",
    .flags = EF_ADD | EF_SET | EF_MENU | EF_SEARCH | EF_DETAIL_PERSONAL | EF_HELD,
    .size = sizeof(struct customer),
    TABLE(fields, fields),
    .sealed_document = CUSTOMER_PERSONAL_SEALED,
    .sealed_key = CUSTOMER_PERSON_KEY,
    .label_sql = "@.name",
    TABLE(keys, keys),
    .personal_keys = 1u << 0 | 1u << 1,
    TABLE(views, views),
    TABLE(actions, actions),
    TABLE(tabs, tabs),
    .history_column = "customer_id",
    .detail_sql = "concat_ws(' · ', @.phone, @.city)",
};
