#include "client/link/cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "common/base/arena.h"
#include "common/crypt/crypt.h"

#define HASH STR("0123456789abcdef0123456789abcdef")

static struct arena a;
static char top[64], dir[96], file[192];

static void
set_up(void)
{
    cr_assert_eq(crypt_start(NULL), RC_OK);
    arena_init(&a, 4 << 20, NULL, NULL);
    (void)snprintf(top, sizeof(top), "/tmp/bima-cache-XXXXXX");
    cr_assert_not_null(mkdtemp(top));
    (void)snprintf(dir, sizeof(dir), "%s/not/yet", top);
    (void)snprintf(file, sizeof(file), "%s/schema-%.*s", dir, STR_ARG(HASH));
}

static void
tear_down(void)
{
    char path[512];
    DIR *d = opendir(dir);
    for (struct dirent *e = d != NULL ? readdir(d) : NULL; e != NULL; e = readdir(d)) {
        (void)snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
        (void)unlink(path);
    }
    if (d != NULL)
        (void)closedir(d);
    (void)rmdir(dir);
    (void)snprintf(path, sizeof(path), "%s/not", top);
    (void)rmdir(path);
    (void)rmdir(top);
    arena_done(&a);
}

TestSuite(cache, .init = set_up, .fini = tear_down);

Test(cache, what_was_stored_comes_back_private_to_its_owner)
{
    struct str raw;
    struct stat st;
    cache_store(dir, HASH, STR("the description"));
    cr_assert(cache_load(&a, dir, HASH, &raw));
    cr_expect(str_eq_c(raw, "the description"));
    cr_assert_eq(stat(file, &st), 0);
    cr_expect_eq(st.st_mode & 0777, 0600);
    cr_assert_eq(stat(dir, &st), 0);
    cr_expect_eq(st.st_mode & 0777, 0700);
}

Test(cache, any_changed_byte_makes_it_absent)
{
    struct str raw;
    struct stat st;
    cache_store(dir, HASH, STR("the description"));
    cr_assert_eq(stat(file, &st), 0);
    for (off_t at = 0; at < st.st_size; at++) {
        cache_store(dir, HASH, STR("the description"));
        int fd = open(file, O_RDWR);
        char c = 0;
        cr_assert_eq(pread(fd, &c, 1, at), 1);
        c ^= 1;
        cr_assert_eq(pwrite(fd, &c, 1, at), 1);
        (void)close(fd);
        cr_expect_not(cache_load(&a, dir, HASH, &raw), "byte %ld", (long)at);
        cr_expect_neq(access(file, F_OK), 0, "a damaged file is removed");
    }
}

Test(cache, a_file_cut_anywhere_is_absent)
{
    struct str raw;
    struct stat st;
    cache_store(dir, HASH, STR("the description"));
    cr_assert_eq(stat(file, &st), 0);
    for (off_t size = 0; size < st.st_size; size++) {
        cache_store(dir, HASH, STR("the description"));
        cr_assert_eq(truncate(file, size), 0);
        cr_expect_not(cache_load(&a, dir, HASH, &raw), "%ld bytes", (long)size);
    }
}

Test(cache, a_hash_that_is_none_never_becomes_a_path)
{
    struct str raw, hash;
    static const char *const bad[] = {"", "../../../../etc/passwd", "0123456789abcdef0123456789abcde/",
                                      "0123456789abcdef0123456789abcdef0"};
    for (size_t i = 0; i < COUNTOF(bad); i++) {
        cache_store(dir, str_from(bad[i]), STR("x"));
        cr_expect_not(cache_load(&a, dir, str_from(bad[i]), &raw));
        cache_remember(dir, STR("amina@host:1"), str_from(bad[i]));
        cr_expect_not(cache_recall(&a, dir, STR("amina@host:1"), &hash));
    }
    cr_expect_neq(access(dir, F_OK), 0, "nothing was written");
}

Test(cache, the_last_description_is_remembered_for_each_login)
{
    struct str hash;
    cache_remember(dir, STR("amina@host:7022"), HASH);
    cr_assert(cache_recall(&a, dir, STR("amina@host:7022"), &hash));
    cr_expect(str_eq(hash, HASH));
    cr_expect_not(cache_recall(&a, dir, STR("juma@host:7022"), &hash));
}

Test(cache, a_place_that_cannot_be_written_is_no_error)
{
    struct str raw;
    cache_store("/proc/nowhere", HASH, STR("x"));
    cr_expect_not(cache_load(&a, "/proc/nowhere", HASH, &raw));
}
