#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/tui/harness.h"

Test(home, shows_what_runs_out_and_what_needs_a_person)
{
    struct screen *s = screen_home();
    expect_golden(s, "home");
    screen_stop(s);
}

/* ---- finding ---- */

Test(home, one_hit_opens_the_record)
{
    struct screen *s = screen_home();
    screen_type(s, "mc 442-azt" ENTER);
    EXPECT_TEXT(s, "Boxer 150");
    screen_stop(s);
}

Test(home, no_hit_says_so_and_drops_what_was_typed_ahead)
{
    struct screen *s = screen_home();
    screen_type(s, "zzz" ENTER "5"
                   "5");
    EXPECT_TEXT(s, "Nothing found for zzz");
    EXPECT_TEXT(s, "2 keys not used");
    screen_stop(s);
}

Test(home, a_digit_opens_the_list_of_a_counter)
{
    struct screen *s = screen_home();
    screen_type(s, "2" ENTER);
    EXPECT_TEXT(s, "Waiting for payment");
    screen_stop(s);
}

Test(home, renewing_an_alert_takes_four_keys)
{
    struct screen *s = screen_home();
    screen_type(s, "\t"
                   "9" ENTER F10);
    EXPECT_TEXT(s, "1 done.");
    cr_assert_eq(screen_server(s)->saves, 1);
    screen_stop(s);
}

Test(home, letters_typed_on_the_alerts_go_to_the_line)
{
    struct screen *s = screen_home();
    screen_type(s, "\t" DOWN "t337dse" ENTER);
    EXPECT_TEXT(s, "Toyota Corolla");
    screen_stop(s);
}

/* ---- lists ---- */

Test(list, pages_come_as_one_walks_down)
{
    struct screen *s = screen_home();
    screen_type(s, "customers" ENTER F8 F8 F8 F8 F8);
    EXPECT_TEXT(s, "Customer 59");
    EXPECT_TEXT(s, "bottom");
    screen_stop(s);
}

Test(list, position_asks_for_rows_from_there_on)
{
    struct screen *s = screen_home();
    screen_type(s, "customers" ENTER "Ju" ENTER);
    EXPECT_TEXT(s, "Juma Mkwawa");
    EXPECT_NO_TEXT(s, "Salma Ibrahim");
    screen_stop(s);
}

Test(list, a_filter_that_is_not_understood_says_what_is_expected)
{
    struct screen *s = screen_home();
    screen_type(s, "policies" ENTER "/colour=red" ENTER);
    EXPECT_TEXT(s, "\"colour\" can't be filtered by");
    screen_stop(s);
}

Test(list, options_of_several_rows_run_in_order)
{
    struct screen *s = screen_home();
    screen_type(s, "customers" ENTER "5" DOWN "5" ENTER);
    EXPECT_TEXT(s, "Customer Salma Ibrahim");
    screen_type(s, F12);
    EXPECT_TEXT(s, "Customer Juma Mkwawa");
    screen_type(s, F12);
    EXPECT_TEXT(s, "1-17 of 63");
    screen_stop(s);
}

Test(list, an_option_that_is_not_there_is_told)
{
    struct screen *s = screen_home();
    screen_type(s, "customers" ENTER "8" ENTER);
    EXPECT_TEXT(s, "There is no option 8 here.");
    screen_stop(s);
}

Test(list, the_order_turns_and_says_so)
{
    struct screen *s = screen_home();
    screen_type(s, "customers" ENTER "\022");
    EXPECT_TEXT(s, "Name v");
    screen_stop(s);
}

/* ---- forms ---- */

Test(form, a_missing_field_is_named_and_gets_the_focus)
{
    struct screen *s = screen_home();
    screen_type(s, "new customer" ENTER F10);
    EXPECT_TEXT(s, "2 fields need attention: Name, Phone");
    expect_golden(s, "form_missing");
    cr_assert_eq(screen_server(s)->saves, 0);
    screen_stop(s);
}

