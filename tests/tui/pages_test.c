#include <criterion/criterion.h>
#include <string.h>

#include "common/base/attr.h"
#include "tests/tui/harness.h"

/* Lists that were seen before stand at once, while the service is asked whether they are still so. */

static void
open_held(struct screen *s, const char *keys)
{
    screen_type(s, "customers" ENTER F3);
    screen_server(s)->hold = true;
    screen_send(s, keys, strlen(keys));
    screen_waiting(s);
}

static void
release(struct screen *s)
{
    fake_release(screen_server(s));
    screen_idle(s);
}

Test(pages, a_list_seen_before_stands_before_the_service_has_answered)
{
    struct screen *s = screen_home();
    open_held(s, "customers" ENTER);
    EXPECT_TEXT(s, "Salma Ibrahim");
    release(s);
    EXPECT_TEXT(s, "Salma Ibrahim");
    screen_stop(s);
}

Test(pages, a_list_never_seen_waits_for_its_rows)
{
    struct screen *s = screen_home();
    open_held(s, "vehicles" ENTER);
    EXPECT_NO_TEXT(s, "Toyota");
    EXPECT_TEXT(s, "Loading");
    release(s);
    EXPECT_TEXT(s, "Toyota");
    screen_stop(s);
}

static void
rename_customer(struct fake_server *server)
{
    size_t found = 0;
    for (size_t i = 0; i < server->nrecords; i++)
        for (size_t k = 0; k < COUNTOF(server->records[i].values); k++) {
            struct value *v = &server->records[i].values[k];
            if (v->type != VT_TEXT || !str_eq_c(v->text, "Salma Ibrahim"))
                continue;
            *v = VALUE_TEXT(STR("Salma Changed"));
            found++;
        }
    cr_assert_geq(found, 1);
}

Test(pages, what_changed_meanwhile_takes_the_place_of_what_was)
{
    struct screen *s = screen_home();
    screen_type(s, "customers" ENTER F3);
    rename_customer(screen_server(s));
    screen_server(s)->hold = true;
    screen_send(s, "customers" ENTER, 10);
    screen_waiting(s);
    EXPECT_TEXT(s, "Salma Ibrahim");
    release(s);
    EXPECT_TEXT(s, "Salma Changed");
    EXPECT_NO_TEXT(s, "Salma Ibrahim");
    screen_stop(s);
}

Test(pages, keys_wait_for_the_rows_as_they_are_now)
{
    struct screen *s = screen_home();
    open_held(s, "customers" ENTER DOWN ENTER);
    EXPECT_TEXT(s, "Customers");
    cr_assert_eq(screen_server(s)->nheld, 1, "nothing was opened from what was");
    screen_server(s)->hold = false;
    release(s);
    EXPECT_TEXT(s, "[Details]");
    screen_stop(s);
}
