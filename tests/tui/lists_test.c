#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/tui/harness.h"

/* Lists: the way back, the last row, options on many rows, columns, sums, conditions put together, files. */

#define HOME_KEY "\033[H"
#define END_KEY "\033[F"

static char folder[80]; /* of this test's client, which may write files */

static struct screen *
home(void)
{
    static char env[120];
    snprintf(folder, sizeof folder, "/tmp/bima-list-%d", (int)getpid());
    snprintf(env, sizeof env, "BIMA_TEST_STATE=%s", folder);
    return screen_start(&(struct screen_options){.rows = 24, .cols = 80, .env = env});
}

static struct screen *
open_list(const char *keys)
{
    struct screen *s = home();
    screen_type(s, keys);
    return s;
}

static void
end(struct screen *s)
{
    char path[120];
    screen_stop(s);
    snprintf(path, sizeof path, "%s/columns", folder);
    (void)unlink(path);
    (void)rmdir(folder);
}

Test(lists, before_the_row_one_went_to_stand_those_before_it)
{
    struct screen *s = open_list("customers" ENTER "Customer 30" ENTER);
    EXPECT_TEXT(s, "Customer 30");
    EXPECT_NO_TEXT(s, "Customer 29");
    screen_type(s, UP);
    EXPECT_TEXT(s, "Customer 29");
    screen_type(s, HOME_KEY);
    EXPECT_TEXT(s, "Salma Ibrahim");
    EXPECT_TEXT(s, "1-17 of 63");
    end(s);
}

Test(lists, the_last_row_is_one_key_away_and_so_is_the_first)
{
    struct screen *s = open_list("customers" ENTER END_KEY);
    EXPECT_TEXT(s, "Customer 59");
    EXPECT_TEXT(s, "47-63 of 63");
    screen_type(s, F7 F7 F7 F7);
    EXPECT_TEXT(s, "Customer 00");
    screen_type(s, HOME_KEY);
    EXPECT_TEXT(s, "Salma Ibrahim");
    end(s);
}

Test(lists, where_nothing_begins_so_the_end_of_the_list_is_shown)
{
    struct screen *s = open_list("customers" ENTER "Zzz" ENTER);
    EXPECT_TEXT(s, "this is the end of the list");
    EXPECT_TEXT(s, "Customer 59");
    end(s);
}

Test(lists, options_of_many_rows_are_done_in_order_and_each_row_says_what_came_of_it)
{
    struct screen *s = open_list("policies" ENTER "3" DOWN "3" DOWN "3" ENTER);
    EXPECT_TEXT(s, "Issue: 3 rows");
    screen_type(s, ENTER);
    expect_golden(s, "list_outcomes");
    end(s);
}

Test(lists, a_run_that_was_not_meant_changes_nothing)
{
    struct screen *s = open_list("policies" ENTER "3" DOWN "3" ENTER ESC);
    EXPECT_TEXT(s, "3_");
    EXPECT_NO_TEXT(s, "done");
    end(s);
}

Test(lists, asked_for_again_far_down_one_stays_where_one_was_and_so_do_options)
{
    struct screen *s = open_list("customers" ENTER F8 F8 F8 F8);
    screen_type(s, "5" F5);
    EXPECT_TEXT(s, ">5_");
    EXPECT_TEXT(s, "Customer 50");
    EXPECT_NO_TEXT(s, "Customer 00");
    screen_type(s, HOME_KEY);
    EXPECT_TEXT(s, "Salma Ibrahim");
    end(s);
}

Test(lists, the_amounts_are_added_up_when_asked)
{
    struct screen *s = home();
    for (int64_t i = 1; i <= 3; i++) {
        struct fake_record *r = fake_add(screen_server(s), FAKE_RECEIPT);
        r->values[1] = VALUE_TEXT(STR("R/KK/26/000001"));
        r->values[4] = (struct value){.type = VT_MONEY, .money = {i * 10000000}};
    }
    screen_type(s, "receipts" ENTER F2 "totals" ENTER);
    EXPECT_TEXT(s, "Amount 600,000");
    expect_golden(s, "list_totals");
    end(s);
}

