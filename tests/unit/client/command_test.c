#include "client/cli/command.h"

#include <criterion/criterion.h>
#include <string.h>

#include "client/cli/suggest.h"
#include "common/base/arena.h"
#include "sample.h"

static struct arena a;

static void
set_up(void)
{
    arena_init(&a, 4 << 20, NULL, NULL);
}

static void
tear_down(void)
{
    arena_done(&a);
}

TestSuite(command, .init = set_up, .fini = tear_down);

/* Words separated by '|'. */
static enum rc
understand_with(struct cli_args args, const char *line, struct cli_command *ret, struct err *err)
{
    struct str rest = str_from(line);
    args.words = arena_new(&a, struct str, 32);
    args.nwords = 0;
    while (rest.n > 0)
        args.words[args.nwords++] = str_dup(&a, str_split(&rest, '|'));
    struct cli_args *kept = arena_new(&a, struct cli_args, 1);
    *kept = args;
    return command_read(&a, sample_schema(), &sample_locale, kept, ret, err);
}

static enum rc
understand(const char *line, struct cli_command *ret, struct err *err)
{
    return understand_with((struct cli_args){.limit = -1, .link_fd = -1}, line, ret, err);
}

Test(command, words_of_another_character_set_are_refused_before_they_are_sent)
{
    static const char *const lines[] = {"vehicle|show|caf\xe9", "vehicle|add|note=caf\xe9", "find|\xff"};
    struct cli_command c;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct err err = {0};
        cr_expect_eq(understand(lines[i], &c, &err), RC_USAGE, "%zu", i);
        cr_expect_not_null(strstr(err.text, "UTF-8"), "%s", err.text);
    }
    struct err err = {0};
    const struct cli_args reason = {.limit = -1, .link_fd = -1, .reason = "caf\xe9"};
    cr_expect_eq(understand_with(reason, "vehicle|set|T1|note=x", &c, &err), RC_USAGE);
}

struct grammar_case {
    const char *line;
    enum command_kind kind;
    enum method method;
    uint32_t entity, action;
    const char *key;
    size_t nfields, nfilters;
};

static const struct grammar_case grammar[] = {
    {"vehicle|list",                                 COMMAND_LIST,     METHOD_LIST,     SAMPLE_VEHICLE,  0, "",          0, 0},
    {"vehicles|list|state=active|value>=1m|plate~T", COMMAND_LIST,     METHOD_LIST,     SAMPLE_VEHICLE,  0, "",          0, 3},
    {"Vehicle|SHOW|T337DSE",                         COMMAND_CALL,     METHOD_GET,      SAMPLE_VEHICLE,  0, "T337DSE",   0, 0},
    {"vehicle|show|T|337|DSE",                       COMMAND_CALL,     METHOD_GET,      SAMPLE_VEHICLE,  0, "T 337 DSE", 0, 0},
    {"vehicle|add|plate=T1|value=5",                 COMMAND_CALL,     METHOD_ADD,      SAMPLE_VEHICLE,  0, "",          2, 0},
    {"vehicle|add",                                  COMMAND_CALL,     METHOD_ADD,      SAMPLE_VEHICLE,  0, "",          0, 0},
    {"vehicle|add|Year of make=2014",                COMMAND_CALL,     METHOD_ADD,      SAMPLE_VEHICLE,  0, "",          1, 0},
    {"vehicle|add|year-made=2014",                   COMMAND_CALL,     METHOD_ADD,      SAMPLE_VEHICLE,  0, "",          1, 0},
    {"vehicle|set|T1|note=a=b",                      COMMAND_SET,      METHOD_SET,      SAMPLE_VEHICLE,  0, "T1",        1, 0},
    {"vehicle|history|T1",                           COMMAND_CALL,     METHOD_HISTORY,  SAMPLE_VEHICLE,  0, "T1",        0, 0},
    {"vehicle|transfer|T1|to=0712345678",            COMMAND_CALL,     METHOD_ACT,      SAMPLE_VEHICLE,  1, "T1",        1, 0},
    {"vehicle|quote|to=x",                           COMMAND_CALL,     METHOD_ACT,      SAMPLE_VEHICLE,  2, "",          1, 0},
    {"vehicle|print|T1",                             COMMAND_CALL,     METHOD_PRINT,    SAMPLE_VEHICLE,  3, "T1",        0, 0},
    {"vehicle|show|id=77",                           COMMAND_CALL,     METHOD_GET,      SAMPLE_VEHICLE,  0, "",          0, 0},
    {"vehicle type|list",                            COMMAND_LIST,     METHOD_LIST,     13,              0, "",          0, 0},
    {"vehicle-type|list",                            COMMAND_LIST,     METHOD_LIST,     13,              0, "",          0, 0},
    {"customer|add",                                 COMMAND_CALL,     METHOD_ADD,      SAMPLE_CUSTOMER, 0, "",          0, 0},
    {"user|add|password=-",                          COMMAND_CALL,     METHOD_ADD,      SAMPLE_USER,     0, "",          1, 0},
    {"find|t 337|dse",                               COMMAND_CALL,     METHOD_FIND,     0,               0, "",          0, 0},
    {"me",                                           COMMAND_CALL,     METHOD_ME,       0,               0, "",          0, 0},
    {"describe|vehicle",                             COMMAND_DESCRIBE, METHOD_DESCRIBE, SAMPLE_VEHICLE,  0, "",          0, 0},
    {"vehicle",                                      COMMAND_HELP,     0,               SAMPLE_VEHICLE,  0, "",          0, 0},
    {"help|vehicle|transfer",                        COMMAND_HELP,     METHOD_DESCRIBE, SAMPLE_VEHICLE,  1, "",          0, 0},
};

