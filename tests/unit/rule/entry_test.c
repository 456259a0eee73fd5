/* What an entry must look like: plates, chassis numbers, phones, identity papers, names. */
#include <criterion/criterion.h>

#include "common/base/arena.h"

#include "server/rule/entry/fold.h"
#include "server/rule/entry/idnum.h"
#include "server/rule/entry/name.h"
#include "server/rule/entry/pattern.h"
#include "server/rule/entry/phone.h"
#include "server/rule/entry/plate.h"
#include "server/rule/entry/vin.h"

static struct arena arena;

static void
open_arena(void)
{
    arena_init(&arena, 1 << 20, NULL, NULL);
}

static void
close_arena(void)
{
    arena_done(&arena);
}

TestSuite(entry, .init = open_arena, .fini = close_arena);

static void
expect(struct str got, const char *want)
{
    cr_expect(str_eq_c(got, want), "got \"%.*s\", want \"%s\"", STR_ARG(got), want);
}

Test(entry, plates_in_any_spelling_have_one_key)
{
    static const char *const typed[] = {"T337DSE", "t 337-dse", " T 337 DSE ", "t.337/dse", "T\u00a0337DSE"};
    for (size_t i = 0; i < COUNTOF(typed); i++) {
        struct str key = STR_NONE;
        cr_assert_eq(plate_key(&arena, str_from(typed[i]), &key, NULL), RC_OK);
        expect(key, "T337DSE");
    }
}

Test(entry, plates_are_shown_in_runs_where_that_reads_well)
{
    expect(plate_display(&arena, STR("T337DSE")), "T 337 DSE");
    expect(plate_display(&arena, STR("MC442AZT")), "MC 442 AZT");
    expect(plate_display(&arena, STR("STK1234")), "STK 1234");
    expect(plate_display(&arena, STR("T1CD23X")), "T1CD23X");
}

Test(entry, a_plate_of_other_characters_is_refused_by_name)
{
    struct str key = STR_NONE;
    struct err err;
    static const char *const typed[] = {"", "T", "T337DSE*", "T 337 DSE 1234567", "Ж337"};
    for (size_t i = 0; i < COUNTOF(typed); i++) {
        cr_expect_eq(plate_key(&arena, str_from(typed[i]), &key, &err), RC_BAD_PARAMS, "%s", typed[i]);
        cr_expect_str_eq(err.field, "plate");
    }
    cr_expect_eq(key.n, 0);
}

Test(entry, check_digits_warn_and_never_refuse)
{
    struct str key;
    cr_assert_eq(chassis_key(&arena, STR("1M8GDM9AXKP042788"), &key, NULL), RC_OK);
    cr_expect_null(chassis_warning(key));
    cr_assert_eq(chassis_key(&arena, STR("wvgzzz5nzew069297"), &key, NULL), RC_OK);
    expect(key, "WVGZZZ5NZEW069297");
    cr_expect_not_null(chassis_warning(key));
    cr_assert_eq(chassis_key(&arena, STR("11111111111111111"), &key, NULL), RC_OK);
    cr_expect(vin_check_digit_fits(key), "its arithmetic fits, so the warning must come from elsewhere");
    cr_expect_not_null(chassis_warning(key));
}

Test(entry, letters_a_vin_never_has_are_refused_with_their_place)
{
    struct str key = STR_NONE;
    struct err err;
    static const char *const typed[] = {"1M8GDM9AXKPO42788", "IM8GDM9AXKP042788", "1M8GDM9AXKP04278Q"};
    for (size_t i = 0; i < COUNTOF(typed); i++) {
        cr_expect_eq(chassis_key(&arena, str_from(typed[i]), &key, &err), RC_BAD_PARAMS, "%s", typed[i]);
        cr_expect_str_eq(err.field, "chassis");
    }
    cr_assert_eq(chassis_key(&arena, STR("1M8GDM9AXKPO42788"), &key, &err), RC_BAD_PARAMS);
    cr_expect_not_null(strstr(err.text, "place 12 is O"), "%s", err.text);
}

Test(entry, other_lengths_are_frame_numbers)
{
    struct str key;
    cr_assert_eq(chassis_key(&arena, STR("gj7-123456"), &key, NULL), RC_OK);
    expect(key, "GJ7123456");
    cr_expect_null(chassis_warning(key));
    cr_assert_eq(chassis_key(&arena, STR("1M8GDM9AXKP04278"), &key, NULL), RC_OK);
    cr_expect_not_null(chassis_warning(key), "sixteen characters look like a VIN with one lost");
}

Test(entry, spellings_of_a_phone_have_one_key)
{
    static const char *const typed[] = {"0712 345 678",      "+255 712 345 678",  "255712345678",
                                        "712345678",         "(0712) 345-678",    "00255712345678",
                                        "+255 0712 345 678", "+2550 0712 345 678"};
    for (size_t i = 0; i < COUNTOF(typed); i++) {
        struct str key = STR_NONE;
        cr_assert_eq(phone_key(&arena, str_from(typed[i]), STR("255"), &key, NULL), RC_OK, "%s", typed[i]);
        expect(key, "255712345678");
    }
}

Test(entry, phones_of_other_countries_keep_their_own)
{
    struct str key = STR_NONE;
    cr_assert_eq(phone_key(&arena, STR("+254 712 345 678"), STR("255"), &key, NULL), RC_OK);
    expect(key, "254712345678");
    cr_assert_eq(phone_key(&arena, STR("0712 345 678"), STR("254"), &key, NULL), RC_OK);
    expect(key, "254712345678");
}

