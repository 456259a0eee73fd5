#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/tui/harness.h"

/* One option before many rows, looked at before it is done. */

enum { NUMBER = 1, STATE = 2, TOTAL = 6, QUOTED = 2, AWAITING = 3, ACTIVE = 4, TEN = 10 };

/* Policies that stand first in their list, so many that all can be renewed. */
static struct screen *
with_policies(int n)
{
    struct screen *s = screen_home();
    struct fake_server *f = screen_server(s);
    for (int i = 0; i < n; i++) {
        struct fake_record *like = fake_find(f, FAKE_POLICY, STR("KK/26/001902"));
        struct fake_record *r = fake_add(f, FAKE_POLICY);
        for (size_t k = 1; k < COUNTOF(r->values); k++)
            r->values[k] = like->values[k];
        r->values[NUMBER] = VALUE_TEXT(str_printf(&f->arena, "ZZ/26/%06d", n - i));
    }
    screen_type(s, "policies" ENTER);
    return s;
}

static int64_t
state_of(struct screen *s, const char *number)
{
    return fake_find(screen_server(s), FAKE_POLICY, str_from(number))->values[STATE].i;
}

Test(batch, what_would_come_of_it_is_shown_before_anything_happens)
{
    struct screen *s = with_policies(3);
    screen_type(s, "9" DOWN "9" DOWN "9" ENTER);
    EXPECT_TEXT(s, "Policies: Renew");
    EXPECT_TEXT(s, "ZZ/26/000001");
    EXPECT_TEXT(s, "3 of 3");
    EXPECT_TEXT(s, "1,858,500");
    cr_assert_eq(screen_server(s)->saves, 0);
    cr_assert_eq(state_of(s, "ZZ/26/000001"), ACTIVE);
    expect_golden(s, "batch");
    screen_type(s, F12);
    cr_assert_eq(screen_server(s)->saves, 0, "leaving does nothing");
    screen_stop(s);
}

Test(batch, ten_rows_are_renewed_with_twenty_two_keys)
{
    struct screen *s = with_policies(TEN);
    for (int i = 0; i < TEN; i++)
        screen_send(s, "9" DOWN, sizeof("9" DOWN) - 1);
    screen_type(s, ENTER F10);
    EXPECT_TEXT(s, "All 10 done.");
    cr_assert_eq(screen_server(s)->saves, TEN);
    for (int i = 1; i <= TEN; i++)
        cr_assert_eq(state_of(s, str_printf(&screen_server(s)->arena, "ZZ/26/%06d", i).p), AWAITING);
    screen_stop(s);
}

Test(batch, one_that_cannot_be_done_says_why_and_stops_no_other)
{
    struct screen *s = with_policies(3);
    fake_find(screen_server(s), FAKE_POLICY, STR("ZZ/26/000002"))->values[STATE].i = QUOTED;
    screen_type(s, "9" DOWN "9" DOWN "9" ENTER F10);
    EXPECT_TEXT(s, "2 of 3");
    EXPECT_TEXT(s, "1,239,000");
    cr_assert_eq(screen_server(s)->saves, 0, "F10 was typed before anybody knew that one can't be done");
    screen_type(s, DOWN);
    EXPECT_TEXT(s, "ZZ/26/000002 is only quoted");
    screen_type(s, F10);
    EXPECT_TEXT(s, "done");
    cr_assert_eq(screen_server(s)->saves, 2);
    cr_assert_eq(state_of(s, "ZZ/26/000001"), AWAITING);
    cr_assert_eq(state_of(s, "ZZ/26/000003"), AWAITING);
    screen_stop(s);
}

Test(batch, an_error_stays_on_its_row_and_the_others_go_on)
{
    struct screen *s = with_policies(3);
    screen_type(s, "9" DOWN "9" DOWN "9" ENTER);
    screen_server(s)->fail_next = RC_REFUSED;
    screen_server(s)->fail_text = "the vehicle is deregistered";
    screen_type(s, F10);
    EXPECT_TEXT(s, "2 done, 1 not: the rows say why.");
    screen_type(s, UP UP UP);
    EXPECT_TEXT(s, "the vehicle is deregistered");
    cr_assert_eq(screen_server(s)->saves, 2);
    screen_stop(s);
}

Test(batch, space_leaves_a_row_out_and_takes_it_in_again)
{
    struct screen *s = with_policies(3);
    screen_type(s, "9" DOWN "9" DOWN "9" ENTER "  " UP " ");
    EXPECT_TEXT(s, "2 of 3");
    EXPECT_TEXT(s, "left out");
    screen_type(s, F10);
    EXPECT_TEXT(s, "All 2 done.");
    cr_assert_eq(state_of(s, "ZZ/26/000003"), AWAITING);
    cr_assert_eq(state_of(s, "ZZ/26/000002"), AWAITING);
    cr_assert_eq(state_of(s, "ZZ/26/000001"), ACTIVE);
    screen_stop(s);
}

Test(batch, a_form_of_its_own_is_for_the_row_that_is_different)
{
    struct screen *s = with_policies(2);
    screen_type(s, "9" DOWN "9" ENTER ENTER);
    EXPECT_TEXT(s, "Months");
    screen_type(s, "6" F10);
    EXPECT_TEXT(s, "Policies: Renew");
    cr_assert_eq(screen_server(s)->saves, 1);
    screen_type(s, F10);
    cr_assert_eq(screen_server(s)->saves, 2, "the other one, and not the first again");
    screen_stop(s);
}

Test(batch, an_answer_that_never_came_is_asked_for_again_under_the_same_key)
{
    struct screen *s = with_policies(2);
    unsigned char key[IDEM_BYTES];
    screen_type(s, "9" DOWN "9" ENTER);
    screen_server(s)->fail_next = RC_UNAUTHENTICATED;
    screen_server(s)->fail_text = "the session is over";
    screen_type(s, F10);
    EXPECT_TEXT(s, "nothing is done twice");
    memcpy(key, screen_server(s)->idem, sizeof key);
    screen_server(s)->hold = true;
    screen_send(s, F10, sizeof(F10) - 1);
    screen_waiting(s);
    cr_assert_eq(memcmp(key, screen_server(s)->idem, sizeof key), 0);
    screen_server(s)->hold = false;
    fake_release(screen_server(s));
    screen_idle(s);
    EXPECT_TEXT(s, "All 2 done.");
    screen_stop(s);
}

Test(batch, the_list_below_shows_what_became_of_them)
{
    struct screen *s = with_policies(1);
    screen_type(s, "9" ENTER F10 F12);
    EXPECT_TEXT(s, "All policies");
    EXPECT_TEXT(s, "awaiting");
    screen_stop(s);
}

Test(batch, it_fits_forty_columns_and_shows_more_on_a_wide_screen)
{
    struct screen *s = with_policies(2);
    screen_type(s, "9" DOWN "9" ENTER);
    screen_resize(s, 10, 40);
    screen_idle(s);
    EXPECT_TEXT(s, "ZZ/26/000001");
    screen_resize(s, 40, 120);
    screen_idle(s);
    EXPECT_TEXT(s, "Al Noor Transport");
    EXPECT_TEXT(s, "Outcome");
    screen_stop(s);
}
