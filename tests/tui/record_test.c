/* Records: tabs, neighbours, the history and its difference, as it was, restoring, conflicts. */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/tui/harness.h"

#define SALMA "salma" ENTER
#define HISTORY F11 F11 F11

static struct screen *
open_at(int rows, int cols, const char *keys)
{
    struct screen *s = screen_start(&(struct screen_options){.rows = rows, .cols = cols});
    if (keys[0])
        screen_type(s, keys);
    return s;
}

static struct fake_record *
salma(struct screen *s)
{
    return fake_find(screen_server(s), FAKE_CUSTOMER, STR("0712345678"));
}

/* As Salma was before her phone, her town and her day of birth were changed. */
static void
make_past(struct screen *s)
{
    struct fake_record *now = salma(s), *then = &screen_server(s)->past;
    *then = *now;
    then->values[3] = VALUE_TEXT(STR("0712 000 099"));
    then->values[6] = VALUE_TEXT(STR("Mwanza"));
    then->values[5] = (struct value){.type = VT_DATE, .date = date_of((struct civil){1985, 8, 1})};
}

/* ---- details ---- */

Test(record, a_group_keeps_its_heading_when_its_first_field_is_empty)
{
    struct screen *s = open_at(24, 80, "");
    salma(s)->values[5] = (struct value){.type = VT_DATE, .date = date_of((struct civil){1985, 8, 1})};
    screen_type(s, SALMA);
    EXPECT_TEXT(s, "Identity");
    EXPECT_NO_TEXT(s, "ID number");
    EXPECT_TEXT(s, "1985-08-01");
    screen_stop(s);
}

Test(record, the_tab_one_looks_at_is_seen_on_a_narrow_screen)
{
    struct screen *s = open_at(24, 40, "001902" ENTER);
    EXPECT_TEXT(s, "[Details]");
    screen_type(s, F11 F11 F11);
    EXPECT_TEXT(s, "[History]");
    screen_type(s, F11);
    EXPECT_TEXT(s, "[Details]");
    screen_stop(s);
}

/* ---- the record before and after ---- */

Test(neighbour, f8_and_f7_walk_the_records_of_the_list)
{
    struct screen *s = open_at(24, 80, "customers" ENTER ENTER);
    EXPECT_TEXT(s, "Customer Salma Ibrahim");
    screen_type(s, F8);
    EXPECT_TEXT(s, "Customer Juma Mkwawa");
    screen_type(s, F8 F7);
    EXPECT_TEXT(s, "Customer Juma Mkwawa");
    screen_type(s, F7 F7);
    EXPECT_TEXT(s, "Customer Salma Ibrahim");
    EXPECT_TEXT(s, "This is the first one of the list.");
    screen_stop(s);
}

Test(neighbour, the_list_stands_where_one_walked_to)
{
    struct screen *s = open_at(24, 80, "customers" ENTER ENTER F8 F8 F12);
    int row, col;
    screen_cursor(s, &row, &col);
    cr_assert(strstr(screen_line(s, row), "Al Noor Transport"));
    screen_stop(s);
}

Test(neighbour, a_record_that_comes_from_no_list_has_none)
{
    struct screen *s = open_at(24, 80, "t337dse" ENTER F8);
    EXPECT_TEXT(s, "This record was not opened from a list");
    screen_stop(s);
}

Test(neighbour, a_form_without_changes_goes_to_the_next_record_one_with_changes_does_not)
{
    struct screen *s = open_at(24, 80, "customers" ENTER ENTER "2" F8);
    EXPECT_TEXT(s, "Change Customer Juma Mkwawa");
    screen_type(s, DOWN DOWN "0799 000 111" F8);
    EXPECT_TEXT(s, "Change Customer Juma Mkwawa");
    EXPECT_TEXT(s, "Save with F10 or undo with F5");
    screen_type(s, F10);
    EXPECT_TEXT(s, "Saved: Customer Juma Mkwawa");
    screen_stop(s);
}

/* ---- history ---- */

Test(history, the_difference_of_the_row_stands_below)
{
    struct screen *s = open_at(24, 80, SALMA HISTORY);
    EXPECT_TEXT(s, "phone confirmed at counter");
    EXPECT_TEXT(s, "reason: customer asked");
    screen_type(s, DOWN);
    EXPECT_NO_TEXT(s, "phone confirmed at counter");
    screen_stop(s);
}