Test(lists, columns_are_chosen_put_in_order_and_remembered)
{
    struct screen *s = open_list("customers" ENTER F2 "columns" ENTER);
    expect_golden(s, "list_columns_box");
    screen_type(s, DOWN " " ENTER);
    EXPECT_NO_TEXT(s, "0712 345 678");
    screen_type(s, F3 "customers" ENTER);
    EXPECT_NO_TEXT(s, "0712 345 678");
    screen_type(s, F4 "columns" ENTER "\177" ENTER);
    EXPECT_TEXT(s, "0712 345 678");
    end(s);
}

Test(lists, the_last_column_can_not_be_hidden)
{
    struct screen *s = open_list("customers" ENTER F2 "columns" ENTER "       " ENTER);
    EXPECT_TEXT(s, "A list has one column at least.");
    end(s);
}

Test(lists, a_condition_is_put_together_with_the_calendar)
{
    struct screen *s = open_list("policies" ENTER F4 "filter by ends" ENTER "from" ENTER "+10d" ENTER);
    EXPECT_TEXT(s, "end_date>=2026-03-12");
    end(s);
}

Test(lists, a_condition_is_put_together_from_what_a_field_can_be)
{
    struct screen *s = open_list("policies" ENTER F4 "filter by state" ENTER ENTER "act" ENTER);
    EXPECT_TEXT(s, "state=active");
    screen_type(s, F4);
    EXPECT_TEXT(s, "Take the conditions away");
    screen_type(s, ENTER);
    EXPECT_NO_TEXT(s, "state=active");
    end(s);
}

Test(lists, a_field_without_a_value_is_asked_for)
{
    struct screen *s = open_list("policies" ENTER F4 "filter by ends" ENTER "is empty" ENTER);
    EXPECT_TEXT(s, "end_date=\"\"");
    end(s);
}

/* ---- files ---- */

static char *
file_name(const char *end)
{
    static char path[80];
    snprintf(path, sizeof path, "/tmp/bima-list-%d%s", (int)getpid(), end);
    (void)unlink(path);
    return path;
}

static char *
export_keys(const char *path)
{
    static char keys[200];
    snprintf(keys, sizeof keys, "customers" ENTER F2 "export to" ENTER "\025%s" ENTER, path);
    return keys;
}

Test(lists, all_rows_of_the_list_go_into_the_file)
{
    char *path = file_name(".csv"), line[40];
    struct screen *s = open_list(export_keys(path));
    EXPECT_TEXT(s, "63 rows written");
    int lines = 0;
    FILE *f = fopen(path, "r");
    cr_assert(f != NULL);
    while (fgets(line, sizeof line, f))
        lines++;
    fclose(f);
    cr_assert_eq(lines, 63);
    screen_type(s, ENTER);
    EXPECT_TEXT(s, "1-17 of 63");
    screen_type(s, F2 "export to" ENTER "\025");
    screen_type(s, path);
    screen_type(s, ENTER);
    EXPECT_TEXT(s, "File exists");
    (void)unlink(path);
    end(s);
}

Test(lists, a_file_that_was_stopped_is_taken_away)
{
    char *path = file_name(".xlsx");
    struct screen *s = open_list("customers" ENTER F2 "export to" ENTER "\025");
    screen_type(s, path);
    screen_server(s)->hold = true;
    screen_send(s, ENTER, 1);
    screen_waiting(s);
    EXPECT_TEXT(s, "Esc stops it");
    cr_assert_eq(access(path, F_OK), 0);
    screen_send(s, F12, strlen(F12));
    screen_waiting(s);
    EXPECT_TEXT(s, "Stopped: no file was written.");
    cr_assert_neq(access(path, F_OK), 0);
    fake_release(screen_server(s));
    screen_idle(s);
    EXPECT_TEXT(s, "1-17 of 63");
    end(s);
}

Test(lists, a_file_of_another_kind_is_not_begun)
{
    struct screen *s = open_list("customers" ENTER F2 "export to" ENTER "\025rows.pdf" ENTER);
    EXPECT_TEXT(s, "ends in .xlsx or .csv");
    end(s);
}
