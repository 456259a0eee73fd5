/* The journeys of a counter day (tests/tui/journeys), by words. */
#include <criterion/criterion.h>

#include "tests/plain/harness.h"
#include "tests/tui/journey_script.h"

static struct journey all[JOURNEYS];

static void
walk(const struct journey *j)
{
    struct talk *t = talk_start(&(struct talk_options){.pipes = false});
    talk_see(t, "Home: ");
    for (size_t i = 0; i < j->nplain; i++) {
        const struct journey_step *step = &j->plain[i];
        cr_assert(step->kind == STEP_TYPE || step->kind == STEP_SEE, "%s: in plain mode lines are typed",
                  j->name);
        if (step->kind == STEP_TYPE)
            talk_type(t, step->text);
        else
            talk_see(t, step->text);
    }
    talk_stop(t);
}

Test(journeys, arrive_by_words_too)
{
    size_t n, walked = 0;
    char wrong[200] = "";
    cr_assert(journeys_read(BIMA_JOURNEYS, all, &n, wrong), "%s", wrong);
    for (size_t i = 0; i < n; i++)
        if (all[i].nplain > 0) {
            walk(&all[i]);
            walked++;
        }
    cr_assert_gt(walked, 5);
}
