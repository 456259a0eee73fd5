/* What forms do with what is typed: days, amounts, references, wrong values, the keys between fields. */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/tui/harness.h"

#define NEW_CUSTOMER "new customer" ENTER
#define BORN DOWN DOWN DOWN DOWN

static struct screen *
form(const char *keys)
{
    struct screen *s = screen_home();
    screen_type(s, keys);
    return s;
}

static void
focus_is(struct screen *s, const char *label)
{
    int row, col;
    char want[40] = "> ";
    screen_cursor(s, &row, &col);
    strncat(want, label, sizeof want - 3);
    cr_assert_eq(strncmp(screen_line(s, row), want, strlen(want)), 0, "the focus is not on %s:\n%s", label,
                 screen_text(s));
}

/* ---- keys between fields ---- */

Test(form_keys, tab_on_the_last_field_goes_to_the_first)
{
    struct screen *s = form(NEW_CUSTOMER "\t\t\t\t\t\t");
    focus_is(s, "Note");
    screen_type(s, "\t");
    focus_is(s, "Kind");
    cr_assert_eq(screen_server(s)->saves, 0);
    screen_stop(s);
}

Test(form_keys, back_tab_on_the_first_field_goes_to_the_last)
{
    struct screen *s = form(NEW_CUSTOMER BACKTAB);
    focus_is(s, "Note");
    screen_stop(s);
}

Test(form_keys, the_next_error_is_found_from_everywhere)
{
    struct screen *s = form(NEW_CUSTOMER F10 "\t\t\t\t" F8);
    focus_is(s, "Name");
    screen_type(s, F8);
    focus_is(s, "Phone");
    screen_type(s, F7);
    focus_is(s, "Name");
    screen_stop(s);
}

Test(form_keys, without_an_error_the_focus_stays_and_it_is_told)
{
    struct screen *s = form(NEW_CUSTOMER ENTER "Rehema" F8);
    focus_is(s, "Name");
    EXPECT_TEXT(s, "No field needs attention.");
    screen_stop(s);
}

Test(form_keys, same_as_last_takes_a_long_text_whole)
{
    static char note[201];
    memset(note, 'x', 200);
    struct screen *s = form(NEW_CUSTOMER ENTER "Rehema Ally" ENTER "0655 010 203" ENTER ENTER ENTER ENTER);
    screen_type(s, note);
    screen_type(s, F10 F3 NEW_CUSTOMER BACKTAB F9 "\t\tAnother\t0655 010 204" F10);
    struct fake_record *r = fake_find(screen_server(s), FAKE_CUSTOMER, STR("0655010204"));
    cr_assert(r);
    cr_assert_eq(r->values[7].text.n, 200);
    screen_stop(s);
}

/* ---- wrong values ---- */

Test(form_values, a_wrong_value_is_told_when_the_field_is_left)
{
    struct screen *s = form("new vehicle" ENTER DOWN DOWN DOWN "last year"
                            "\t");
    EXPECT_TEXT(s, "!! must be a whole number, at most 2100");
    focus_is(s, "Owner");
    screen_type(s, F8);
    focus_is(s, "Year");
    screen_type(s, "2015\t");
    EXPECT_NO_TEXT(s, "!!");
    screen_stop(s);
}

Test(form_values, nothing_counts_below_zero)
{
    struct screen *s = form("new vehicle" ENTER DOWN DOWN DOWN "-3"
                            "\t");
    EXPECT_TEXT(s, "!! must be a whole number from 0 to 2100");
    screen_type(s, F3 "2"
                      "001902" ENTER "7"
                      "-5k\t");
    EXPECT_TEXT(s, "!! can't be below zero");
    screen_stop(s);
}

Test(form_values, an_amount_may_be_short)
{
    struct screen *s = form("001902" ENTER "7");
    screen_type(s, "61k\t");
    EXPECT_TEXT(s, "61,000__");
    screen_type(s, BACKTAB "1.5m\t");
    EXPECT_TEXT(s, "1,500,000__");
    screen_type(s, BACKTAB "abc\t");
    EXPECT_TEXT(s, "!!");
    screen_stop(s);
}

Test(form_values, days_may_be_short)
{
    static const char *const days[][2] = {
        {"t",    "2026-03-02"},
        {"+3d",  "2026-03-05"},
        {"-1w",  "2026-02-23"},
        {"+1m",  "2026-04-02"},
        {"+1y",  "2027-03-02"},
        {"14/2", "2026-02-14"}
    };
    struct screen *s = form(NEW_CUSTOMER BORN);
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        screen_type(s, days[i][0]);
        screen_type(s, "\t");
        EXPECT_TEXT(s, days[i][1]);
        screen_type(s, BACKTAB);
    }
    screen_stop(s);
}

/* ---- the calendar ---- */

Test(calendar, shows_the_month_and_takes_the_day_one_stands_on)
{
    struct screen *s = form(NEW_CUSTOMER BORN F4);
    expect_golden(s, "choice_day");
    screen_type(s, DOWN RIGHT ENTER);
    EXPECT_TEXT(s, "2026-03-10");
    focus_is(s, "Born");
    screen_stop(s);
}

