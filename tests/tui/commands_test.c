/* Commands: every one found by its words and its code, the screen locked and unlocked, one's own keys. */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/tui/harness.h"

static struct screen *
home_of(const char *as, const char *env)
{
    return screen_start(&(struct screen_options){.rows = 50, .cols = 120, .as = as, .env = env});
}

/* ---- codes ---- */

enum { CODES = 200, CODE = 12, LABEL = 80 };

struct row {
    char label[LABEL], code[CODE];
};

/* The row of the palette that Enter runs: "> New Customer    ncu   People and companies." */
static struct row
marked(struct screen *s)
{
    static const char mark[] = "\u2502 > ";
    struct row r = {"", ""};
    const char *at = strstr(screen_text(s), mark);
    if (!at)
        return r;
    at += strlen(mark);
    const char *gap = strstr(at, "  ");
    cr_assert(gap, "%s", screen_text(s));
    snprintf(r.label, LABEL, "%.*s", (int)(gap - at), at);
    gap += strspn(gap, " ");
    snprintf(r.code, CODE, "%.*s", (int)strcspn(gap, " "), gap);
    return r;
}

/* Everything the palette offers, row by row. */
static size_t
read_palette(struct screen *s, struct row rows[CODES])
{
    size_t n = 0;
    screen_type(s, F2);
    for (struct row r = marked(s); n == 0 || strcmp(r.label, rows[n - 1].label) != 0; r = marked(s)) {
        cr_assert_lt(n, CODES);
        rows[n++] = r;
        screen_type(s, DOWN);
    }
    screen_type(s, ESC "=");
    return n;
}

/* Three small letters; what has a key shows that instead. */
static bool
is_code(const char *text)
{
    return strlen(text) == 3 && strspn(text, "abcdefghijklmnopqrstuvwxyz") == 3;
}

/* F2, at most three letters, Enter: four keys and Enter. */
static void
codes_of(const char *as, size_t least)
{
    static struct row rows[CODES];
    struct screen *s = home_of(as, NULL);
    size_t n = read_palette(s, rows), codes = 0;
    for (size_t i = 0; i < n; i++) {
        cr_assert(rows[i].code[0], "%s has neither key nor code", rows[i].label);
        if (!is_code(rows[i].code))
            continue;
        codes++;
        screen_type(s, F2);
        screen_type(s, rows[i].code);
        struct row first = marked(s);
        cr_assert_str_eq(first.label, rows[i].label, "F2 %s Enter runs %s", rows[i].code, first.label);
        screen_type(s, ESC "=");
    }
    cr_assert_geq(codes, least, "%s has %zu codes", as ? as : "an agent", codes);
    screen_stop(s);
}

Test(codes, of_an_agent_lead_to_what_they_stand_for)
{
    codes_of(NULL, 10);
}

Test(codes, of_a_manager_lead_to_what_they_stand_for)
{
    codes_of("manager", 14);
}

Test(codes, of_the_platform_lead_to_what_they_stand_for)
{
    codes_of("super", 6);
}

Test(codes, are_understood_at_home)
{
    struct screen *s = screen_home();
    screen_type(s, "ncu" ENTER);
    EXPECT_TEXT(s, "Kind *");
    screen_type(s, F3 "POL" ENTER);
    EXPECT_TEXT(s, "KK/26/001841");
    screen_stop(s);
}

Test(codes, are_the_same_on_every_screen)
{
    static struct row here[CODES], there[CODES];
    struct screen *s = home_of("manager", NULL);
    size_t n = read_palette(s, here), same = 0;
    screen_type(s, "t337dse" ENTER);
    size_t m = read_palette(s, there);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            if (is_code(here[i].code) && !strcmp(here[i].label, there[j].label)) {
                cr_assert_str_eq(here[i].code, there[j].code, "%s", here[i].label);
                same++;
            }
    cr_assert_geq(same, 14);
    screen_stop(s);
}

/* ---- the lock ---- */

