#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "common/base/limits.h"
#include "common/crypt/crypt.h"

static void
start(void)
{
    cr_assert_eq(crypt_start(NULL), RC_OK);
}

TestSuite(crypt, .init = start);
TestSuite(signer, .init = start);

Test(crypt, hash_is_blake2b_256)
{
    unsigned char hash[CRYPT_HASH];
    char hex[2 * CRYPT_HASH + 1];
    crypt_hash(STR("abc"), hash);
    cr_assert_str_eq(crypt_hex(hash, CRYPT_HASH, hex),
                     "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    crypt_hash(STR_NONE, hash);
    cr_assert_str_eq(crypt_hex(hash, CRYPT_HASH, hex),
                     "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
}

Test(crypt, hex_must_be_exactly_as_long_as_asked)
{
    unsigned char out[3];
    cr_assert(crypt_unhex(STR("00fFa0"), out, 3));
    cr_assert(out[0] == 0 && out[1] == 0xFF && out[2] == 0xA0);
    cr_assert_not(crypt_unhex(STR("00ff"), out, 3));
    cr_assert_not(crypt_unhex(STR("00ffa0b1"), out, 3));
    cr_assert_not(crypt_unhex(STR("00ffag"), out, 3));
    cr_assert_not(crypt_unhex(STR("00 ffa"), out, 3));
}

Test(crypt, base64_of_both_alphabets_comes_back)
{
    struct arena a;
    struct str back;
    arena_init(&a, 1024 * 1024, NULL, NULL);
    char bytes[] = "\xFB\xFF\xFE some bytes";
    for (size_t n = 0; n < sizeof(bytes); n++) {
        struct str s = {bytes, n};
        cr_assert_eq(crypt_unbase64(&a, crypt_base64(&a, s), false, &back, NULL), RC_OK);
        cr_assert(str_eq(back, s));
        cr_assert_eq(crypt_unbase64(&a, crypt_base64url(&a, s), true, &back, NULL), RC_OK);
        cr_assert(str_eq(back, s));
    }
    cr_assert_str_eq(crypt_base64(&a, STR("\xFB\xFF")).p, "+/8=");
    cr_assert_str_eq(crypt_base64url(&a, STR("\xFB\xFF")).p, "-_8");
    arena_done(&a);
}

Test(crypt, what_is_no_base64_is_refused)
{
    static const char *const bad[] = {"a", "+/8", "+/8==", "-_8=", "a b=", "AAAA=", "A===", "+/9="};
    struct arena a;
    arena_init(&a, 1024 * 1024, NULL, NULL);
    for (size_t i = 0; i < COUNTOF(bad); i++) {
        struct str back = STR("kept");
        cr_expect_eq(crypt_unbase64(&a, str_from(bad[i]), false, &back, NULL), RC_BAD_PARAMS, "%s", bad[i]);
        cr_expect(str_eq(back, STR("kept")));
    }
    arena_done(&a);
}

Test(crypt, a_secret_is_cut_at_its_cap_and_freed_twice_without_harm)
{
    struct secret s;
    secret_new(&s, 4);
    secret_set(&s, "abcdef", 6);
    cr_assert_eq(s.n, 4);
    cr_assert_str_eq((char *)s.p, "abcd");
    secret_set(&s, "", 0);
    cr_assert_str_eq((char *)s.p, "");
    secret_free(&s);
    secret_free(&s);
    secret_free(NULL);
}

Test(crypt, a_password_matches_its_own_hash_only)
{
    char hash[CRYPT_PASSWORD_TEXT], other[CRYPT_PASSWORD_TEXT];
    cr_assert_eq(crypt_password_hash(STR("nywila yangu"), hash, NULL), RC_OK);
    cr_assert_eq(crypt_password_hash(STR("nywila yangu"), other, NULL), RC_OK);
    cr_assert(str_starts(str_from(hash), STR("$argon2id$")));
    cr_assert_str_neq(hash, other);
    cr_assert(crypt_password_matches(hash, STR("nywila yangu")));
    cr_assert_not(crypt_password_matches(hash, STR("nywila yang")));
    cr_assert_not(crypt_password_matches(hash, STR_NONE));
    cr_assert_not(crypt_password_matches("not a hash", STR("nywila yangu")));
    cr_assert_not(crypt_password_decoy(STR("nywila yangu")));
}

Test(crypt, a_password_has_a_length)
{
    static char text[LIMIT_PASSWORD + 1];
    char hash[CRYPT_PASSWORD_TEXT];
    struct err err;
    memset(text, 'x', sizeof(text));
    cr_assert_eq(crypt_password_hash(STR_NONE, hash, &err), RC_BAD_PARAMS);
    cr_assert_eq(crypt_password_hash((struct str){text, sizeof(text)}, hash, &err), RC_BAD_PARAMS);
    cr_assert_str_eq(err.field, "password");
    cr_assert_eq(crypt_password_hash((struct str){text, LIMIT_PASSWORD}, hash, &err), RC_OK);
    cr_assert_not(crypt_password_matches(hash, (struct str){text, sizeof(text)}));
}

static char directory[] = "/tmp/bima-signer-XXXXXX";
static char path[64];

static void
make_directory(void)
{
    start();
    cr_assert(mkdtemp(directory) != NULL);
    snprintf(path, sizeof(path), "%s/seed", directory);
}

static void
remove_directory(void)
{
    unlink(path);
    cr_assert_eq(rmdir(directory), 0, "nothing else is left behind");
}

Test(signer, makes_its_seed_once_and_signs_the_same_afterwards, .init = make_directory,
     .fini = remove_directory)
{
    struct signer s, again;
    struct err err;
    unsigned char one[CRYPT_SIGNATURE], two[CRYPT_SIGNATURE];
    struct stat st;
    cr_assert_eq(signer_load(&s, path, false, &err), RC_INTERNAL);
    cr_assert_eq(signer_load(&s, path, true, &err), RC_OK, "%s", err.log);
    cr_assert_eq(stat(path, &st), 0);
    cr_assert_eq(st.st_mode & 0777, 0600);
    cr_assert_eq(signer_load(&again, path, true, &err), RC_OK);
    cr_assert_eq(memcmp(s.public_key, again.public_key, CRYPT_SIGN_PUBLIC), 0);
    signer_sign(&s, STR("T 337 DSE"), one);
    signer_sign(&again, STR("T 337 DSE"), two);
    cr_assert_eq(memcmp(one, two, CRYPT_SIGNATURE), 0);
    signer_done(&s);
    signer_done(&again);
}

Test(signer, any_flipped_bit_makes_a_signature_invalid, .init = make_directory, .fini = remove_directory)
{
    struct signer s;
    unsigned char signature[CRYPT_SIGNATURE];
    char text[] = "certificate";
    struct str data = {text, sizeof(text) - 1};
    cr_assert_eq(signer_load(&s, path, true, NULL), RC_OK);
    signer_sign(&s, data, signature);
    cr_assert(signature_valid(s.public_key, data, signature));
    for (size_t bit = 0; bit < 8 * CRYPT_SIGNATURE; bit++) {
        signature[bit / 8] ^= (unsigned char)(1u << bit % 8);
        cr_expect_not(signature_valid(s.public_key, data, signature));
        signature[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * data.n; bit++) {
        text[bit / 8] = (char)(text[bit / 8] ^ (char)(1 << bit % 7));
        cr_expect_not(signature_valid(s.public_key, data, signature));
        text[bit / 8] = (char)(text[bit / 8] ^ (char)(1 << bit % 7));
    }
    signer_done(&s);
}

static void
write_seed(const char *text, mode_t mode)
{
    FILE *f = fopen(path, "w");
    cr_assert(f != NULL);
    fputs(text, f);
    fclose(f);
    cr_assert_eq(chmod(path, mode), 0);
}

Test(signer, refuses_a_seed_others_may_read_or_that_is_none, .init = make_directory, .fini = remove_directory)
{
    static const char seed[] = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60\n";
    static const unsigned char public_key[] = {0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7};
    struct signer s;
    struct err err;
    write_seed(seed, 0644);
    cr_assert_eq(signer_load(&s, path, true, &err), RC_INTERNAL);
    cr_assert(strstr(err.log, "0600") != NULL);
    write_seed("abcd\n", 0600);
    cr_assert_eq(signer_load(&s, path, true, &err), RC_INTERNAL);
    write_seed("", 0600);
    cr_assert_eq(signer_load(&s, path, true, &err), RC_INTERNAL);
    /* The first test vector of RFC 8032. */
    write_seed(seed, 0600);
    cr_assert_eq(signer_load(&s, path, false, &err), RC_OK);
    cr_assert_eq(memcmp(s.public_key, public_key, sizeof(public_key)), 0);
    signer_done(&s);
}
