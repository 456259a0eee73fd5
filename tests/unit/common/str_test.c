#include <criterion/criterion.h>

#include "common/base/arena.h"
#include "common/base/str.h"

Test(str, an_empty_string_without_bytes_equals_an_empty_literal)
{
    cr_assert(str_eq(STR_NONE, STR("")));
    cr_assert(str_eq_c(STR_NONE, ""));
    cr_assert(str_eq(str_from(NULL), STR_NONE));
    cr_assert_eq(str_cmp(STR_NONE, STR("")), 0);
}

Test(str, compares_bytewise_and_a_prefix_comes_first)
{
    cr_assert_lt(str_cmp(STR("Z"), STR("a")), 0);
    cr_assert_lt(str_cmp(STR("ab"), STR("abc")), 0);
    cr_assert_gt(str_cmp(STR("\xC3"), STR("z")), 0);
    cr_assert_eq(str_cmp(STR("same"), STR("same")), 0);
}

Test(str, starts_with_itself_and_with_nothing_but_not_with_more)
{
    cr_assert(str_starts(STR("T337"), STR("T3")));
    cr_assert(str_starts(STR("T337"), STR_NONE));
    cr_assert_not(str_starts(STR("T3"), STR("T337")));
}

Test(str, trims_blanks_off_both_ends_only)
{
    cr_assert(str_eq(str_trim(STR(" \t a b \r\n")), STR("a b")));
    cr_assert_eq(str_trim(STR(" \n ")).n, 0);
    cr_assert_eq(str_trim(STR_NONE).n, 0);
}

Test(str, slices_are_clamped)
{
    cr_assert(str_eq(str_slice(STR("abcdef"), 2, 4), STR("cd")));
    cr_assert(str_eq(str_slice(STR("abc"), 1, 99), STR("bc")));
    cr_assert_eq(str_slice(STR("abc"), 5, 9).n, 0);
    cr_assert_eq(str_slice(STR("abc"), 2, 1).n, 0);
}

Test(str, splits_at_the_first_separator_and_ends_empty)
{
    struct str rest = STR("a@b@c");
    cr_assert(str_eq(str_split(&rest, '@'), STR("a")));
    cr_assert(str_eq(rest, STR("b@c")));
    cr_assert(str_eq(str_split(&rest, '@'), STR("b")));
    cr_assert(str_eq(str_split(&rest, '@'), STR("c")));
    cr_assert_eq(rest.n, 0);
    cr_assert_eq(str_split(&rest, '@').n, 0);
}

Test(str, copies_end_in_a_nul)
{
    struct arena a;
    arena_init(&a, 1024, NULL, NULL);
    cr_assert_str_eq(str_dup(&a, STR("abc")).p, "abc");
    cr_assert_str_eq(str_dup(&a, STR_NONE).p, "");
    struct str s = str_printf(&a, "%s/%02d", "KK", 7);
    cr_assert_str_eq(s.p, "KK/07");
    cr_assert_eq(s.n, 5);
    arena_done(&a);
}
