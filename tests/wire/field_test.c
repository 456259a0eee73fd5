#include <criterion/criterion.h>
#include <string.h>

#include "common/base/attr.h"
#include "common/base/limits.h"
#include "common/wire/schema.h"
#include "tests/wire/fixture.h"

TestSuite(field, .init = fixture_start, .fini = fixture_stop);

Test(field, values_read_as_people_read_them)
{
    struct body_record rec = fixture_record();
    const struct schema_field *usage = schema_field(&fixture_schema()->entities[0], 8);
    static const char *const texts[] = {
        "T 337 DSE",        "-5", "yes",      "619,500",       "3.5%", "2026-02-14",
        "2026-02-14 11:30", "",   "For hire", "Salma Ibrahim", "#12",  "2 bytes"};
    cr_assert_eq(rec.nfields, COUNTOF(texts));
    for (size_t i = 0; i < rec.nfields; i++) {
        struct str text = value_text(&fixture_arena, usage, &rec.fields[i].value, &fixture_locale);
        cr_expect(str_eq_c(text, texts[i]), "%.*s is not %s", STR_ARG(text), texts[i]);
    }
    struct value unknown = {.type = VT_CHOICE, .i = 77};
    cr_expect(str_eq(value_text(&fixture_arena, usage, &unknown, &fixture_locale), STR("77")));
    cr_expect(str_eq(value_text(&fixture_arena, NULL, &unknown, &fixture_locale), STR("77")));
}

static struct schema_choice choices[4];

static struct schema_field
field_of(enum value_type type)
{
    choices[0] = (struct schema_choice){1, STR("private"), STR("Private use"), TONE_PLAIN};
    choices[1] = (struct schema_choice){2, STR("commercial"), STR("Commercial"), TONE_PLAIN};
    choices[2] = (struct schema_choice){3, STR("hire"), STR("For hire"), TONE_PLAIN};
    choices[3] = (struct schema_choice){4, STR("mobile_money"), STR("Mobile money"), TONE_PLAIN};
    struct schema_field f = {.tag = 1, .name = STR("thing"), .type = type};
    if (type == VT_CHOICE) {
        f.choices = choices;
        f.nchoices = 4;
    }
    return f;
}

static enum rc
read(const struct schema_field *f, const char *typed, struct value *ret, struct err *reterr)
{
    return value_read(&fixture_arena, f, str_from(typed), &fixture_locale, ret, reterr);
}

static const struct {
    enum value_type type;
    const char *typed;
    enum value_type as;
    int64_t number;
} good[] = {
    {VT_TEXT,   " Salma ",          VT_TEXT,   0         },
    {VT_TEXT,   "",                 VT_NULL,   0         },
    {VT_MONEY,  "   ",              VT_NULL,   0         },
    {VT_INT,    "42",               VT_INT,    42        },
    {VT_INT,    " -1 ",             VT_INT,    -1        },
    {VT_BOOL,   "ndiyo",            VT_BOOL,   1         },
    {VT_MONEY,  "15m",              VT_MONEY,  1500000000},
    {VT_RATE,   "3.5 %",            VT_RATE,   35000     },
    {VT_DATE,   "t",                VT_DATE,   9556      },
    {VT_DATE,   "14/2",             VT_DATE,   9541      },
    {VT_STAMP,  "2000-01-01 03:00", VT_STAMP,  0         },
    {VT_CHOICE, "hire",             VT_CHOICE, 3         },
    {VT_CHOICE, "For Hire",         VT_CHOICE, 3         },
    {VT_CHOICE, "H",                VT_CHOICE, 3         },
    {VT_CHOICE, "c",                VT_CHOICE, 2         },
    {VT_CHOICE, "mobile money",     VT_CHOICE, 4         },
    {VT_CHOICE, "PRIVATE",          VT_CHOICE, 1         },
    {VT_REF,    "T 337 DSE",        VT_TEXT,   0         },
};

