#include <criterion/criterion.h>
#include <string.h>

#include "common/base/attr.h"
#include "common/base/err.h"
#include "common/base/str.h"
#include "common/base/utf8.h"

Test(err, set_returns_its_code_and_fills_field_and_text)
{
    struct err err;
    cr_assert_eq(err_set(&err, RC_REFUSED, "amount", "%d short", 3), RC_REFUSED);
    cr_assert_eq(err.code, RC_REFUSED);
    cr_assert_str_eq(err.field, "amount");
    cr_assert_str_eq(err.text, "3 short");
    cr_assert_str_eq(err.log, "");
    cr_assert_eq(err.nrefs, 0);
}

Test(err, may_be_set_from_its_own_text)
{
    struct err err;
    (void)err_set(&err, RC_REFUSED, "amount", "too short");
    (void)err_set(&err, RC_RETRY, err.field, "again: %s", err.text);
    cr_assert_str_eq(err.field, "amount");
    cr_assert_str_eq(err.text, "again: too short");
}

Test(err, needs_nobody_to_read_it)
{
    cr_assert_eq(err_set(NULL, RC_BUSY, NULL, "x"), RC_BUSY);
    cr_assert_eq(err_log(NULL, RC_BUSY, "x"), RC_BUSY);
}

Test(err, what_is_for_the_operator_does_not_reach_the_person)
{
    struct err err;
    (void)err_log(&err, RC_INTERNAL, "relation app.x does not exist");
    cr_assert_str_eq(err.text, rc_text(RC_INTERNAL));
    cr_assert_str_eq(err.log, "relation app.x does not exist");
}

Test(err, a_text_too_long_is_cut_between_characters)
{
    struct err err;
    for (size_t lead = 0; lead < 4; lead++) {
        char text[700] = "";
        memset(text, 'x', lead);
        for (size_t i = lead; i + 3 < sizeof(text); i += 3)
            memcpy(text + i, "€", 3);
        (void)err_set(&err, RC_REFUSED, text, "%s", text);
        cr_assert(utf8_valid(str_from(err.text)));
        cr_assert_geq(strlen(err.text), sizeof(err.text) - 4);
        cr_assert(utf8_valid(str_from(err.field)));
    }
}

Test(err, keeps_the_first_eight_records_it_is_pointed_to)
{
    struct err err;
    (void)err_set(&err, RC_DUPLICATE, NULL, "x");
    for (int64_t i = 0; i < 20; i++)
        err_add_ref(&err, 2, i, "T 337 DSE");
    cr_assert_eq(err.nrefs, ERR_REFS_MAX);
    cr_assert_eq(err.refs[ERR_REFS_MAX - 1].id, ERR_REFS_MAX - 1);
    cr_assert_str_eq(err.refs[0].label, "T 337 DSE");
}

static const struct {
    enum rc code;
    uint64_t number;
    const char *symbol, *text;
    int exit_code;
    bool retry;
} rows[] = {
#define X(name, number, exit, retry, text) {RC_##name, number, #name, text, exit, retry},
    ERR_MAP(X)
#undef X
};

Test(rc, every_number_comes_back_from_the_wire_as_itself)
{
    for (size_t i = 0; i < COUNTOF(rows); i++) {
        cr_expect_eq(rc_from_wire(rows[i].number), rows[i].code);
        cr_expect_str_eq(rc_symbol(rows[i].code), rows[i].symbol);
        cr_expect_str_eq(rc_text(rows[i].code), rows[i].text);
        cr_expect_eq(rc_exit(rows[i].code), rows[i].exit_code);
        cr_expect_eq(rc_retryable(rows[i].code), rows[i].retry);
    }
}

Test(rc, an_unknown_number_is_an_internal_error)
{
    cr_assert_eq(rc_from_wire(9999), RC_INTERNAL);
    cr_assert_eq(rc_from_wire(UINT64_MAX), RC_INTERNAL);
    cr_assert_eq(rc_from_wire(UINT64_C(1) << 32), RC_INTERNAL);
    cr_assert_str_eq(rc_symbol((enum rc)77), "INTERNAL");
}
