#include "client/cli/write.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/base/arena.h"
#include "sample.h"

static struct arena a;
static struct buf out;
static struct style style;

static void
set_up(void)
{
    arena_init(&a, 4 << 20, NULL, NULL);
    buf_init(&out, &a, 256);
    style = (struct style){.schema = sample_schema(), .locale = &sample_locale, .utf8 = true};
}

static void
tear_down(void)
{
    arena_done(&a);
}

TestSuite(write, .init = set_up, .fini = tear_down);

static const char *
text(void)
{
    return str_dup(&a, buf_str(&out)).p;
}

static struct body
one_page(struct str plate, struct str note)
{
    static uint32_t columns[] = {TAG_PLATE, TAG_OWNER, TAG_STATE, TAG_VALUE, TAG_ADDED, TAG_NOTE};
    struct value *cells = arena_new(&a, struct value, 6);
    struct body_row *row = arena_new(&a, struct body_row, 1);
    cells[0] = VALUE_TEXT(plate);
    cells[1] = (struct value){.type = VT_REF, .i = 9, .label = STR("Salma Ibrahim")};
    cells[2] = (struct value){.type = VT_CHOICE, .i = 1};
    cells[3] = (struct value){.type = VT_MONEY, .money = {61950050}};
    cells[4] = (struct value){.type = VT_STAMP, .stamp = {0}};
    cells[5] = note.p != NULL ? VALUE_TEXT(note) : VALUE_NULL;
    *row = (struct body_row){.id = 41, .version = 2, .cells = cells};
    return (struct body){
        .present = 1u << BODY_PAGE,
        .page = {.entity = SAMPLE_VEHICLE,
                 .columns = columns,
                 .ncolumns = 6,
                 .rows = row,
                 .nrows = 1,
                 .total = -1},
    };
}

Test(write, csv_has_nothing_a_terminal_would_obey)
{
    struct body body = one_page(STR("T \033]0;x\007\r337"), STR("one\nline \302\233 two"));
    body.page.rows[0].cells[1] = (struct value){.type = VT_BYTES, .text = STR("\033[2J")};
    write_csv(&out, &style, &body);
    cr_expect_not_null(strstr(text(), "41,T  ]0;x  337,G1sySg==,"), "%s", text());
    cr_expect_not_null(strstr(text(), "\"one\nline   two\""), "%s", text());
}

Test(write, csv_is_for_machines)
{
    struct body body = one_page(STR("T 337 DSE"), STR_NONE);
    write_csv(&out, &style, &body);
    cr_expect_str_eq(text(), "id,plate,owner,state,value,created_at,note\r\n"
                             "41,T 337 DSE,Salma Ibrahim,active,619500.50,2000-01-01T00:00:00Z,\r\n");
}

Test(write, csv_quotes_what_needs_it)
{
    struct body body = one_page(STR("a,b"), STR("say \"hi\"\r\nthere "));
    write_csv(&out, &style, &body);
    cr_expect(strstr(text(), "41,\"a,b\",") != NULL, "%s", text());
    cr_expect(strstr(text(), ",\"say \"\"hi\"\"\r\nthere \"\r\n") != NULL, "%s", text());
}

Test(write, csv_of_a_history_has_one_line_for_each_change)
{
    struct body_change changes[] = {
        {.tag = TAG_PLATE, .before = STR("T1"),      .after = STR("T2")},
        {.tag = 99,        .name = STR("old field"), .after = STR("x") },
    };
    struct body_event events[] = {
        {.at = {0},
         .who = STR("amina"),
         .op = STR("changed"),
         .record = {SAMPLE_VEHICLE, 41, STR("T2")},
         .changes = changes,
         .nchanges = 2},
        {.at = {0}, .who = STR("juma"),     .op = STR("added"), .record = {SAMPLE_VEHICLE, 41, STR("T1")}},
    };
    struct body body = {
        .present = 1u << BODY_EVENTS, .events = {.rows = events, .nrows = 2}
    };
    write_csv(&out, &style, &body);
    cr_expect_str_eq(text(), "at,who,address,client,op,reason,entity,record,field,before,after\r\n"
                             "2000-01-01T00:00:00Z,amina,,,changed,,vehicle,T2,plate,T1,T2\r\n"
                             "2000-01-01T00:00:00Z,amina,,,changed,,vehicle,T2,old field,,x\r\n"
                             "2000-01-01T00:00:00Z,juma,,,added,,vehicle,T1,,,\r\n");
}