static struct screen *
locked(void)
{
    struct screen *s = screen_home();
    screen_type(s, "new customer" ENTER ENTER "Rehema"
                   "\017"); /* no password here: one chooses a word */
    EXPECT_TEXT(s, "Choose a word");
    screen_type(s, "kariakoo" ENTER);
    EXPECT_TEXT(s, "Locked. What was typed");
    return s;
}

Test(lock, hides_everything_and_gives_it_back_for_the_word)
{
    struct screen *s = locked();
    EXPECT_NO_TEXT(s, "Rehema");
    EXPECT_NO_TEXT(s, "kariakoo");
    screen_type(s, "kariakoo" ENTER);
    EXPECT_TEXT(s, "> Name *  . . . Rehema");
    screen_type(s, " Ally");
    EXPECT_TEXT(s, "Rehema Ally");
    screen_stop(s);
}

Test(lock, no_key_leads_around_it)
{
    static const char *const keys[] = {
        F1,      F2,     F3,     F4,     F5,     F6,     F7,   F8,      F9, F10,  F11,    F12,   ESC "=",
        ESC ESC, "\007", "\003", "\017", "\032", "\023", "\t", BACKTAB, UP, DOWN, "\006", "\002"};
    struct screen *s = locked();
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        screen_type(s, keys[i]);
        cr_assert(screen_has(s, "Locked. What was typed"), "after key %zu:\n%s", i, screen_text(s));
        EXPECT_NO_TEXT(s, "Rehema");
        EXPECT_NO_TEXT(s, "Commands");
    }
    screen_stop(s);
}

Test(lock, a_wrong_word_is_told_and_drops_what_was_typed_ahead)
{
    struct screen *s = locked();
    screen_type(s, "ilala" ENTER);
    EXPECT_TEXT(s, "not the word");
    EXPECT_TEXT(s, "Locked. What was typed");
    screen_type(s, "kariakoo" ENTER);
    EXPECT_TEXT(s, "Rehema");
    screen_stop(s);
}

Test(lock, after_five_wrong_words_the_program_ends)
{
    struct screen *s = locked();
    for (int i = 0; i < 4; i++)
        screen_type(s, "ilala" ENTER);
    screen_send(s, "ilala" ENTER, 6);
    cr_assert_eq(screen_wait_end(s), 77);
    screen_stop(s);
}

Test(lock, a_short_word_is_refused_and_leaving_locks_nothing)
{
    struct screen *s = screen_home();
    screen_type(s, "\017"
                   "abc" ENTER);
    EXPECT_TEXT(s, "at least 4");
    screen_type(s, ESC "=");
    EXPECT_TEXT(s, "find or do");
    screen_stop(s);
}

Test(lock, is_not_for_who_has_not_signed_in)
{
    struct screen *s = screen_start(&(struct screen_options){.sign_in = true});
    screen_type(s, "\017");
    EXPECT_TEXT(s, "Not used here");
    screen_stop(s);
}

Test(suspend, is_not_where_there_is_no_shell_to_go_to)
{
    struct screen *s = screen_home();
    screen_type(s, "\032");
    EXPECT_TEXT(s, "Not used here");
    screen_type(s, F2 "suspend");
    EXPECT_TEXT(s, "no command has these words");
    screen_stop(s);
}

/* ---- one's own keys ---- */

