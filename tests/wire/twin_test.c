#include <criterion/criterion.h>
#include <string.h>

#include "common/base/limits.h"
#include "common/crypt/crypt.h"
#include "common/wire/cbor.h"
#include "common/wire/twin.h"
#include "tests/wire/fixture.h"

static void
start(void)
{
    fixture_start();
    cr_assert_eq(crypt_start(NULL), RC_OK);
}

TestSuite(twin, .init = start, .fini = fixture_stop);

/* A good line must become exactly the request of a golden message. */
static void
becomes(const char *line, const char *golden)
{
    struct message m;
    struct err err = {0};
    struct buf b;
    uint64_t id = 0;
    cr_assert_eq(twin_read(&fixture_arena, str_from(line), &m, &id, &err), RC_OK, "%s", err.text);
    buf_init(&b, &fixture_arena, 64);
    request_encode(&b, &m.request);
    cr_expect(str_eq(buf_str(&b), fixture_golden(golden)), "%s", golden);
    cr_expect_eq(id, m.request.id);
}

Test(twin, lines_become_the_same_messages_a_wire_client_sends)
{
    becomes("{\"id\":1,\"method\":2}", "request_me");
    becomes("{\"id\":3, \"method\":4, \"params\":{\"limit\":10, \"text\":\"t 337-dse\"}}", "request_find");
    becomes(
        "{\"id\":4,\"method\":5,\"params\":{\"total\":true,\"entity\":6,\"filters\":[[12,\"=\",{\"id\":4}],"
        "[\"end_date\",\"<=\",\"+30d\"]],\"sort\":\"end_date\",\"desc\":true,\"limit\":50,\"cursor\":"
        "\"AQI=\","
        "\"view\":\"2\"},\"deadline_ms\":5000}",
        "request_list");
    becomes("{\"id\":5,\"method\":\"get\",\"params\":{\"entity\":\"vehicle\",\"key\":\"T337DSE\"}}",
            "request_get");
    becomes("{\"id\":7,\"method\":9,\"params\":{\"entity\":2,\"id\":\"811\",\"fields\":{\"5\":\"silver\"},"
            "\"version\":3},\"idem\":\"000102030405060708090A0b0c0d0e0f\",\"deadline_ms\":30000}",
            "request_set");
    becomes(
        "{\"id\":8,\"method\":12,\"params\":{\"entity\":2,\"id\":811,\"at\":\"2026-02-14T11:30:00+03:00\"}}",
        "request_as_of");
    becomes("{\"id\":10,\"method\":14,\"params\":{\"steps\":[[8,{\"entity\":1,\"fields\":{\"name\":\"Al "
            "Noor\"}}],"
            "[\"act\",{\"entity\":\"policy\",\"action\":\"quote\",\"fields\":{\"customer\":\"$0\"}}]]},"
            "\"idem\":\"000102030405060708090a0b0c0d0e0f\"}",
            "request_batch");
}

static struct params
params_of(const char *line)
{
    struct message m;
    struct err err = {0};
    struct params p;
    struct rbuf r;
    uint64_t id = 0;
    cr_assert_eq(twin_read(&fixture_arena, str_from(line), &m, &id, &err), RC_OK, "%s", err.text);
    rbuf_init(&r, m.request.params_raw);
    cr_assert_eq(params_decode(&fixture_arena, &r, &p, NULL), RC_OK);
    return p;
}

