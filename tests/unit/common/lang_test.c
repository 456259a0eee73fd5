#include "common/base/lang.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/base/err.h"

Test(lang, english_is_the_text_itself)
{
    const char *text = N_("Home");
    lang_use("en");
    cr_assert_eq(lang_text(text), text);
    cr_assert_str_eq(lang_now(), "en");
}

Test(lang, a_language_there_is_a_catalogue_of_translates)
{
    lang_use("sw");
    cr_assert_str_eq(lang_now(), "sw");
    cr_assert_str_eq(_("Home"), "Mwanzo");
}

Test(lang, what_no_catalogue_has_stays_as_it_is)
{
    lang_use("sw");
    cr_assert_str_eq(lang_text("this stands in no catalogue"), "this stands in no catalogue");
    cr_assert_str_eq(lang_text(""), "", "the head of the catalogue is no text for people");
    cr_assert_null(lang_text(NULL));
}

Test(lang, an_unknown_language_is_english)
{
    lang_use("sw");
    lang_use("xx");
    cr_assert_str_eq(_("Home"), "Home");
    lang_use("sw");
    lang_use(NULL);
    cr_assert_str_eq(_("Home"), "Home");
}

Test(lang, plurals_have_two_forms)
{
    static const char one[] = "%zu key not used.", other[] = "%zu keys not used.";
    lang_use("en");
    cr_assert_eq(lang_plural(one, other, 1), one);
    cr_assert_eq(lang_plural(one, other, 0), other);
    cr_assert_eq(lang_plural(one, other, 2), other);
}

Test(lang, the_sentence_of_an_error_is_translated)
{
    struct err e = {0};
    lang_use("sw");
    (void)err_set(&e, RC_NOT_FOUND, NULL, "Home");
    cr_assert_str_eq(e.text, "Mwanzo");
}

Test(lang, the_known_ones_are_counted)
{
    cr_assert_str_eq(lang_known(0), "sw");
    cr_assert_null(lang_known(1));
}