Test(entry, a_phone_with_a_digit_lost_is_odd_in_its_own_country_only)
{
    cr_expect(!phone_is_odd(STR("255712345678"), STR("255")));
    cr_expect(phone_is_odd(STR("25571234567"), STR("255")));
    cr_expect(phone_is_odd(STR("2557123456789"), STR("255")));
    cr_expect(!phone_is_odd(STR("4420712345"), STR("255")));
    cr_expect(!phone_is_odd(STR("4930123456"), STR("49")));
}

Test(entry, what_is_no_phone_is_refused_by_name)
{
    struct str key;
    struct err err;
    static const char *const typed[] = {"", "12", "0712 345 67x", "+", "07123456789012345", "0712+345678"};
    for (size_t i = 0; i < COUNTOF(typed); i++) {
        cr_expect_eq(phone_key(&arena, str_from(typed[i]), STR("255"), &key, &err), RC_BAD_PARAMS, "%s",
                     typed[i]);
        cr_expect_str_eq(err.field, "phone");
    }
}

Test(entry, identity_numbers_have_one_key_and_must_fit_their_type)
{
    struct str key;
    struct err err;
    cr_assert_eq(idnum_key(&arena, STR("19850312-14121-00001-23"), &key, NULL), RC_OK);
    expect(key, "19850312141210000123");
    cr_expect_eq(idnum_fits(key, STR("[0-9]{20}"), STR("national ID"), &err), RC_OK);
    cr_expect_eq(idnum_fits(key, STR("[0-9]{9}"), STR("TIN"), &err), RC_BAD_PARAMS);
    cr_expect_str_eq(err.field, "id_number");
    cr_expect_not_null(strstr(err.text, "TIN"));
    cr_expect_eq(idnum_key(&arena, STR("--"), &key, &err), RC_BAD_PARAMS);
}

Test(entry, the_birth_date_in_an_identity_number_is_read)
{
    date_t d;
    char text[DATE_TEXT];
    cr_assert(idnum_birth(STR("19850312141210000123"), 1, &d));
    cr_expect_str_eq(date_text(d, text), "1985-03-12");
    cr_expect_not(idnum_birth(STR("19850231141210000123"), 1, &d), "31 February is no day");
    cr_expect_not(idnum_birth(STR("1985"), 1, &d));
    cr_expect_not(idnum_birth(STR("AB850312141210000123"), 1, &d));
    cr_expect_not(idnum_birth(STR("19850312141210000123"), 0, &d));
}

Test(entry, patterns_that_would_take_the_machine_are_none, .timeout = 5)
{
    static const char *const evil[] = {
        "(((a{1,99}){1,99}){1,99}){1,99}",
        "((((((((((((((((((a))))))))))))))))))",
        "[[:digit:]]{99999}",
        "(a|aa)+",
        "((a+)+)+[b-y]",
        "(a|a|aa)*[b-y]",
        "(a*)*\\1[b-y]",
        "(?:a?){40}a{60}[b-y]",
        "(?R)",
    };
    const struct str text =
        STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaz");
    for (size_t i = 0; i < COUNTOF(evil); i++)
        cr_expect_eq(pattern_match(str_from(evil[i]), text), PATTERN_BROKEN, "%s", evil[i]);
}

Test(entry, patterns_of_any_form_are_compared_in_time, .timeout = 5)
{
    static const char *const strange[] = {
        "^T[0-9]{3}[A-Z]{3}$",
        "[0-9]{20}",
        "(T|MC) ?[]0-9^]{1,4}[[:alpha:]]{3}",
        "([A-Z]{1,3}[0-9]{1,4}){2,9}",
        "\\{2,3\\}",
        "a{30}{30}{9}",
        "^)1*+++++++++*3'",
        "b$wBwS*S\\>(].s?)$S^W{0,2}?+{2}+{1,}2**$a*\\{2}<`W]+SS(|B),]",
        "\\s$0<^()??{1,}{0,2}+{0,2}Bs(\\\\+[<]$]wS+*>.w`\\(aS{2}(w?>\\a{1,3},.B?2'w^s?2('{2}>0))))]",
    };
    for (size_t i = 0; i < COUNTOF(strange); i++) {
        cr_expect_neq(pattern_match(str_from(strange[i]), STR("MC[0-9]")), PATTERN_YES, "%s", strange[i]);
        if (i < 5)
            cr_expect_eq(pattern_match(str_from(strange[i]), STR("MC[0-9]")), PATTERN_NO, "%s", strange[i]);
    }
}

Test(entry, patterns_fit_the_whole_text)
{
    cr_expect_eq(pattern_match(STR("T[0-9]{3}[A-Z]{3}"), STR("T337DSE")), PATTERN_YES);
    cr_expect_eq(pattern_match(STR("T[0-9]{3}[A-Z]{3}"), STR("T337DSEX")), PATTERN_NO);
    cr_expect_eq(pattern_match(STR("T|T337DSE"), STR("T337DSE")), PATTERN_YES);
    cr_expect_eq(pattern_match(STR("T337DSE"), STR("T337DSE\n")), PATTERN_NO);
    cr_expect_eq(pattern_match(STR("[0-9"), STR("1")), PATTERN_BROKEN);
}

Test(entry, names_are_tidied_and_folded)
{
    struct str name;
    struct err err;
    cr_assert_eq(name_tidy(&arena, STR("  Salma   Ibrahim "), &name, NULL), RC_OK);
    expect(name, "Salma Ibrahim");
    expect(name_key(&arena, STR("Ng'ombe  ÉLODIE Ødegård-Groß")), "ngombe elodie odegard gross");
    cr_expect_eq(name_tidy(&arena, STR(" 1 "), &name, &err), RC_BAD_PARAMS);
    cr_expect_str_eq(err.field, "name");
    cr_expect_eq(name_tidy(&arena, STR("Salma\x01"), &name, &err), RC_BAD_PARAMS);
}
