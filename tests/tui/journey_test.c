#include <criterion/criterion.h>

#include "tests/tui/harness.h"

Test(home, shows_what_runs_out_and_what_needs_a_person)
{
    struct screen *s = screen_home();
    expect_golden(s, "home");
    screen_stop(s);
}
