#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "tests/bench/tui/bench.h"
#include "tests/tui/harness.h"

static struct screen *
start(const char *theme)
{
    return screen_start(&(struct screen_options){.rows = 24, .cols = 80, .theme = theme});
}

/* What each of n presses of a key costs. */
static void
press(struct screen *s, const char *key, int n, struct samples *ret)
{
    for (int i = 0; i < n; i++) {
        size_t before = screen_bytes(s);
        screen_type(s, key);
        samples_add(ret, (double)(screen_bytes(s) - before));
    }
}

static double
typed_key(const char *theme)
{
    struct samples each = {0};
    struct screen *s = start(theme);
    screen_type(s, "new customer" ENTER ENTER "R");
    press(s, "e", 10, &each);
    screen_type(s, F12 "2"
                       "new vehicle" ENTER DOWN DOWN "T");
    press(s, "o", 10, &each);
    screen_type(s, F12 "2" F6 "T");
    press(s, "3", 6, &each);
    screen_stop(s);
    double ret = samples_mean(&each);
    samples_done(&each);
    return ret;
}

/* Forward and back through forms of one and of two columns. */
static void
field_moves(const char *theme, struct samples *ret)
{
    struct screen *s = start(theme);
    screen_type(s, "new customer" ENTER);
    press(s, "\t", 6, ret);
    press(s, BACKTAB, 6, ret);
    screen_type(s, F12 "new vehicle" ENTER);
    press(s, DOWN, 4, ret);
    press(s, UP, 4, ret);
    screen_type(s, F12 F6);
    press(s, "\t", 16, ret);
    press(s, BACKTAB, 16, ret);
    screen_stop(s);
}

/* Up and down a page: `steps`; a row further than the page: `scrolls`. */
static void
list_steps(const char *theme, struct samples *steps, struct samples *scrolls)
{
    struct screen *s = start(theme);
    screen_type(s, "customers" ENTER);
    press(s, DOWN, 15, steps);
    press(s, UP, 15, steps);
    screen_type(s, F8 F8);
    press(s, DOWN, 10, scrolls);
    screen_type(s, F12 "policies" ENTER);
    press(s, DOWN, 3, steps);
    press(s, UP, 3, steps);
    screen_type(s, F12 "\t");
    press(s, DOWN, 2, steps);
    press(s, UP, 2, steps);
    screen_stop(s);
}

static double
first_screen(const char *theme)
{
    struct screen *s = start(theme);
    double ret = (double)screen_bytes(s);
    screen_stop(s);
    return ret;
}

/* The dearest of the screens there are, each painted again from nothing. */
static double
full_paint(const char *theme)
{
    static const char *const screens[] = {
        "", "customers" ENTER, "policies" ENTER, "t337dse" ENTER, "001902" ENTER, "new customer" ENTER,
        F6, "00" ENTER};
    struct samples each = {0};
    for (size_t i = 0; i < sizeof screens / sizeof screens[0]; i++) {
        struct screen *s = start(theme);
        if (screens[i][0])
            screen_type(s, screens[i]);
        press(s, "\014", 1, &each);
        screen_stop(s);
    }
    double ret = samples_at(&each, 100);
    samples_done(&each);
    return ret;
}

static double
idle_bytes(bool quick)
{
    struct screen *s = start("lean");
    size_t before = screen_bytes(s);
    poll(NULL, 0, quick ? 300 : 1000);
    screen_type(s, "x"); /* what came meanwhile, and this one */
    double ret = (double)(screen_bytes(s) - before) - 1;
    screen_stop(s);
    return ret;
}

static void
press_timed(struct screen *s, const char *key, int n, struct samples *us)
{
    for (int i = 0; i < n; i++) {
        int64_t at = bench_now_us();
        screen_type(s, key);
        if (screen_painted_us(s) >= at)
            samples_add(us, (double)(screen_painted_us(s) - at));
    }
}

/* Typing, with moves between fields and steps in lists between. */
static void
key_times(bool quick, struct samples *us)
{
    struct screen *s = start("colour");
    for (int round = 0; round < (quick ? 2 : 40); round++) {
        screen_type(s, "new customer" ENTER DOWN DOWN DOWN DOWN DOWN);
        press_timed(s, "a", 12, us);
        press_timed(s, DOWN, 1, us);
        press_timed(s, "b", 22, us);
        press_timed(s, UP, 1, us);
        screen_type(s, F12 "2"
                           "customers" ENTER);
        press_timed(s, DOWN, 8, us);
        press_timed(s, UP, 8, us);
        screen_type(s, F12);
    }
    screen_stop(s);
}

static void
starts(int n, struct results *r)
{
    struct samples first = {0}, home = {0};
    for (int i = 0; i < n; i++) {
        int64_t at = bench_now_us();
        struct screen *s = start("lean");
        samples_add(&first, (double)screen_first_us(s) / 1000);
        samples_add(&home, (double)(screen_painted_us(s) - at) / 1000);
        screen_stop(s);
    }
    r->ours[ROW_START] = samples_at(&first, 50);
    r->ours[ROW_HOME] = samples_at(&home, 50);
    samples_done(&first);
    samples_done(&home);
}

static void
memory(struct results *r)
{
    struct screen *s = start("colour");
    screen_type(s, "customers" ENTER F8 F8 F12 "policies" ENTER F12 "t337dse" ENTER F11 F12 F6 F12);
    r->ours[ROW_RSS] = bench_memory(screen_child(s), "Rss:");
    r->ours[ROW_PSS] = bench_memory(screen_child(s), "Pss:");
    r->ours[ROW_SUPERVISOR] = bench_memory(screen_pid(s), "Pss:");
    screen_stop(s);
}

static void
moves_and_steps(struct results *r)
{
    struct samples moves = {0}, steps = {0}, scrolls = {0};
    field_moves("lean", &moves);
    r->ours[ROW_MOVE_LEAN] = samples_mean(&moves);
    r->ours[ROW_MOVE_LEAN_MOST] = samples_at(&moves, 100);
    list_steps("lean", &steps, &scrolls);
    r->ours[ROW_STEP_LEAN] = samples_mean(&steps);
    r->ours[ROW_STEP_LEAN_MOST] = samples_at(&steps, 100);
    r->ours[ROW_SCROLL_LEAN] = samples_mean(&scrolls);
    moves.n = steps.n = 0;
    field_moves("colour", &moves);
    r->ours[ROW_MOVE_COLOUR] = samples_mean(&moves);
    list_steps("colour", &steps, &scrolls);
    r->ours[ROW_STEP_COLOUR] = samples_mean(&steps);
    samples_done(&moves);
    samples_done(&steps);
    samples_done(&scrolls);
}

void
bench_ours(struct results *r, bool quick)
{
    r->ours[ROW_KEY_LEAN] = typed_key("lean");
    r->ours[ROW_KEY_COLOUR] = typed_key("colour");
    moves_and_steps(r);
    r->ours[ROW_IDLE] = idle_bytes(quick);
    r->ours[ROW_FIRST_LEAN] = first_screen("lean");
    r->ours[ROW_FIRST_COLOUR] = first_screen("colour");
    r->ours[ROW_FULL_LEAN] = full_paint("lean");
    struct samples us = {0};
    key_times(quick, &us);
    r->ours[ROW_PAINT_P50] = samples_at(&us, 50);
    r->ours[ROW_PAINT_P99] = samples_at(&us, 99);
    samples_done(&us);
    starts(quick ? 3 : 21, r);
    memory(r);
}
