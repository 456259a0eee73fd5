/* The keys a person gives to commands, and the pages that are made of the command table. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/tui/cmd.h"
#include "common/base/arena.h"
#include "common/base/buf.h"

static void
put(const char *text)
{
    struct err err = {0};
    cr_assert_eq(cmd_remap(str_from(text), "keys", &err), RC_OK, "%s", err.text);
}

static void
refused(const char *text, const char *why)
{
    struct err err = {0};
    cr_assert_eq(cmd_remap(str_from(text), "keys", &err), RC_USAGE, "%s", text);
    cr_expect_str_eq(err.text, why);
}

TestSuite(keymap, .init = cmd_unmap, .fini = cmd_unmap);
TestSuite(texts, .init = cmd_unmap, .fini = cmd_unmap);

Test(keymap, a_command_gets_the_keys_of_its_line_and_loses_those_it_had)
{
    put("# mine\n\nsave = Ctrl-Y, F10   # and why\n");
    cr_expect_eq(cmd_of_key(IN_FORM, K_CTRL('Y')), CMD_SAVE);
    cr_expect_eq(cmd_of_key(IN_FORM, K_F(10)), CMD_SAVE);
    cr_expect_eq(cmd_of_key(IN_FORM, K_CTRL('S')), CMD_NONE);
    cr_expect_eq(cmd_keys(IN_FORM, CMD_SAVE)[0], K_CTRL('Y'), "the first is shown");
}

Test(keymap, a_key_goes_from_the_command_that_had_it)
{
    put("save = F5\n");
    cr_expect_eq(cmd_of_key(IN_FORM, K_F(5)), CMD_SAVE);
    cr_expect_eq(cmd_keys(IN_FORM, CMD_UNDO)[0], K_NONE, "undo is in the palette");
    cr_expect_eq(cmd_of_key(IN_LIST, K_F(5)), CMD_REFRESH, "where nothing is saved it is as it was");
}

Test(keymap, one_place_can_have_its_own)
{
    put("next in form = Tab, Ctrl-Y, Down\n");
    cr_expect_eq(cmd_of_key(IN_FORM, K_CTRL('Y')), CMD_NEXT);
    cr_expect_eq(cmd_of_key(IN_FORM | IN_SELL, K_CTRL('Y')), CMD_NEXT, "new business is a form too");
    cr_expect_eq(cmd_of_key(IN_RECORD, K_CTRL('Y')), CMD_NONE);
    cr_expect_eq(cmd_of_key(IN_RECORD, K_TAB), CMD_NEXT);
}

Test(keymap, two_commands_can_change_places)
{
    put("page-back = F8\npage-forward = F7\n");
    cr_expect_eq(cmd_of_key(IN_LIST, K_F(7)), CMD_PAGE_FORWARD);
    cr_expect_eq(cmd_of_key(IN_LIST, K_F(8)), CMD_PAGE_BACK);
}

Test(keymap, names_of_keys_are_read_in_any_case)
{
    put("save = ctrl-y\n");
    cr_expect_eq(cmd_of_key(IN_FORM, K_CTRL('Y')), CMD_SAVE);
}

Test(keymap, a_line_that_is_wrong_is_named_and_nothing_changes)
{
    refused("save = Ctrl-Y\nsafe = F10\n", "keys, line 2: \"safe\" is no command");
    refused("save = Alt-X\n",
            "keys, line 1: \"Alt-X\" is no key that can be given; keys are F1 to F12, Ctrl-A to Ctrl-Z "
            "without H, I, J and M, Enter, Tab, Shift-Tab, Esc, Up, Down, PgUp, PgDn, Home and End");
    refused("save in shop = F10\n",
            "keys, line 1: \"shop\" is no place; places are home, list, record, form, "
            "choice, text, line and sell");
    refused("save in list = F10\n", "keys, line 1: \"save\" can't be given in \"list\"");
    refused("save with form = F10\n",
            "keys, line 1: a line is: command = key, key   or: command in form = key");
    refused("save = F1, F2, F3, F4, F5\n", "keys, line 1: a command has 4 keys at most");
    refused("\nsave = Ctrl-Y\n\nundo = Ctrl-Y\n", "keys, line 4: Ctrl-Y is \"save\" by line 2 already");
    refused("save = F10\nsave = Ctrl-Y\n", "keys, line 2: \"save\" has its keys by line 1 already");
    cr_expect_eq(cmd_of_key(IN_FORM, K_CTRL('Y')), CMD_NONE);
    cr_expect_eq(cmd_of_key(IN_FORM, K_CTRL('S')), CMD_SAVE);
}

Test(keymap, what_is_in_no_palette_keeps_a_key)
{
    refused("commands = none\n", "keys, line 1: this leaves \"commands\" without a key in \"home\"");
    refused("save = Enter\n", "keys, line 1: this leaves \"enter\" without a key in \"form\"");
    refused("back = none\n", "keys, line 1: this leaves \"back\" without a key in \"home\"");
    put("save = Enter\nenter in form = F10, Ctrl-S\nenter in text = F10\n");
    put("repaint = none\nsort = none\n");
}

Test(keymap, keys_that_are_another_key_on_every_terminal_are_not_given)
{
    static const char *const none[] = {"Ctrl-H", "Ctrl-I", "Ctrl-J", "Ctrl-M",    "Backspace",
                                       "Del",    "Left",   "Right",  "Backspace", "x"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        char line[40];
        struct err err = {0};
        snprintf(line, sizeof line, "save = %s", none[i]);
        cr_expect_eq(cmd_remap(str_from(line), "keys", &err), RC_USAGE, "%s", none[i]);
    }
}

/* A person writes any key anywhere: either it is refused or every command can still be given. */
Test(keymap, whatever_is_given_every_command_is_reached)
{
    size_t n, taken = 0, not_taken = 0;
    const struct command *t = cmd_table(&n);
    for (size_t i = 0; i < n; i++)
        for (int code = 1; code < K_CODES; code++) {
            char name[KEY_NAME], line[80];
            struct err err = {0};
            if (!key_label((enum key_code)code, name)[0])
                continue;
            cmd_unmap();
            snprintf(line, sizeof line, "%s = %s\n", t[i].name, name);
            if (cmd_remap(str_from(line), "keys", &err) != RC_OK) {
                not_taken++;
                continue;
            }
            taken++;
            for (size_t c = 0; c < n; c++)
                for (size_t in = 0; in < CONTEXTS; in++)
                    cr_assert(!cmd_is_for(&t[c], in) || t[c].in_palette ||
                                  cmd_keys(1u << in, t[c].id)[0] != K_NONE,
                              "%s leaves %s", line, t[c].name);
        }
    cr_assert_gt(taken, 300);
    cr_assert_gt(not_taken, 300);
}

