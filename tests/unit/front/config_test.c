#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/config.h"

static enum rc
read_text(const char *text, struct config *c, struct err *err)
{
    char copy[4096];
    snprintf(copy, sizeof copy, "%s", text);
    memset(err, 0, sizeof *err);
    FILE *in = fmemopen(copy, strlen(copy), "r");
    enum rc rc = config_read_stream(in, "test", NULL, NULL, c, err);
    fclose(in);
    return rc;
}

Test(config, a_line_may_be_long_and_hold_semicolons_colons_and_equal_signs)
{
    struct config c;
    struct err err;
    char text[1000] = "conninfo = host=db1,db2 dbname=bima options='-c a=b;c' password=x:y";
    for (int i = 0; i < 40; i++) {
        size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, " k=v-twelve");
    }
    cr_assert_eq(read_text(text, &c, &err), RC_OK, "%s", err.text);
    cr_assert(strncmp(c.conninfo, "host=db1,db2 dbname=bima options='-c a=b;c' password=x:y", 56) == 0);
    cr_assert_eq(strlen(c.conninfo), strlen(text) - strlen("conninfo = "));
}

Test(config, a_value_that_is_too_long_is_refused_with_its_line)
{
    struct config c;
    struct err err;
    char text[2000] = "# comment\nuser = ";
    memset(text + strlen(text), 'x', 100);
    cr_assert_eq(read_text(text, &c, &err), RC_BAD_PARAMS);
    cr_assert_str_eq(err.text, "test line 2: user is longer than 63 characters");
    cr_assert_str_eq(err.field, "user");
}

Test(config, what_goes_wrong_leaves_the_result_alone)
{
    struct config c;
    struct err err;
    memset(&c, 7, sizeof c);
    cr_assert_eq(read_text("workers = 3\nbulk_workers = x\n", &c, &err), RC_BAD_PARAMS);
    cr_assert_eq(c.workers, 0x07070707u);
}

Test(config, a_front_is_never_told_how_to_reach_the_database)
{
    struct config c, told;
    struct err err;
    char text[4096] = "";
    cr_assert_eq(read_text("conninfo = host=db password=secret\nworkers = 3\ntoday = 2026-03-01\n", &c, &err),
                 RC_OK);
    FILE *out = fmemopen(text, sizeof text, "w");
    config_write(out, &c, CONFIG_FRONT);
    fclose(out);
    cr_assert_null(strstr(text, "secret"));
    cr_assert_null(strstr(text, "conninfo"));
    cr_assert_null(strstr(text, "signing_key"));
    cr_assert_eq(read_text(text, &told, &err), RC_OK, "%s", err.text);
    cr_assert_eq(told.workers, 3);

    memset(text, 0, sizeof text);
    out = fmemopen(text, sizeof text, "w");
    config_write(out, &c, CONFIG_WORKER);
    fclose(out);
    cr_assert_eq(read_text(text, &told, &err), RC_OK, "%s", err.text);
    cr_assert_str_eq(told.conninfo, "host=db password=secret");
    cr_assert_str_eq(told.today, "2026-03-01");
}

Test(config, paths_that_are_not_set_lie_in_the_state_directory)
{
    struct config c;
    struct err err;
    cr_assert_eq(read_text("state_dir = /srv/bima\nsigning_key = /etc/keys/s\n", &c, &err), RC_OK);
    config_fill_paths(&c);
    cr_assert_str_eq(c.host_key, "/srv/bima/host_key");
    cr_assert_str_eq(c.signing_key, "/etc/keys/s");
}

Test(log, quotes_what_could_be_taken_for_another_word_or_line)
{
    char out[LOG_TEXT];
    cr_assert_str_eq(log_text("a \"b\" \\ c\nlevel=error", out), "\"a \\\"b\\\" \\\\ c\\x0alevel=error\"");
    char large[2 * LOG_TEXT];
    memset(large, '"', sizeof large);
    large[sizeof large - 1] = '\0';
    cr_assert_lt(strlen(log_text(large, out)), LOG_TEXT);
    cr_assert_eq(out[strlen(out) - 1], '"');
}
