#include "client/cli/args.h"

#include <criterion/criterion.h>

#include "common/base/arena.h"

static struct arena a;

static void
set_up(void)
{
    arena_init(&a, 1 << 20, NULL, NULL);
}

static void
tear_down(void)
{
    arena_done(&a);
}

TestSuite(args, .init = set_up, .fini = tear_down);

static char *
word(struct str s)
{
    char *p = arena_alloc(&a, s.n + 1);
    memcpy(p, s.p, s.n);
    return p;
}

/* Words after the program's name, separated by '|'. */
static enum rc
read_words(const char *line, struct cli_args *ret, struct err *err)
{
    char *argv[16] = {word(STR("bima"))};
    int argc = 1;
    struct str rest = str_from(line);
    while (rest.n > 0)
        argv[argc++] = word(str_split(&rest, '|'));
    return cli_args_read(&a, argc, argv, ret, err);
}

Test(args, options_may_stand_anywhere_and_words_keep_their_order)
{
    struct cli_args args;
    cr_assert_eq(read_words("vehicle|--json|list|-l|amina@simba.co.tz|plate~T|--limit|5", &args, NULL),
                 RC_OK);
    cr_expect_eq(args.nwords, 3);
    cr_expect(str_eq_c(args.words[0], "vehicle"));
    cr_expect(str_eq_c(args.words[1], "list"));
    cr_expect(str_eq_c(args.words[2], "plate~T"));
    cr_expect_str_eq(args.login, "amina@simba.co.tz");
    cr_expect_eq(args.format, FORMAT_JSON);
    cr_expect_eq(args.limit, 5);
}

Test(args, values_may_be_glued_to_their_option)
{
    struct cli_args args;
    cr_assert_eq(read_words("-p7023|--reason=two cars|--sort=plate|--csv", &args, NULL), RC_OK);
    cr_expect_eq(args.port, 7023);
    cr_expect_str_eq(args.reason, "two cars");
    cr_expect_str_eq(args.sort, "plate");
    cr_expect_eq(args.format, FORMAT_CSV);
}

Test(args, two_dashes_end_the_options)
{
    struct cli_args args;
    cr_assert_eq(read_words("find|--|--json", &args, NULL), RC_OK);
    cr_expect_eq(args.nwords, 2);
    cr_expect_eq(args.format, FORMAT_TEXT);
}

Test(args, nothing_given_leaves_everything_unset)
{
    struct cli_args args;
    cr_assert_eq(read_words("me", &args, NULL), RC_OK);
    cr_expect_eq(args.link_fd, -1);
    cr_expect_eq(args.limit, -1);
    cr_expect_null(args.reason);
}

Test(args, an_unknown_option_is_refused_with_the_nearest_known_one)
{
    struct cli_args args;
    struct err err = {0};
    cr_assert_eq(read_words("--jsno", &args, &err), RC_USAGE);
    cr_expect(strstr(err.text, "--json") != NULL, "%s", err.text);
    cr_assert_eq(read_words("--zzzzzz", &args, &err), RC_USAGE);
    cr_expect(strstr(err.text, "did you mean") == NULL, "%s", err.text);
}

Test(args, wrong_values_of_options_are_refused)
{
    struct cli_args args;
    struct err err = {0};
    cr_expect_eq(read_words("--limit", &args, &err), RC_USAGE);
    cr_expect_eq(read_words("--limit|many", &args, &err), RC_USAGE);
    cr_expect_eq(read_words("-p|70000", &args, &err), RC_USAGE);
    cr_expect_eq(read_words("--json=yes", &args, &err), RC_USAGE);
    cr_expect_eq(read_words("-x", &args, &err), RC_USAGE);
}

Test(args, a_caller_cannot_name_another_descriptor_than_the_service_gave)
{
    struct cli_args args;
    cr_assert_eq(read_words("--link-fd|3|me", &args, NULL), RC_OK);
    cr_expect_eq(args.link_fd, 3);
    cr_expect_eq(read_words("--link-fd|3|--link-fd|0", &args, NULL), RC_USAGE);
}

struct host_case {
    const char *first, *second; /* words; second may be NULL */
    bool has_host;
    const char *host, *login; /* expected; NULL none */
    int64_t port;
};

static const struct host_case host_cases[] = {
    {"bima.simba.co.tz",               NULL,       false, "bima.simba.co.tz", NULL,                0   },
    {"bima.simba.co.tz",               "me",       true,  "bima.simba.co.tz", NULL,                0   },
    {"10.0.0.7:7023",                  "me",       true,  "10.0.0.7",         NULL,                7023},
    {"[::1]:7023",                     "me",       true,  "::1",              NULL,                7023},
    {"[::1]",                          "me",       true,  "::1",              NULL,                0   },
    {"fe80::1",                        "me",       true,  "fe80::1",          NULL,                0   },
    {"localhost",                      "me",       true,  "localhost",        NULL,                0   },
    {"amina@simba.co.tz@bima.example", "me",       true,  "bima.example",     "amina@simba.co.tz", 0   },
    {"kariakoo",                       "policy",   false, "kariakoo",         NULL,                0   },
    {"kariakoo",                       NULL,       false, "kariakoo",         NULL,                0   },
    {"vehicle",                        "list",     false, NULL,               NULL,                0   },
    {"vehicle",                        "list",     true,  NULL,               NULL,                0   },
    {"vehicle",                        "transfer", true,  NULL,               NULL,                0   },
    {"find",                           "a.b",      false, NULL,               NULL,                0   },
    {"me",                             NULL,       false, NULL,               NULL,                0   },
};

Test(args, the_first_word_is_a_host_when_it_looks_like_one_or_nothing_else_fits)
{
    for (size_t i = 0; i < COUNTOF(host_cases); i++) {
        const struct host_case *c = &host_cases[i];
        struct str words[] = {str_from(c->first), str_from(c->second)};
        struct cli_args args = {.words = words, .nwords = c->second != NULL ? 2 : 1};
        size_t before = args.nwords;
        cr_assert_eq(cli_take_host(&a, &args, c->has_host, NULL), RC_OK, "%s", c->first);
        cr_expect_eq(args.nwords, before - (c->host != NULL), "%s", c->first);
        cr_expect(str_eq(str_from(args.host), str_from(c->host)), "%s: %s", c->first, args.host);
        cr_expect(str_eq(str_from(args.login), str_from(c->login)), "%s: %s", c->first, args.login);
        cr_expect_eq(args.port, c->port, "%s", c->first);
    }
}

Test(args, a_host_with_a_port_that_is_none_is_refused)
{
    struct str words[] = {STR("host.example:99999"), STR("me")};
    struct cli_args args = {.words = words, .nwords = 2};
    cr_expect_eq(cli_take_host(&a, &args, false, NULL), RC_USAGE);
}