Test(keymap, a_file_that_is_not_there_is_fine)
{
    struct err err = {0};
    cr_expect_eq(cmd_remap_file("/nonexistent/keys", &err), RC_OK);
    cr_expect_eq(cmd_remap_file("/", &err), RC_OK);
    cr_expect_eq(cmd_of_key(IN_FORM, K_F(10)), CMD_SAVE);
}

/* ---- texts that name keys ---- */

static void
reads(unsigned context, const char *text, const char *want)
{
    char got[200];
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct str s = cmd_text(context, str_from(text), &a);
    snprintf(got, sizeof got, "%.*s", STR_ARG(s));
    cr_expect_str_eq(got, want);
    arena_done(&a);
}

Test(texts, are_as_they_are_for_who_has_no_own_keys)
{
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    const struct str text = STR("F10 saves.");
    cr_expect_eq(cmd_text(IN_FORM, text, &a).p, text.p, "not even copied");
    arena_done(&a);
}

Test(texts, name_the_keys_a_person_has)
{
    put("save = Ctrl-Y\ncommands = F9, Ctrl-G\n");
    reads(IN_FORM, "Save with F10 or undo with F5.", "Save with Ctrl-Y or undo with F5.");
    reads(IN_FORM, "F10 huhifadhi popote; F2 ni amri.", "Ctrl-Y huhifadhi popote; F9 ni amri.");
    reads(IN_FORM, "(F2)", "(F9)");
    reads(IN_LINE, "F10 there restores it.", "Ctrl-Y there restores it.");
}

Test(texts, name_a_key_by_what_it_does_in_that_place)
{
    put("undo = Ctrl-Y\ntake = Ctrl-V\nmore = F11\n");
    reads(IN_FORM, "F5 puts it back", "Ctrl-Y puts it back");
    reads(IN_LIST, "F5 tries again", "F5 tries again");
    reads(IN_FORM | IN_SELL, "Ctrl-T takes it", "Ctrl-V takes it");
    reads(IN_LIST, "Ctrl-T sorts", "Ctrl-T sorts");
}

Test(texts, keep_a_key_that_still_does_it)
{
    put("save = Ctrl-Y, F10\n");
    reads(IN_FORM, "F10 saves", "F10 saves");
    reads(IN_FORM, "Ctrl-S saves", "Ctrl-Y saves");
}

Test(texts, name_the_palette_for_a_command_without_a_key)
{
    put("sort = none\n");
    reads(IN_LIST, "Ctrl-T sorts", "F2 \"Sort by next column\" sorts");
}

