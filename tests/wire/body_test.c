#include <criterion/criterion.h>

#include "common/base/limits.h"
#include "common/wire/cbor.h"
#include "tests/wire/fixture.h"

TestSuite(body, .init = fixture_start, .fini = fixture_stop);

static struct body *
golden_body(const char *name)
{
    struct message m;
    struct body *body = arena_new(&fixture_arena, struct body, 1);
    struct rbuf r;
    cr_assert_eq(message_decode(fixture_golden(name), &m, NULL), RC_OK);
    rbuf_init(&r, m.reply.body_raw);
    cr_assert_eq(body_decode(&fixture_arena, &r, body, NULL), RC_OK);
    cr_assert(rbuf_done(&r));
    return body;
}

static enum rc
decode(const char *hex)
{
    struct body *body = arena_new(&fixture_arena, struct body, 1);
    struct rbuf r;
    rbuf_init(&r, fixture_hex(hex));
    return body_decode(&fixture_arena, &r, body, NULL);
}

Test(body, a_record_comes_back_with_a_field_of_each_type)
{
    struct body *body = golden_body("reply_record");
    struct body_record want = fixture_record(), *got = &body->record;
    cr_assert(body_has(body, BODY_RECORD) && body_has(body, BODY_ISSUES) && !body_has(body, BODY_PAGE));
    cr_assert(got->entity == 2 && got->id == 811 && got->version == 3 &&
              str_eq(got->label, STR("T 337 DSE")));
    size_t k = 0;
    for (size_t i = 0; i < want.nfields; i++) {
        if (want.fields[i].value.type == VT_NULL)
            continue;
        cr_expect_eq(got->fields[k].tag, want.fields[i].tag);
        cr_expect(value_eq(&got->fields[k].value, &want.fields[i].value));
        cr_expect(str_eq(got->fields[k].value.label, want.fields[i].value.label));
        k++;
    }
    cr_assert_eq(k, got->nfields);
    cr_assert(body->nissues == 1 && body->issues[0].level == ISSUE_CONFIRM &&
              body->issues[0].refs[0].id == 4711);
}

Test(body, a_page_comes_back_with_its_cells_and_their_types)
{
    struct body_page *p = &golden_body("reply_page")->page;
    cr_assert(p->entity == 6 && p->ncolumns == 4 && p->nrows == 2 && p->total == 1000 && p->total_capped);
    cr_assert(p->columns[2] == 9 && p->rows[1].id == 1842 && p->rows[0].version == 2 && p->next.n == 2);
    cr_assert(p->rows[0].cells[1].type == VT_MONEY && p->rows[0].cells[1].money.minor == 61950000);
    cr_assert(p->rows[1].cells[1].type == VT_NULL && p->rows[0].cells[3].type == VT_NULL);
    cr_assert(str_eq(p->rows[0].cells[2].label, STR("T 337 DSE")) && p->rows[1].cells[2].i == 812);
}

Test(body, events_hits_home_and_the_rest_come_back)
{
    struct body_events *e = &golden_body("reply_events")->events;
    cr_assert(e->nrows == 1 && e->rows[0].at.usec == 824373000000000 &&
              str_eq(e->rows[0].op, STR("changed")));
    cr_assert(str_eq(e->rows[0].changes[0].after, STR("silver")) && e->rows[0].record.id == 811);
    struct body_hits *h = &golden_body("reply_hits")->hits;
    cr_assert(h->nrows == 1 && str_eq(h->rows[0].why, STR("plate")));
    struct body_home *home = &golden_body("reply_home")->home;
    cr_assert(home->counters[0].month == 291 && home->figures[0].has_amount && !home->figures[1].has_amount);
    cr_assert(home->alerts[0].tone == TONE_BAD && home->alerts[0].due.days == 9554 && home->spark[1] == 26);
    cr_assert(home->more_alerts == 22);
    cr_assert(str_eq(golden_body("reply_file")->file.bytes, STR("BIMA\n")));
    cr_assert(str_eq(golden_body("reply_status")->status[1].value, STR("2026-03-01")));
    struct body *results = golden_body("reply_results");
    cr_assert(results->nresults == 2 && results->results[0].record.id == 4711 &&
              results->results[1].present == 0);
}

Test(body, hello_brings_me_and_the_description_also_as_bytes_to_keep)
{
    struct body *body = golden_body("reply_hello");
    cr_assert(str_eq(body->me.login, STR("amina@simba.co.tz")) && body->me.locale.offset_minutes == 180);
    cr_assert(body->hello.version == 1 && str_eq(body->hello.server, STR("bimad 0.1.0")));
    struct schema again;
    struct rbuf r;
    rbuf_init(&r, body->schema_raw);
    cr_assert_eq(schema_decode(&fixture_arena, &r, &again, NULL), RC_OK);
    cr_assert(rbuf_done(&r));
    cr_assert(str_eq(again.hash, body->schema->hash));
    /* Kept bytes are written as they are. */
    struct body kept = {.present = 1u << BODY_SCHEMA, .schema_raw = body->schema_raw};
    struct buf b;
    buf_init(&b, &fixture_arena, 64);
    body_encode(&b, &kept);
    cr_assert(str_eq(str_slice(buf_str(&b), 2, b.n), body->schema_raw));
}