Test(twin, numbers_go_on_as_the_text_a_person_would_write)
{
    struct params p =
        params_of("{\"id\":1,\"method\":\"add\",\"params\":{\"entity\":\"x\",\"fields\":{\"a\":null,"
                  "\"b\":true,\"c\":-7,\"d\":619500.10,\"e\":1000000.5,\"f\":0.1,\"g\":\"\\u00e9\","
                  "\"h\":{\"id\":812,\"label\":\"Salma\"},\"i\":{\"base64\":\"iVBORw==\"}}}}");
    static const struct {
        enum value_type type;
        const char *text;
    } want[] = {
        {VT_NULL,  NULL       },
        {VT_BOOL,  NULL       },
        {VT_TEXT,  "-7"       },
        {VT_TEXT,  "619500.1" },
        {VT_TEXT,  "1000000.5"},
        {VT_TEXT,  "0.1"      },
        {VT_TEXT,  "\xC3\xA9" },
        {VT_INT,   NULL       },
        {VT_BYTES, "\x89PNG"  },
    };
    cr_assert_eq(p.nfields, COUNTOF(want));
    for (size_t i = 0; i < p.nfields; i++) {
        cr_expect_eq(p.fields[i].value.type, want[i].type);
        if (want[i].text)
            cr_expect(str_eq_c(p.fields[i].value.text, want[i].text), "%.*s",
                      STR_ARG(p.fields[i].value.text));
    }
    cr_expect(p.fields[7].value.i == 812);
}

Test(twin, an_object_of_filters_asks_for_equality)
{
    struct params p = params_of("{\"id\":1,\"method\":\"list\",\"params\":{\"entity\":\"policy\",\"filters\":"
                                "{\"state\":\"active\"}}}");
    cr_assert(p.nfilters == 1 && p.filters[0].op == FILTER_EQ);
    cr_assert(str_eq(p.filters[0].field.name, STR("state")) &&
              str_eq(p.filters[0].value.text, STR("active")));
}

Test(twin, hello_is_read_and_needs_no_id)
{
    struct message m;
    uint64_t id = 9;
    cr_assert_eq(twin_read(&fixture_arena, STR("{\"hello\":{\"versions\":[1,2],\"client\":\"script\"}}"), &m,
                           &id, NULL),
                 RC_OK);
    cr_assert(m.kind == MESSAGE_HELLO && m.hello.version == 1 && str_eq(m.hello.client, STR("script")) &&
              id == 0);
    cr_assert_eq(twin_read(&fixture_arena, STR("{\"hello\":{\"versions\":[2]}}"), &m, &id, NULL), RC_OK);
    cr_assert_eq(m.hello.version, 0);
}

