#include "client/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "common/base/arena.h"

static struct arena a;
static char home[64], dir[96], file[128];

static void
set_up(void)
{
    static const char *const names[] = {"BIMA_HOST",      "BIMA_PORT",          "BIMA_LOGIN",
                                        "BIMA_KEY",       "BIMA_KNOWN_HOSTS",   "BIMA_THEME",
                                        "BIMA_LANGUAGE",  "BIMA_PASSWORD_FILE", "BIMA_CODE_FILE",
                                        "XDG_CACHE_HOME", "XDG_STATE_HOME",     "BIMA_PLAIN"};
    arena_init(&a, 1 << 20, NULL, NULL);
    for (size_t i = 0; i < COUNTOF(names); i++)
        (void)unsetenv(names[i]);
    (void)snprintf(home, sizeof(home), "/tmp/bima-config-XXXXXX");
    cr_assert_not_null(mkdtemp(home));
    (void)snprintf(dir, sizeof(dir), "%s/bima", home);
    (void)snprintf(file, sizeof(file), "%s/config", dir);
    cr_assert_eq(mkdir(dir, 0700), 0);
    (void)setenv("HOME", home, 1);
    (void)setenv("XDG_CONFIG_HOME", home, 1);
}

static void
tear_down(void)
{
    (void)unlink(file);
    (void)rmdir(dir);
    (void)rmdir(home);
    arena_done(&a);
}

TestSuite(config, .init = set_up, .fini = tear_down);

static void
write_file(const char *text)
{
    FILE *f = fopen(file, "we");
    cr_assert_not_null(f);
    (void)fputs(text, f);
    (void)fclose(f);
}

static enum rc
load(struct client_config *c, struct err *err)
{
    return client_config_load(c, &a, CLIENT_AT_HOME, err);
}

Test(config, without_anything_set_there_are_only_places)
{
    struct client_config c;
    cr_assert_eq(load(&c, NULL), RC_OK);
    cr_expect_null(c.host);
    cr_expect_eq(c.port, 0);
    cr_expect_str_eq(c.config_dir, dir);
    cr_expect_str_eq(c.cache_dir, str_printf(&a, "%s/.cache/bima", home).p);
    cr_expect_str_eq(c.state_dir, str_printf(&a, "%s/.local/state/bima", home).p);
    cr_expect_not(c.spawned);
}

Test(config, the_file_is_read_and_the_environment_wins)
{
    struct client_config c;
    write_file("# office\n\n host = bima.example \nport=7023\nlogin = amina@simba.co.tz\nkey = ~/key\ntheme "
               "= lean\n");
    (void)setenv("BIMA_PORT", "7024", 1);
    (void)setenv("BIMA_LANGUAGE", "sw", 1);
    (void)setenv("BIMA_PASSWORD_FILE", "/run/secret", 1);
    (void)setenv("BIMA_CODE_FILE", "/run/code", 1);
    cr_assert_eq(load(&c, NULL), RC_OK);
    cr_expect_str_eq(c.host, "bima.example");
    cr_expect_eq(c.port, 7024);
    cr_expect_str_eq(c.login, "amina@simba.co.tz");
    cr_expect_str_eq(c.key_path, str_printf(&a, "%s/key", home).p);
    cr_expect_str_eq(c.theme, "lean");
    cr_expect_str_eq(c.language, "sw");
    cr_expect_str_eq(c.password_file, "/run/secret");
    cr_expect_str_eq(c.code_file, "/run/code");
}

Test(config, what_is_wrong_is_refused_with_its_line)
{
    static const char *const bad[] = {"host = x\ncolour = red\n", "\nport = 99999\n", "\ntheme = pink\n",
                                      "\nlanguage = xx\n", "\nplain = perhaps\n"};
    for (size_t i = 0; i < COUNTOF(bad); i++) {
        struct client_config c = {.port = 5};
        struct err err = {0};
        write_file(bad[i]);
        cr_expect_eq(load(&c, &err), RC_USAGE, "%s", bad[i]);
        cr_expect(strstr(err.text, "line 2") != NULL, "%s", err.text);
        cr_expect_eq(c.port, 5, "untouched on failure");
    }
    write_file("");
    (void)setenv("BIMA_THEME", "pink", 1);
    struct client_config c;
    struct err err = {0};
    cr_expect_eq(load(&c, &err), RC_USAGE);
    cr_expect(strstr(err.text, "BIMA_THEME") != NULL, "%s", err.text);
}

Test(config, a_client_the_service_started_reads_nothing_of_the_machine)
{
    struct client_config c;
    write_file("host = elsewhere\n");
    (void)setenv("BIMA_LOGIN", "somebody@else", 1);
    (void)setenv("BIMA_PASSWORD_FILE", "/run/secret", 1);
    (void)setenv("BIMA_CODE_FILE", "/run/code", 1);
    cr_assert_eq(client_config_load(&c, &a, CLIENT_SPAWNED, NULL), RC_OK);
    cr_expect(c.spawned);
    cr_expect_null(c.host);
    cr_expect_null(c.login);
    cr_expect_null(c.password_file);
    cr_expect_null(c.code_file);
    cr_expect_null(c.cache_dir);
    cr_expect_null(c.config_dir);
}

Test(config, plain_is_asked_for_in_the_file_or_the_environment_also_over_the_line)
{
    struct client_config c;
    cr_assert_eq(load(&c, NULL), RC_OK);
    cr_expect_not(c.plain);
    write_file("plain = yes\n");
    cr_assert_eq(load(&c, NULL), RC_OK);
    cr_expect(c.plain);
    (void)setenv("BIMA_PLAIN", "no", 1);
    cr_assert_eq(load(&c, NULL), RC_OK);
    cr_expect_not(c.plain);
    (void)setenv("BIMA_PLAIN", "yes", 1);
    cr_assert_eq(client_config_load(&c, &a, CLIENT_SPAWNED, NULL), RC_OK);
    cr_expect(c.plain);
}
