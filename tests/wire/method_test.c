#include <criterion/criterion.h>
#include <string.h>

#include "common/base/attr.h"
#include "common/wire/method.h"

#define HAS(key) (1u << PARAM_##key)

Test(method, each_is_found_by_its_number_and_by_its_name)
{
    size_t n = 0;
    const struct method_info *m = method_table(&n);
    cr_assert_geq(n, METHOD_TRIAL);
    for (size_t i = 0; i < n; i++) {
        cr_expect_eq(method_by_number(m[i].number), &m[i]);
        cr_expect_eq(method_by_name(str_from(m[i].name)), &m[i]);
        cr_expect_eq(m[i].needs & ~m[i].takes, 0, "%s needs only what it takes", m[i].name);
        cr_expect_neq(m[i].help[0], '\0');
    }
    cr_expect_null(method_by_number(0));
    cr_expect_null(method_by_number(UINT64_C(1) << 32 | METHOD_ME));
    cr_expect_null(method_by_name(STR("GET")));
}

Test(method, those_that_write_are_add_set_act_and_batch)
{
    size_t n = 0;
    const struct method_info *m = method_table(&n);
    for (size_t i = 0; i < n; i++) {
        bool writes = m[i].number == METHOD_ADD || m[i].number == METHOD_SET || m[i].number == METHOD_ACT ||
                      m[i].number == METHOD_BATCH;
        cr_expect_eq((m[i].flags & METHOD_WRITES) != 0, writes, "%s", m[i].name);
        cr_expect_eq((m[i].flags & METHOD_BULK) != 0,
                     m[i].number == METHOD_PRINT || m[i].number == METHOD_EXPORT, "%s", m[i].name);
    }
}

static const struct {
    enum method method;
    uint32_t present;
    const char *field; /* NULL: good; else the part named */
} rows[] = {
    {METHOD_ME,    0,                                                                                        NULL     },
    {METHOD_ME,    HAS(ENTITY),                                                                              "entity" },
    {METHOD_FIND,  HAS(TEXT),                                                                                NULL     },
    {METHOD_FIND,  HAS(LIMIT),                                                                               "text"   },
    {METHOD_LIST,
     HAS(ENTITY) | HAS(VIEW) | HAS(FILTERS) | HAS(SORT) | HAS(DESC) | HAS(LIMIT) | HAS(CURSOR) | HAS(TOTAL),
     NULL                                                                                                             },
    {METHOD_LIST,  HAS(ENTITY) | HAS(FIELDS),                                                                "fields" },
    {METHOD_GET,   HAS(ENTITY) | HAS(ID),                                                                    NULL     },
    {METHOD_GET,   HAS(ENTITY) | HAS(KEY),                                                                   NULL     },
    {METHOD_GET,   HAS(ENTITY),                                                                              "id"     },
    {METHOD_GET,   HAS(ID),                                                                                  "entity" },
    {METHOD_GET,   HAS(ENTITY) | HAS(ID) | HAS(KEY),                                                         "key"    },
    {METHOD_SET,   HAS(ENTITY) | HAS(ID) | HAS(FIELDS) | HAS(VERSION),                                       NULL     },
    {METHOD_SET,   HAS(ENTITY) | HAS(ID) | HAS(FIELDS),                                                      "version"},
    {METHOD_ACT,   HAS(ENTITY) | HAS(ACTION),                                                                NULL     },
    {METHOD_ACT,   HAS(ENTITY),                                                                              "action" },
    {METHOD_AS_OF, HAS(ENTITY) | HAS(KEY),                                                                   "at"     },
    {METHOD_PRINT, HAS(ENTITY) | HAS(KEY),                                                                   "format" },
    {METHOD_CHECK, HAS(ENTITY) | HAS(FIELDS),                                                                NULL     },
    {METHOD_BATCH, 0,                                                                                        "steps"  },
};

Test(method, parameters_missing_or_too_many_are_named)
{
    for (size_t i = 0; i < COUNTOF(rows); i++) {
        struct params p = {.present = rows[i].present};
        struct err err = {0};
        enum rc rc = method_check_params(method_by_number(rows[i].method), &p, &err);
        cr_expect_eq(rc, rows[i].field ? RC_BAD_PARAMS : RC_OK, "row %zu", i);
        cr_expect_str_eq(err.field, rows[i].field ? rows[i].field : "");
    }
}

Test(method, a_batch_takes_steps_that_save_and_checks_each)
{
    struct param_step steps[2] = {
        {.method = {.number = METHOD_ADD}, .params = {.present = HAS(ENTITY) | HAS(FIELDS)}},
        {.method = {.name = STR("act")},   .params = {.present = HAS(ENTITY) | HAS(ACTION)}},
    };
    struct params p = {.present = HAS(STEPS), .steps = steps, .nsteps = 2};
    const struct method_info *batch = method_by_number(METHOD_BATCH);
    struct err err;
    cr_expect_eq(method_check_params(batch, &p, &err), RC_OK);
    steps[1].params.present = HAS(ENTITY);
    cr_expect_eq(method_check_params(batch, &p, &err), RC_BAD_PARAMS);
    cr_expect_str_eq(err.field, "action");
    steps[1].method = (struct name_or_number){.name = STR("batch")};
    cr_expect_eq(method_check_params(batch, &p, &err), RC_BAD_PARAMS);
    steps[1].method = (struct name_or_number){.number = METHOD_GET};
    cr_expect_eq(method_check_params(batch, &p, &err), RC_BAD_PARAMS);
    steps[1].method = (struct name_or_number){.name = STR("no such")};
    cr_expect_eq(method_check_params(batch, &p, &err), RC_BAD_PARAMS);
    p.nsteps = 0;
    cr_expect_eq(method_check_params(batch, &p, &err), RC_BAD_PARAMS);
}