static const struct {
    const char *line;
    enum rc rc;
    uint64_t id;
    const char *field;
} refused[] = {
    {"",                                                                                RC_BAD_FRAME,  0, ""           },
    {"hello",                                                                           RC_BAD_FRAME,  0, ""           },
    {"[]",                                                                              RC_BAD_FRAME,  0, ""           },
    {"{\"id\":1",                                                                       RC_BAD_FRAME,  0, ""           },
    {"{\"id\":1,\"id\":2,\"method\":\"me\"}",                                           RC_BAD_FRAME,  0, ""           },
    {"{\"id\":1,\"method\":\"me\"} x",                                                  RC_BAD_FRAME,  0, ""           },
    {"{\"id\":1,\"method\":\"\xFF\"}",                                                  RC_BAD_FRAME,  0, ""           },
    {"{\"id\":1,\"method\":\"a\\u0000b\"}",                                             RC_BAD_FRAME,  0, ""           },
    {"{\"id\":1,\"method\":99999999999999999999}",                                      RC_BAD_FRAME,  0, ""           },
    {"{\"method\":\"me\"}",                                                             RC_BAD_PARAMS, 0, "id"         },
    {"{\"id\":0,\"method\":\"me\"}",                                                    RC_BAD_PARAMS, 0, "id"         },
    {"{\"id\":\"1\",\"method\":\"me\"}",                                                RC_BAD_PARAMS, 0, "id"         },
    {"{\"id\":5}",                                                                      RC_BAD_PARAMS, 5, "method"     },
    {"{\"id\":5,\"method\":\"\"}",                                                      RC_BAD_PARAMS, 5, "method"     },
    {"{\"id\":5,\"method\":[]}",                                                        RC_BAD_PARAMS, 5, "method"     },
    {"{\"id\":5,\"method\":\"me\",\"parameters\":{}}",                                  RC_BAD_PARAMS, 5, ""           },
    {"{\"id\":5,\"method\":\"me\",\"idem\":\"00\"}",                                    RC_BAD_PARAMS, 5, "idem"       },
    {"{\"id\":5,\"method\":\"me\",\"deadline_ms\":-1}",                                 RC_BAD_PARAMS, 5, "deadline_ms"},
    {"{\"id\":5,\"method\":\"me\",\"params\":[]}",                                      RC_BAD_PARAMS, 5, "params"     },
    {"{\"id\":5,\"method\":\"me\",\"params\":{\"what\":1}}",                            RC_BAD_PARAMS, 5, "params"     },
    {"{\"id\":5,\"method\":\"me\",\"params\":{\"entity\":-1}}",                         RC_BAD_PARAMS, 5, "entity"     },
    {"{\"id\":5,\"method\":\"me\",\"params\":{\"entity\":\"99999999999\"}}",            RC_BAD_PARAMS, 5, "entity"     },
    {"{\"id\":5,\"method\":\"me\",\"params\":{\"id\":1.5}}",                            RC_BAD_PARAMS, 5, "id"         },
    {"{\"id\":5,\"method\":\"me\",\"params\":{\"fields\":[]}}",                         RC_BAD_PARAMS, 5, "fields"     },
    {"{\"id\":5,\"method\":\"me\",\"params\":{\"fields\":{\"a\":[]}}}",                 RC_BAD_PARAMS, 5, "fields"     },
    {"{\"id\":5,\"method\":\"me\",\"params\":{\"fields\":{\"a\":{}}}}",                 RC_BAD_PARAMS, 5, "fields"     },
    {"{\"id\":5,\"method\":\"me\",\"params\":{\"fields\":{\"a\":12345678901234.567}}}", RC_BAD_PARAMS, 5,
     "fields"                                                                                                          },
    {"{\"id\":5,\"method\":\"me\",\"params\":{\"fields\":{\"\":1}}}",                   RC_BAD_PARAMS, 5, "fields"     },
    {"{\"id\":5,\"method\":\"me\",\"params\":{\"filters\":[[\"a\",\"like\",1]]}}",      RC_BAD_PARAMS, 5,
     "filters"                                                                                                         },
    {"{\"id\":5,\"method\":\"me\",\"params\":{\"filters\":[[\"a\"]]}}",                 RC_BAD_PARAMS, 5, "filters"    },
    {"{\"id\":5,\"method\":\"me\",\"params\":{\"cursor\":\"?\"}}",                      RC_BAD_PARAMS, 5, "cursor"     },
    {"{\"id\":5,\"method\":\"me\",\"params\":{\"at\":\"soon\"}}",                       RC_BAD_PARAMS, 5, "at"         },
    {"{\"id\":5,\"method\":\"me\",\"params\":{\"desc\":1}}",                            RC_BAD_PARAMS, 5, "desc"       },
    {"{\"id\":5,\"method\":\"me\",\"params\":{\"steps\":[[\"add\",{\"steps\":[]}]]}}",  RC_BAD_PARAMS, 5,
     "steps"                                                                                                           },
    {"{\"id\":5,\"method\":\"me\",\"params\":{\"steps\":[\"add\"]}}",                   RC_BAD_PARAMS, 5, "steps"      },
    {"{\"hello\":{}}",                                                                  RC_BAD_PARAMS, 0, "hello"      },
    {"{\"hello\":1}",                                                                   RC_BAD_PARAMS, 0, "hello"      },
};

Test(twin, bad_lines_are_refused_named_and_answered_to_their_id)
{
    for (size_t i = 0; i < COUNTOF(refused); i++) {
        struct message m = {.kind = MESSAGE_GOAWAY};
        struct err err = {0};
        uint64_t id = 77;
        cr_expect_eq(twin_read(&fixture_arena, str_from(refused[i].line), &m, &id, &err), refused[i].rc, "%s",
                     refused[i].line);
        cr_expect_eq(id, refused[i].id, "%s", refused[i].line);
        cr_expect_str_eq(err.field, refused[i].field, "%s", refused[i].line);
        cr_expect_eq(m.kind, MESSAGE_GOAWAY);
    }
}

