#include <criterion/criterion.h>

#include "common/crypt/crypt.h"
#include "common/wire/cbor.h"
#include "common/wire/schema.h"
#include "tests/wire/fixture.h"

static void
start(void)
{
    fixture_start();
    cr_assert_eq(crypt_start(NULL), RC_OK);
}

TestSuite(schema, .init = start, .fini = fixture_stop);

static struct schema
again(const struct schema *s)
{
    struct schema got;
    struct buf b;
    struct rbuf r;
    buf_init(&b, &fixture_arena, 64);
    schema_encode(&b, s);
    rbuf_init(&r, buf_str(&b));
    cr_assert_eq(schema_decode(&fixture_arena, &r, &got, NULL), RC_OK);
    cr_assert(rbuf_done(&r));
    return got;
}

Test(schema, an_entity_of_one_record_comes_back_as_such)
{
    struct schema_entity mine = fixture_schema()->entities[0];
    mine.may_list = false;
    mine.single = true;
    struct schema one = {.entities = &mine, .nentities = 1};
    struct schema s = again(&one);
    cr_assert(s.entities[0].single && !s.entities[0].may_list && s.entities[0].in_menu);
}

Test(schema, comes_back_with_fields_views_actions_and_tabs)
{
    struct schema s = again(fixture_schema());
    cr_assert(s.nentities == 1 && s.sell == FLOW_NEW_BUSINESS && s.hash.n == SCHEMA_HASH_TEXT);
    const struct schema_entity *e = schema_entity(&s, 2);
    cr_assert_not_null(e);
    cr_assert(e->may_add && e->may_set && e->may_list && e->has_history && e->in_menu && !e->single);
    cr_assert(str_eq(e->plural, STR("Vehicles")) && e->nfields == 2 && e->nviews == 1 && e->ntabs == 1);
    cr_assert(e->fields[0].flags == 0x2F && e->fields[0].type == VT_CHOICE && e->fields[0].width == 10);
    cr_assert(e->fields[0].nchoices == 2 && e->fields[0].choices[1].tone == TONE_WARN);
    cr_assert(str_eq(e->fields[0].fallback, STR("1")) && e->fields[1].ref == 1);
    cr_assert(e->views[0].ncolumns == 2 && e->views[0].columns[1] == 9 && e->views[0].desc);
    const struct schema_action *x = schema_action(e, 1);
    cr_assert(x->on_record && x->needs_reason && !x->prints && x->option == '7' && x->state_mask == 6);
    cr_assert(x->nfields == 1 && str_eq(x->fields[0].name, STR("owner")));
    cr_assert(e->tabs[0].entity == 6 && e->tabs[0].via == 3);
}

Test(schema, things_are_found_by_number_and_name)
{
    struct schema *s = fixture_schema();
    const struct schema_entity *e = schema_entity_named(s, STR("vehicle"));
    cr_assert_eq(e, &s->entities[0]);
    cr_expect_null(schema_entity(s, 3));
    cr_expect_null(schema_entity_named(s, STR("Vehicle")));
    cr_expect_eq(schema_field(e, 9), &e->fields[1]);
    cr_expect_eq(schema_field_named(e, STR("usage")), &e->fields[0]);
    cr_expect_null(schema_field(e, 1));
    cr_expect_null(schema_field_named(e, STR("usag")));
    cr_expect_eq(schema_action_named(e, STR("transfer")), &e->actions[0]);
    cr_expect_null(schema_action(e, 2));
    cr_expect_eq(schema_choice(&e->fields[0], 2), &e->fields[0].choices[1]);
    cr_expect_null(schema_choice(&e->fields[0], -1));
    cr_expect_null(schema_key_field(e));
    e->fields[1].flags |= SCHEMA_KEY;
    cr_expect_eq(schema_key_field(e), &e->fields[1]);
}

Test(schema, the_hash_changes_with_everything_but_itself)
{
    struct schema *s = fixture_schema();
    struct str first = schema_hash(&fixture_arena, s);
    cr_assert_eq(first.n, SCHEMA_HASH_TEXT);
    s->hash = first;
    cr_expect(str_eq(schema_hash(&fixture_arena, s), first));
    struct schema decoded = again(s);
    cr_expect(str_eq(schema_hash(&fixture_arena, &decoded), first));
    s->entities[0].fields[0].width++;
    cr_expect_not(str_eq(schema_hash(&fixture_arena, s), first));
}

Test(schema, what_is_not_of_its_form_is_refused)
{
    static const char *const bad[] = {"80",
                                      "a1 02 01",
                                      "a1 02 81 81 01",
                                      "a1 01 01",
                                      "a1 03 1b0000000100000000",
                                      "a1 02 9a0000ffff",
                                      "a2 03 00 03 00"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct schema s = {.sell = 42};
        struct rbuf r;
        rbuf_init(&r, fixture_hex(bad[i]));
        cr_expect_eq(schema_decode(&fixture_arena, &r, &s, NULL), RC_BAD_FRAME, "%s", bad[i]);
        cr_expect_eq(s.sell, 42);
    }
}
