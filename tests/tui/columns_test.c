/* How the columns of a list share the width. */
#include <criterion/criterion.h>
#include <string.h>

#include "client/tui/list.h"

enum { NUMBER, HOLDER, STATE, UNTIL, COLUMNS };

static const char *const rows[][COLUMNS] = {
    {"KK/26/001977", "Juma Mkwawa",                         "active",           "2026-03-05"},
    {"KK/26/001902", "Al Noor Transport and Haulage Ltd",   "awaiting payment", "2026-03-02"},
    {"KK/26/001841", "Bundala Nkwabi Masunga wa Shinyanga", "expired",          "2026-03-01"},
};

static struct list_cell
cell(void *ctx, struct arena *a, size_t row, size_t column)
{
    (void)ctx;
    (void)a;
    return (struct list_cell){.text = str_from(rows[row][column])};
}

static struct list *
policies(void)
{
    static struct list l;
    memset(&l, 0, sizeof l);
    l.ncolumns = l.sort = COLUMNS;
    l.cell = cell;
    l.columns[NUMBER] = (struct list_column){.label = STR("Policy"), .width = 16};
    l.columns[HOLDER] = (struct list_column){.label = STR("Holder"), .width = 30, .prose = true};
    l.columns[STATE] = (struct list_column){.label = STR("State"), .width = 17, .grows = true};
    l.columns[UNTIL] = (struct list_column){.label = STR("Covered until"), .width = 10, .firm = true};
    return &l;
}

Test(columns, names_give_way_to_states_numbers_and_headings)
{
    struct list *l = policies();
    list_measure(l, 0, 3);
    list_fit(l, 68);
    cr_expect_eq(l->columns[NUMBER].shown, 12);
    cr_expect_eq(l->columns[STATE].shown, 16, "awaiting payment");
    cr_expect_eq(l->columns[UNTIL].shown, 13, "its heading");
    cr_expect_eq(l->columns[HOLDER].shown, 68 - 2 - 12 - 16 - 13 - 3 * LIST_GAP, "what is left");
}

Test(columns, names_keep_enough_to_tell_them_apart)
{
    struct list *l = policies();
    l->columns[HOLDER].width = 19;
    list_measure(l, 0, 3);
    list_fit(l, 58);
    cr_expect_eq(l->columns[HOLDER].shown, 12);
    cr_expect_lt(l->columns[STATE].shown, 16);
}

Test(columns, get_wider_with_the_rows_and_never_less_again)
{
    struct list *l = policies();
    l->columns[HOLDER].width = 19;
    list_measure(l, 0, 1);
    list_fit(l, 60);
    const int before = l->columns[STATE].shown;
    list_measure(l, 1, 1);
    list_fit(l, 60);
    const int widest = l->columns[STATE].shown;
    cr_expect_gt(widest, before);
    list_measure(l, 2, 1);
    list_fit(l, 60);
    cr_expect_eq(l->columns[STATE].shown, widest);
}

Test(columns, that_have_room_are_the_same_before_and_behind_the_rows)
{
    for (int cols = 20; cols < 120; cols++) {
        struct list *l = policies();
        bool shown[COLUMNS];
        int end = 0;
        list_fit(l, cols);
        for (size_t i = 0; i < COLUMNS; i++)
            shown[i] = l->columns[i].shown > 0;
        list_measure(l, 0, 3);
        list_fit(l, cols);
        for (size_t i = 0; i < COLUMNS; i++) {
            cr_assert_eq(shown[i], l->columns[i].shown > 0, "%d columns", cols);
            end = shown[i] ? l->columns[i].x + l->columns[i].shown : end;
        }
        cr_assert_leq(end, cols);
    }
}

Test(columns, grow_with_the_words_of_a_language)
{
    struct list *l = policies();
    l->columns[STATE].width = 10;
    list_measure(l, 0, 3);
    list_fit(l, 100);
    cr_expect_eq(l->columns[STATE].shown, 16);
}
