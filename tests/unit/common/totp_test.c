#include <criterion/criterion.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/crypt/crypt.h"
#include "common/crypt/totp.h"

/* RFC 6238, appendix B: the secret of its vectors for SHA-1. */
static const unsigned char secret[TOTP_SECRET + 1] = "12345678901234567890";

static void
start(void)
{
    struct err e;
    cr_assert(crypt_start(&e) == RC_OK);
}

TestSuite(totp, .init = start);

Test(totp, codes_are_those_of_the_standard)
{
    static const struct {
        int64_t now;
        const char *code;
    } vectors[] = {
        {59,          "287082"},
        {1111111109,  "081804"},
        {1234567890,  "005924"},
        {20000000000, "353130"},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        char out[TOTP_DIGITS + 1];
        struct err e;
        cr_assert(totp_code(secret, vectors[i].now, out, &e) == RC_OK);
        cr_expect_str_eq(out, vectors[i].code);
    }
}

Test(totp, a_code_is_right_a_step_early_and_a_step_late_and_no_longer)
{
    char out[TOTP_DIGITS + 1];
    struct err e;
    int64_t now = 1700000000, step = 0;
    cr_assert(totp_code(secret, now, out, &e) == RC_OK);
    for (int64_t off = -1; off <= 1; off++) {
        cr_expect(totp_matches(secret, str_from(out), now + off * TOTP_SECONDS, &step));
        cr_expect_eq(step, now / TOTP_SECONDS);
    }
    cr_expect_not(totp_matches(secret, str_from(out), now + 2 * TOTP_SECONDS, &step));
    cr_expect_not(totp_matches(secret, str_from(out), now - 2 * TOTP_SECONDS, &step));
}

Test(totp, blanks_in_a_code_do_not_matter_and_anything_else_does)
{
    int64_t step = 0;
    cr_expect(totp_matches(secret, STR("287 082"), 59, &step));
    static const char *const wrong[] = {"", "28708", "2870822", "28708x", "287082 1", "-87082", "000000"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_not(totp_matches(secret, str_from(wrong[i]), 59, &step), "%s", wrong[i]);
    cr_expect_not(totp_matches(secret,
                               (struct str){"287\0"
                                            "82",
                                            6},
                               59, &step));
}

Test(totp, the_uri_names_whom_it_is_for)
{
    struct arena a;
    arena_init(&a, 1 << 16, NULL, NULL);
    struct str uri = totp_uri(&a, secret, STR("Simba Insurance"), STR("amina@simba.co.tz"));
    struct str want = STR("otpauth://totp/Simba%20Insurance:amina@simba.co.tz"
                          "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    cr_expect(str_eq(uri, want), "%.*s", STR_ARG(uri));
    struct str text = totp_text(&a, secret);
    cr_expect(str_eq_c(text, "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"), "%.*s", STR_ARG(text));
    arena_done(&a);
}

Test(totp, a_code_of_letters_is_the_same_however_it_is_typed)
{
    char code[CODE_TEXT];
    unsigned char a[CODE_HASH], b[CODE_HASH];
    code_new(code);
    cr_assert_eq(strlen(code), (size_t)CODE_TEXT - 1);
    cr_expect(code_hash(str_from(code), a));
    char loud[2 * CODE_TEXT];
    size_t n = 0;
    for (const char *p = code; *p; p++)
        if (*p != '-') {
            loud[n++] = (char)(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);
            loud[n++] = ' ';
        }
    cr_expect(code_hash((struct str){loud, n}, b));
    cr_expect_arr_eq(a, b, CODE_HASH);
}

Test(totp, what_has_not_the_form_of_a_code_has_no_hash_that_stays)
{
    static const char *const texts[] = {"", "abcd", "abcd-efgh-jkmn-pqr", "abcd-efgh-jkmn-pqrs-t",
                                        "correct horse battery staple"};
    unsigned char a[CODE_HASH], b[CODE_HASH];
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        cr_expect_not(code_hash(str_from(texts[i]), a), "%s", texts[i]);
        cr_expect_not(code_hash(str_from(texts[i]), b));
        cr_expect(memcmp(a, b, CODE_HASH) != 0, "%s", texts[i]);
    }
}
