#include <criterion/criterion.h>
#include <string.h>

#include "tests/plain/harness.h"

static void
expect_script(const char *script, const char *name, int want)
{
    int status;
    expect_transcript(talk_script(script, &status), name);
    cr_assert_eq(status, want, "exit status %d", status);
}

Test(reading, home_says_what_runs_out_and_what_needs_a_person)
{
    expect_script("", "home", 0);
}

Test(reading, help_of_every_place)
{
    expect_script("help\npolicies\nhelp\n3\nhelp\nhistory\nhelp\nhome\nfind kk\nhelp\nquit\n", "help", 0);
}

Test(reading, a_list_is_walked_page_by_page)
{
    expect_script("customers\n\n\n\nprevious\n\n62\n\nback\nquit\n", "list", 0);
}

Test(reading, a_list_is_narrowed_sorted_and_positioned)
{
    expect_script("policies\nview unpaid\nview 1\nfilter state=active\nfilter nothing=1\nfilter\n-\nsort "
                  "end_date desc\n"
                  "sort nothing\nsort number\nto KK/26/001902\ncolumns\nquit\n",
                  "list_narrowed", 0);
}

Test(reading, a_counter_and_an_alert_are_opened_by_their_number)
{
    expect_script("2\nback\n4\nopen vehicle\nback\nback\nquit\n", "numbers", 0);
}

Test(reading, one_hit_is_opened_and_several_are_numbered)
{
    expect_script("t337dse\nback\nsalma\nfind transport\nfind kk\n2\n\n\nfind nobody\nquit\n", "find", 66);
}

Test(reading, a_record_its_lists_and_its_history)
{
    expect_script(
        "salma\nvehicles\n1\n\nback\nhistory\n1\n2\nas 1\nback\nas of 2026-02-14\nas of never\nquit\n",
        "record", 65);
}

Test(reading, commands_by_words_anywhere)
{
    expect_script("do\n\ndo new cust\n..\npolicies\ncustomer show 0712345678\nhome\nme\npolicy "
                  "lst\ndescribe receipt\n"
                  "help policy\nit\nrows 3\nrows 30\nquit\n",
                  "words", 0);
}
