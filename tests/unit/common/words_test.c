#include <criterion/criterion.h>
#include <stdio.h>

#include "common/base/arena.h"
#include "common/base/limits.h"
#include "common/base/words.h"

/* Words joined by | so that a row shows line and result side by side. */
static const struct {
    const char *line, *words;
} splits[] = {
    {"",                           ""                       },
    {"   \t ",                     ""                       },
    {"policy list --json",         "policy|list|--json"     },
    {"  a\tb  ",                   "a|b"                    },
    {"name='Salma Ibrahim'",       "name=Salma Ibrahim"     },
    {"name=\"Salma Ibrahim\"",     "name=Salma Ibrahim"     },
    {"a\\ b c",                    "a b|c"                  },
    {"'a'\"b\"c",                  "abc"                    },
    {"a '' \"\" b",                "a|||b"                  },
    {"\"say \\\"x\\\" \\\\ \\n\"", "say \"x\" \\ \\n"       },
    {"'a\\b\"c'",                  "a\\b\"c"                },
    {"\\'a \\\"b",                 "'a|\"b"                 },
    {"$HOME * ; & < > ` # ! ~",    "$HOME|*|;|&|<|>|`|#|!|~"},
    {"find \xC3\xA9t\xC3\xA9",     "find|\xC3\xA9t\xC3\xA9" },
};

Test(words, splits_as_a_shell_splits_and_does_nothing_else)
{
    struct arena a;
    arena_init(&a, 1024 * 1024, NULL, NULL);
    for (size_t i = 0; i < COUNTOF(splits); i++) {
        struct str *words = NULL;
        size_t count = 0;
        struct err err;
        cr_assert_eq(words_split(&a, str_from(splits[i].line), &words, &count, &err), RC_OK, "%s",
                     splits[i].line);
        char joined[200] = "";
        size_t n = 0;
        for (size_t k = 0; k < count; k++) {
            cr_assert_eq(words[k].p[words[k].n], '\0');
            n += (size_t)snprintf(joined + n, sizeof(joined) - n, "%s%.*s", k ? "|" : "", STR_ARG(words[k]));
        }
        cr_assert_str_eq(joined, splits[i].words);
    }
    arena_done(&a);
}

static void
refuses(struct str line)
{
    struct arena a;
    struct err err = {0};
    struct str *words = NULL;
    size_t count = 99;
    arena_init(&a, 1024 * 1024, NULL, NULL);
    cr_expect_eq(words_split(&a, line, &words, &count, &err), RC_USAGE, "%.*s", STR_ARG(line));
    cr_expect_neq(err.text[0], '\0');
    cr_expect(words == NULL && count == 99);
    arena_done(&a);
}

Test(words, refuses_what_is_not_closed)
{
    refuses(STR("a 'b"));
    refuses(STR("a \"b"));
    refuses(STR("\"a\\\""));
    refuses(STR("a\\"));
}

Test(words, refuses_control_characters_and_what_is_no_text)
{
    refuses((struct str){"a\0b", 3});
    refuses(STR("a\nb"));
    refuses(STR("a\x1B[0m"));
    refuses(STR("a\xC2\x9B"));
    refuses(STR("'a\tb'"));
    refuses(STR("a\\\tb"));
    refuses(STR("a\xFF"));
}

Test(words, takes_as_much_as_the_limits_say_and_no_more)
{
    static char line[LIMIT_EXEC + 1];
    memset(line, 'a', sizeof(line));
    refuses((struct str){line, sizeof(line)});
    for (size_t i = 0; i < sizeof(line); i++)
        line[i] = i % 2 ? ' ' : 'a';
    refuses((struct str){line, 2 * LIMIT_EXEC_WORDS + 1});
    struct arena a;
    struct str *words = NULL;
    size_t count = 0;
    arena_init(&a, 1024 * 1024, NULL, NULL);
    cr_assert_eq(words_split(&a, (struct str){line, 2 * LIMIT_EXEC_WORDS}, &words, &count, NULL), RC_OK);
    cr_assert_eq(count, LIMIT_EXEC_WORDS);
    memset(line, 'b', sizeof(line));
    cr_assert_eq(words_split(&a, (struct str){line, LIMIT_EXEC}, &words, &count, NULL), RC_OK);
    cr_assert_eq(words[0].n, LIMIT_EXEC);
    arena_done(&a);
}