Test(field, what_is_typed_becomes_the_value_to_send)
{
    for (size_t i = 0; i < COUNTOF(good); i++) {
        struct schema_field f = field_of(good[i].type);
        struct value v;
        struct err err = {0};
        cr_expect_eq(read(&f, good[i].typed, &v, &err), RC_OK, "%s: %s", good[i].typed, err.text);
        cr_expect_eq(v.type, good[i].as, "%s", good[i].typed);
        if (v.type == VT_BOOL)
            cr_expect_eq(v.yes, good[i].number == 1);
        else if (v.type == VT_RATE)
            cr_expect_eq(v.rate.ppm, good[i].number);
        else if (v.type == VT_DATE)
            cr_expect_eq(v.date.days, good[i].number);
        else if (v.type != VT_TEXT && v.type != VT_NULL)
            cr_expect_eq(v.i, good[i].number, "%s", good[i].typed);
    }
}

static const struct {
    enum value_type type;
    const char *typed;
} bad[] = {
    {VT_INT,    "4x"       },
    {VT_BOOL,   "perhaps"  },
    {VT_MONEY,  "a lot"    },
    {VT_RATE,   "-1"       },
    {VT_DATE,   "31/4"     },
    {VT_STAMP,  "yesterday"},
    {VT_CHOICE, "train"    },
    {VT_TEXT,   "a\nb"     },
    {VT_TEXT,   "a\x1B"    },
    {VT_TEXT,   "\xFF"     },
    {VT_REF,    "T\t337"   },
};

Test(field, what_can_not_be_is_refused_and_the_field_named)
{
    for (size_t i = 0; i < COUNTOF(bad); i++) {
        struct schema_field f = field_of(bad[i].type);
        struct value v = VALUE_INT(42);
        struct err err = {0};
        cr_expect_eq(read(&f, bad[i].typed, &v, &err), RC_BAD_PARAMS, "%s", bad[i].typed);
        cr_expect_str_eq(err.field, "thing");
        cr_expect(strstr(err.text, "thing") != NULL, "%s", err.text);
        cr_expect_eq(v.i, 42);
    }
    struct schema_field f = field_of(VT_CHOICE);
    struct value v;
    struct err err;
    cr_expect_eq(read(&f, "train", &v, &err), RC_BAD_PARAMS);
    cr_expect_str_eq(err.text, "thing must be one of private, commercial, hire or mobile_money");
}

Test(field, a_beginning_that_fits_several_choices_is_none)
{
    struct schema_field f = field_of(VT_CHOICE);
    struct value v;
    f.nchoices = 3;
    choices[1].code = STR("hire_purchase");
    cr_expect_eq(read(&f, "hir", &v, NULL), RC_BAD_PARAMS);
    cr_expect_eq(read(&f, "hire", &v, NULL), RC_OK);
    cr_expect_eq(v.i, 3);
}

Test(field, the_most_a_field_takes_is_kept)
{
    struct schema_field f = field_of(VT_INT);
    struct value v;
    struct err err;
    f.max = 60;
    cr_expect_eq(read(&f, "60", &v, &err), RC_OK);
    cr_expect_eq(read(&f, "61", &v, &err), RC_BAD_PARAMS);
    f = field_of(VT_MONEY);
    f.max = 100000;
    cr_expect_eq(read(&f, "1000", &v, &err), RC_OK);
    cr_expect_eq(read(&f, "1000.01", &v, &err), RC_BAD_PARAMS);
    cr_expect_str_eq(err.text, "thing can be at most 1,000");
    f = field_of(VT_TEXT);
    f.max = 3;
    cr_expect_eq(read(&f, "abc", &v, &err), RC_OK);
    cr_expect_eq(read(&f, "abcd", &v, &err), RC_BAD_PARAMS);
    f.max = 0;
    cr_expect_eq(read(&f, str_printf(&fixture_arena, "%0*d", LIMIT_TEXT + 1, 0).p, &v, &err), RC_BAD_PARAMS);
}

Test(field, a_note_may_have_lines_but_nothing_else)
{
    struct schema_field f = field_of(VT_TEXT);
    struct value v;
    f.flags = SCHEMA_MULTILINE;
    cr_expect_eq(read(&f, "one\ntwo\n\nthree", &v, NULL), RC_OK);
    cr_expect_eq(read(&f, "one\r\ntwo", &v, NULL), RC_BAD_PARAMS);
}
