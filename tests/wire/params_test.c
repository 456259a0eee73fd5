#include <criterion/criterion.h>
#include <string.h>

#include "common/base/attr.h"
#include "common/base/limits.h"
#include "common/wire/cbor.h"
#include "common/wire/params.h"
#include "tests/wire/fixture.h"

TestSuite(params, .init = fixture_start, .fini = fixture_stop);

static enum rc
decode(struct str bytes, struct params *ret, struct err *reterr)
{
    struct rbuf r;
    rbuf_init(&r, bytes);
    return params_decode(&fixture_arena, &r, ret, reterr);
}

/* The parameters of a golden request. */
static struct params
golden_params(const char *name)
{
    struct message m;
    struct params p;
    cr_assert_eq(message_decode(fixture_golden(name), &m, NULL), RC_OK);
    cr_assert_eq(decode(m.request.params_raw, &p, NULL), RC_OK);
    return p;
}

Test(params, a_list_request_comes_back_part_by_part)
{
    struct params p = golden_params("request_list");
    cr_assert(p.entity.number == 6 && str_eq(p.sort.name, STR("end_date")) && p.desc && p.total);
    cr_assert(p.limit == 50 && p.view.number == 2 && p.cursor.n == 2);
    cr_assert_eq(p.nfilters, 2);
    cr_assert(p.filters[0].field.number == 12 && p.filters[0].op == FILTER_EQ);
    cr_assert(p.filters[0].value.type == VT_INT && p.filters[0].value.i == 4);
    cr_assert(str_eq(p.filters[1].value.text, STR("+30d")) && p.filters[1].op == FILTER_LE);
    cr_assert_not(params_has(&p, PARAM_ID));
}

Test(params, values_keep_the_form_they_came_in)
{
    struct params p = golden_params("request_add");
    static const enum value_type types[] = {VT_TEXT, VT_TEXT, VT_NULL, VT_INT, VT_BOOL, VT_BYTES};
    cr_assert_eq(p.nfields, COUNTOF(types));
    for (size_t i = 0; i < p.nfields; i++)
        cr_expect_eq(p.fields[i].value.type, types[i]);
    cr_assert(str_eq(p.fields[3].field.name, STR("gender")));
}

Test(params, steps_hold_whole_requests)
{
    struct params p = golden_params("request_batch");
    cr_assert_eq(p.nsteps, 2);
    cr_assert(str_eq(p.steps[1].method.name, STR("act")));
    cr_assert(str_eq(p.steps[1].params.action.name, STR("quote")));
    cr_assert(str_eq(p.steps[1].params.fields[0].value.text, STR("$0")));
}

Test(params, a_typed_value_goes_out_as_the_number_it_counts)
{
    struct param_field fields[] = {
        {{.number = 1}, {.type = VT_MONEY, .money = {5}}           },
        {{.number = 2}, {.type = VT_DATE, .date = {-3}}            },
        {{.number = 3}, {.type = VT_REF, .i = 9, .label = STR("x")}},
        {{.number = 4}, {.type = VT_CHOICE, .i = 2}                },
    };
    struct params p = {.present = 1u << PARAM_FIELDS, .fields = fields, .nfields = 4}, q;
    struct buf b;
    buf_init(&b, &fixture_arena, 64);
    params_encode(&b, &p);
    cr_assert_eq(decode(buf_str(&b), &q, NULL), RC_OK);
    static const int64_t numbers[] = {5, -3, 9, 2};
    for (size_t i = 0; i < 4; i++)
        cr_expect(q.fields[i].value.type == VT_INT && q.fields[i].value.i == numbers[i]);
}

