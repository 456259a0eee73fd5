/* The journeys of a counter day on every terminal: they arrive, and with no more keys than they may take. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <string.h>

#include "common/base/attr.h"
#include "tests/tui/harness.h"
#include "tests/tui/journey_script.h"

static struct journey all[JOURNEYS];

static size_t
read_all(void)
{
    size_t n;
    char wrong[200] = "";
    cr_assert(journeys_read(BIMA_JOURNEYS, all, &n, wrong), "%s", wrong);
    return n;
}

Test(journeys, take_as_many_keys_as_they_say_and_no_more_than_they_may)
{
    size_t n = read_all();
    for (size_t i = 0; i < n; i++) {
        int keys = journey_count(&all[i]);
        cr_expect_eq(keys, all[i].keys, "%s takes %d keys, its file says %d", all[i].name, keys, all[i].keys);
        cr_expect_leq(keys, all[i].budget, "%s takes %d keys, it may take %d", all[i].name, keys,
                      all[i].budget);
    }
}

/* Keys go out together up to the next thing to be seen: typed ahead as at a counter. */
struct burst {
    char bytes[2000];
    size_t n;
};

static void
add_keys(struct burst *b, const char *term, const char *names)
{
    char word[32], bytes[32];
    for (int used; sscanf(names, "%31s%n", word, &used) == 1; names += used) {
        cr_assert(journey_key(term, word, bytes), "%s has no key %s", term, word);
        b->n += (size_t)snprintf(b->bytes + b->n, sizeof b->bytes - b->n, "%s", bytes);
    }
}

static void
walk(struct screen *s, const struct journey *j, const char *term)
{
    struct burst b = {.n = 0};
    for (size_t i = 0; i < j->nscreen; i++) {
        const struct journey_step *step = &j->screen[i];
        if (step->kind == STEP_TYPE) {
            b.n += (size_t)snprintf(b.bytes + b.n, sizeof b.bytes - b.n, "%s", step->text);
        } else if (step->kind == STEP_KEY) {
            add_keys(&b, term, step->text);
        } else {
            b.bytes[b.n] = 0;
            if (b.n)
                screen_type(s, b.bytes);
            b.n = 0;
            bool wanted = step->kind == STEP_SEE;
            cr_assert_eq(screen_has(s, step->text), wanted, "%s on %s: %s \"%s\":\n%s", j->name, term,
                         wanted ? "no" : "still", step->text, screen_text(s));
        }
    }
}

static const char *const terms[] = {"vt100",          "vt220",  "linux",         "xterm",
                                    "xterm-256color", "screen", "tmux-256color", "putty"};

/* Numbers alone: the tests run in processes of their own. */
ParameterizedTestParameters(journeys, arrive_on_every_terminal)
{
    static size_t at[COUNTOF(terms)];
    for (size_t i = 0; i < COUNTOF(terms); i++)
        at[i] = i;
    return cr_make_param_array(size_t, at, COUNTOF(terms));
}

ParameterizedTest(size_t *at, journeys, arrive_on_every_terminal)
{
    const char *term = terms[*at];
    size_t n = read_all();
    for (size_t i = 0; i < n; i++) {
        struct screen *s = screen_start(&(struct screen_options){.rows = 24, .cols = 80, .term = term});
        walk(s, &all[i], term);
        screen_stop(s);
    }
}
