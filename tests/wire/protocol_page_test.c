#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "common/base/attr.h"
#include "common/base/limits.h"
#include "common/crypt/crypt.h"
#include "common/value/value.h"
#include "common/wire/frame.h"
#include "common/wire/method.h"
#include "tests/wire/fixture.h"

/* bima-protocol(7) says what the tables of the code say, and nothing else. */

static char *page;

static void
start(void)
{
    enum { ROOM = 256 * 1024 };
    fixture_start();
    cr_assert_eq(crypt_start(NULL), RC_OK);
    page = arena_alloc(&fixture_arena, ROOM);
    FILE *f = fopen(PROTOCOL_PAGE, "r");
    cr_assert(f != NULL);
    size_t n = fread(page, 1, ROOM - 1, f);
    fclose(f);
    cr_assert(n > 0 && n < ROOM - 1);
}

TestSuite(protocol_page, .init = start, .fini = fixture_stop);

static size_t
count(const char *from, const char *to, const char *piece)
{
    size_t n = 0;
    for (const char *at = strstr(from, piece); at && at < to; at = strstr(at + 1, piece))
        n++;
    return n;
}

static const char *
section(const char *name, const char **ret_end)
{
    const char *at = strstr(page, str_printf(&fixture_arena, "\n.Sh %s\n", name).p);
    cr_assert(at != NULL, "the page has a section %s", name);
    const char *next = strstr(at + 1, "\n.S");
    *ret_end = next ? next : at + strlen(at);
    return at;
}

static void
has_line(const char *name, struct str line)
{
    const char *end = NULL, *at = section(name, &end);
    cr_expect_eq(count(at, end, str_printf(&fixture_arena, "\n%.*s\n", STR_ARG(line)).p), 1,
                 "%s has one line %.*s", name, STR_ARG(line));
}

static void
has_no_more_than(const char *name, size_t lines)
{
    const char *end = NULL, *at = section(name, &end);
    cr_expect_eq(count(at, end, "\n.It "), lines, "%s describes %zu things", name, lines);
}

Test(protocol_page, has_every_method_and_no_other)
{
    size_t n = 0;
    const struct method_info *m = method_table(&n);
    for (size_t i = 0; i < n; i++)
        has_line("METHODS", str_printf(&fixture_arena, ".It %d Cm %s", (int)m[i].number, m[i].name));
    has_no_more_than("METHODS", n);
}

Test(protocol_page, says_of_every_method_what_it_takes_and_whether_it_writes)
{
    size_t n = 0;
    const struct method_info *m = method_table(&n);
    const char *section_end = NULL, *section_start = section("METHODS", &section_end);
    for (size_t i = 0; i < n; i++) {
        const char *at = strstr(section_start,
                                str_printf(&fixture_arena, ".It %d Cm %s\n", (int)m[i].number, m[i].name).p);
        const char *end = at ? strstr(at + 1, "\n.It ") : NULL;
        end = end && end < section_end ? end : section_end;
        if (!at)
            continue;
        struct str text = str_dup(&fixture_arena, (struct str){at, (size_t)(end - at)});
        cr_expect_eq(strstr(text.p, "Writes.") != NULL, (m[i].flags & METHOD_WRITES) != 0, "%s", m[i].name);
        for (unsigned key = PARAM_ENTITY; key < PARAM_END; key++) {
            const char *name = param_key_name((enum param_key)key);
            if (key == PARAM_ID || key == PARAM_KEY)
                name = "which";
            if (m[i].takes >> key & 1u)
                cr_expect(strstr(text.p, name) != NULL, "%s takes %s", m[i].name, name);
        }
    }
}

static void
has_key_in_cddl(const char *map, unsigned key, const char *name)
{
    const char *end = NULL, *at = section("CDDL", &end);
    at = strstr(at, str_printf(&fixture_arena, "\n%s = {\n", map).p);
    cr_assert(at != NULL);
    end = strstr(at, "\n}");
    const char *line = strstr(at, str_printf(&fixture_arena, "\n  ? %u => ", key).p);
    cr_assert(line && line < end, "%s has key %u in the CDDL", map, key);
    const char *comment = strstr(line, str_printf(&fixture_arena, " ; %s\n", name).p);
    cr_expect(comment && comment == strchr(line + 1, '\n') - strlen(name) - 3, "%s: key %u is %s", map, key,
              name);
}

