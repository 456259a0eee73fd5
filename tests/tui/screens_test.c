#include <criterion/criterion.h>

#include "tests/tui/harness.h"

/* Each screen at 80x24, as it was read and found right. */
static void
screen_is(const char *keys, const char *name)
{
    struct screen *s = screen_home();
    screen_type(s, keys);
    expect_golden(s, name);
    screen_stop(s);
}

Test(screens, list_of_customers)
{
    screen_is("customers" ENTER, "list_customers");
}
Test(screens, list_of_policies_has_marks_and_amounts_to_the_right)
{
    screen_is("policies" ENTER, "list_policies");
}
Test(screens, list_with_options_typed)
{
    screen_is("policies" ENTER "5" DOWN "9", "list_options");
}
Test(screens, list_position)
{
    screen_is("customers" ENTER "Cust", "list_position_typing");
}
Test(screens, list_filtered)
{
    screen_is("policies" ENTER "/state=active" ENTER, "list_filtered");
}
Test(screens, list_filter_choices)
{
    screen_is("policies" ENTER F4, "list_filter_choices");
}
Test(screens, record_details)
{
    screen_is("t337dse" ENTER, "record_vehicle");
}
Test(screens, record_policy)
{
    screen_is("001902" ENTER, "record_policy");
}
Test(screens, record_related_list)
{
    screen_is("t337dse" ENTER F11, "record_tab");
}
Test(screens, record_history)
{
    screen_is("t337dse" ENTER F11 F11, "record_history");
}
Test(screens, history_difference)
{
    screen_is("t337dse" ENTER F11 F11 ENTER, "difference");
}
Test(screens, record_actions)
{
    screen_is("001902" ENTER F4, "record_actions");
}
Test(screens, new_customer_form)
{
    screen_is("new customer" ENTER, "form_customer");
}
Test(screens, change_form_shows_what_is_there)
{
    screen_is("t337dse" ENTER "2", "form_change");
}
Test(screens, action_form_with_reason)
{
    screen_is("001902" ENTER "4", "form_cancel");
}
Test(screens, choice_list_of_a_field)
{
    screen_is("new customer" ENTER F4, "choice_kind");
}
Test(screens, reference_choice)
{
    screen_is("new vehicle" ENTER "t1" ENTER F4, "choice_reference");
}
Test(screens, days_to_choose_from)
{
    screen_is("new customer" ENTER DOWN DOWN DOWN DOWN F4, "choice_day");
}
Test(screens, hits_to_choose_from)
{
    screen_is("00" ENTER, "hits");
}
Test(screens, palette)
{
    screen_is(F2 "new", "palette");
}
Test(screens, help_of_a_field)
{
    screen_is("new customer" ENTER F1, "help_field");
}
Test(screens, help_of_a_screen)
{
    screen_is("new customer" ENTER F1 F1, "help_screen");
}
Test(screens, help_of_keys)
{
    screen_is("new customer" ENTER F1 F1 F1, "help_keys");
}
Test(screens, leaving_asks)
{
    screen_is("new customer" ENTER ENTER "Rehema" F12, "leave");
}
Test(screens, document)
{
    screen_is(F6 "T 999 XYZ" ENTER "car" ENTER "Nissan" ENTER ENTER "0655 010 203" ENTER
                 "Rehema Ally" ENTER ENTER "compr" ENTER "15m" F10 "6"
                 "1",
              "document");
}