Test(command, one_grammar_serves_every_entity)
{
    for (size_t i = 0; i < COUNTOF(grammar); i++) {
        const struct grammar_case *g = &grammar[i];
        struct cli_command c;
        struct err err = {0};
        cr_assert_eq(understand(g->line, &c, &err), RC_OK, "%s: %s", g->line, err.text);
        cr_expect_eq(c.kind, g->kind, "%s", g->line);
        cr_expect_eq(c.method, g->method, "%s", g->line);
        cr_expect_eq(c.entity != NULL ? c.entity->number : 0, g->entity, "%s", g->line);
        cr_expect_eq(c.action != NULL ? c.action->number : 0, g->action, "%s", g->line);
        cr_expect(str_eq_c(c.params.key, g->key), "%s: %.*s", g->line, STR_ARG(c.params.key));
        cr_expect_eq(c.params.nfields, g->nfields, "%s", g->line);
        cr_expect_eq(c.params.nfilters, g->nfilters, "%s", g->line);
        const struct method_info *m = method_by_number(c.method);
        if (c.kind == COMMAND_CALL || c.kind == COMMAND_LIST)
            cr_expect_eq(method_check_params(m, &c.params, &err), RC_OK, "%s: %s", g->line, err.text);
    }
}

struct refusal {
    const char *line, *says;
};

static const struct refusal refusals[] = {
    {"vehicel|list",                  "vehicle"    },
    {"fnd|x",                         "find"       },
    {"vehicle|lst",                   "list"       },
    {"vehicle|trasnfer|T1",           "transfer"   },
    {"vehicle|list|plat=T",           "plate"      },
    {"vehicle|show",                  "Plate"      },
    {"vehicle|show|T1|id=4",          "not both"   },
    {"vehicle|show|id=abc",           ""           },
    {"vehicle|add|T1",                "field=value"},
    {"vehicle|add|plate=T1|plate=T2", "twice"      },
    {"vehicle|add|value>5",           "field=value"},
    {"vehicle|set|T1",                "field=value"},
    {"user|add|password=hunter2",     "secret"     },
    {"find",                          "what"       },
    {"me|too",                        "alone"      },
    {"describe|vehicel",              "vehicle"    },
};