Test(protocol_page, has_every_key_of_params_and_no_other)
{
    size_t n = 0;
    for (unsigned key = PARAM_ENTITY; key < PARAM_END; key++) {
        const char *name = param_key_name((enum param_key)key);
        if (!name)
            continue;
        n++;
        has_line("PARAMS", str_printf(&fixture_arena, ".It %u Cm %s", key, name));
        has_key_in_cddl("params", key, name);
    }
    has_no_more_than("PARAMS", n);
    const char *end = NULL, *at = section("PARAMS", &end);
    for (unsigned op = FILTER_EQ; op <= FILTER_PREFIX; op++) {
        const char *name = filter_op_name((enum filter_op)op);
        cr_expect(count(at, end, str_printf(&fixture_arena, "%u\n.Dq %s", op, name).p) == 1, "operator %s",
                  name);
    }
}

Test(protocol_page, has_every_key_of_a_body_and_no_other)
{
    for (unsigned key = BODY_RECORD; key <= BODY_STATUS; key++) {
        const char *name = body_key_name((enum body_key)key);
        has_line("BODIES", str_printf(&fixture_arena, ".It %u Cm %s", key, name));
        has_key_in_cddl("body", key, name);
    }
    has_no_more_than("BODIES", BODY_STATUS);
}

Test(protocol_page, has_every_type_of_value)
{
    for (unsigned type = VT_TEXT; type <= VT_BYTES; type++) {
        struct str row =
            str_printf(&fixture_arena, "\n.It %u Ta %s Ta ", type, value_type_name((enum value_type)type));
        cr_expect(strstr(page, row.p) != NULL, "type %u", type);
    }
}

Test(protocol_page, has_every_error_with_its_exit_code_and_no_other)
{
    static const enum rc codes[] = {
#define X(name, number, exit, retry, text) RC_##name,
        ERR_MAP(X)
#undef X
    };
    for (size_t i = 0; i < COUNTOF(codes); i++)
        has_line("ERROR CODES", str_printf(&fixture_arena, ".It %d Ta %s Ta %d Ta %s Ta %s", (int)codes[i],
                                           rc_symbol(codes[i]), rc_exit(codes[i]),
                                           rc_retryable(codes[i]) ? "yes" : "no", rc_text(codes[i])));
    has_no_more_than("ERROR CODES", 1 + COUNTOF(codes)); /* the headings are a row as well */
}

Test(protocol_page, has_the_limits)
{
    static const unsigned limits[] = {
        LIMIT_FRAME,  LIMIT_INFLATED, LIMIT_DEPTH, LIMIT_TEXT,     LIMIT_PAGE,   LIMIT_HISTORY, LIMIT_HITS,
        LIMIT_FIELDS, LIMIT_FILTERS,  LIMIT_STEPS, LIMIT_INFLIGHT, LIMIT_RECALL, LIMIT_PICTURE};
    const char *end = NULL, *at = section("LIMITS", &end);
    for (size_t i = 0; i < COUNTOF(limits); i++)
        cr_expect_geq(count(at, end, str_printf(&fixture_arena, "\n.It %u Ta ", limits[i]).p), 1, "%u",
                      limits[i]);
    cr_expect_eq(count(at, end, str_printf(&fixture_arena, " %d when no limit", LIMIT_PAGE_DEFAULT).p), 1);
    has_no_more_than("LIMITS", COUNTOF(limits));
    cr_assert_eq(LIMIT_JSON_LINE, LIMIT_FRAME, "one row stands for both");
}

Test(protocol_page, has_the_dictionarys_length_and_hash)
{
    unsigned char hash[CRYPT_HASH];
    char hex[2 * CRYPT_HASH + 1];
    crypt_hash(frame_dictionary(), hash);
    cr_expect(strstr(page, crypt_hex(hash, CRYPT_HASH, hex)) != NULL, "%s", hex);
    struct str length = str_printf(&fixture_arena, "The dictionary is %zu bytes", frame_dictionary().n);
    cr_expect(strstr(page, length.p) != NULL, "%s", length.p);
}
