#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "client/tui/cmd.h"
#include "client/tui/field.h"
#include "client/tui/key.h"
#include "client/tui/match.h"

/* ---- bytes to keys ---- */

static struct key_decoder *
decoder(void)
{
    static struct key_decoder d;
    key_init(&d, 25);
    return &d;
}

/* The keys of some bytes that came together, as "F1 x Up ". */
static const char *
keys_of(struct key_decoder *d, const char *bytes, int64_t now)
{
    static char out[400];
    out[0] = 0;
    for (; *bytes; bytes++) {
        d->nout = 0;
        key_feed(d, (unsigned char)*bytes, now);
        for (size_t i = 0; i < d->nout; i++) {
            char name[KEY_NAME];
            size_t n = strlen(out);
            if (d->out[i].code == K_CHAR)
                snprintf(out + n, sizeof out - n, "%lc ", (wint_t)d->out[i].cp);
            else if (d->out[i].code == K_UNKNOWN)
                snprintf(out + n, sizeof out - n, "? ");
            else
                snprintf(out + n, sizeof out - n, "%s ", key_label(d->out[i].code, name));
        }
    }
    return out;
}

Test(decoder, letters_are_letters)
{
    cr_assert_str_eq(keys_of(decoder(), "a Z", 0), "a   Z ");
}

Test(decoder, a_function_key_has_many_spellings)
{
    cr_assert_str_eq(keys_of(decoder(), "\033OP\033[11~\033[[A\0331\033[P", 0), "F1 F1 F1 F1 F1 ");
}

Test(decoder, escape_and_a_digit_is_the_function_key_of_that_digit)
{
    cr_assert_str_eq(keys_of(decoder(), "\0332\0339\0330\033-\033=", 0), "F2 F9 F10 F11 F12 ");
}

Test(decoder, arrows_with_modifiers_are_arrows)
{
    cr_assert_str_eq(keys_of(decoder(), "\033[1;5C\033[1;2A\033OB", 0), "Right Up Down ");
}

Test(decoder, an_unknown_sequence_is_swallowed)
{
    cr_assert_str_eq(keys_of(decoder(), "\033[99~x\033[?1;2c", 0), "? x ? ");
}

Test(decoder, a_lone_escape_is_told_when_nothing_follows)
{
    struct key_decoder *d = decoder();
    cr_assert_str_eq(keys_of(d, "\033", 0), "");
    cr_assert_eq(key_wait(d, 0), 25);
    key_expire(d, 10);
    cr_assert_eq(d->nout, 0);
    key_expire(d, 25);
    cr_assert_eq(d->nout, 1);
    cr_assert_eq(d->out[0].code, K_ESC);
}

Test(decoder, an_arrow_torn_apart_by_the_line_is_an_arrow_all_the_same)
{
    struct key_decoder *d = decoder();
    (void)keys_of(d, "\033", 0);
    key_expire(d, 30);
    cr_assert_str_eq(keys_of(d, "OB", 60), "Down ");
}

Test(decoder, a_capital_o_typed_after_escape_is_typed)
{
    struct key_decoder *d = decoder();
    (void)keys_of(d, "\033", 0);
    key_expire(d, 30);
    cr_assert_str_eq(keys_of(d, "O", 60), "");
    d->nout = 0;
    key_expire(d, 400);
    cr_assert_eq(d->nout, 1);
    cr_assert_eq(d->out[0].cp, 'O');
}

Test(decoder, escape_then_a_letter_is_both)
{
    cr_assert_str_eq(keys_of(decoder(), "\033x", 0), "Esc x ");
}

Test(decoder, utf8_is_one_character_and_broken_bytes_are_dropped)
{
    struct key_decoder *d = decoder();
    key_feed(d, 0xc3, 0);
    cr_assert_eq(d->nout, 0);
    key_feed(d, 0xa9, 0);
    cr_assert_eq(d->nout, 1);
    cr_assert_eq(d->out[0].cp, 0xe9);
    d->nout = 0;
    key_feed(d, 0xc3, 0);
    key_feed(d, 'a', 0);
    cr_assert_eq(d->nout, 1);
    cr_assert_eq(d->out[0].cp, 'a');
}

Test(decoder, a_paste_is_marked_at_both_ends)
{
    struct key_decoder *d = decoder();
    (void)keys_of(d, "\033[200~", 0);
    cr_assert_eq(d->out[0].code, K_PASTE);
    (void)keys_of(d, "\033[201~", 0);
    cr_assert_eq(d->out[0].code, K_PASTE_END);
}

Test(decoder, any_bytes_leave_it_in_order)
{
    struct key_decoder *d = decoder();
    unsigned seed = 1;
    for (int i = 0; i < 200000; i++) {
        seed = seed * 1103515245u + 12345u;
        d->nout = 0;
        key_feed(d, (unsigned char)(seed >> 16), i);
        cr_assert_leq(d->nout, KEY_OUT_MAX);
        cr_assert_lt(d->nseq, KEY_SEQ_MAX);
    }
    key_expire(d, 1000000);
    d->nout = 0;
    key_expire(d, 2000000);
    d->nout = d->nutf8 = 0;
    cr_assert_str_eq(keys_of(d, "a", 3000000), "a ");
}