Test(history, the_difference_stands_beside_on_a_wide_screen)
{
    struct screen *s = open_at(40, 120, SALMA HISTORY);
    expect_golden(s, "history_wide");
    screen_stop(s);
}

Test(history, a_low_screen_keeps_its_rows_for_the_list)
{
    struct screen *s = open_at(12, 60, SALMA HISTORY);
    EXPECT_NO_TEXT(s, "reason: customer asked");
    screen_type(s, ENTER);
    EXPECT_TEXT(s, "reason: customer asked");
    screen_stop(s);
}

/* ---- as it was ---- */

Test(as_of, the_record_of_then_stands_beside_that_of_now)
{
    struct screen *s = open_at(24, 80, "");
    make_past(s);
    screen_type(s, SALMA HISTORY "5");
    expect_golden(s, "as_of");
    screen_type(s, F11);
    EXPECT_NO_TEXT(s, "individual");
    EXPECT_TEXT(s, "0712 000 099");
    screen_stop(s);
}

Test(as_of, what_is_the_same_says_so_and_offers_no_restoring)
{
    struct screen *s = open_at(24, 80, SALMA HISTORY "5");
    EXPECT_TEXT(s, "It is the same now.");
    EXPECT_NO_TEXT(s, "Restore");
    screen_type(s, F10);
    EXPECT_TEXT(s, "Nothing of this can be changed back by hand.");
    screen_stop(s);
}

Test(as_of, a_day_is_typed_as_in_a_form)
{
    struct screen *s = open_at(24, 80, SALMA F4 "as it was" ENTER);
    screen_type(s, "14/2" ENTER);
    EXPECT_TEXT(s, "As it was 2026-02-14 23:59");
    screen_type(s, F4 "2026-02-13 11:30" ENTER);
    EXPECT_TEXT(s, "As it was 2026-02-13 11:30");
    screen_type(s, F4 "yesterday" ENTER);
    EXPECT_TEXT(s, "must be a moment");
    screen_stop(s);
}

/* ---- restoring ---- */

Test(restore, shows_what_would_change_asks_why_and_saves_a_new_version)
{
    struct screen *s = open_at(24, 80, "");
    make_past(s);
    struct fake_record *r = salma(s);
    screen_type(s, SALMA HISTORY "5" F10);
    expect_golden(s, "restore");
    cr_assert_eq(screen_server(s)->saves, 0);
    screen_type(s, F10);
    EXPECT_TEXT(s, "1 field needs attention: Reason");
    screen_type(s, "typed on the wrong card" F10);
    EXPECT_TEXT(s, "Saved: Customer Salma Ibrahim");
    cr_assert(str_eq_c(r->values[3].text, "0712 000 099"));
    cr_assert(str_eq_c(r->values[6].text, "Mwanza"));
    cr_assert_str_eq(screen_server(s)->reason, "typed on the wrong card");
    cr_assert_eq(r->version, 2);
    EXPECT_TEXT(s, "[History]");
    screen_stop(s);
}

Test(restore, a_field_can_be_left_as_it_is_now)
{
    struct screen *s = open_at(24, 80, "");
    make_past(s);
    struct fake_record *r = salma(s);
    screen_type(s, SALMA HISTORY "5" F10 F5 BACKTAB BACKTAB BACKTAB "card mixed up" F10);
    cr_assert(str_eq_c(r->values[3].text, "0712 345 678"));
    cr_assert(str_eq_c(r->values[6].text, "Mwanza"));
    screen_stop(s);
}

Test(restore, leaving_the_form_changes_nothing)
{
    struct screen *s = open_at(24, 80, "");
    make_past(s);
    screen_type(s, SALMA HISTORY "5" F10 F12);
    EXPECT_TEXT(s, "not saved yet");
    screen_type(s, "2");
    EXPECT_TEXT(s, "fields differ from now");
    cr_assert_eq(salma(s)->version, 1);
    screen_stop(s);
}

/* ---- conflicts ---- */

