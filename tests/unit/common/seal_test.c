#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "common/crypt/key_file.h"
#include "common/crypt/seal.h"

static struct arena arena;
static const unsigned char key[SEAL_KEY] = "a key of exactly thirty-two byte";
static const unsigned char other[SEAL_KEY] = "a key of exactly thirty-two bits";
static const struct seal_about about = {SEAL_PERSON, 7, 1, 4711};
static const struct str plain = {"passport AB 123456", 18};

static void
set_up(void)
{
    cr_assert_eq(crypt_start(NULL), RC_OK);
    arena_init(&arena, (size_t)1 << 20, NULL, NULL);
}

static void
tear_down(void)
{
    arena_done(&arena);
}

TestSuite(seal, .init = set_up, .fini = tear_down);

static bool
holds(struct str hay, struct str needle)
{
    for (size_t i = 0; i + needle.n <= hay.n; i++)
        if (memcmp(hay.p + i, needle.p, needle.n) == 0)
            return true;
    return false;
}

Test(seal, what_was_sealed_opens_and_does_not_show)
{
    struct str sealed = seal_close(&arena, key, 3, &about, plain), opened;
    uint32_t generation;
    cr_assert_eq(sealed.n, plain.n + SEAL_OVERHEAD);
    cr_assert(!holds(sealed, STR("123456")));
    cr_assert(seal_generation(sealed, &generation) && generation == 3);
    cr_assert(seal_open(&arena, key, &about, sealed, &opened));
    cr_assert(str_eq(opened, plain));
}

Test(seal, the_same_text_never_looks_the_same_twice)
{
    cr_assert(!str_eq(seal_close(&arena, key, 0, &about, plain), seal_close(&arena, key, 0, &about, plain)));
}

Test(seal, it_opens_with_its_key_and_in_its_place_only)
{
    struct str sealed = seal_close(&arena, key, 0, &about, plain), opened;
    const struct seal_about elsewhere[] = {
        {SEAL_REPLY,  7, 1, 4711},
        {SEAL_PERSON, 8, 1, 4711},
        {SEAL_PERSON, 7, 2, 4711},
        {SEAL_PERSON, 7, 1, 4712},
    };
    cr_assert(!seal_open(&arena, other, &about, sealed, &opened));
    for (size_t i = 0; i < COUNTOF(elsewhere); i++)
        cr_assert(!seal_open(&arena, key, &elsewhere[i], sealed, &opened));
}

Test(seal, any_changed_or_missing_byte_is_noticed)
{
    struct str sealed = seal_close(&arena, key, 1, &about, plain), opened;
    for (size_t i = 0; i < sealed.n; i++) {
        char *copy = arena_alloc(&arena, sealed.n);
        memcpy(copy, sealed.p, sealed.n);
        copy[i] ^= 1;
        cr_assert(!seal_open(&arena, key, &about, (struct str){copy, sealed.n}, &opened), "byte %zu", i);
        cr_assert(!seal_open(&arena, key, &about, str_slice(sealed, 0, i), &opened), "%zu bytes", i);
    }
}

Test(seal, a_key_is_opened_into_its_own_place)
{
    unsigned char out[SEAL_KEY];
    size_t n;
    struct str sealed = seal_close(&arena, key, 0, &about, (struct str){(const char *)other, SEAL_KEY});
    cr_assert(seal_open_into(key, &about, sealed, out, sizeof out, &n));
    cr_assert(n == SEAL_KEY && memcmp(out, other, SEAL_KEY) == 0);
    cr_assert(!seal_open_into(key, &about, sealed, out, sizeof out - 1, &n));
}

Test(seal, a_blind_mark_depends_on_key_text_and_what_it_is_of)
{
    char a[SEAL_BLIND + 1], b[SEAL_BLIND + 1];
    seal_blind(key, "id", STR("AB123456"), a);
    cr_assert_str_eq(a, seal_blind(key, "id", STR("AB123456"), b));
    cr_assert_str_neq(a, seal_blind(key, "id", STR("AB123457"), b));
    cr_assert_str_neq(a, seal_blind(key, "birth", STR("AB123456"), b));
    cr_assert_str_neq(a, seal_blind(other, "id", STR("AB123456"), b));
    cr_assert_eq(strlen(a), SEAL_BLIND);
}

Test(seal, a_key_file_is_made_once_and_replaced_whole)
{
    char path[] = "/tmp/bima-key-XXXXXX";
    cr_assert(mkdtemp(path));
    char file[64];
    (void)snprintf(file, sizeof file, "%s/key", path);
    struct key_file first = {0}, again = {0};
    struct err err = {0};
    struct stat st;
    cr_assert_neq(key_file_load(&first, "master key", file, false, &err), RC_OK);
    cr_assert_eq(key_file_load(&first, "master key", file, true, &err), RC_OK);
    cr_assert(stat(file, &st) == 0 && (st.st_mode & 0777) == 0600);
    struct key_file both = {
        .keys = {again.keys[0], first.keys[0]},
          .n = 2
    };
    secret_new(&both.keys[0], KEY_FILE_KEY);
    secret_set(&both.keys[0], other, KEY_FILE_KEY);
    cr_assert_eq(key_file_save(&both, "master key", file, &err), RC_OK);
    cr_assert_eq(key_file_load(&again, "master key", file, true, &err), RC_OK);
    cr_assert(again.n == 2 && memcmp(again.keys[0].p, other, KEY_FILE_KEY) == 0);
    cr_assert(memcmp(again.keys[1].p, first.keys[0].p, KEY_FILE_KEY) == 0);
    cr_assert_eq(chmod(file, 0640), 0);
    struct key_file refused = {0};
    cr_assert_neq(key_file_load(&refused, "master key", file, true, &err), RC_OK);
    cr_assert(strstr(err.log, "only its owner may read"));
    key_file_done(&both); /* its second key was the first file's */
    key_file_done(&again);
    (void)unlink(file);
    (void)rmdir(path);
}