Test(command, what_is_not_understood_is_refused_and_says_what_was_meant)
{
    for (size_t i = 0; i < COUNTOF(refusals); i++) {
        struct cli_command c;
        struct err err = {0};
        cr_expect_eq(understand(refusals[i].line, &c, &err), RC_USAGE, "%s", refusals[i].line);
        cr_expect(strstr(err.text, refusals[i].says) != NULL, "%s: %s", refusals[i].line, err.text);
    }
}

Test(command, filters_carry_their_operator_and_text_as_typed)
{
    static const struct {
        const char *word;
        enum filter_op op;
        const char *value;
    } rows[] = {
        {"value=5",      FILTER_EQ,     "5"    },
        {"value!=5",     FILTER_NE,     "5"    },
        {"value<5",      FILTER_LT,     "5"    },
        {"value<=5",     FILTER_LE,     "5"    },
        {"value>5",      FILTER_GT,     "5"    },
        {"value>=1,000", FILTER_GE,     "1,000"},
        {"plate~T 3",    FILTER_PREFIX, "T 3"  },
        {"plate==x",     FILTER_EQ,     "=x"   },
    };
    for (size_t i = 0; i < COUNTOF(rows); i++) {
        struct cli_command c;
        cr_assert_eq(understand(str_printf(&a, "vehicle|list|%s", rows[i].word).p, &c, NULL), RC_OK, "%s",
                     rows[i].word);
        cr_assert_eq(c.params.nfilters, 1);
        cr_expect_eq(c.params.filters[0].op, rows[i].op, "%s", rows[i].word);
        cr_expect(str_eq_c(c.params.filters[0].value.text, rows[i].value), "%s", rows[i].word);
    }
}

Test(command, an_empty_value_clears_the_field)
{
    struct cli_command c;
    cr_assert_eq(understand("vehicle|set|T1|note=", &c, NULL), RC_OK);
    cr_expect_eq(c.params.fields[0].value.type, VT_NULL);
}

Test(command, a_reference_is_given_by_its_name_or_its_id)
{
    struct cli_command c;
    cr_assert_eq(understand("vehicle|add|owner=id=77|note=id=77", &c, NULL), RC_OK);
    cr_expect_eq(c.params.fields[0].value.type, VT_INT);
    cr_expect_eq(c.params.fields[0].value.i, 77);
    cr_expect_eq(c.params.fields[1].value.type, VT_TEXT);
    cr_assert_eq(understand("vehicle|add|owner=0712345678", &c, NULL), RC_OK);
    cr_expect_eq(c.params.fields[0].value.type, VT_TEXT);
}

Test(command, version_reason_id_and_view_say_something_about_the_request)
{
    struct cli_command c;
    cr_assert_eq(understand("vehicle|set|id=7|version=3|reason=typing error|note=x", &c, NULL), RC_OK);
    cr_expect_eq(c.params.id, 7);
    cr_expect_eq(c.params.version, 3);
    cr_expect(str_eq_c(c.params.reason, "typing error"));
    cr_expect_eq(c.params.nfields, 1);
    cr_assert_eq(understand("vehicle|list|view=all", &c, NULL), RC_OK);
    cr_expect(str_eq_c(c.params.view.name, "all"));
}

Test(command, as_of_shows_the_past_in_the_persons_own_time)
{
    struct cli_command c;
    struct cli_args args = {.limit = -1, .as_of = "2026-02-14 11:30"};
    stamp_t noon;
    cr_assert_eq(stamp_parse(STR("2026-02-14T08:30:00Z"), 0, NULL, &noon, NULL), RC_OK);
    cr_assert_eq(understand_with(args, "vehicle|show|T1", &c, NULL), RC_OK);
    cr_expect_eq(c.method, METHOD_AS_OF);
    cr_expect_eq(c.params.at.usec, noon.usec);
    cr_expect_eq(understand_with(args, "vehicle|list", &c, NULL), RC_USAGE);
}

