#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tui/harness.h"

/* The terminal itself: kinds of it, its end, its size, what is typed while it waits. */

static void
works_on(const char *term)
{
    struct screen *s = screen_start(&(struct screen_options){.rows = 24, .cols = 80, .term = term});
    EXPECT_TEXT(s, "Running out");
    screen_type(s, "t337dse" ENTER);
    EXPECT_TEXT(s, "Toyota Corolla");
    screen_type(s, ESC "2");
    EXPECT_TEXT(s, "Words");
    screen_type(s, ESC "=");
    EXPECT_NO_TEXT(s, "Words");
    screen_stop(s);
}

Test(terminal, xterm_256color)
{
    works_on("xterm-256color");
}
Test(terminal, xterm)
{
    works_on("xterm");
}
Test(terminal, vt100)
{
    works_on("vt100");
}
Test(terminal, vt220)
{
    works_on("vt220");
}
Test(terminal, linux_console)
{
    works_on("linux");
}
Test(terminal, screen)
{
    works_on("screen");
}
Test(terminal, tmux_256color)
{
    works_on("tmux-256color");
}
Test(terminal, putty)
{
    works_on("putty");
}

/* Same characters with colour and without, on every screen of a walk. */
Test(terminal, no_colour_equals_colour_in_characters)
{
    static const char *const walk[] = {
        "customers" ENTER, F6, "ind" ENTER ENTER, F10, F1, ESC "=", F12, "2", F3};
    struct screen *a = screen_home();
    struct screen *b = screen_start(&(struct screen_options){.rows = 24, .cols = 80, .env = "NO_COLOR=1"});
    for (size_t i = 0; i < sizeof walk / sizeof walk[0]; i++) {
        screen_type(a, walk[i]);
        screen_type(b, walk[i]);
        char *text = strdup(screen_text(a));
        cr_assert_str_eq(text, screen_text(b), "after step %zu", i);
        free(text);
    }
    size_t n;
    const char *raw = screen_raw(b, &n);
    for (size_t i = 0; i + 2 < n; i++)
        if (raw[i] == '\033' && raw[i + 1] == '[') {
            size_t end = i + 2 + strspn(raw + i + 2, "0123456789;");
            bool colour = raw[end] == 'm' && raw[i + 2] == '3' && end > i + 3 && raw[i + 3] != '9';
            cr_assert_not(colour, "a colour at %zu", i);
        }
    screen_stop(a);
    screen_stop(b);
}

/* And in the theme for those who see little. */
Test(terminal, contrast_equals_colour_in_characters)
{
    static const char *const walk[] = {
        "customers" ENTER, F6, "ind" ENTER ENTER, F10, F1, ESC "=", F12, "2", F3};
    struct screen *a = screen_home();
    struct screen *b = screen_start(&(struct screen_options){.theme = "contrast"});
    for (size_t i = 0; i < sizeof walk / sizeof walk[0]; i++) {
        screen_type(a, walk[i]);
        screen_type(b, walk[i]);
        char *text = strdup(screen_text(a));
        cr_assert_str_eq(text, screen_text(b), "after step %zu", i);
        free(text);
    }
    size_t n;
    const char *raw = screen_raw(b, &n);
    cr_assert(memmem(raw, n, "\033[37m\033[40m", 10) || memmem(raw, n, "\033[37;40m", 8),
              "white on black, whatever the terminal's own colours");
    screen_stop(a);
    screen_stop(b);
}

static void
sane_after(int sig)
{
    struct screen *s = screen_home();
    kill(screen_child(s), sig);
    (void)screen_wait_end(s);
    size_t n;
    const char *raw = screen_raw(s, &n);
    cr_assert(memmem(raw, n, "\033[?1049l", 8), "the normal screen is back");
    screen_stop(s);
}

Test(end, the_screen_is_put_back_after_kill)
{
    sane_after(SIGKILL);
}
Test(end, the_screen_is_put_back_after_segv)
{
    sane_after(SIGSEGV);
}
Test(end, the_screen_is_put_back_after_hangup)
{
    sane_after(SIGHUP);
}

static void
same_settings_after(int sig)
{
    struct screen *s = screen_home();
    struct termios before = screen_before(s), during = screen_termios(s);
    cr_assert_neq(before.c_lflag, during.c_lflag, "it took the terminal over");
    kill(screen_child(s), sig);
    screen_reap(s);
    struct termios after = screen_termios(s);
    cr_assert_eq(before.c_lflag, after.c_lflag);
    cr_assert_eq(before.c_iflag, after.c_iflag);
    cr_assert_eq(before.c_oflag, after.c_oflag);
    screen_stop(s);
}

Test(end, the_settings_are_as_before_after_kill)
{
    same_settings_after(SIGKILL);
}
Test(end, the_settings_are_as_before_after_segv)
{
    same_settings_after(SIGSEGV);
}

Test(end, signing_out_ends_well)
{
    struct screen *s = screen_home();
    screen_send(s, "sign out" ENTER, 9);
    cr_assert_eq(screen_wait_end(s), 0);
    screen_stop(s);
}

/* ---- size ---- */

Test(size, works_from_40_by_10)
{
    struct screen *s = screen_start(&(struct screen_options){.rows = 10, .cols = 40});
    EXPECT_TEXT(s, "find or do");
    EXPECT_TEXT(s, "KK/26/001841");
    screen_type(s, "new customer" ENTER "ind" ENTER "Rehema" ENTER "0655" ENTER);
    EXPECT_TEXT(s, "ID number");
    expect_golden(s, "small_form");
    screen_stop(s);
}