Test(form, a_day_that_does_not_exist_is_told_beside_the_field)
{
    struct screen *s = screen_home();
    screen_type(s, "new customer" ENTER ENTER ENTER ENTER ENTER "31/2/1990" ENTER);
    EXPECT_TEXT(s, "!!");
    screen_stop(s);
}

Test(form, what_was_typed_is_shown_as_it_was_understood)
{
    struct screen *s = screen_home();
    screen_type(s, "new customer" ENTER "c" ENTER ENTER ENTER ENTER "14/2/90" ENTER);
    EXPECT_TEXT(s, "company");
    EXPECT_TEXT(s, "1990-02-14");
    screen_stop(s);
}

Test(form, enter_on_the_last_field_saves_and_opens_the_record)
{
    struct screen *s = screen_home();
    screen_type(s,
                "new customer" ENTER ENTER "Rehema Ally" ENTER "0655 010 203" ENTER ENTER ENTER ENTER ENTER);
    EXPECT_TEXT(s, "Customer Rehema Ally");
    EXPECT_TEXT(s, "Saved: Customer Rehema Ally");
    screen_stop(s);
}

Test(form, same_as_last_takes_the_field_of_the_record_saved_before)
{
    struct screen *s = screen_home();
    screen_type(s, "new customer" ENTER ENTER "Rehema Ally" ENTER "0655 010 203" ENTER ENTER ENTER
                   "Mbeya" F10 F3);
    screen_type(s, "new customer" ENTER DOWN DOWN DOWN DOWN DOWN F9);
    EXPECT_TEXT(s, "Mbeya");
    screen_stop(s);
}

Test(form, a_choice_is_picked_from_its_list)
{
    struct screen *s = screen_home();
    screen_type(s, "new customer" ENTER F4 DOWN ENTER);
    EXPECT_TEXT(s, "company____");
    screen_stop(s);
}

Test(form, a_reference_is_found_by_its_beginning)
{
    struct screen *s = screen_home();
    screen_type(s, "new vehicle" ENTER ENTER "moto" ENTER);
    EXPECT_TEXT(s, "motorcycle");
    screen_stop(s);
}

Test(form, a_reference_to_one_of_many_is_searched)
{
    struct screen *s = screen_home();
    screen_type(s, "new vehicle" ENTER DOWN DOWN DOWN DOWN F4 "juma" ENTER);
    EXPECT_TEXT(s, "Juma Mkwawa");
    EXPECT_NO_TEXT(s, "Find");
    screen_stop(s);
}

Test(form, a_likely_duplicate_is_shown_while_typing_and_asked_about_on_save)
{
    struct screen *s = screen_home();
    screen_type(s, "new customer" ENTER ENTER "Rehema" ENTER "0712345678" ENTER);
    EXPECT_TEXT(s, "! also the phone of Salma Ibrahim");
    screen_type(s, F10);
    expect_golden(s, "duplicate");
    screen_type(s, "2"
                   "her sister" ENTER);
    EXPECT_TEXT(s, "Saved: Customer Rehema");
    screen_stop(s);
}

Test(form, the_existing_record_can_be_opened_instead)
{
    struct screen *s = screen_home();
    screen_type(s, "new customer" ENTER ENTER "Rehema" ENTER "0712345678" F10);
    screen_type(s, "1");
    EXPECT_TEXT(s, "Customer Salma Ibrahim");
    cr_assert_eq(screen_server(s)->saves, 0);
    screen_stop(s);
}

Test(form, a_hard_duplicate_can_not_be_saved_with_a_reason)
{
    struct screen *s = screen_home();
    screen_type(s, "new vehicle" ENTER "t337dse" ENTER "car" ENTER "Toyota" ENTER ENTER "juma" ENTER F10);
    EXPECT_TEXT(s, "this is the plate of T 337 DSE");
    EXPECT_NO_TEXT(s, "with a reason");
    screen_stop(s);
}

