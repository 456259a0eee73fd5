/* An earlier version of a record, brought back as a new change. */
#include <criterion/criterion.h>

#include "tests/plain/harness.h"

static struct fake_record *
salma(struct talk *t)
{
    return fake_find(talk_server(t), FAKE_CUSTOMER, STR("0712345678"));
}

/* At her record, which was another once. */
static struct talk *
at_salma(void)
{
    struct talk *t = talk_start(&(struct talk_options){.pipes = false});
    struct fake_record *then = &talk_server(t)->past;
    *then = *salma(t);
    then->values[3] = VALUE_TEXT(STR("0712 000 099"));
    then->values[6] = VALUE_TEXT(STR("Mwanza"));
    talk_see(t, "Home: ");
    talk_do(t, "salma", "Customer Salma Ibrahim: ");
    return t;
}

static void
leave(struct talk *t)
{
    talk_do(t, "quit", "quit");
    cr_assert_eq(talk_end(t), 0);
    talk_stop(t);
}

Test(restore, says_what_changes_asks_why_and_saves)
{
    struct talk *t = at_salma();
    struct fake_record *r = salma(t);
    talk_do(t, "restore 14/2", "Phone: now 0712 345 678, then 0712 000 099.");
    talk_see(t, "City: now Kariakoo, then Mwanza.");
    talk_see(t, "Reason (required): ");
    cr_assert_eq(r->version, 1);
    talk_do(t, "wrong card", "Save?");
    talk_do(t, "", "Saved: Customer Salma Ibrahim.");
    cr_assert(str_eq_c(r->values[6].text, "Mwanza"));
    cr_assert_str_eq(talk_server(t)->reason, "wrong card");
    leave(t);
}

Test(restore, the_change_of_a_row_of_the_history_is_taken_back)
{
    struct talk *t = at_salma();
    struct fake_record *r = salma(t);
    talk_do(t, "history", "History: ");
    talk_do(t, "undo 1", "Reason (required): ");
    talk_do(t, "typed twice", "Save?");
    talk_do(t, "!", "Saved: Customer Salma Ibrahim.");
    cr_assert(str_eq_c(r->values[6].text, "Mwanza"));
    cr_assert_eq(r->version, 2);
    leave(t);
}

Test(restore, leaving_it_changes_nothing)
{
    struct talk *t = at_salma();
    struct fake_record *r = salma(t);
    talk_do(t, "history", "History: ");
    talk_do(t, "restore 1", "Reason (required): ");
    talk_do(t, "..", "Drop it?");
    talk_do(t, "yes", "History: ");
    cr_assert_eq(r->version, 1);
    leave(t);
}

Test(restore, what_was_the_same_asks_nothing)
{
    struct talk *t = at_salma();
    talk_server(t)->past.id = 0;
    talk_do(t, "restore 2026-02-13 11:30", "Nothing that can be changed by hand was another then.");
    leave(t);
}

Test(fields, nothing_counts_below_zero)
{
    struct talk *t = talk_start(&(struct talk_options){.pipes = false});
    talk_see(t, "Home: ");
    talk_do(t, "new vehicle", "Plate: ");
    talk_do(t, "> year", "Year: ");
    talk_do(t, "-3", "Year: can't be below zero.");
    talk_see(t, "Year: ");
    talk_do(t, "2015", "Owner");
    talk_do(t, "..", "Drop it?");
    talk_do(t, "yes", "Home: ");
    leave(t);
}