/* Mine: the phone. Theirs: the phone and the town. */
static struct fake_record *
make_conflict(struct screen *s)
{
    struct fake_record *r = salma(s);
    screen_type(s, SALMA "2" DOWN DOWN "0799 000 111");
    r->version++;
    r->values[3] = VALUE_TEXT(STR("0713 222 333"));
    r->values[6] = VALUE_TEXT(STR("Mwanza"));
    screen_type(s, F10);
    EXPECT_TEXT(s, "Changed meanwhile");
    return r;
}

Test(conflict, theirs_can_be_taken_field_by_field)
{
    struct screen *s = open_at(24, 80, "");
    struct fake_record *r = make_conflict(s);
    screen_type(s, RIGHT F10);
    EXPECT_TEXT(s, "Nothing was changed.");
    EXPECT_TEXT(s, "Mwanza"); /* and the record shows theirs */
    cr_assert(str_eq_c(r->values[3].text, "0713 222 333"));
    cr_assert(str_eq_c(r->values[6].text, "Mwanza"));
    cr_assert_eq(r->version, 2);
    screen_stop(s);
}

Test(conflict, what_they_changed_can_be_put_back)
{
    struct screen *s = open_at(24, 80, "");
    struct fake_record *r = make_conflict(s);
    screen_type(s, DOWN "1" F10);
    EXPECT_TEXT(s, "Saved: Customer Salma Ibrahim");
    cr_assert(str_eq_c(r->values[3].text, "0799 000 111"));
    cr_assert(str_eq_c(r->values[6].text, "Kariakoo"));
    screen_stop(s);
}

Test(conflict, escape_goes_back_to_the_form_with_what_was_typed)
{
    struct screen *s = open_at(24, 80, "");
    struct fake_record *r = make_conflict(s);
    screen_type(s, ESC);
    EXPECT_TEXT(s, "0799 000 111");
    EXPECT_TEXT(s, "Not saved yet.");
    cr_assert(str_eq_c(r->values[3].text, "0713 222 333"));
    screen_type(s, F10);
    EXPECT_TEXT(s, "Changed meanwhile");
    screen_stop(s);
}

Test(conflict, one_more_change_meanwhile_asks_again)
{
    struct screen *s = open_at(24, 80, "");
    struct fake_record *r = make_conflict(s);
    r->version++;
    r->values[6] = VALUE_TEXT(STR("Tanga"));
    screen_type(s, F10);
    EXPECT_TEXT(s, "Changed meanwhile");
    EXPECT_TEXT(s, "Tanga");
    screen_type(s, F10);
    cr_assert(str_eq_c(r->values[3].text, "0799 000 111"));
    cr_assert(str_eq_c(r->values[6].text, "Tanga"));
    screen_stop(s);
}

Test(conflict, keys_typed_ahead_decide_nothing)
{
    struct screen *s = open_at(24, 80, "");
    struct fake_record *r = salma(s);
    screen_type(s, SALMA "2" DOWN DOWN "0799 000 111");
    r->version++;
    r->values[3] = VALUE_TEXT(STR("0713 222 333"));
    screen_send(s, F10 ENTER ENTER, strlen(F10 ENTER ENTER));
    screen_idle(s);
    EXPECT_TEXT(s, "Changed meanwhile");
    EXPECT_TEXT(s, "2 keys not used");
    cr_assert(str_eq_c(r->values[3].text, "0713 222 333"));
    screen_stop(s);
}

Test(as_of, six_shows_it_as_the_change_found_it)
{
    struct screen *s = open_at(24, 80, "");
    make_past(s);
    screen_type(s, SALMA HISTORY "6");
    EXPECT_TEXT(s, "As it was 2026-02-13 13:59");
    screen_type(s, F12 F4 "before this change" ENTER);
    EXPECT_TEXT(s, "As it was 2026-02-13 13:59");
    screen_stop(s);
}

Test(as_of, what_is_worked_out_anew_is_no_difference)
{
    struct screen *s = open_at(24, 80, "");
    struct fake_record *now = fake_find(screen_server(s), FAKE_POLICY, STR("KK/26/001902"));
    screen_server(s)->past = *now;
    screen_server(s)->past.values[7] = VALUE_NULL;
    screen_type(s, "001902" ENTER F11 F11 F11 "5");
    EXPECT_TEXT(s, "It is the same now.");
    screen_stop(s);
}