Test(form, an_error_of_the_service_goes_to_its_field)
{
    struct screen *s = screen_home();
    screen_type(s, "new customer" ENTER ENTER "Rehema" ENTER "0655 010 203");
    screen_server(s)->fail_next = RC_OK;
    screen_type(s, ENTER);
    screen_server(s)->fail_next = RC_REFUSED;
    screen_server(s)->fail_text = "this town is not served";
    screen_server(s)->fail_field = "city";
    screen_type(s, F10);
    EXPECT_TEXT(s, "!! this town is not served");
    int row, col;
    screen_cursor(s, &row, &col);
    cr_assert_eq(strncmp(screen_line(s, row), "> City", 6), 0);
    screen_stop(s);
}

Test(form, a_change_made_meanwhile_is_shown_field_by_field)
{
    struct screen *s = screen_home();
    screen_type(s, "salma" ENTER "2" DOWN DOWN "0799 000 111");
    struct fake_record *r = fake_find(screen_server(s), FAKE_CUSTOMER, STR("0712345678"));
    r->version++;
    r->values[3] = VALUE_TEXT(STR("0713 222 333"));
    r->values[6] = VALUE_TEXT(STR("Mwanza"));
    screen_type(s, F10);
    expect_golden(s, "conflict");
    screen_type(s, F10);
    EXPECT_TEXT(s, "Saved: Customer Salma Ibrahim");
    cr_assert(str_eq_c(r->values[3].text, "0799 000 111"));
    cr_assert(str_eq_c(r->values[6].text, "Mwanza"));
    screen_stop(s);
}

Test(form, leaving_a_changed_form_asks_and_staying_is_the_first_answer)
{
    struct screen *s = screen_home();
    screen_type(s, "new customer" ENTER ENTER "Rehema" F3);
    EXPECT_TEXT(s, "not saved yet");
    screen_type(s, ENTER);
    EXPECT_TEXT(s, "Rehema");
    screen_type(s, F12 "2");
    EXPECT_TEXT(s, "find or do");
    screen_stop(s);
}

Test(form, undo_puts_the_field_back)
{
    struct screen *s = screen_home();
    screen_type(s, "salma" ENTER "2" DOWN "Wrong" F5);
    EXPECT_TEXT(s, "Salma Ibrahim__");
    screen_stop(s);
}

Test(form, a_reason_is_asked_where_it_is_needed)
{
    struct screen *s = screen_home();
    screen_type(s, "001902" ENTER "4" F10);
    EXPECT_TEXT(s, "1 field needs attention: Reason");
    screen_type(s, "sold the car" ENTER);
    EXPECT_TEXT(s, "Cancel: Policy KK/26/001902, expired");
    screen_stop(s);
}

Test(form, a_paste_with_line_ends_stays_in_its_field)
{
    struct screen *s = screen_home();
    screen_type(s, "new customer" ENTER ENTER "\033[200~Rehema\nAlly\033[201~");
    EXPECT_TEXT(s, "Rehema Ally");
    int row, col;
    screen_cursor(s, &row, &col);
    cr_assert_eq(strncmp(screen_line(s, row), "> Name", 6), 0);
    screen_stop(s);
}

/* ---- keys ---- */

Test(keys, three_routes_to_a_command)
{
    static const char *const routes[] = {F2, ESC "2", "\007"};
    struct screen *s = screen_home();
    for (int i = 0; i < 3; i++) {
        screen_type(s, routes[i]);
        EXPECT_TEXT(s, "Commands ─");
        screen_type(s, F12);
        EXPECT_NO_TEXT(s, "Commands ─");
    }
    screen_stop(s);
}

Test(keys, a_key_that_means_nothing_here_is_told)
{
    struct screen *s = screen_home();
    screen_type(s, F9);
    EXPECT_TEXT(s, "Not used here. F1 lists the keys.");
    screen_stop(s);
}