Test(body, an_error_goes_out_and_comes_back_as_the_same_error)
{
    struct err err, back;
    (void)err_set(&err, RC_DUPLICATE, "chassis", "this chassis is on T 337 DSE");
    err_add_ref(&err, 2, 811, "T 337 DSE");
    struct body_error e = body_error_of(&fixture_arena, &err);
    cr_assert(str_eq(e.symbol, STR("DUPLICATE")) && !e.retryable);
    body_error_to(&e, RC_DUPLICATE, &back);
    cr_assert_eq(back.code, err.code);
    cr_assert_str_eq(back.field, err.field);
    cr_assert_str_eq(back.text, err.text);
    cr_assert(back.nrefs == 1 && back.refs[0].id == 811);
    cr_assert_str_eq(back.refs[0].label, "T 337 DSE");
    err.text[0] = '\0';
    cr_assert(str_eq(body_error_of(&fixture_arena, &err).message, str_from(rc_text(RC_DUPLICATE))));
}

Test(body, an_error_longer_than_there_is_room_for_is_cut)
{
    struct str text = str_printf(&fixture_arena, "%0500d", 0);
    struct body_ref refs[12];
    for (size_t i = 0; i < 12; i++)
        refs[i] = (struct body_ref){1, (int64_t)i, text};
    struct body_error e = {.message = text, .field = text, .refs = refs, .nrefs = 12};
    struct err back;
    body_error_to(&e, RC_REFUSED, &back);
    cr_assert_eq(back.nrefs, ERR_REFS_MAX);
    cr_assert_eq(str_from(back.text).n, sizeof(back.text) - 1);
    cr_assert_eq(str_from(back.field).n, sizeof(back.field) - 1);
    cr_assert_eq(str_from(back.refs[0].label).n, sizeof(back.refs[0].label) - 1);
}

Test(body, parts_and_items_of_a_newer_server_are_passed_over)
{
    cr_expect_eq(decode("a1 1863 82f6a0"), RC_OK);
    cr_expect_eq(decode("a1 05 81 84 84 02 01 6161 f5 60 60 6178"),
                 RC_OK);                                 /* a longer hit with a longer ref */
    cr_expect_eq(decode("a1 0c 84 01 60 60 a0"), RC_OK); /* a longer hello */
}

Test(body, what_is_not_of_its_form_is_refused)
{
    static const char *const bad[] = {
        "80",
        "a1 05 81 82 83 02 01 6161 60",              /* a hit too short */
        "a1 01 85 02 01 01 60 82 01 01",             /* fields that are no triples */
        "a1 01 85 02 01 01 60 83 01 0b 00",          /* a value of an unknown type */
        "a1 01 85 02 01 01 60 83 01 06 1a80000000",  /* a day past 32 bits */
        "a1 01 85 02 01 01 60 83 01 00 01",          /* no type, yet a value */
        "a1 02 86 06 81 01 80 40 20 f4",             /* a column without a type */
        "a1 02 86 06 82 01 01 81 82 01 01 40 20 f4", /* a row without its cell */
        "a1 03 81 84 00 60 60 80",                   /* an issue of no level */
        "a1 03 81 84 04 60 60 80",
        "a1 0d 81 60",                                      /* a name without a value */
        "a1 09 8c 00 60 60 60 60 60 60 05 00 00 60 60",     /* a currency of 5 decimals */
        "a1 09 8c 00 60 60 60 60 60 60 02 1905a1 00 60 60", /* 1441 minutes east */
        "a1 0a 91 a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0",      /* 17 results */
        "a1 05 9a00010000 00",                              /* more hits than bytes */
        "a2 05 80 05 80",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_expect_eq(decode(bad[i]), RC_BAD_FRAME, "%s", bad[i]);
}

Test(body, a_page_has_no_more_rows_than_a_page_may)
{
    for (size_t rows = LIMIT_PAGE; rows <= LIMIT_PAGE + 1; rows++) {
        struct body *body = arena_new(&fixture_arena, struct body, 1);
        struct buf b;
        struct rbuf r;
        body->present = 1u << BODY_PAGE;
        body->page.nrows = rows;
        body->page.rows = arena_new(&fixture_arena, struct body_row, rows);
        buf_init(&b, &fixture_arena, 64);
        body_encode(&b, body);
        rbuf_init(&r, buf_str(&b));
        cr_expect_eq(body_decode(&fixture_arena, &r, body, NULL), rows > LIMIT_PAGE ? RC_BAD_FRAME : RC_OK);
    }
}

Test(body, every_part_has_its_own_name)
{
    for (unsigned i = BODY_RECORD; i <= BODY_STATUS; i++) {
        cr_assert_not_null(body_key_name((enum body_key)i));
        for (unsigned k = BODY_RECORD; k < i; k++)
            cr_expect_str_neq(body_key_name((enum body_key)i), body_key_name((enum body_key)k));
    }
    cr_expect_null(body_key_name((enum body_key)0));
    cr_expect_null(body_key_name((enum body_key)14));
}