static const struct {
    const char *hex;
    enum rc rc;
    const char *field;
} refused[] = {
    {"80",                            RC_BAD_PARAMS, "params" },
    {"",                              RC_BAD_FRAME,  ""       },
    {"a1",                            RC_BAD_FRAME,  ""       },
    {"a10001",                        RC_BAD_PARAMS, ""       }, /* part 0 */
    {"a11401",                        RC_BAD_PARAMS, ""       }, /* part 20 */
    {"a2 0101 0101",                  RC_BAD_FRAME,  ""       }, /* a part twice */
    {"a2 0201 0101",                  RC_BAD_FRAME,  ""       }, /* parts out of order */
    {"a101 20",                       RC_BAD_PARAMS, "entity" }, /* negative */
    {"a101 60",                       RC_BAD_PARAMS, "entity" }, /* no name */
    {"a101 1b0000000100000000",       RC_BAD_PARAMS, "entity" },
    {"a102 61 31",                    RC_BAD_PARAMS, "id"     },
    {"a103 01",                       RC_BAD_PARAMS, "key"    },
    {"a105 80",                       RC_BAD_PARAMS, "fields" },
    {"a105 a1 01 80",                 RC_BAD_PARAMS, "fields" }, /* a value that is an array */
    {"a105 a2 01f6 01f6",             RC_BAD_PARAMS, "fields" }, /* a field twice */
    {"a105 a2 6161f6 6161f6",         RC_BAD_PARAMS, "fields" },
    {"a106 81 82 0100",               RC_BAD_PARAMS, "filters"},
    {"a106 81 83 01 07 00",           RC_BAD_PARAMS, "filters"}, /* an unknown operator */
    {"a106 81 83 01 20 00",           RC_BAD_PARAMS, "filters"},
    {"a106 81 01",                    RC_BAD_PARAMS, "filters"},
    {"a108 01",                       RC_BAD_PARAMS, "desc"   },
    {"a109 00",                       RC_BAD_PARAMS, "limit"  },
    {"a10a 60",                       RC_BAD_PARAMS, "cursor" },
    {"a10b 40",                       RC_BAD_PARAMS, "text"   },
    {"a10f 81 82 08 a10f80",          RC_BAD_PARAMS, "steps"  }, /* steps in a step */
    {"a10f 81 81 08",                 RC_BAD_PARAMS, "steps"  },
    {"a110 20",                       RC_BAD_PARAMS, "version"},
    {"a113 f6",                       RC_BAD_PARAMS, "total"  },
    {"a103 62 c328",                  RC_BAD_FRAME,  ""       }, /* no UTF-8 */
    {"a105 a1 01 fb3ff8000000000000", RC_BAD_FRAME,  ""       }, /* a float */
};

Test(params, what_is_wrong_is_refused_and_named)
{
    for (size_t i = 0; i < COUNTOF(refused); i++) {
        struct params p = {.present = 42};
        struct err err = {0};
        cr_expect_eq(decode(fixture_hex(refused[i].hex), &p, &err), refused[i].rc, "%s", refused[i].hex);
        cr_expect_str_eq(err.field, refused[i].field, "%s", refused[i].hex);
        cr_expect_eq(p.present, 42);
    }
}

static enum rc
decode_fields(size_t n, size_t text)
{
    struct params p = {.present = 1u << PARAM_FIELDS, .nfields = n}, q;
    struct buf b;
    p.fields = arena_new(&fixture_arena, struct param_field, n);
    for (size_t i = 0; i < n; i++) {
        p.fields[i].field.number = (uint32_t)i;
        p.fields[i].value = VALUE_TEXT(str_printf(&fixture_arena, "%*s", (int)text, ""));
    }
    buf_init(&b, &fixture_arena, 64);
    params_encode(&b, &p);
    return decode(buf_str(&b), &q, NULL);
}

Test(params, counts_and_lengths_past_the_limits_are_too_large)
{
    cr_expect_eq(decode_fields(LIMIT_FIELDS, 1), RC_OK);
    cr_expect_eq(decode_fields(LIMIT_FIELDS + 1, 1), RC_TOO_LARGE);
    cr_expect_eq(decode_fields(1, LIMIT_TEXT), RC_OK);
    cr_expect_eq(decode_fields(1, LIMIT_TEXT + 1), RC_TOO_LARGE);
    struct buf b;
    struct params p;
    buf_init(&b, &fixture_arena, 64);
    wbuf_map(&b, 1);
    wbuf_uint(&b, PARAM_STEPS);
    wbuf_array(&b, LIMIT_STEPS + 1);
    for (int i = 0; i <= LIMIT_STEPS; i++)
        wbuf_uint(&b, 0);
    cr_expect_eq(decode(buf_str(&b), &p, NULL), RC_TOO_LARGE);
}

Test(params, names_of_parts_and_operators_come_back)
{
    for (unsigned key = PARAM_ENTITY; key < PARAM_END; key++)
        if (param_key_name((enum param_key)key))
            cr_expect_eq(param_key_by_name(str_from(param_key_name((enum param_key)key))), (int)key);
    for (unsigned op = FILTER_EQ; op <= FILTER_PREFIX; op++)
        cr_expect_eq(filter_op_by_name(str_from(filter_op_name((enum filter_op)op))), (int)op);
    cr_expect_null(param_key_name((enum param_key)0));
    cr_expect_null(param_key_name((enum param_key)20));
    cr_expect_eq(param_key_by_name(STR("nothing")), -1);
    cr_expect_eq(param_key_by_name(STR_NONE), -1);
    cr_expect_eq(filter_op_by_name(STR("==")), -1);
    cr_expect_null(filter_op_name((enum filter_op)7));
}
