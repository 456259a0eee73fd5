#include <criterion/criterion.h>

#include "server/front/turns.h"

enum { MANY = 20 };

struct people {
    struct turns turns;
    struct turn at_work[MANY], new[MANY];
};

static void
put_all(struct people *p, size_t at_work, size_t new)
{
    for (size_t i = 0; i < new; i++) {
        turns_put(&p->turns, &p->new[i], false);
    }
    for (size_t i = 0; i < at_work; i++) {
        turns_put(&p->turns, &p->at_work[i], true);
    }
}

Test(turns, those_at_work_come_first_then_some_of_those_who_arrive)
{
    struct people p = {0};
    put_all(&p, 3, MANY);
    for (size_t turn = 0; turn < MANY / 4; turn++) {
        turns_begin(&p.turns, 4);
        for (size_t i = 0; i < 3; i++) {
            cr_assert_eq(turns_next(&p.turns), &p.at_work[i]);
        }
        for (size_t i = 0; i < 4; i++) {
            cr_assert_eq(turns_next(&p.turns), &p.new[4 * turn + i]);
        }
        cr_assert_null(turns_next(&p.turns));
        put_all(&p, 3, 0);
    }
    turns_begin(&p.turns, 4);
    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(turns_next(&p.turns), &p.at_work[i]);
    }
    cr_assert_null(turns_next(&p.turns));
    cr_assert_not(turns_any(&p.turns));
}

Test(turns, who_is_put_in_while_a_turn_runs_has_the_next_one)
{
    struct people p = {0};
    put_all(&p, 2, 1);
    turns_begin(&p.turns, 4);
    cr_assert_eq(turns_next(&p.turns), &p.at_work[0]);
    turns_put(&p.turns, &p.at_work[0], true);
    cr_assert_eq(turns_next(&p.turns), &p.at_work[1]);
    cr_assert_eq(turns_next(&p.turns), &p.new[0]);
    cr_assert_null(turns_next(&p.turns));
    cr_assert(turns_any(&p.turns));
    turns_begin(&p.turns, 4);
    cr_assert_eq(turns_next(&p.turns), &p.at_work[0]);
    cr_assert_null(turns_next(&p.turns));
}

Test(turns, nobody_waits_twice)
{
    struct people p = {0};
    put_all(&p, 2, 2);
    put_all(&p, 2, 2);
    turns_put(&p.turns, &p.new[0], true); /* it has signed in meanwhile */
    turns_begin(&p.turns, MANY);
    for (size_t i = 0; i < 4; i++) {
        cr_assert_not_null(turns_next(&p.turns));
    }
    cr_assert_null(turns_next(&p.turns));
    cr_assert_not(turns_any(&p.turns));
}

Test(turns, who_has_left_is_never_run)
{
    struct people p = {0};
    put_all(&p, 3, 3);
    turns_begin(&p.turns, MANY);
    cr_assert_eq(turns_next(&p.turns), &p.at_work[0]);
    turns_leave(&p.turns, &p.at_work[0]); /* as it ran */
    turns_put(&p.turns, &p.at_work[0], true);
    turns_leave(&p.turns, &p.at_work[2]); /* the last: the next one is put in its place */
    turns_leave(&p.turns, &p.new[0]);
    turns_put(&p.turns, &p.at_work[3], true);
    cr_assert_eq(turns_next(&p.turns), &p.at_work[1]);
    cr_assert_eq(turns_next(&p.turns), &p.at_work[3]);
    cr_assert_eq(turns_next(&p.turns), &p.new[1]);
    cr_assert_eq(turns_next(&p.turns), &p.new[2]);
    cr_assert_null(turns_next(&p.turns));
    cr_assert_not(turns_any(&p.turns));
}