Test(calendar, walks_months_and_their_ends)
{
    struct screen *s = form(NEW_CUSTOMER BORN F4 F7);
    EXPECT_TEXT(s, "February 2026");
    screen_type(s, "\033[4~");
    EXPECT_TEXT(s, "Saturday 2026-02-28, 2 days ago");
    screen_type(s, F8 F8 "\033[1~" UP);
    EXPECT_TEXT(s, "2026-03-25");
    screen_stop(s);
}

Test(calendar, takes_a_day_that_is_typed)
{
    struct screen *s = form(NEW_CUSTOMER BORN F4 "14/2/90");
    EXPECT_TEXT(s, "February 1990");
    screen_type(s, ENTER);
    EXPECT_TEXT(s, "1990-02-14");
    screen_stop(s);
}

Test(calendar, what_is_no_day_is_not_taken)
{
    struct screen *s = form(NEW_CUSTOMER BORN F4 "31/2" ENTER);
    EXPECT_TEXT(s, "That is no day");
    screen_type(s, ESC);
    focus_is(s, "Born");
    EXPECT_NO_TEXT(s, "2026-03-0");
    screen_stop(s);
}

Test(calendar, opens_at_the_day_of_the_field)
{
    struct screen *s = form(NEW_CUSTOMER BORN "1/8/85" F4);
    EXPECT_TEXT(s, "August 1985");
    screen_stop(s);
}

Test(calendar, fits_the_smallest_screen)
{
    struct screen *s = screen_start(&(struct screen_options){.rows = 10, .cols = 40});
    screen_type(s, NEW_CUSTOMER BORN F4 "31/5/26");
    EXPECT_TEXT(s, ">31");
    EXPECT_TEXT(s, "Sunday 2026-05-31");
    screen_stop(s);
}

/* ---- references ---- */

Test(form_reference, a_name_of_several_opens_the_choice_when_saving_and_the_save_goes_on)
{
    struct screen *s =
        form("new vehicle" ENTER "t444aaa" ENTER "car" ENTER "Toyota" ENTER ENTER "customer 1");
    screen_type(s, "\t");
    EXPECT_TEXT(s, "Several fit: F4 shows them.");
    screen_type(s, F10);
    EXPECT_TEXT(s, "Customer 10");
    cr_assert_eq(screen_server(s)->saves, 0);
    screen_type(s, DOWN ENTER);
    EXPECT_TEXT(s, "Saved: Vehicle T444AAA");
    screen_stop(s);
}

Test(form_reference, leaving_the_choice_saves_nothing)
{
    struct screen *s =
        form("new vehicle" ENTER "t444aaa" ENTER "car" ENTER "Toyota" ENTER ENTER "customer 1");
    screen_type(s, "\t");
    screen_type(s, F10);
    screen_type(s, ESC);
    focus_is(s, "Owner");
    screen_type(s, F4 DOWN ENTER);
    cr_assert_eq(screen_server(s)->saves, 0);
    screen_stop(s);
}

Test(form_reference, one_the_service_can_not_make_out_opens_the_choice)
{
    struct screen *s = form("new vehicle" ENTER "t444aaa" ENTER "car" ENTER "Toyota" ENTER ENTER "sal");
    screen_server(s)->fail_next = RC_BAD_PARAMS;
    screen_server(s)->fail_text = "\"sal\" fits 2 customers: say which one";
    screen_server(s)->fail_field = "owner";
    screen_type(s, F10);
    EXPECT_TEXT(s, "Salma Ibrahim");
    screen_type(s, ENTER);
    EXPECT_TEXT(s, "Saved: Vehicle T444AAA");
    screen_stop(s);
}

/* ---- what is told, and the keys ---- */

Test(form_bar, saving_stays_in_the_key_bar_of_a_narrow_screen)
{
    struct screen *s = screen_start(&(struct screen_options){.rows = 24, .cols = 60});
    screen_type(s, NEW_CUSTOMER);
    EXPECT_TEXT(s, "F10 Save");
    EXPECT_TEXT(s, "F12 Back");
    screen_stop(s);
}

Test(form_bar, a_long_message_takes_rows_and_is_not_cut)
{
    struct screen *s = screen_start(&(struct screen_options){.rows = 20, .cols = 40});
    screen_type(s, NEW_CUSTOMER ENTER "Rehema" ENTER "0655 010 203");
    screen_server(s)->fail_next = RC_REFUSED;
    screen_server(s)->fail_text = "the receipts of this branch are closed for today, ask the manager to open "
                                  "the till again before you go on";
    screen_server(s)->fail_field = NULL;
    screen_type(s, F10);
    EXPECT_TEXT(s, "before you go on");
    EXPECT_NO_TEXT(s, "ask the m>");
    focus_is(s, "Phone");
    screen_type(s, "\t");
    EXPECT_NO_TEXT(s, "before you go on");
    screen_stop(s);
}

Test(form_bar, a_long_hint_ends_with_the_key_that_shows_it_whole)
{
    struct screen *s = screen_start(&(struct screen_options){.rows = 20, .cols = 40});
    screen_type(s, NEW_CUSTOMER "\t\t");
    EXPECT_TEXT(s, "… F1");
    screen_type(s, F1);
    EXPECT_TEXT(s, "712 345 678.");
    screen_stop(s);
}