static struct screen *
with_keys(const char *text, const char *as, char dir[40])
{
    char path[64], env[80];
    snprintf(dir, 40, "/tmp/bima-keys-XXXXXX");
    cr_assert(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/keys", dir);
    FILE *f = fopen(path, "w");
    cr_assert(f && fputs(text, f) >= 0 && fclose(f) == 0);
    snprintf(env, sizeof env, "BIMA_TEST_CONFIG=%s", dir);
    return home_of(as, env);
}

static void
forget_keys(const char *dir)
{
    char path[64];
    snprintf(path, sizeof path, "%s/keys", dir);
    unlink(path);
    rmdir(dir);
}

Test(own_keys, work_and_stand_in_key_bar_help_and_palette)
{
    char dir[40];
    struct screen *s = with_keys("save = Ctrl-Y\ncommands = Ctrl-G\nnew in home = F2\n", NULL, dir);
    EXPECT_TEXT(s, "Ctrl-G Commands");
    EXPECT_TEXT(s, "F2 New business");
    screen_type(s, "\007new c");
    screen_type(s, ENTER);
    EXPECT_TEXT(s, "Ctrl-Y Save");
    screen_type(s, F10);
    EXPECT_TEXT(s, "Not used here");
    screen_type(s, "\031");
    EXPECT_TEXT(s, "need attention");
    screen_type(s, "\007save");
    EXPECT_TEXT(s, "Ctrl-Y");
    screen_type(s, ESC "=" F1 F1 F1);
    EXPECT_TEXT(s, "Ctrl-Y                 Sends the form");
    EXPECT_TEXT(s, "Ctrl-G finds every command");
    screen_stop(s);
    forget_keys(dir);
}

Test(own_keys, stand_in_messages_hints_notes_and_help)
{
    char dir[40];
    struct screen *s = with_keys("commands = Ctrl-V\nprompt = F2\nundo = Ctrl-T\n", NULL, dir);
    screen_type(s, F12);
    EXPECT_TEXT(s, "To sign out: Ctrl-V, then");
    screen_type(s, "new business" ENTER "\t\t\t\t\t" F1);
    EXPECT_TEXT(s, "Ctrl-T puts back what stood here, F9 takes it from the last record saved.");
    EXPECT_NO_TEXT(s, "F5");
    screen_stop(s);
    forget_keys(dir);
}

Test(own_keys, stand_in_a_translated_text_too)
{
    char dir[40];
    struct screen *s = with_keys("commands = Ctrl-V\nundo = Ctrl-T\n", "swahili", dir);
    screen_type(s, F12);
    EXPECT_TEXT(s, "Kutoka: Ctrl-V");
    screen_stop(s);
    forget_keys(dir);
}

/* ---- how one wants the screens ---- */

Test(preferences, of_the_account_are_those_of_the_screens)
{
    struct screen *s = home_of("particular", NULL);
    size_t n;
    const char *raw = screen_raw(s, &n);
    cr_assert(memmem(raw, n, "\033[37m\033[40m", 10) || memmem(raw, n, "\033[37;40m", 8), "high contrast");
    EXPECT_TEXT(s, "12.412.500");
    screen_type(s, "policies" ENTER);
    EXPECT_TEXT(s, "619.500");
    EXPECT_TEXT(s, "/2026");
    EXPECT_NO_TEXT(s, "2026-0");
    screen_stop(s);
}

Test(preferences, enter_can_save_the_form)
{
    struct screen *s = home_of("particular", NULL);
    screen_type(s, "new customer" ENTER ENTER);
    EXPECT_TEXT(s, "need attention");
    screen_type(s, "Rehema\t0655 010 203" ENTER);
    cr_assert_eq(screen_server(s)->saves, 1);
    screen_stop(s);
}

Test(preferences, hints_can_be_hidden)
{
    struct screen *s = home_of("particular", NULL), *like = home_of(NULL, NULL);
    screen_type(s, "new customer" ENTER "\t");
    screen_type(like, "new customer" ENTER "\t");
    EXPECT_TEXT(like, "Family and given names");
    EXPECT_NO_TEXT(s, "Family and given names");
    screen_type(s, F1);
    EXPECT_TEXT(s, "Family and given names");
    screen_stop(s);
    screen_stop(like);
}

Test(preferences, what_is_set_on_this_computer_goes_before)
{
    struct screen *s = screen_start(&(struct screen_options){.as = "particular", .theme = "mono"});
    size_t n;
    const char *raw = screen_raw(s, &n);
    cr_assert_not(memmem(raw, n, "\033[37m\033[40m", 10) || memmem(raw, n, "\033[37;40m", 8));
    screen_stop(s);
}

Test(preferences, are_changed_in_the_settings_and_hold_at_once)
{
    struct screen *s = home_of("manager", NULL);
    screen_type(s, "my settings" ENTER);
    EXPECT_TEXT(s, "Name");
    size_t asked = screen_server(s)->requests;
    screen_type(s, "Amina S" F10);
    cr_assert_geq(screen_server(s)->requests, asked + 2, "who one is now was asked for");
    screen_stop(s);
}
