/* Duplicates first: hard keys refuse and show the record that has them, soft keys ask, the rest warns. */
#include <criterion/criterion.h>

#include "desk.h"

static struct desk desk;

static void
open_desk(void)
{
    desk_open(&desk, "2026-03-01");
}

static void
close_desk(void)
{
    desk_close(&desk);
}

TestSuite(duplicate, .init = open_desk, .fini = close_desk);

static void
expect_ref(uint32_t entity, int64_t id)
{
    cr_expect_eq(desk.err.nrefs, 1);
    cr_expect_eq(desk.err.refs[0].entity, entity);
    cr_expect_eq(desk.err.refs[0].id, id);
    cr_expect_neq(desk.err.refs[0].label[0], '\0');
}

Test(duplicate, id_numbers_refuse_in_any_spelling_and_show_the_customer)
{
    cr_assert_eq(desk_add(&desk, AMINA, "customer",
                          F("kind=individual", "name=Salma Ibrahim", "phone=0712 345 678", "id_type=nida",
                            "id_number=19850312-14121-00001-23", "birth_date=1985-03-12")),
                 RC_OK, "%s", desk.err.text);
    int64_t salma = desk.body.record.id;
    cr_expect_not(desk_has_issue(&desk, ISSUE_WARN, "birth_date"));
    cr_expect_eq(desk_add(&desk, AMINA, "customer",
                          F("kind=individual", "name=S. Ibrahim", "phone=0799 345 678", "id_type=nida",
                            "id_number=1985031214121 00001 23")),
                 RC_DUPLICATE);
    cr_expect_str_eq(desk.err.field, "id_number");
    expect_ref(ENTITY_CUSTOMER, salma);
    desk.reason = "a reason does not help";
    cr_expect_eq(desk_add(&desk, AMINA, "customer",
                          F("kind=individual", "name=S. Ibrahim", "phone=0799 345 678", "id_type=nida",
                            "id_number=19850312141210000123")),
                 RC_DUPLICATE);
}

Test(duplicate, phones_ask_for_a_reason_in_any_spelling)
{
    int64_t salma = desk_customer(&desk, "Salma Ibrahim", "0712 345 678");
    const char *const *again = F("kind=individual", "name=Juma Said", "phone=+255 712-345-678");
    cr_expect_eq(desk_add(&desk, AMINA, "customer", again), RC_CONFIRM);
    cr_expect_str_eq(desk.err.field, "phone");
    expect_ref(ENTITY_CUSTOMER, salma);
    desk.reason = "husband and wife share it";
    cr_expect_eq(desk_add(&desk, AMINA, "customer", again), RC_OK, "%s", desk.err.text);
    int64_t juma = desk.body.record.id;
    cr_expect_eq(desk_set(&desk, AMINA, "customer", juma, F("city=Dodoma")), RC_OK,
                 "what was confirmed is not asked again: %s", desk.err.text);
    cr_expect_str_eq(
        desk_words(&desk, "select reason from app.history where tenant_id = $t and reason is not null"),
        "husband and wife share it");
}

Test(duplicate, a_name_with_its_birth_date_asks_for_a_reason)
{
    cr_assert_eq(
        desk_add(&desk, AMINA, "customer",
                 F("kind=individual", "name=Salma Ibrahim", "phone=0712345678", "birth_date=1985-03-12")),
        RC_OK);
    cr_expect_eq(
        desk_add(&desk, AMINA, "customer",
                 F("kind=individual", "name=Salma  Ibrahim", "phone=0799345678", "birth_date=1985-03-12")),
        RC_CONFIRM);
    cr_expect_str_eq(desk.err.field, "name");
}

Test(duplicate, an_embedded_birth_date_that_differs_warns)
{
    cr_assert_eq(desk_add(&desk, AMINA, "customer",
                          F("kind=individual", "name=Salma Ibrahim", "phone=0712 345 678", "id_type=nida",
                            "id_number=19850312141210000123", "birth_date=1986-03-12")),
                 RC_OK, "%s", desk.err.text);
    cr_expect(desk_has_issue(&desk, ISSUE_WARN, "birth_date"));
}

Test(duplicate, check_tells_everything_at_once_and_saves_nothing)
{
    cr_assert_eq(desk_check(&desk, AMINA, "customer",
                            F("kind=individual", "name=S", "phone=12", "id_type=tin", "id_number=12",
                              "birth_date=2030-01-01", "email=none")),
                 RC_OK);
    static const char *const fields[] = {"phone", "id_number", "email", "name"};
    for (size_t i = 0; i < COUNTOF(fields); i++)
        cr_expect(desk_has_issue(&desk, ISSUE_REFUSE, fields[i]), "%s", fields[i]);
    cr_expect_eq(desk_number(&desk, "select count(*) from app.customer where tenant_id = $t"), 0);
}

