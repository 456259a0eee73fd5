#include "tests/tui/fake_server.h"

#include <stdio.h>
#include <string.h>

#include "common/base/attr.h"

/* The description the fake service serves and the records it starts with. */
#define S(t)                                                                                                 \
    {                                                                                                        \
        t, sizeof(t) - 1                                                                                     \
    }
#define FORM (SCHEMA_CREATE | SCHEMA_EDIT)
#define COLUMN (SCHEMA_LIST | SCHEMA_SORT | SCHEMA_FILTER)

/* clang-format off */
static struct schema_choice kinds[] = {{1, S("individual"), S("individual"), 0}, {2, S("company"), S("company"), 0}};
static struct schema_choice states[] = {{2, S("quoted"), S("quoted"), TONE_SOON},
                                        {3, S("awaiting"), S("awaiting payment"), TONE_WARN},
                                        {4, S("active"), S("active"), TONE_GOOD},
                                        {6, S("expired"), S("expired"), TONE_BAD}};
static struct schema_choice methods[] = {{1, S("cash"), S("cash"), 0}, {2, S("mobile"), S("mobile money"), 0}};
static struct schema_choice receipt_states[] = {{1, S("recorded"), S("recorded"), TONE_WARN},
                                                {2, S("verified"), S("verified"), TONE_GOOD}};