Test(write, a_table_for_people_is_aligned_and_numbers_stand_right)
{
    struct body body = one_page(STR("T 337 DSE"), STR("ok"));
    write_text(&out, &style, &body);
    cr_expect_str_eq(text(), "Plate      Owner          State        Value  Added             Note\n"
                             "T 337 DSE  Salma Ibrahim  in use  619,500.50  2000-01-01 03:00  ok\n");
}

Test(write, a_terminal_gets_rows_that_fit_and_show_where_they_are_cut)
{
    struct body body = one_page(STR("T 337 DSE"), STR("a very long note about everything there is to know"));
    style.terminal = true;
    style.columns = 60;
    write_text(&out, &style, &body);
    struct str rest = buf_str(&out);
    while (rest.n > 0) {
        struct str line = str_split(&rest, '\n');
        cr_expect_leq(line.n, 60, "%.*s", STR_ARG(line));
    }
    cr_expect(strstr(text(), ">") != NULL);
    cr_expect(strstr(text(), "619,500.50") != NULL, "amounts are never cut: %s", text());
}

Test(write, what_is_narrow_is_left_out_first_and_keys_are_cut_last)
{
    struct body body = one_page(STR("T 337 DSE"), STR("a very long note about everything there is to know"));
    style.terminal = true;
    style.columns = 64;
    write_text(&out, &style, &body);
    cr_expect(strstr(text(), "T 337 DSE") != NULL, "%s", text());
    cr_expect(strstr(text(), "2000-01-01 03:00") != NULL, "%s", text());
    struct table *t = table_new(&a, 3);
    table_head(t, 0, STR("Key"), false);
    table_head(t, 1, STR("Soft"), false);
    table_head(t, 2, STR("Spare"), false);
    table_give(t, 0, COLUMN_FIRM);
    table_give(t, 2, COLUMN_SPARE);
    table_cell(t, STR("AR/2026/000006"));
    table_cell(t, STR("Magreth Petro Tarimo"));
    table_cell(t, STR("whatever"));
    struct buf narrow;
    buf_init(&narrow, &a, 64);
    style.columns = 30;
    cr_expect(str_eq_c(table_write(&narrow, &style, t), "Spare"));
    cr_expect_str_eq(str_dup(&a, buf_str(&narrow)).p, "Key             Soft\n"
                                                      "AR/2026/000006  Magreth Petro>\n");
}

Test(write, a_file_gets_whole_values)
{
    struct body body = one_page(STR("T 337 DSE"), STR("a very long note about everything there is to know"));
    style.columns = 40;
    write_text(&out, &style, &body);
    cr_expect(strstr(text(), "there is to know") != NULL);
}

Test(write, a_record_is_a_line_for_each_field)
{
    struct body_field fields[] = {
        {TAG_PLATE, VALUE_TEXT(STR("T 337 DSE"))},
        {TAG_YEAR,  VALUE_INT(2014)             },
        {99,        VALUE_INT(5)                },
    };
    struct body body = {
        .present = 1u << BODY_RECORD,
        .record = {SAMPLE_VEHICLE, 41, 3, STR("T 337 DSE"), fields, 3},
    };
    write_text(&out, &style, &body);
    cr_expect_str_eq(text(), "Vehicle T 337 DSE (id 41, version 3)\n"
                             "Plate         T 337 DSE\n"
                             "Year of make  2014\n"
                             "f99           5\n");
}

Test(write, control_characters_never_reach_the_terminal)
{
    struct body body = one_page(STR("T\x1b[2J\x07"), STR("a\xc2\x9b"
                                                         "b"));
    write_text(&out, &style, &body);
    for (const char *p = text(); *p != '\0'; p++)
        cr_expect(*p == '\n' || (unsigned char)*p >= 0x20, "byte %d", *p);
    cr_expect(strstr(text(), "\xc2\x9b") == NULL);
}

Test(write, a_terminal_without_utf8_gets_question_marks)
{
    struct body body = one_page(STR("Zoë"), STR_NONE);
    style.utf8 = false;
    write_text(&out, &style, &body);
    cr_expect(strstr(text(), "Zo?") != NULL, "%s", text());
}
