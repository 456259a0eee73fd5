#include "tests/wire/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "common/base/attr.h"
#include "common/wire/cbor.h"
#include "common/wire/method.h"

struct arena fixture_arena;
static struct arena *const a = &fixture_arena;

const struct locale_info fixture_locale = {.exponent = 2, .offset_minutes = 180, .today = {9556}};

void
fixture_start(void)
{
    arena_init(a, 64 * 1024 * 1024, NULL, NULL);
}

void
fixture_stop(void)
{
    arena_done(a);
}

struct schema *
fixture_schema(void)
{
    struct schema_choice *choices =
        FIXTURE_COPY(struct schema_choice, {1, STR("private"), STR("Private"), TONE_PLAIN},
                     {2, STR("hire"), STR("For hire"), TONE_WARN});
    struct schema_field usage = {.tag = 8,
                                 .name = STR("usage"),
                                 .label = STR("Usage"),
                                 .help = STR("What the vehicle is used for"),
                                 .group = STR("Vehicle"),
                                 .type = VT_CHOICE,
                                 .flags = 0x2F,
                                 .width = 10,
                                 .fallback = STR("1"),
                                 .choices = choices,
                                 .nchoices = 2};
    struct schema_field owner = {.tag = 9,
                                 .name = STR("owner"),
                                 .label = STR("Owner"),
                                 .type = VT_REF,
                                 .flags = 1,
                                 .width = 24,
                                 .ref = 1};
    struct schema_action transfer = {.number = 1,
                                     .name = STR("transfer"),
                                     .label = STR("Transfer"),
                                     .help = STR("To a new owner"),
                                     .on_record = true,
                                     .needs_reason = true,
                                     .state_tag = 8,
                                     .state_mask = 6,
                                     .option = '7',
                                     .fields = FIXTURE_COPY(struct schema_field, owner),
                                     .nfields = 1};
    struct schema_view all = {.number = 1,
                              .name = STR("all"),
                              .label = STR("All vehicles"),
                              .columns = FIXTURE_COPY(uint32_t, 8, 9),
                              .ncolumns = 2,
                              .sort = 8,
                              .desc = true};
    struct schema_entity vehicle = {.number = 2,
                                    .name = STR("vehicle"),
                                    .label = STR("Vehicle"),
                                    .plural = STR("Vehicles"),
                                    .help = STR("What is insured"),
                                    .may_add = true,
                                    .may_set = true,
                                    .may_list = true,
                                    .has_history = true,
                                    .in_menu = true,
                                    .fields = FIXTURE_COPY(struct schema_field, usage, owner),
                                    .nfields = 2,
                                    .views = FIXTURE_COPY(struct schema_view, all),
                                    .nviews = 1,
                                    .actions = FIXTURE_COPY(struct schema_action, transfer),
                                    .nactions = 1,
                                    .tabs = FIXTURE_COPY(struct schema_tab, {STR("Policies"), 6, 3}),
                                    .ntabs = 1};
    struct schema s = {.hash = STR(FIXTURE_HASH),
                       .entities = FIXTURE_COPY(struct schema_entity, vehicle),
                       .nentities = 1,
                       .sell = FLOW_NEW_BUSINESS};
    return FIXTURE_COPY(struct schema, s);
}

struct body_record
fixture_record(void)
{
    struct body_field fields[] = {
        {1,  {.type = VT_TEXT, .text = STR("T 337 DSE")}               },
        {2,  {.type = VT_INT, .i = -5}                                 },
        {3,  {.type = VT_BOOL, .yes = true}                            },
        {4,  {.type = VT_MONEY, .money = {61950000}}                   },
        {5,  {.type = VT_RATE, .rate = {35000}}                        },
        {6,  {.type = VT_DATE, .date = {9541}}                         },
        {7,  {.type = VT_STAMP, .stamp = {824373000000000}}            },
        {99, {.type = VT_NULL}                                         }, /* left out on the wire */
        {8,  {.type = VT_CHOICE, .i = 2}                               },
        {9,  {.type = VT_REF, .i = 4711, .label = STR("Salma Ibrahim")}},
        {10, {.type = VT_REF, .i = 12}                                 },
        {11, {.type = VT_BYTES, .text = {"\x00\xFF", 2}}               },
    };
    struct body_field *copy = arena_new(a, struct body_field, COUNTOF(fields));
    memcpy(copy, fields, sizeof(fields));
    return (struct body_record){2, 811, 3, STR("T 337 DSE"), copy, COUNTOF(fields)};
}

static int
digit_of(int c)
{
    const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

struct str
fixture_hex(const char *hex)
{
    struct buf b;
    int high = -1;
    buf_init(&b, a, 64);
    for (; *hex; hex++) {
        int digit = digit_of(*hex);
        if (digit < 0) {
            cr_assert(*hex == ' ' || *hex == '\n');
        } else if (high < 0) {
            high = digit;
        } else {
            buf_add_char(&b, (char)(high << 4 | digit));
            high = -1;
        }
    }
    cr_assert_eq(high, -1);
    return buf_str(&b);
}

struct str
fixture_golden(const char *name)
{
    struct buf b;
    char line[4096];
    struct str path = str_printf(a, "%s/%s.hex", GOLDEN_DIR, name);
    FILE *f = fopen(path.p, "r");
    cr_assert(f != NULL, "%s", path.p);
    buf_init(&b, a, 256);
    while (fgets(line, sizeof(line), f)) {
        line[strcspn(line, "#")] = '\0';
        buf_add_str(&b, fixture_hex(line));
    }
    fclose(f);
    return buf_str(&b);
}