static struct schema_field customer_fields[] = {
    {1, S("kind"), S("Kind"), S("A person or a company."), S("Who"), VT_CHOICE, SCHEMA_REQUIRED | FORM | SCHEMA_FILTER,
     0, 10, 0, S("individual"), kinds, 2},
    {2, S("name"), S("Name"), S("Family and given names."), S(""), VT_TEXT,
     SCHEMA_REQUIRED | FORM | COLUMN | SCHEMA_KEY | SCHEMA_CHECK, 60, 24, 0, S(""), NULL, 0},
    {3, S("phone"), S("Phone"), S("Any spelling: 0712 345 678 or +255 712 345 678."), S(""), VT_TEXT,
     SCHEMA_REQUIRED | FORM | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_CHECK, 20, 14, 0, S(""), NULL, 0},
    {4, S("id_number"), S("ID number"), S("National identity number."), S("Identity"), VT_TEXT, FORM | SCHEMA_UPPER,
     24, 20, 0, S(""), NULL, 0},
    {5, S("birth_date"), S("Born"), S("Day of birth."), S(""), VT_DATE, FORM, 0, 10, 0, S(""), NULL, 0},
    {6, S("city"), S("City"), S("Town of the address."), S("Where"), VT_TEXT, FORM | COLUMN, 40, 14, 0, S(""), NULL, 0},
    {7, S("note"), S("Note"), S("Anything worth knowing."), S(""), VT_TEXT, FORM | SCHEMA_MULTILINE, 200, 40, 0, S(""),
     NULL, 0},
};
static struct schema_field vehicle_fields[] = {
    {1, S("plate"), S("Plate"), S("As on the vehicle; blanks do not matter."), S("Vehicle"), VT_TEXT,
     FORM | COLUMN | SCHEMA_KEY | SCHEMA_UPPER | SCHEMA_CHECK, 12, 11, 0, S(""), NULL, 0},
    {2, S("vehicle_type"), S("Type"), S("Kind of vehicle."), S(""), VT_REF, SCHEMA_REQUIRED | FORM | SCHEMA_LIST, 0, 12,
     FAKE_TYPE, S(""), NULL, 0},
    {3, S("make"), S("Make"), S("Maker and model."), S(""), VT_TEXT, SCHEMA_REQUIRED | FORM | COLUMN, 30, 16, 0, S(""),
     NULL, 0},
    {4, S("year"), S("Year"), S("Year it was made."), S(""), VT_INT, FORM | SCHEMA_LIST, 2100, 6, 0, S(""), NULL, 0},
    {5, S("owner"), S("Owner"), S("Who owns it."), S(""), VT_REF,
     SCHEMA_REQUIRED | SCHEMA_CREATE | SCHEMA_LIST | SCHEMA_FILTER, 0, 24, FAKE_CUSTOMER, S(""), NULL, 0},
};
static struct schema_field policy_fields[] = {
    {1, S("number"), S("Policy"), S("One number for life."), S("Policy"), VT_TEXT, COLUMN | SCHEMA_KEY, 0, 15, 0, S(""),
     NULL, 0},
    {2, S("state"), S("State"), S("State of its term."), S(""), VT_CHOICE, SCHEMA_LIST | SCHEMA_FILTER, 0, 16, 0, S(""),
     states, 4},
    {3, S("vehicle"), S("Vehicle"), S("What is insured."), S(""), VT_REF, SCHEMA_LIST | SCHEMA_FILTER, 0, 11,
     FAKE_VEHICLE, S(""), NULL, 0},
    {4, S("customer"), S("Holder"), S("Who holds it."), S(""), VT_REF, SCHEMA_LIST | SCHEMA_FILTER, 0, 20,
     FAKE_CUSTOMER, S(""), NULL, 0},
    {5, S("end_date"), S("Ends"), S("Last day of cover."), S("Cover"), VT_DATE, COLUMN, 0, 10, 0, S(""), NULL, 0},
    {6, S("total"), S("Total"), S("To pay."), S("Money"), VT_MONEY, SCHEMA_LIST, 0, 14, 0, S(""), NULL, 0},
    {7, S("outstanding"), S("Outstanding"), S("Still to be paid."), S(""), VT_MONEY, 0, 0, 14, 0, S(""), NULL, 0},
};
static struct schema_field quote_fields[] = {
    {1, S("vehicle"), S("Vehicle"), S("Its plate."), S(""), VT_REF, SCHEMA_REQUIRED, 0, 12, FAKE_VEHICLE, S(""), NULL, 0},
    {2, S("customer"), S("Holder"), S("The owner when empty."), S(""), VT_REF, 0, 0, 20, FAKE_CUSTOMER, S(""), NULL, 0},
    {3, S("product"), S("Product"), S("What is sold."), S(""), VT_REF, SCHEMA_REQUIRED, 0, 16, FAKE_PRODUCT, S(""), NULL,
     0},
    {4, S("sum_insured"), S("Sum insured"), S("What it is worth."), S(""), VT_MONEY, 0, 0, 16, 0, S(""), NULL, 0},
    {5, S("start"), S("Starts"), S("First day of cover."), S(""), VT_DATE, 0, 0, 10, 0, S("t"), NULL, 0},
    {6, S("months"), S("Months"), S("1 to 36."), S(""), VT_INT, 0, 36, 4, 0, S("12"), NULL, 0},
    {7, S("vehicles"), S("Fleet"), S("Several vehicles."), S(""), VT_TEXT, SCHEMA_MULTILINE, 4000, 40, 0, S(""), NULL, 0},
};
static struct schema_field renew_fields[] = {
    {1, S("months"), S("Months"), S("As long as the last when empty."), S(""), VT_INT, 0, 36, 4, 0, S("12"), NULL, 0},
};
static struct schema_field receipt_fields[] = {
    {1, S("number"), S("Receipt"), S("Without gaps."), S(""), VT_TEXT, COLUMN | SCHEMA_KEY, 0, 16, 0, S(""), NULL, 0},
    {2, S("state"), S("State"), S("Counts once verified."), S(""), VT_CHOICE, SCHEMA_LIST | SCHEMA_FILTER, 0, 9, 0,
     S(""), receipt_states, 2},
    {3, S("policy"), S("Policy"), S("What is paid for."), S(""), VT_REF,
     SCHEMA_REQUIRED | SCHEMA_CREATE | SCHEMA_LIST | SCHEMA_FILTER, 0, 16, FAKE_POLICY, S(""), NULL, 0},
    {4, S("amount"), S("Amount"), S("What was taken."), S(""), VT_MONEY, SCHEMA_REQUIRED | SCHEMA_CREATE | SCHEMA_LIST,
     0, 14, 0, S(""), NULL, 0},
    {5, S("method"), S("Method"), S("How it was paid."), S(""), VT_CHOICE,
     SCHEMA_REQUIRED | SCHEMA_CREATE | SCHEMA_LIST, 0, 12, 0, S("cash"), methods, 2},
    {6, S("reference"), S("Reference"), S("Slip number."), S(""), VT_TEXT, SCHEMA_CREATE, 40, 14, 0, S(""), NULL, 0},
};
static struct schema_field certificate_fields[] = {
    {1, S("number"), S("Certificate"), S("Its number."), S(""), VT_TEXT, COLUMN | SCHEMA_KEY, 0, 16, 0, S(""), NULL, 0},
    {2, S("policy"), S("Policy"), S("Of this policy."), S(""), VT_REF, SCHEMA_LIST | SCHEMA_FILTER, 0, 16, FAKE_POLICY,
     S(""), NULL, 0},
};
static struct schema_field table_fields[] = {
    {1, S("code"), S("Code"), S("Short word."), S(""), VT_TEXT, COLUMN | SCHEMA_KEY, 0, 14, 0, S(""), NULL, 0},
    {2, S("name"), S("Name"), S("What it means."), S(""), VT_TEXT, SCHEMA_LIST, 0, 24, 0, S(""), NULL, 0},
};