Test(texts, two_keys_that_changed_places_are_each_named_once)
{
    put("page-back = F8\npage-forward = F7\n");
    reads(IN_TEXT, "F7 and F8", "F8 and F7");
}

Test(texts, words_that_are_no_key_are_let_be)
{
    put("save = Ctrl-Y\nprompt = Ctrl-V\n");
    reads(IN_FORM, "PF10 F100 F10a F13 F F10", "PF10 F100 F10a F13 F Ctrl-Y");
    reads(IN_FORM, "Ctrl-Sx Ctrl- éF4 F4", "Ctrl-Sx Ctrl- éF4 Ctrl-V");
}

/* ---- nothing needs a function key ---- */

static bool
is_function_key(enum key_code code)
{
    return code >= K_F1 && code <= K_F12;
}

Test(commands, each_is_reached_without_function_keys)
{
    size_t n;
    const struct command *t = cmd_table(&n);
    for (size_t i = 0; i < n; i++)
        for (size_t in = 0; in < CONTEXTS; in++) {
            bool any = t[i].in_palette;
            const enum key_code *keys = cmd_keys(1u << in, t[i].id);
            for (size_t k = 0; keys[k] != K_NONE; k++)
                any |= !is_function_key(keys[k]);
            cr_assert(any || !cmd_is_for(&t[i], in), "%s in %s", t[i].name, cmd_context_word(in));
        }
    cr_assert_eq(cmd_of_key(IN_HOME, K_CTRL('G')), CMD_PALETTE, "and the palette neither");
}

/* ---- the manual ---- */

static void
put_roff(struct buf *b, const char *text)
{
    for (; *text; text++) {
        bool ends = text[0] == '.' && text[1] == ' '; /* a sentence begins a line */
        buf_printf(b, *text == '\\' ? "\\e" : *text == '-' ? "\\-" : ends ? ".\n" : "%c", *text);
        text += ends;
    }
}

static void
put_places(struct buf *b, unsigned contexts)
{
    bool first = true;
    if ((contexts & IN_ALL) == IN_ALL)
        return;
    buf_printf(b, " Pq ");
    for (size_t in = 0; in < CONTEXTS; in++)
        if (contexts >> in & 1u) {
            buf_printf(b, "%s%s", first ? "" : " , ", cmd_context_word(in));
            first = false;
        }
}

static struct str
keys_section(struct arena *a)
{
    struct buf b;
    size_t n;
    const struct command *t = cmd_table(&n);
    buf_init(&b, a, 16384);
    for (size_t i = 0; i < n; i++) {
        buf_printf(&b, ".It Cm %s", t[i].name);
        put_places(&b, t[i].contexts);
        buf_printf(&b, "\n");
        for (size_t k = 0; k < CMD_KEYS && t[i].keys[k] != K_NONE; k++) {
            char name[KEY_NAME];
            buf_printf(&b, k ? " , " : ".Ic ");
            put_roff(&b, key_label(t[i].keys[k], name));
        }
        buf_printf(&b, "\n.br\n");
        put_roff(&b, t[i].help);
        buf_printf(&b, "\n");
    }
    return buf_str(&b);
}

static struct str
file_text(struct arena *a, const char *path)
{
    FILE *f = fopen(path, "r");
    cr_assert(f, "%s", path);
    char *text = arena_alloc(a, 256 * 1024);
    size_t n = fread(text, 1, 256 * 1024, f);
    (void)fclose(f);
    return (struct str){text, n};
}

#define BEGINS ".\\\" keys of the command table begin\n"
#define ENDS ".\\\" keys of the command table end\n"

/* With BIMA_GOLDEN=write the page is written. */
Test(manual, has_the_keys_of_the_command_table)
{
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct str page = file_text(&a, BIMA_MANUAL), want = keys_section(&a);
    const char *begins = strstr(page.p, BEGINS), *ends = strstr(page.p, ENDS);
    cr_assert(begins && ends);
    begins += strlen(BEGINS);
    const char *write = getenv("BIMA_GOLDEN");
    if (write && !strcmp(write, "write")) {
        FILE *f = fopen(BIMA_MANUAL, "w");
        cr_assert(f);
        fprintf(f, "%.*s%.*s%.*s", (int)(begins - page.p), page.p, STR_ARG(want),
                (int)(page.p + page.n - ends), ends);
        (void)fclose(f);
    } else {
        cr_assert(str_eq((struct str){begins, (size_t)(ends - begins)}, want),
                  "man/bima.1 is not of this command table; BIMA_GOLDEN=write makes it so");
    }
    arena_done(&a);
}