Test(command, a_list_is_ordered_only_by_what_can_order_it)
{
    struct cli_command c;
    struct err err = {0};
    cr_assert_eq(understand_with((struct cli_args){.sort = "Added", .desc = true}, "vehicle|list", &c, &err),
                 RC_OK);
    cr_expect_eq(c.params.sort.number, TAG_ADDED);
    cr_expect(c.params.desc);
    cr_assert_eq(understand_with((struct cli_args){.sort = "note"}, "vehicle|list", &c, &err), RC_USAGE);
    cr_expect(strstr(err.text, "these are: plate, created_at") != NULL, "%s", err.text);
}

Test(command, the_format_of_a_document_follows_the_option_then_the_files_name)
{
    struct cli_command c;
    struct cli_args args = {.limit = -1};
    cr_assert_eq(understand_with(args, "vehicle|print|T1", &c, NULL), RC_OK);
    cr_expect(str_eq_c(c.params.format, "text"));
    args.out_path = "x.pdf";
    cr_assert_eq(understand_with(args, "vehicle|print|T1", &c, NULL), RC_OK);
    cr_expect(str_eq_c(c.params.format, "pdf"));
    args.print_format = "text";
    cr_assert_eq(understand_with(args, "vehicle|print|T1", &c, NULL), RC_OK);
    cr_expect(str_eq_c(c.params.format, "text"));
}

Test(command, suggestions_are_near_or_none)
{
    struct suggestion s = {.typed = STR("hsitory")};
    suggest(&s, STR("list"));
    suggest(&s, STR("history"));
    cr_expect(str_eq_c(s.best, "history"));
    struct suggestion none = {.typed = STR("xyz")};
    suggest(&none, STR("history"));
    cr_expect_eq(none.best.n, 0);
}

Test(command, one_s_own_account_needs_no_key)
{
    struct cli_command c;
    struct err err = {0};
    cr_assert_eq(understand("account|show", &c, &err), RC_OK);
    cr_expect(str_eq_c(c.params.key, "me"));
    cr_assert_eq(understand("account|set|login=x", &c, &err), RC_OK);
    cr_expect(str_eq_c(c.params.key, "me"));
    cr_assert_eq(understand("account|history|id=7", &c, &err), RC_OK);
    cr_expect_not(params_has(&c.params, PARAM_KEY));
}

Test(command, secrets_of_an_action_are_asked_for_without_being_named)
{
    struct cli_command c;
    struct err err = {0};
    cr_assert_eq(understand("account|password", &c, &err), RC_OK);
    cr_assert_eq(c.params.nfields, 2);
    cr_expect_eq(c.params.fields[0].field.number, 1);
    cr_expect_eq(c.params.fields[1].field.number, 2);
    cr_assert_eq(understand("account|password|new=-", &c, &err), RC_OK);
    cr_assert_eq(c.params.nfields, 2);
    cr_expect_eq(understand("account|password|new=hunter2hunter2", &c, &err), RC_USAGE);
    cr_expect_not_null(strstr(err.text, "not on the command line"));
}

Test(command, a_day_for_a_moment_is_the_whole_day)
{
    struct cli_command c;
    struct err err = {0};
    cr_assert_eq(understand("audit|list|at=2026-03-02", &c, &err), RC_OK);
    cr_assert_eq(c.params.nfilters, 2);
    cr_expect_eq(c.params.filters[0].op, FILTER_GE);
    cr_expect_eq(c.params.filters[1].op, FILTER_LT);
    cr_expect_eq(c.params.filters[1].value.stamp.usec - c.params.filters[0].value.stamp.usec,
                 INT64_C(86400000000));
    cr_assert_eq(understand("audit|list|at<=2026-03-02|at>2026-03-01", &c, &err), RC_OK);
    cr_assert_eq(c.params.nfilters, 2);
    cr_expect_eq(c.params.filters[0].op, FILTER_LT);
    cr_expect_eq(c.params.filters[0].value.stamp.usec,
                 c.params.filters[1].value.stamp.usec + INT64_C(86400000000));
    cr_assert_eq(understand("audit|list|at>=2026-03-02T08:30:00Z", &c, &err), RC_OK);
    cr_expect_eq(c.params.filters[0].value.type, VT_TEXT, "a moment is the service's to read");
}