static uint32_t customer_columns[] = {2, 3, 6}, vehicle_columns[] = {1, 3, 4, 5}, policy_columns[] = {1, 3, 4, 2, 5, 6},
                unpaid_columns[] = {1, 3, 6}, receipt_columns[] = {1, 3, 4, 5, 2}, table_columns[] = {1, 2},
                certificate_columns[] = {1, 2};
static struct schema_view customer_views[] = {{1, S("all"), S("All customers"), customer_columns, 3, 2, false}};
static struct schema_view vehicle_views[] = {{1, S("all"), S("All vehicles"), vehicle_columns, 4, 1, false}};
static struct schema_view policy_views[] = {{1, S("all"), S("All policies"), policy_columns, 6, 1, true},
                                            {2, S("unpaid"), S("Waiting for payment"), unpaid_columns, 3, 1, false}};
static struct schema_view receipt_views[] = {{1, S("all"), S("All receipts"), receipt_columns, 5, 1, true}};
static struct schema_view table_views[] = {{1, S("all"), S("All"), table_columns, 2, 1, false}};
static struct schema_view certificate_views[] = {{1, S("all"), S("All"), certificate_columns, 2, 1, false}};

static const uint32_t renew_shows[] = {4, 6};
static struct schema_action policy_actions[] = {
    {1, S("quote"), S("Quote"), S("Prices a policy."), false, false, false, 0, 0, 0, quote_fields, 7, NULL, 0},
    {2, S("issue"), S("Issue"), S("Waits for payment then."), true, false, false, 2, 1u << 2, '3', NULL, 0, NULL, 0},
    {3, S("renew"), S("Renew"), S("Appends the next term."), true, false, false, 2, 1u << 4 | 1u << 6, '9',
     renew_fields, 1, renew_shows, 2},
    {4, S("cancel"), S("Cancel"), S("Ends the cover today."), true, true, false, 2, 1u << 4, '4', NULL, 0, NULL, 0},
};
static struct schema_action receipt_actions[] = {
    {1, S("verify"), S("Verify"), S("The money is there."), true, false, false, 2, 1u << 1, '6', NULL, 0, NULL, 0}};
static struct schema_action certificate_actions[] = {
    {1, S("print"), S("Print"), S("Shows it."), true, false, true, 0, 0, '1', NULL, 0, NULL, 0}};

static struct schema_tab customer_tabs[] = {{S("Vehicles"), FAKE_VEHICLE, 5}, {S("Policies"), FAKE_POLICY, 4}};
static struct schema_tab vehicle_tabs[] = {{S("Policies"), FAKE_POLICY, 3}};
static struct schema_tab policy_tabs[] = {{S("Receipts"), FAKE_RECEIPT, 3}, {S("Certificates"), FAKE_CERTIFICATE, 2}};

#define N(a) (a), COUNTOF(a)
static struct schema_entity entities[] = {
    {FAKE_CUSTOMER, S("customer"), S("Customer"), S("Customers"), S("People and companies."), true, true, true, true,
     true, N(customer_fields), N(customer_views), NULL, 0, N(customer_tabs), false},
    {FAKE_VEHICLE, S("vehicle"), S("Vehicle"), S("Vehicles"), S("What is insured."), true, true, true, true, true,
     N(vehicle_fields), N(vehicle_views), NULL, 0, N(vehicle_tabs), false},
    {FAKE_PRODUCT, S("product"), S("Product"), S("Products"), S("What is sold."), false, false, true, false, false,
     N(table_fields), N(table_views), NULL, 0, NULL, 0, false},
    {FAKE_POLICY, S("policy"), S("Policy"), S("Policies"), S("One number for life."), false, false, true, true, true,
     N(policy_fields), N(policy_views), N(policy_actions), N(policy_tabs), false},
    {FAKE_RECEIPT, S("receipt"), S("Receipt"), S("Receipts"), S("Money taken."), true, false, true, true, true,
     N(receipt_fields), N(receipt_views), N(receipt_actions), NULL, 0, false},
    {FAKE_CERTIFICATE, S("certificate"), S("Certificate"), S("Certificates"), S("What the customer carries."), false,
     false, true, false, true, N(certificate_fields), N(certificate_views), N(certificate_actions), NULL, 0, false},
    {FAKE_TYPE, S("vehicle_type"), S("Vehicle type"), S("Vehicle types"), S("Kinds of vehicle."), false, false, true,
     false, false, N(table_fields), N(table_views), NULL, 0, NULL, 0, false},
};