Test(duplicate, plates_and_chassis_refuse_and_engines_ask)
{
    int64_t owner = desk_customer(&desk, "Salma Ibrahim", "0712 345 678");
    const char *of = str_printf(&desk.arena, "owner=#%lld", (long long)owner).p;
    cr_assert_eq(desk_add(&desk, AMINA, "vehicle",
                          F(of, "vehicle_type=car", "make=Toyota", "plate=t 337-dse", "chassis=gj7-123456",
                            "engine_no=4d56 cx1234")),
                 RC_OK, "%s", desk.err.text);
    int64_t first = desk.body.record.id;
    cr_expect_str_eq(desk_text(&desk, "plate"), "T 337 DSE");
    cr_expect_str_eq(desk_text(&desk, "chassis"), "GJ7-123456");
    cr_expect_eq(desk_add(&desk, AMINA, "vehicle", F(of, "vehicle_type=car", "make=Toyota", "plate=T337DSE")),
                 RC_DUPLICATE);
    cr_expect_str_eq(desk.err.field, "plate");
    expect_ref(ENTITY_VEHICLE, first);
    cr_expect_eq(
        desk_add(&desk, AMINA, "vehicle", F(of, "vehicle_type=car", "make=Toyota", "chassis=GJ7 123456")),
        RC_DUPLICATE);
    cr_expect_str_eq(desk.err.field, "chassis");
    cr_expect_eq(desk_add(&desk, AMINA, "vehicle",
                          F(of, "vehicle_type=car", "make=Toyota", "plate=T338DSE", "engine_no=4D56-CX1234")),
                 RC_CONFIRM);
    cr_expect_str_eq(desk.err.field, "engine_no");
}

Test(duplicate, a_deregistered_vehicles_plate_may_be_used_again)
{
    int64_t owner = desk_customer(&desk, "Salma Ibrahim", "0712 345 678");
    int64_t old = desk_vehicle(&desk, owner, "T337DSE");
    cr_assert_eq(desk_set(&desk, AMINA, "vehicle", old, F("status=deregistered")), RC_OK, "%s",
                 desk.err.text);
    desk_vehicle(&desk, owner, "T337DSE");
    cr_expect_eq(desk_number(&desk, "select count(*) from app.vehicle where tenant_id = $t"), 2);
}

Test(duplicate, odd_plates_and_check_digits_warn_and_impossible_ones_refuse)
{
    int64_t owner = desk_customer(&desk, "Salma Ibrahim", "0712 345 678");
    const char *of = str_printf(&desk.arena, "owner=#%lld", (long long)owner).p;
    cr_assert_eq(desk_add(&desk, AMINA, "vehicle",
                          F(of, "vehicle_type=car", "make=VW", "plate=XX 99", "chassis=WVGZZZ5NZEW069297")),
                 RC_OK, "%s", desk.err.text);
    cr_expect(desk_has_issue(&desk, ISSUE_WARN, "plate"));
    cr_expect(desk_has_issue(&desk, ISSUE_WARN, "chassis"));
    cr_expect_eq(
        desk_add(&desk, AMINA, "vehicle", F(of, "vehicle_type=car", "make=VW", "chassis=WVGZZZ5NZEWO69297")),
        RC_REFUSED);
    cr_expect_str_eq(desk.err.field, "chassis");
    cr_expect_eq(desk_add(&desk, AMINA, "vehicle", F(of, "vehicle_type=car", "make=VW")), RC_REFUSED);
    cr_expect_eq(
        desk_add(&desk, AMINA, "vehicle", F(of, "vehicle_type=car", "make=VW", "plate=T339DSE", "year=2031")),
        RC_REFUSED);
    cr_expect_str_eq(desk.err.field, "year");
}

Test(duplicate, a_vehicle_in_transit_gets_its_plate_later)
{
    int64_t owner = desk_customer(&desk, "Salma Ibrahim", "0712 345 678");
    cr_assert_eq(desk_add(&desk, AMINA, "vehicle",
                          F(str_printf(&desk.arena, "owner=#%lld", (long long)owner).p, "vehicle_type=car",
                            "make=Toyota", "chassis=NCP60-0012345")),
                 RC_OK, "%s", desk.err.text);
    cr_assert_eq(desk_set(&desk, AMINA, "vehicle", desk.body.record.id, F("plate=t337dse")), RC_OK, "%s",
                 desk.err.text);
    cr_expect_str_eq(desk_text(&desk, "plate"), "T 337 DSE");
}

Test(duplicate, a_customer_others_rely_on_is_not_voided)
{
    int64_t owner = desk_customer(&desk, "Salma Ibrahim", "0712 345 678");
    desk_vehicle(&desk, owner, "T337DSE");
    cr_expect_eq(desk_set(&desk, AMINA, "customer", owner, F("status=void")), RC_DUPLICATE, "%s",
                 desk.err.text);
    cr_expect_str_eq(desk.err.field, "status");
    int64_t other = desk_customer(&desk, "Entered Twice", "0713 345 678");
    cr_expect_eq(desk_set(&desk, AMINA, "customer", other, F("status=void")), RC_OK, "%s", desk.err.text);
}

Test(duplicate, rates_that_hold_for_the_same_days_are_refused)
{
    cr_expect_eq(desk_add(&desk, NEEMA, "rate",
                          F("product=comprehensive", "from_date=2026-04-01", "rate=4", "tax=18")),
                 RC_DUPLICATE, "%s", desk.err.text);
    cr_expect_str_eq(desk.err.field, "from_date");
    cr_expect_eq(desk_add(&desk, NEEMA, "rate",
                          F("product=comprehensive", "from_date=2026-04-01", "to_date=2026-03-01", "rate=4")),
                 RC_REFUSED);
    cr_expect_str_eq(desk.err.field, "to_date");
    cr_expect_eq(
        desk_add(&desk, NEEMA, "rate",
                 F("product=comprehensive", "vehicle_type=bus", "from_date=2026-04-01", "rate=6", "tax=18")),
        RC_OK, "%s", desk.err.text);
}
