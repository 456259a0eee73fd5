#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static struct talk *
at_home(const struct talk_options *o)
{
    struct talk *t = talk_start(o);
    talk_see(t, "Home: ");
    return t;
}

static void
leave(struct talk *t)
{
    talk_do(t, "quit", "quit");
    cr_assert_eq(talk_end(t), 0);
    talk_stop(t);
}

Test(terminal, pages_come_only_when_they_are_asked_for)
{
    struct talk *t = at_home(&(struct talk_options){.pipes = false});
    talk_do(t, "customers", "20 Customer 16");
    talk_see(t, "Customers, Enter for more: ");
    talk_do(t, "rows 8", "Pages of 8 lines.");
    talk_do(t, "help customer", "-- more -- ");
    talk_do(t, "", "-- more -- ");
    talk_do(t, "q", "Customers, Enter for more: ");
    talk_do(t, "first", "5 Customer 01");
    talk_see(t, "Customers, Enter for more: ");
    leave(t);
}

Test(terminal, lines_in_the_environment_ask_for_pages)
{
    struct talk *t = talk_start(&(struct talk_options){.env = "LINES=6"});
    talk_see(t, "-- more -- ");
    talk_do(t, "", "-- more -- ");
    talk_do(t, "q", "Home: ");
    leave(t);
}

Test(terminal, a_narrow_one_wraps_between_words)
{
    struct talk *t = at_home(&(struct talk_options){.columns = 40});
    talk_do(t, "policies", "1 KK/26/001841; T 337 DSE; Salma\n  Ibrahim; expired; 2026-03-01; 619,500\n");
    leave(t);
}

Test(terminal, nothing_but_lines_of_text_is_written)
{
    struct talk *t = at_home(&(struct talk_options){.pipes = false});
    talk_do(t, "policies", "Policies: ");
    talk_do(t, "3", "Policy KK/26/001977: ");
    talk_do(t, "renew", "Months [12]: ");
    talk_do(t, "!", "Policy KK/26/001977: ");
    for (const char *c = talk_said(t); *c; c++)
        cr_assert(*c == '\n' || (unsigned char)*c >= ' ', "a control character in:\n%s", talk_said(t));
    leave(t);
}

Test(terminal, what_it_cannot_show_is_a_question_mark)
{
    struct talk *t = talk_start(&(struct talk_options){.env = "LC_CTYPE=C"});
    fake_find(talk_server(t), FAKE_VEHICLE, STR("T 812 BQA"))->values[3] = VALUE_TEXT(STR("Citro\xc3\xabn"));
    talk_see(t, "Home: ");
    talk_do(t, "t812bqa", "Make: Citro?n");
    leave(t);
}

Test(terminal, text_that_is_no_utf8_is_not_taken)
{
    struct talk *t = at_home(&(struct talk_options){.pipes = false});
    talk_do(t, "sal\xffma", "no UTF-8 text");
    talk_do(t, "salma", "Customer Salma Ibrahim: ");
    leave(t);
}

Test(documents, are_said_and_saved_where_the_program_runs_at_home)
{
    char path[] = "/tmp/plain-test-XXXXXX", dir[80], answer[120];
    cr_assert(mkdtemp(path));
    snprintf(dir, sizeof dir, "%s/c.pdf", path);
    snprintf(answer, sizeof answer, "Saved as %s.", dir);
    struct talk *t = at_home(&(struct talk_options){.local = true});
    struct fake_record *c = fake_add(talk_server(t), FAKE_CERTIFICATE);
    c->values[1] = VALUE_TEXT(STR("C/KK/26/000001"));
    talk_do(t, "certificate print C/KK/26/000001", "CERTIFICATE OF INSURANCE");
    talk_see(t, "Number, C/KK/26/000001");
    talk_see(t, "Save the PDF as (Enter for no): ");
    talk_do(t, dir, answer);
    talk_do(t, "certificate print C/KK/26/000001", "Save the PDF as (Enter for no): ");
    talk_do(t, dir, "File exists.");
    talk_see(t, "Home: ");
    leave(t);
    cr_assert(unlink(dir) == 0 && rmdir(path) == 0);
}

Test(lists, columns_are_chosen_sums_said_and_rows_written_to_a_file)
{
    char path[] = "/tmp/plain-test-XXXXXX", file[80], words[100], answer[140];
    cr_assert(mkdtemp(path));
    snprintf(file, sizeof file, "%s/rows.csv", path);
    snprintf(words, sizeof words, "export %s", file);
    snprintf(answer, sizeof answer, "63 rows written to %s.", file);
    struct talk *t = at_home(&(struct talk_options){.local = true});
    struct fake_record *r = fake_add(talk_server(t), FAKE_RECEIPT);
    r->values[4] = (struct value){.type = VT_MONEY, .money = {61950000}};
    talk_do(t, "customers", "Each row: Name; Phone; City");
    talk_do(t, "columns city name", "Each row: City; Name.");
    talk_do(t, "columns nothing", "is no column; there are:");
    talk_do(t, words, answer);
    talk_do(t, words, "could not write");
    talk_do(t, "export", "Say the name of the file");
    talk_do(t, "columns -", "Each row: Name; Phone; City");
    talk_do(t, "back", "Home: ");
    talk_do(t, "receipts", "Receipts: ");
    talk_do(t, "totals", "Amount: 619,500");
    leave(t);
    cr_assert(unlink(file) == 0 && rmdir(path) == 0);
}

Test(records, words_of_every_record_are_not_taken_by_an_action_that_begins_so)
{
    struct talk *t = at_home(&(struct talk_options){.as = "manager"});
    talk_do(t, "my account", "My account amina: ");
    talk_do(t, "change", "Change My account amina.");
    talk_see(t, ": ");
    talk_do(t, "..", "My account amina: ");
    talk_do(t, "change password", "Present password: ");
    talk_do(t, "..", "My account amina: ");
    leave(t);
}

Test(people, settings_are_a_form_and_hold_at_once)
{
    struct talk *t = at_home(&(struct talk_options){.as = "manager"});
    size_t before = talk_server(t)->requests;
    talk_do(t, "my settings", "Change My account amina.");
    talk_see(t, ": ");
    talk_do(t, "Amina S", ": ");
    talk_do(t, "!", "Home: ");
    cr_assert_geq(talk_server(t)->requests, before + 4, "the account, the change, who one is, what there is");
    leave(t);
}

Test(people, days_and_amounts_are_as_one_writes_them)
{
    struct talk *t = at_home(&(struct talk_options){.as = "particular"});
    cr_assert(talk_has(t, "12.412.500"), "%s", talk_said(t));
    talk_do(t, "policies", "Policies: ");
    cr_assert(talk_has(t, "/2026") && !talk_has(t, "2026-"), "%s", talk_said(t));
    leave(t);
}

Test(records, an_option_that_does_not_fit_the_state_asks_nothing)
{
    struct talk *t = at_home(&(struct talk_options){.pipes = false});
    talk_do(t, "policies", "Policies: ");
    talk_do(t, "3 1-2", "Issue is not possible for KK/26/001841 in its state.");
    talk_see(t, "Stopped at row 1");
    leave(t);
}