/* clang-format on */

void
fake_schema(struct fake_server *s)
{
    s->schema = (struct schema){.hash = STR("00112233445566778899aabbccddeeff"),
                                .entities = entities,
                                .nentities = COUNTOF(entities),
                                .sell = FLOW_NEW_BUSINESS};
    fake_people_schema(s);
}

static struct value
ref(const struct fake_record *r)
{
    return (struct value){.type = VT_REF, .i = r->id};
}

static struct value
text(const char *t)
{
    return VALUE_TEXT(str_from(t));
}

static struct value
choice(int n)
{
    return (struct value){.type = VT_CHOICE, .i = n};
}

static struct fake_record *
table_row(struct fake_server *s, uint32_t entity, const char *code, const char *name)
{
    struct fake_record *r = fake_add(s, entity);
    r->values[1] = text(code);
    r->values[2] = text(name);
    return r;
}

static struct fake_record *
person(struct fake_server *s, const char *name, const char *phone, const char *city)
{
    struct fake_record *r = fake_add(s, FAKE_CUSTOMER);
    r->values[1] = choice(1);
    r->values[2] = text(name);
    r->values[3] = text(phone);
    r->values[6] = text(city);
    return r;
}

static struct fake_record *
vehicle(struct fake_server *s, const char *plate, const char *make, struct fake_record *type,
        struct fake_record *owner)
{
    struct fake_record *r = fake_add(s, FAKE_VEHICLE);
    r->values[1] = text(plate);
    r->values[2] = ref(type);
    r->values[3] = text(make);
    r->values[4] = VALUE_INT(2015);
    r->values[5] = ref(owner);
    return r;
}

static struct fake_record *
policy(struct fake_server *s, const char *number, struct fake_record *vehicle_row, int state, int day)
{
    struct fake_record *r = fake_add(s, FAKE_POLICY);
    struct civil c = {2026, 3, day};
    r->values[1] = text(number);
    r->values[2] = choice(state);
    r->values[3] = ref(vehicle_row);
    r->values[4] = vehicle_row->values[5];
    r->values[5] = (struct value){.type = VT_DATE, .date = date_of(c)};
    r->values[6] = (struct value){.type = VT_MONEY, .money = {61950000}};
    r->values[7] = (struct value){.type = VT_MONEY, .money = {state == 3 ? 61950000 : 0}};
    return r;
}

void
fake_data(struct fake_server *s)
{
    struct fake_record *car = table_row(s, FAKE_TYPE, "car", "Motor car");
    struct fake_record *moto = table_row(s, FAKE_TYPE, "motorcycle", "Motorcycle");
    table_row(s, FAKE_PRODUCT, "comprehensive", "Motor comprehensive");
    table_row(s, FAKE_PRODUCT, "third_party", "Motor third party");
    struct fake_record *salma = person(s, "Salma Ibrahim", "0712 345 678", "Kariakoo");
    struct fake_record *juma = person(s, "Juma Mkwawa", "0754 111 222", "Ilala");
    struct fake_record *noor = person(s, "Al Noor Transport", "0784 900 100", "Temeke");
    noor->values[1] = choice(2);
    struct fake_record *a = vehicle(s, "T 337 DSE", "Toyota Corolla", car, salma);
    struct fake_record *b = vehicle(s, "T 812 BQA", "Isuzu NPR", car, noor);
    struct fake_record *c = vehicle(s, "MC 442 AZT", "Boxer 150", moto, juma);
    policy(s, "KK/26/001841", a, 6, 1);
    policy(s, "KK/26/001902", b, 4, 2);
    policy(s, "KK/26/001977", c, 4, 5);
    for (int i = 0; i < 60; i++)
        person(s, str_printf(&s->arena, "Customer %02d", i).p, str_printf(&s->arena, "0700 000 %03d", i).p,
               "Dodoma");
    fake_people_data(s);
}