Test(keys, a_lone_escape_goes_back)
{
    struct screen *s = screen_home();
    screen_type(s, "customers" ENTER ESC);
    EXPECT_TEXT(s, "find or do");
    screen_stop(s);
}

Test(keys, the_palette_runs_what_it_finds)
{
    struct screen *s = screen_home();
    screen_type(s, F2 "new veh" ENTER);
    EXPECT_TEXT(s, "New Vehicle");
    screen_stop(s);
}

/* ---- typing ahead ---- */

Test(ahead, keys_wait_for_the_screen_they_were_meant_for)
{
    struct screen *s = screen_home();
    screen_server(s)->hold = true;
    screen_send(s, "customers" ENTER DOWN DOWN, 16);
    screen_waiting(s);
    fake_release(screen_server(s));
    screen_idle(s);
    int row, col;
    screen_cursor(s, &row, &col);
    cr_assert(strstr(screen_line(s, row), "Al Noor Transport"));
    screen_stop(s);
}

Test(ahead, two_thousand_keys_land_where_they_belong)
{
    static char keys[4096];
    struct screen *s = screen_home();
    size_t n = 0;
    for (int i = 0; i < 45; i++)
        n += (size_t)snprintf(keys + n, sizeof keys - n,
                              "new customer\r\rBurst %02d\r0699 %06d\r\r\rTabora\r\r" ESC "3", i, i);
    cr_assert_gt(n, 2000);
    screen_send(s, keys, n);
    screen_idle(s);
    cr_assert_eq(screen_server(s)->saves, 45, "%zu saved", screen_server(s)->saves);
    for (int i = 0; i < 45; i++) {
        char phone[20], name[20];
        snprintf(phone, sizeof phone, "0699%06d", i);
        snprintf(name, sizeof name, "Burst %02d", i);
        struct fake_record *r = fake_find(screen_server(s), FAKE_CUSTOMER, str_from(phone));
        cr_assert(r && str_eq_c(r->values[2].text, name) && str_eq_c(r->values[6].text, "Tabora"),
                  "record %d", i);
    }
    screen_stop(s);
}

Test(ahead, an_error_drops_the_rest_and_says_how_much)
{
    struct screen *s = screen_home();
    screen_server(s)->fail_next = RC_REFUSED;
    screen_server(s)->fail_text = "not today";
    screen_send(s, "customers" ENTER "9999", 14);
    screen_idle(s);
    EXPECT_TEXT(s, "!! not today");
    EXPECT_TEXT(s, "4 keys not used");
    screen_stop(s);
}

Test(ahead, control_c_gives_up_waiting)
{
    struct screen *s = screen_home();
    screen_server(s)->hold = true;
    screen_send(s, "customers" ENTER, 10);
    screen_waiting(s);
    screen_type(s, "\003");
    EXPECT_TEXT(s, "Given up waiting.");
    screen_stop(s);
}

/* ---- the line ---- */

Test(line, a_cut_is_told_and_what_is_typed_stays)
{
    struct screen *s = screen_home();
    screen_type(s, "new customer" ENTER ENTER "Rehema");
    screen_cut(s);
    EXPECT_TEXT(s, "offline");
    EXPECT_TEXT(s, "Rehema");
    screen_stop(s);
}

Test(line, without_host_and_login_they_are_asked_for)
{
    struct screen *s = screen_start(&(struct screen_options){.rows = 24, .cols = 80, .sign_in = true});
    expect_golden(s, "sign_in");
    screen_type(s, "host.invalid" ENTER ENTER);
    EXPECT_TEXT(s, "Type the host and your login");
    screen_stop(s);
}

Test(line, leaving_the_sign_in_ends_well)
{
    struct screen *s = screen_start(&(struct screen_options){.rows = 24, .cols = 80, .sign_in = true});
    screen_send(s, F12, strlen(F12));
    cr_assert_eq(screen_wait_end(s), 0);
    screen_stop(s);
}
