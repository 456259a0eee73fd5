#include <criterion/criterion.h>

#include "tests/tui/harness.h"

Test(sell, opens_with_what_was_typed_at_home)
{
    struct screen *s = screen_home();
    screen_type(s, "t999xyz" F6);
    expect_golden(s, "sell_empty");
    screen_stop(s);
}

/* Vehicle, customer, policy, payment: every field typed, Enter after each. */
#define VEHICLE "T 999 XYZ" ENTER "car" ENTER "Nissan Note" ENTER "2012" ENTER
#define CUSTOMER "ind" ENTER "Rehema Ally" ENTER "0655 010 203" ENTER ENTER ENTER "Ilala" ENTER
#define POLICY "compr" ENTER "15m" ENTER ENTER ENTER

Test(sell, prices_as_soon_as_all_is_there)
{
    struct screen *s = screen_home();
    screen_type(s, F6 VEHICLE CUSTOMER POLICY);
    expect_golden(s, "sell_priced");
    screen_stop(s);
}

Test(sell, saves_once_and_shows_what_came_of_it)
{
    struct screen *s = screen_home();
    screen_type(s, F6 VEHICLE CUSTOMER POLICY ENTER ENTER ENTER);
    expect_golden(s, "sold");
    cr_assert_eq(screen_server(s)->saves, 1);
    screen_stop(s);
}
