#include <criterion/criterion.h>
#include <string.h>

#include "tests/tui/harness.h"

/* Home keeps itself: what the service tells it shows without being asked for. */

/* Told, and taken: the answer to what is typed comes behind it on the line. */
static void
told(struct screen *s, const struct home_event *e)
{
    fake_tell(screen_server(s), e);
    screen_type(s, "zzqq" ENTER);
    EXPECT_TEXT(s, "Nothing found for zzqq");
}

static const struct home_event unpaid = {
    .kind = HOME_COUNTER, .entity = FAKE_POLICY, .view = 2, .today = 4, .week = 20, .month = 777};

Test(home_news, a_number_that_changed_shows_and_nothing_is_asked_for)
{
    struct screen *s = screen_home();
    size_t asked = screen_server(s)->homes;
    EXPECT_NO_TEXT(s, "777");
    told(s, &unpaid);
    EXPECT_TEXT(s, "777");
    cr_assert_eq(screen_server(s)->homes, asked);
    screen_stop(s);
}

Test(home_news, figures_and_the_row_of_numbers_are_told_too)
{
    struct screen *s = screen_home();
    told(s, &(struct home_event){.kind = HOME_FIGURE, .place = 1, .count = 19, .minor = 987654300});
    EXPECT_TEXT(s, "9,876,543");
    told(s, &(struct home_event){
                .kind = HOME_SPARK, .spark = {4321, 1},
                     .nspark = 2
    });
    EXPECT_TEXT(s, "today 4321");
    screen_stop(s);
}

Test(home_news, what_is_not_known_is_passed_over)
{
    struct screen *s = screen_home();
    struct home_event e = unpaid;
    e.view = 99;
    told(s, &e);
    EXPECT_NO_TEXT(s, "777");
    told(s, &(struct home_event){.kind = HOME_FIGURE, .place = 99, .count = 777});
    EXPECT_NO_TEXT(s, "777");
    screen_stop(s);
}

Test(home_news, a_change_behind_the_last_alert_shown_is_not_asked_for)
{
    struct screen *s = screen_home();
    size_t asked = screen_server(s)->homes;
    told(s, &(struct home_event){.kind = HOME_ALERTS, .day = {30000}});
    cr_assert_eq(screen_server(s)->homes, asked);
    screen_stop(s);
}

Test(home_news, a_change_of_alerts_is_asked_for_and_what_was_typed_before_them_stays)
{
    struct screen *s = screen_home();
    screen_type(s, "\t" DOWN "4");
    size_t asked = screen_server(s)->homes;
    char *before = strdup(screen_line(s, 11));
    fake_tell(screen_server(s), &(struct home_event){.kind = HOME_CHANGED});
    while (screen_server(s)->homes == asked) /* it is asked for after a while: the idle mark waits for it */
        screen_type(s, "4");
    screen_idle(s);
    EXPECT_TEXT(s, ">4_ !  Policy KK/26/001902");
    cr_assert_str_eq(screen_line(s, 11), before);
    free(before);
    screen_stop(s);
}

Test(home_news, away_from_home_it_says_so_and_asks_when_it_is_back)
{
    struct screen *s = screen_home();
    screen_type(s, "customers" ENTER);
    size_t asked = screen_server(s)->homes, cancels = screen_server(s)->cancels;
    fake_tell(screen_server(s), &unpaid);
    screen_type(s, "Sal" ENTER);
    cr_assert_eq(screen_server(s)->cancels, cancels + 1, "not a byte of it while nobody looks");
    cr_assert_eq(screen_server(s)->homes, asked);
    screen_type(s, F3);
    cr_assert_eq(screen_server(s)->homes, asked + 1);
    screen_stop(s);
}
