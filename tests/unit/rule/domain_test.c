/* Words of strangers: domains, addresses, logins. */
#include <criterion/criterion.h>

#include "common/base/arena.h"
#include "server/rule/entry/domain.h"

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

TestSuite(domain, .init = open_arena, .fini = close_arena);

Test(domain, what_is_typed_is_folded)
{
    cr_expect(str_eq_c(domain_fold(&arena, STR("  Simba.CO.tz. ")), "simba.co.tz"));
    cr_expect(str_eq_c(domain_fold(&arena, STR("")), ""));
    cr_expect(str_eq_c(domain_fold(&arena, STR(".")), ""));
}

Test(domain, a_domain_is_words_of_letters_digits_and_dashes_with_dots_between)
{
    static const char *const good[] = {"simba.co.tz",           "a.bc",          "1.2.3.tz", "a-b.c-d.tz",
                                       "xn--bcher-kva.example", "a.b.c.d.e.f.tz"};
    static const char *const bad[] = {
        "",       "tz",        "a..tz",    ".tz",    "a.",     "-a.tz",          "a-.tz",
        "a.t",    "a.1z",      "Simba.tz", "a b.tz", "a_b.tz", "caf\xc3\xa9.tz", "a.tz/",
        "a@b.tz", "127.0.0.1", "a.-z"};
    for (size_t i = 0; i < COUNTOF(good); i++)
        cr_expect_null(domain_problem(str_from(good[i])), "%s", good[i]);
    for (size_t i = 0; i < COUNTOF(bad); i++)
        cr_expect_not_null(domain_problem(str_from(bad[i])), "%s", bad[i]);
    struct str label = str_printf(&arena, "%064d.tz", 0), whole = str_printf(&arena, "%050d.%050d.tz", 0, 0);
    cr_expect_not_null(domain_problem(label));
    cr_expect_not_null(domain_problem(whole));
}

Test(domain, an_address_has_one_at_with_a_name_before_and_a_domain_behind)
{
    static const char *const good[] = {"a@b.c", "salma.juma+x@example.co.tz", "o'neil@example.com"};
    static const char *const bad[] = {"",        "a",           "@b.c",    "a@",   "a@b",
                                      "a@@b.c",  "a@b@c.d",     "a b@c.d", "a@.c", "a@c.",
                                      "<a@b.c>", "a@b.c,d@e.f", "a\n@b.c"};
    for (size_t i = 0; i < COUNTOF(good); i++)
        cr_expect(email_fits(str_from(good[i])), "%s", good[i]);
    for (size_t i = 0; i < COUNTOF(bad); i++)
        cr_expect_not(email_fits(str_from(bad[i])), "%s", bad[i]);
}

Test(domain, logins_codes_and_currencies_have_their_form)
{
    cr_expect(login_fits(STR("salma.juma-2_x")) && login_fits(STR("7up")));
    cr_expect_not(login_fits(STR("")) || login_fits(STR(".a")) || login_fits(STR("a@b")) ||
                  login_fits(STR("Salma")));
    cr_expect(code_fits(STR("SI")) && code_fits(STR("A1B2C3D4")));
    cr_expect_not(code_fits(STR("")) || code_fits(STR("si")) || code_fits(STR("A1B2C3D4E")) ||
                  code_fits(STR("A-B")));
    cr_expect(currency_fits(STR("TZS")));
    cr_expect_not(currency_fits(STR("tzs")) || currency_fits(STR("TZ")) || currency_fits(STR("TZSH")));
}
