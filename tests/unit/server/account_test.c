#include <criterion/criterion.h>
#include <string.h>

#include "common/crypt/crypt.h"
#include "server/account/account.h"

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