Test(twin, a_line_is_bounded_in_length_and_depth)
{
    struct message m;
    uint64_t id = 0;
    struct str longest = str_printf(&fixture_arena, "%*s", (int)LIMIT_JSON_LINE + 1, "");
    cr_expect_eq(twin_read(&fixture_arena, longest, &m, &id, NULL), RC_TOO_LARGE);
    struct buf b;
    buf_init(&b, &fixture_arena, 64);
    for (int i = 0; i < 100000; i++)
        buf_add_char(&b, '[');
    cr_expect_eq(twin_read(&fixture_arena, buf_str(&b), &m, &id, NULL), RC_BAD_FRAME);
    /* Brackets in a text are no depth. */
    cr_expect_eq(
        twin_read(
            &fixture_arena,
            STR("{\"id\":1,\"method\":\"find\",\"params\":{\"text\":\"[[[[[[[[[[[[[[[[[[[[\\\"{{{{{\"}}"), &m,
            &id, NULL),
        RC_OK);
}

/* A golden reply as a line, with the description of reply_hello. */
static const char *
line_of(const char *golden)
{
    struct message m;
    struct body *body = arena_new(&fixture_arena, struct body, 1);
    struct rbuf r;
    struct buf b;
    cr_assert_eq(message_decode(fixture_golden(golden), &m, NULL), RC_OK);
    rbuf_init(&r, m.reply.body_raw);
    cr_assert_eq(body_decode(&fixture_arena, &r, body, NULL), RC_OK);
    buf_init(&b, &fixture_arena, 64);
    twin_write(&b, fixture_schema(), &fixture_locale, m.reply.id, m.reply.code, body, &m.reply.meta);
    buf_add_char(&b, '\0');
    return (const char *)b.p;
}

Test(twin, a_record_is_written_with_names_for_numbers)
{
    cr_assert_str_eq(
        line_of("reply_record"),
        "{\"id\":7,\"code\":\"OK\",\"body\":{\"record\":{\"entity\":\"vehicle\",\"id\":811,\"version\":3,"
        "\"label\":\"T 337 DSE\",\"fields\":{\"f1\":\"T 337 DSE\",\"f2\":-5,\"f3\":true,\"f4\":\"619500.00\","
        "\"f5\":\"3.5\",\"f6\":\"2026-02-14\",\"f7\":\"2026-02-14T08:30:00Z\",\"usage\":\"hire\","
        "\"owner\":{\"id\":4711,\"label\":\"Salma Ibrahim\"},\"f10\":{\"id\":12,\"label\":\"\"},"
        "\"f11\":\"AP8=\"}},\"issues\":[{\"level\":\"confirm\",\"field\":\"phone\","
        "\"text\":\"this phone belongs to Salma Ibrahim\",\"refs\":[{\"entity\":\"e1\",\"id\":4711,"
        "\"label\":\"Salma Ibrahim\"}]}]},\"replayed\":true,\"server_us\":1834,\"trace\":\"03c696682703\"}");
}

Test(twin, a_page_is_written_row_by_row)
{
    cr_assert_str_eq(
        line_of("reply_page"),
        "{\"id\":4,\"code\":\"OK\",\"body\":{\"page\":{\"entity\":\"e6\",\"rows\":[{\"id\":1841,\"version\":"
        "2,"
        "\"fields\":{\"f1\":\"KK/26/001841\",\"f4\":\"619500.00\",\"f9\":{\"id\":811,\"label\":\"T 337 "
        "DSE\"},"
        "\"f12\":null}},{\"id\":1842,\"version\":1,\"fields\":{\"f1\":\"KK/26/001842\",\"f4\":null,"
        "\"f9\":{\"id\":812,\"label\":\"\"},\"f12\":null}}],\"next\":\"BQY=\",\"total\":1000,"
        "\"total_capped\":true}}}");
}

