#include "sample.h"

#include "common/base/attr.h"

const struct locale_info sample_locale = {.exponent = 2, .offset_minutes = 180, .today = {9500}};

static struct schema_choice states[] = {
    {1, {"active", 6}, {"in use", 6},      TONE_GOOD},
    {2, {"void", 4},   {"struck out", 10}, TONE_OFF },
};

#define S(lit)                                                                                               \
    {                                                                                                        \
        "" lit, sizeof(lit) - 1                                                                              \
    }

#define F(tag_, name_, label_, type_, flags_)                                                                \
    .tag = (tag_), .name = S(name_), .label = S(label_), .type = (type_), .flags = (flags_)

/* clang-format off: its columns would be wider than any screen */
static struct schema_field vehicle_fields[] = {
    {F(TAG_PLATE,        "plate", "Plate",    VT_TEXT,               SCHEMA_KEY | SCHEMA_LIST | SCHEMA_SORT | SCHEMA_FILTER)},
    {F(TAG_OWNER,        "owner", "Owner",    VT_REF,                SCHEMA_FILTER),                                          .ref = SAMPLE_CUSTOMER},
    {F(TAG_STATE,                  "state",               "State", VT_CHOICE, SCHEMA_FILTER),                                               .choices = states,
     .nchoices = COUNTOF(states)},
    {F(TAG_VALUE, "value", "Value",           VT_MONEY,                      SCHEMA_FILTER)                                                                     },
    {F(TAG_YEAR,          "year_made",   "Year of make",   VT_INT,0)},
    {F(TAG_ADDED,            "created_at",                 "Added",                         VT_STAMP,                                           SCHEMA_SORT)                                                                                                                   },
    {F(TAG_NOTE,          "note",     "Note",VT_TEXT,0)},
};
/* clang-format on */

static struct schema_field to_fields[] = {
    {.tag = 1, .name = S("to"), .label = S("New owner"), .type = VT_REF, .flags = SCHEMA_REQUIRED},
};

static struct schema_action vehicle_actions[] = {
    {.number = 1,
     .name = S("transfer"),
     .label = S("Transfer"),
     .on_record = true,
     .fields = to_fields,
     .nfields = COUNTOF(to_fields)},
    {.number = 2,
     .name = S("quote"),
     .label = S("Quote"),
     .fields = to_fields,
     .nfields = COUNTOF(to_fields)                                                                        },
    {.number = 3,           .name = S("print"),         .label = S("Print"), .on_record = true, .prints = true},
};

static struct schema_field user_fields[] = {
    {.tag = 1, .name = S("login"),    .label = S("Login"),    .type = VT_TEXT, .flags = SCHEMA_KEY   },
    {.tag = 2, .name = S("password"), .label = S("Password"), .type = VT_TEXT, .flags = SCHEMA_SECRET},
};

static struct schema_field password_fields[] = {
    {.tag = 1, .name = S("current"), .label = S("Present password"), .type = VT_TEXT, .flags = SCHEMA_SECRET},
    {.tag = 2,
     .name = S("new"),
     .label = S("New password"),
     .type = VT_TEXT,
     .flags = SCHEMA_SECRET | SCHEMA_REQUIRED                                                               },
};
static struct schema_action account_actions[] = {
    {.number = 1,
     .name = S("password"),
     .label = S("Change password"),
     .on_record = true,
     .fields = password_fields,
     .nfields = COUNTOF(password_fields)},
};
static struct schema_field audit_fields[] = {
    {.tag = 1, .name = S("at"), .label = S("When"), .type = VT_STAMP, .flags = SCHEMA_FILTER},
};

static struct schema_entity entities[] = {
    {.number = SAMPLE_CUSTOMER,
     .name = S("customer"),
     .label = S("Customer"),
     .plural = S("Customers"),
     .may_list = true          },
    {.number = SAMPLE_VEHICLE,
     .name = S("vehicle"),
     .label = S("Vehicle"),
     .plural = S("Vehicles"),
     .may_add = true,
     .may_set = true,
     .may_list = true,
     .has_history = true,
     .fields = vehicle_fields,
     .nfields = COUNTOF(vehicle_fields),
     .actions = vehicle_actions,
     .nactions = COUNTOF(vehicle_actions)},
    {.number = SAMPLE_USER,
     .name = S("user"),
     .label = S("User"),
     .plural = S("Users"),
     .may_add = true,
     .fields = user_fields,
     .nfields = COUNTOF(user_fields)},
    {.number = SAMPLE_ACCOUNT,
     .name = S("account"),
     .label = S("My account"),
     .plural = S("My account"),
     .may_set = true,
     .fields = user_fields,
     .nfields = COUNTOF(user_fields),
     .actions = account_actions,
     .nactions = COUNTOF(account_actions),
     .single = true},
    {.number = SAMPLE_AUDIT,
     .name = S("audit"),
     .label = S("Audit"),
     .plural = S("Audit"),
     .may_list = true,
     .fields = audit_fields,
     .nfields = COUNTOF(audit_fields)},
    {.number = 13,
     .name = S("vehicle_type"),
     .label = S("Vehicle type"),
     .plural = S("Vehicle types"),
     .may_list = true},
};

const struct schema *
sample_schema(void)
{
    static const struct schema schema = {
        .hash = S("0123456789abcdef0123456789abcdef"),
        .entities = entities,
        .nentities = COUNTOF(entities),
    };
    return &schema;
}