Test(size, says_when_it_is_too_small_and_keeps_everything)
{
    struct screen *s = screen_home();
    screen_type(s, "new customer" ENTER ENTER "Rehema");
    screen_resize(s, 6, 30);
    screen_idle(s);
    EXPECT_TEXT(s, "Terminal too small");
    screen_resize(s, 24, 80);
    screen_idle(s);
    EXPECT_TEXT(s, "Rehema");
    screen_stop(s);
}

Test(size, more_room_shows_more_columns)
{
    struct screen *s = screen_start(&(struct screen_options){.rows = 40, .cols = 140});
    screen_type(s, "policies" ENTER);
    EXPECT_TEXT(s, "Total");
    EXPECT_TEXT(s, "619,500");
    screen_stop(s);
}

Test(size, a_storm_of_resizes_while_typing_loses_nothing)
{
    static const char text[] = "Rehema Ally Mbwana wa Kariakoo";
    struct screen *s = screen_home();
    screen_type(s, "new customer" ENTER ENTER);
    unsigned seed = 7;
    for (size_t i = 0; i < sizeof text - 1; i++) {
        seed = seed * 1103515245u + 12345u;
        screen_resize(s, 10 + (int)(seed >> 16) % 50, 40 + (int)(seed >> 20) % 160);
        screen_send(s, &text[i], 1);
    }
    screen_resize(s, 24, 80);
    screen_idle(s);
    screen_type(s, ENTER BACKTAB);
    screen_type(s, "\001"); /* to the start of the field */
    EXPECT_TEXT(s, "Rehema Ally Mbwana wa K");
    screen_stop(s);
}

/* ---- the cursor ---- */

Test(cursor, stands_on_the_focused_field_after_every_key)
{
    struct screen *s = screen_home();
    screen_type(s, "new customer" ENTER);
    for (int i = 0; i < 6; i++) {
        int row, col;
        screen_cursor(s, &row, &col);
        cr_assert_eq(screen_line(s, row)[0], '>', "the cursor stands on row %d:\n%s", row, screen_text(s));
        screen_type(s, DOWN);
    }
    screen_stop(s);
}

Test(cursor, stands_at_the_selected_row_of_a_list)
{
    struct screen *s = screen_home();
    screen_type(s, "customers" ENTER DOWN DOWN DOWN);
    int row, col;
    screen_cursor(s, &row, &col);
    cr_assert_eq(screen_line(s, row)[0], '>');
    cr_assert_lt(col, 3);
    screen_stop(s);
}

/* ---- bytes ---- */

Test(bytes, a_typed_key_costs_one_byte_and_idling_none)
{
    struct screen *s = screen_start(&(struct screen_options){.rows = 24, .cols = 80, .theme = "lean"});
    screen_type(s, "new customer" ENTER ENTER "R");
    size_t before = screen_bytes(s);
    for (int i = 0; i < 10; i++)
        screen_type(s, "e");
    cr_assert_eq(screen_bytes(s) - before, 10, "10 keys cost %zu bytes", screen_bytes(s) - before);
    screen_stop(s);
}

Test(bytes, a_move_to_the_next_field_is_cheap_on_a_lean_line)
{
    struct screen *s = screen_start(&(struct screen_options){.rows = 24, .cols = 80, .theme = "lean"});
    screen_type(s, "new vehicle" ENTER);
    size_t before = screen_bytes(s);
    for (int i = 0; i < 4; i++)
        screen_type(s, "\t");
    size_t each = (screen_bytes(s) - before) / 4;
    cr_assert_leq(each, 16, "a field move costs %zu bytes", each);
    screen_stop(s);
}

Test(bytes, a_step_down_a_list_is_cheap_on_a_lean_line)
{
    struct screen *s = screen_start(&(struct screen_options){.rows = 24, .cols = 80, .theme = "lean"});
    screen_type(s, "customers" ENTER);
    size_t before = screen_bytes(s);
    for (int i = 0; i < 10; i++)
        screen_type(s, DOWN);
    size_t each = (screen_bytes(s) - before) / 10;
    cr_assert_leq(each, 16, "a step costs %zu bytes", each);
    screen_stop(s);
}

/* ---- lines ---- */

static bool
has_colours(struct screen *s)
{
    size_t n;
    const char *raw = screen_raw(s, &n);
    return memmem(raw, n, "\033[38;5;", 7) != NULL;
}

static bool
colours_with(const char *env)
{
    struct screen *s = screen_start(&(struct screen_options){.env = env});
    bool colours = has_colours(s);
    screen_stop(s);
    return colours;
}

Test(line, that_is_long_gets_the_lean_theme_by_itself)
{
    cr_assert(colours_with("BIMA_LINE_MS=30"));
    cr_assert_not(colours_with("BIMA_LINE_MS=81"));
    cr_assert_not(colours_with("SSH_CONNECTION=10.0.0.7 1 2 3"), "nobody knows how long it is");
}

Test(line, that_is_long_does_not_change_what_a_person_chose)
{
    struct screen *s = screen_start(&(struct screen_options){.env = "BIMA_LINE_MS=500", .theme = "colour"});
    cr_assert(has_colours(s));
    screen_stop(s);
}