Test(names, every_key_name_reads_back)
{
    char name[KEY_NAME];
    for (int c = 1; c < K_CODES; c++)
        if (key_label((enum key_code)c, name)[0])
            cr_assert_eq(key_by_name(name), (enum key_code)c, "%s", name);
}

/* ---- the command table ---- */

Test(commands, no_key_means_two_things_in_one_place)
{
    size_t n;
    const struct command *t = cmd_table(&n);
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < CMD_KEYS; k++)
            for (size_t in = 0; in < CONTEXTS; in++)
                cr_assert(t[i].keys[k] == K_NONE || !cmd_is_for(&t[i], in) ||
                              cmd_of_key(1u << in, t[i].keys[k]) == t[i].id,
                          "a key of %s is another command's in %s", t[i].name, cmd_context_word(in));
}

Test(commands, backspace_tab_enter_and_escape_keep_their_meaning)
{
    size_t n;
    const struct command *t = cmd_table(&n);
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < CMD_KEYS; k++)
            cr_assert(t[i].keys[k] != K_CTRL('H') && t[i].keys[k] != K_CTRL('I') &&
                          t[i].keys[k] != K_CTRL('J') && t[i].keys[k] != K_CTRL('M') &&
                          t[i].keys[k] != K_CTRL('['),
                      "%s", t[i].name);
}

Test(commands, every_command_says_what_it_does)
{
    size_t n;
    const struct command *t = cmd_table(&n);
    for (size_t i = 0; i < n; i++)
        cr_assert(strlen(t[i].label) > 1 && strlen(t[i].help) > 10 && t[i].keys[0] != K_NONE, "%s",
                  t[i].name);
}

/* ---- the line editor ---- */

static struct field *
field_of(struct arena *a, const char *text)
{
    struct field *f = arena_alloc(a, sizeof *f);
    field_init(f, a, 12);
    field_set(f, str_from(text));
    field_enter(f);
    return f;
}

static void
type(struct field *f, const char *text)
{
    for (; *text; text++)
        field_key(f, &(struct key){K_CHAR, (unsigned char)*text});
}

static void
expect(struct field *f, const char *want)
{
    char text[FIELD_TEXT];
    field_text(f, text);
    cr_assert_str_eq(text, want);
}

static struct arena arena;

static void
setup(void)
{
    arena_init(&arena, SIZE_MAX, NULL, NULL);
}

static void
teardown(void)
{
    arena_done(&arena);
}

TestSuite(field, .init = setup, .fini = teardown);

Test(field, the_first_character_replaces_what_stands_there)
{
    struct field *f = field_of(&arena, "old");
    type(f, "new");
    expect(f, "new");
}

Test(field, moving_first_keeps_it)
{
    struct field *f = field_of(&arena, "old");
    field_key(f, &(struct key){K_LEFT, 0});
    type(f, "X");
    expect(f, "olXd");
}

Test(field, undo_puts_back_what_stood_before)
{
    struct field *f = field_of(&arena, "old");
    type(f, "new");
    cr_assert(field_changed(f));
    field_command(f, CMD_UNDO);
    expect(f, "old");
    cr_assert_not(field_changed(f));
}

Test(field, a_full_field_refuses_more)
{
    struct field *f = field_of(&arena, "");
    type(f, "123456789012");
    cr_assert_not(field_key(f, &(struct key){K_CHAR, 'x'}));
    expect(f, "123456789012");
}

Test(field, upper_case_where_it_is_wanted)
{
    struct field *f = field_of(&arena, "");
    f->upper = true;
    type(f, "t 337 dse");
    expect(f, "T 337 DSE");
}

Test(field, words_and_ends_are_erased)
{
    struct field *f = field_of(&arena, "Al Noor");
    field_command(f, CMD_ERASE_WORD);
    expect(f, "Al");
    field_command(f, CMD_LINE_START);
    field_command(f, CMD_CLEAR_END);
    expect(f, "");
}

Test(field, a_paste_is_text_whatever_is_in_it)
{
    struct field *f = field_of(&arena, "");
    field_paste(f, STR("a\nb\tc\033d"));
    expect(f, "a b c d");
}

Test(field, overwrite_replaces_in_place)
{
    struct field *f = field_of(&arena, "abc");
    field_command(f, CMD_LINE_START);
    field_key(f, &(struct key){K_INSERT, 0});
    type(f, "X");
    expect(f, "Xbc");
}

/* ---- words ---- */

Test(words, each_typed_word_begins_a_word_of_the_text)
{
    cr_assert(match_words(STR("New customer"), STR("cust ne")));
    cr_assert(match_words(STR("New customer"), STR("")));
    cr_assert_not(match_words(STR("New customer"), STR("stom")));
    cr_assert_not(match_words(STR("New customer"), STR("new vehicle")));
}

Test(field, takes_a_long_public_key_whole)
{
    struct arena a;
    struct field f;
    char key[734], text[FIELD_TEXT];
    memset(key, 'A', sizeof key - 1);
    key[sizeof key - 1] = 0;
    arena_init(&a, 1 << 20, NULL, NULL);
    field_init(&f, &a, FIELD_LONGEST);
    field_paste(&f, str_from(key));
    cr_expect(str_eq_c(field_text(&f, text), key));
    field_wipe(&f);
    cr_expect_eq(field_text(&f, text).n, 0);
    for (size_t i = 0; i < f.cap; i++)
        cr_assert_eq(f.cp[i], 0);
    arena_done(&a);
}
