#include <criterion/criterion.h>

#include "common/base/attr.h"
#include "common/value/value.h"

static const struct value samples[] = {
    {.type = VT_NULL  },
    { .type = VT_TEXT, .text = {"a", 1}},
    { .type = VT_TEXT, .text = {"b", 1}},
    { .type = VT_INT,           .i = 1},
    { .type = VT_INT,           .i = 2},
    { .type = VT_BOOL,      .yes = true},
    { .type = VT_BOOL,     .yes = false},
    { .type = VT_MONEY,     .money = {1}},
    { .type = VT_MONEY,     .money = {2}},
    { .type = VT_RATE,      .rate = {1}},
    { .type = VT_RATE,      .rate = {2}},
    { .type = VT_DATE,      .date = {1}},
    { .type = VT_DATE,      .date = {2}},
    { .type = VT_STAMP,     .stamp = {1}},
    { .type = VT_STAMP,     .stamp = {2}},
    { .type = VT_CHOICE,           .i = 1},
    { .type = VT_CHOICE,           .i = 2},
    { .type = VT_REF,           .i = 1},
    { .type = VT_REF,           .i = 2},
    { .type = VT_BYTES, .text = {"a", 1}},
    { .type = VT_BYTES, .text = {"b", 1}},
};

Test(value, equals_itself_and_no_other)
{
    for (size_t i = 0; i < COUNTOF(samples); i++) {
        for (size_t k = 0; k < COUNTOF(samples); k++)
            cr_expect_eq(value_eq(&samples[i], &samples[k]), i == k, "%zu and %zu", i, k);
    }
}

Test(value, the_label_of_a_reference_does_not_count)
{
    struct value a = {.type = VT_REF, .i = 5, .label = STR("Salma")}, b = {.type = VT_REF, .i = 5};
    cr_assert(value_eq(&a, &b));
}

Test(value, every_type_has_its_own_name)
{
    for (int i = VT_NULL; i <= VT_BYTES; i++) {
        for (int k = VT_NULL; k < i; k++)
            cr_expect_str_neq(value_type_name((enum value_type)i), value_type_name((enum value_type)k));
    }
    cr_expect_str_eq(value_type_name((enum value_type)99), "unknown");
}
