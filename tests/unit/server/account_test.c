#include <criterion/criterion.h>
#include <string.h>

#include "common/crypt/crypt.h"
#include "server/account/account.h"
#include "server/account/password.h"

Test(account, a_fingerprint_is_what_openssh_prints)
{
    /* ssh-keygen -lf on "ssh-ed25519 AAAA…" of a key whose 32 bytes are 0 … 31 */
    unsigned char blob[4 + 11 + 4 + 32] = "\0\0\0\x0bssh-ed25519\0\0\0\x20";
    char out[ACCOUNT_FINGERPRINT];
    for (unsigned char i = 0; i < 32; i++)
        blob[19 + i] = i;
    cr_expect_str_eq(account_fingerprint((struct str){(const char *)blob, sizeof blob}, out),
                     "SHA256:ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA");
}

Test(account, a_password_that_is_tried_first_is_weak)
{
    static const char *const weak[] = {
        "",
        "short",
        "123456789",
        "1234567890",
        "0987654321",
        "aaaaaaaaaa",
        "abababababab",
        "abcabcabcabc",
        "password123",
        "Password2026!",
        "P@ssw0rd2026",
        "qwertyuiop",
        "QWERTYUIOP",
        "1q2w3e4r5t",
        "iloveyou2026",
        "!!!karibu!!!",
        "Administrator",
        "amina2026!!",
        "AMINA.......",
        "Amina Hassan",
        "hassan1234567",
    };
    for (size_t i = 0; i < sizeof weak / sizeof *weak; i++)
        cr_expect_not_null(password_weakness(str_from(weak[i]), STR("amina"), STR("Amina Hassan")), "%s",
                           weak[i]);
}

Test(account, a_password_of_several_words_or_of_chance_is_not)
{
    static const char *const good[] = {
        "purple boat on the river",       "xk7f-93hd-pq2m",     "nyumba kubwa ya babu",
        "password of my neighbour's dog", "Zebra!Kahawa9Mlima",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        cr_expect_null(password_weakness(str_from(good[i]), STR("amina"), STR("Amina Hassan")), "%s",
                       good[i]);
}