Test(twin, an_error_is_written_with_what_a_script_needs)
{
    const char *line = line_of("reply_error");
    cr_expect(strstr(line, "\"code\":\"CONFIRM\"") != NULL);
    cr_expect(strstr(line, "\"field\":\"phone\"") != NULL);
    cr_expect(strstr(line, "\"retryable\":false") != NULL);
    cr_expect(strstr(line, "\"trace\":\"9f2c\"") != NULL);
    cr_expect(strstr(line, "\"retry_after_ms\":250") != NULL);
}

Test(twin, every_part_is_written_under_its_name)
{
    static const struct {
        const char *golden, *piece;
    } rows[] = {
        {"reply_hello",
         "\"schema\":{\"hash\":\"0123456789abcdef0123456789abcdef\",\"entities\":[{\"number\":2,"      },
        {"reply_hello",   "\"flags\":[\"required\",\"list\",\"edit\",\"create\",\"filter\"]"           },
        {"reply_hello",   "\"me\":{\"user\":77,\"login\":\"amina@simba.co.tz\""                        },
        {"reply_hello",   "\"hello\":{\"version\":1,\"server\":\"bimad 0.1.0\""                        },
        {"reply_hello",   "\"columns\":[\"usage\",\"owner\"]"                                          },
        {"reply_events",  "\"changes\":[{\"field\":\"f5\",\"name\":\"Colour\",\"before\":\"white\""    },
        {"reply_hits",    "\"hits\":[{\"record\":{\"entity\":\"vehicle\",\"id\":811,"                  },
        {"reply_home",    "\"figures\":[{\"label\":\"Issued\",\"count\":34,\"amount\":\"12412500.00\"}"},
        {"reply_home",    "\"tone\":\"bad\""                                                           },
        {"reply_home",    "\"spark\":[4,26,18]"                                                        },
        {"reply_file",
         "\"file\":{\"name\":\"certificate.txt\",\"media_type\":\"text/plain\",\"bytes\":\"QklNQQo=\"}"},
        {"reply_results", "\"results\":[{\"record\":{"                                                 },
        {"reply_status",  "\"status\":[{\"name\":\"version\",\"value\":\"0.1.0\"}"                     },
    };
    for (size_t i = 0; i < COUNTOF(rows); i++)
        cr_expect(strstr(line_of(rows[i].golden), rows[i].piece) != NULL, "%s: %s", rows[i].piece,
                  line_of(rows[i].golden));
}

Test(twin, text_is_escaped_and_large_numbers_go_as_text)
{
    struct body_field fields[] = {
        {1, VALUE_TEXT(((struct str){"\"\\\n\t\0\x7F\xC2\x9B\xC3\xA9", 10}))},
        {2, VALUE_INT(INT64_C(9007199254740992))                            },
        {3, VALUE_INT(INT64_C(9007199254740993))                            },
        {4, VALUE_INT(INT64_MIN)                                            },
    };
    struct body *body = arena_new(&fixture_arena, struct body, 1);
    struct buf b;
    body->present = 1u << BODY_RECORD;
    body->record = (struct body_record){.entity = 5, .fields = fields, .nfields = COUNTOF(fields)};
    buf_init(&b, &fixture_arena, 64);
    twin_body(&b, NULL, &fixture_locale, body);
    cr_assert(str_eq(buf_str(&b),
                     STR("{\"record\":{\"entity\":\"e5\",\"id\":0,\"version\":0,\"label\":\"\",\"fields\":{"
                         "\"f1\":\"\\\"\\\\\\n\\u0009\\u0000\\u007f\\u009b\xC3\xA9\","
                         "\"f2\":9007199254740992,\"f3\":\"9007199254740993\","
                         "\"f4\":\"-9223372036854775808\"}}}")),
              "%.*s", (int)b.n, (const char *)b.p);
}
