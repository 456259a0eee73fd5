/* The words a record is found by. */
#include <criterion/criterion.h>

#include "common/base/arena.h"

#include "common/base/utf8.h"
#include "server/rule/token.h"

static struct arena arena;

static void
open_arena(void)
{
    arena_init(&arena, 1 << 20, NULL, NULL);
}

static void
close_arena(void)
{
    arena_done(&arena);
}

TestSuite(token, .init = open_arena, .fini = close_arena);

static bool
has(const struct rule_tokens *set, const char *token, enum token_why why)
{
    for (size_t i = 0; i < set->n; i++)
        if (str_eq_c(set->rows[i].token, token) && set->rows[i].why == why)
            return true;
    return false;
}

static bool
starts_one(const struct rule_tokens *set, struct str typed)
{
    for (size_t i = 0; i < set->n; i++)
        if (str_starts(set->rows[i].token, typed))
            return true;
    return false;
}

Test(token, a_plate_is_found_in_any_spelling_and_by_its_parts)
{
    struct rule_tokens set = {0};
    token_plate(&arena, &set, STR("T 337 DSE"));
    cr_expect_eq(set.n, 3);
    cr_expect(has(&set, "t337dse", TOKEN_PLATE));
    cr_expect(has(&set, "337dse", TOKEN_PLATE));
    cr_expect(has(&set, "dse", TOKEN_PLATE));
    static const char *const typed[] = {"t 337-dse", "T337DSE", "t337", "337 dse", "337d", "DSE"};
    for (size_t i = 0; i < COUNTOF(typed); i++) {
        struct token_query q;
        token_query(&arena, str_from(typed[i]), &q);
        cr_expect(starts_one(&set, q.joined), "%s", typed[i]);
    }
}

Test(token, a_long_word_of_letters_of_several_bytes_is_cut_between_them)
{
    const struct str word = STR("aٚٚٚٚٚٚٚٚٚٚٚٚٚٚٚٚٚٚٚٚٚٚٚٚ"); /* the 40th byte is the first of a character */
    struct rule_tokens set = {0};
    struct token_query q;
    token_name(&arena, &set, word);
    token_query(&arena, word, &q);
    cr_assert_eq(set.n, 1);
    cr_expect_eq(set.rows[0].token.n, 39);
    cr_expect(utf8_valid(set.rows[0].token));
    cr_expect(utf8_valid(q.joined));
    cr_expect(str_eq(q.joined, set.rows[0].token));
    cr_expect(str_eq(q.words[0], set.rows[0].token));
    cr_expect(utf8_valid(token_reference(&arena, word)));
}

Test(token, a_phone_is_found_as_dialled_here_or_abroad_or_by_its_end)
{
    struct rule_tokens set = {0};
    token_phone(&arena, &set, STR("255712345678"), STR("255"));
    static const char *const typed[] = {"0712 345 678", "+255 712 345 678", "255712345678", "712345",
                                        "345678"};
    for (size_t i = 0; i < COUNTOF(typed); i++) {
        struct token_query q;
        token_query(&arena, str_from(typed[i]), &q);
        cr_expect(starts_one(&set, q.joined), "%s", typed[i]);
    }
    cr_expect_eq(set.n, 4);
}

Test(token, a_chassis_is_found_by_its_last_six)
{
    struct rule_tokens set = {0};
    token_chassis(&arena, &set, STR("WVGZZZ5NZEW069297"));
    cr_expect(has(&set, "wvgzzz5nzew069297", TOKEN_CHASSIS));
    cr_expect(has(&set, "069297", TOKEN_CHASSIS));
    token_engine(&arena, &set, STR("4D56-CX1234"));
    cr_expect(has(&set, "4d56cx1234", TOKEN_ENGINE));
    cr_expect(has(&set, "cx1234", TOKEN_ENGINE));
}

Test(token, a_number_is_found_whole_or_by_its_serial)
{
    struct rule_tokens set = {0};
    token_number(&arena, &set, TOKEN_POLICY, STR("KK/2026/001841"));
    cr_expect(has(&set, "kk2026001841", TOKEN_POLICY));
    cr_expect(has(&set, "001841", TOKEN_POLICY));
    cr_expect(has(&set, "1841", TOKEN_POLICY));
    cr_expect_eq(set.n, 3);
}

Test(token, names_give_folded_words_once)
{
    struct rule_tokens set = {0};
    token_name(&arena, &set, STR("Élodie  O'Neil O'NEIL al-Noor"));
    cr_expect(has(&set, "elodie", TOKEN_NAME));
    cr_expect(has(&set, "oneil", TOKEN_NAME));
    cr_expect(has(&set, "noor", TOKEN_NAME));
    cr_expect_eq(set.n, 4);
}

Test(token, a_set_is_never_overfilled)
{
    struct rule_tokens set = {0};
    for (int i = 0; i < 3 * RULE_TOKENS_MAX; i++)
        token_name(&arena, &set, str_printf(&arena, "word%d", i));
    cr_expect_eq(set.n, RULE_TOKENS_MAX);
}

Test(token, what_is_typed_is_split_into_words_with_the_longest_marked)
{
    struct token_query q;
    token_query(&arena, STR("  Al Noor TRANSPORT "), &q);
    cr_expect(str_eq_c(q.joined, "alnoortransport"));
    cr_expect_eq(q.nwords, 3);
    cr_expect(str_eq_c(q.words[q.longest], "transport"));
    token_query(&arena, STR(" -- "), &q);
    cr_expect_eq(q.nwords, 0);
    cr_expect_eq(q.joined.n, 0);
    cr_expect_str_eq(token_why_text(TOKEN_ENGINE), "engine");
    cr_expect_str_eq(token_why_text(99), "");
}
