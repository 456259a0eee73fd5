#include <stdio.h>

#include "common/base/arena.h"
#include "common/base/attr.h"
#include "server/report/sheet.h"
#include "server/report/zip.h"

/* ECMA-376: one worksheet, its texts inline, which is what lets it be written row by row. */
enum {
    SHEET_ROWS = 1048576,
    STYLE_MONEY = 1,
    STYLE_DAY,
    STYLE_MOMENT,
    STYLE_HEAD,
    MEMBERS = 5,
    EPOCH = 36526
};

static const char member_sheet[] = "xl/worksheets/sheet1.xml";

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define SPACE(place) "http://schemas.openxmlformats.org/" place
#define MAIN SPACE("spreadsheetml/2006/main")
#define OFFICE SPACE("officeDocument/2006/relationships")
#define PACKAGE SPACE("package/2006/")
#define TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml."

static const char types[] = XML
    "<Types xmlns=\"" PACKAGE "content-types\">"
    "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
    "<Override PartName=\"/xl/workbook.xml\" ContentType=\"" TYPE "sheet.main+xml\"/>"
    "<Override PartName=\"/xl/styles.xml\" ContentType=\"" TYPE "styles+xml\"/>"
    "<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"" TYPE "worksheet+xml\"/></Types>";
static const char relations[] =
    XML "<Relationships xmlns=\"" PACKAGE "relationships\"><Relationship Id=\"rId1\" Type=\"" OFFICE
        "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
static const char book_relations[] =
    XML "<Relationships xmlns=\"" PACKAGE "relationships\"><Relationship Id=\"rId1\" Type=\"" OFFICE
        "/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"" OFFICE
        "/styles\" Target=\"styles.xml\"/></Relationships>";
static const char styles[] =
    XML "<styleSheet xmlns=\"" MAIN "\"><numFmts count=\"3\"><numFmt numFmtId=\"164\" formatCode=\"%s\"/>"
        "<numFmt numFmtId=\"165\" formatCode=\"yyyy\\-mm\\-dd\"/>"
        "<numFmt numFmtId=\"166\" formatCode=\"yyyy\\-mm\\-dd\\ hh:mm\"/></numFmts>"
        "<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font>"
        "<font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>"
        "<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill>"
        "<fill><patternFill patternType=\"gray125\"/></fill></fills>"
        "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
        "<cellStyleXfs count=\"1\"><xf/></cellStyleXfs><cellXfs count=\"5\"><xf/>"
        "<xf numFmtId=\"164\" applyNumberFormat=\"1\"/><xf numFmtId=\"165\" applyNumberFormat=\"1\"/>"
        "<xf numFmtId=\"166\" applyNumberFormat=\"1\"/><xf fontId=\"1\" applyFont=\"1\"/></cellXfs>"
        "<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" "
        "builtinId=\"0\"/></cellStyles></styleSheet>";

/* Characters XML can't hold are left out. */
static void
put_escaped(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        const char c = s.p[i];
        if (c == '&')
            buf_add_str(out, STR("&amp;"));
        else if (c == '<')
            buf_add_str(out, STR("&lt;"));
        else if (c == '>')
            buf_add_str(out, STR("&gt;"));
        else if (c == '"')
            buf_add_str(out, STR("&quot;"));
        else if ((unsigned char)c >= 0x20 || c == '\n' || c == '\t')
            buf_add_char(out, c);
    }
}

static void
put_text(struct buf *out, struct str s, int style)
{
    buf_printf(out, "<c t=\"inlineStr\" s=\"%d\"><is><t xml:space=\"preserve\">", style);
    put_escaped(out, s);
    buf_add_str(out, STR("</t></is></c>"));
}

static void
put_cell(struct buf *out, const struct sheet_cell *c)
{
    enum { DAY_SECONDS = 86400, SECOND = 1000000 };
    switch (c->kind) {
    case SHEET_EMPTY:
        buf_add_str(out, STR("<c/>"));
        return;
    case SHEET_TEXT:
        put_text(out, c->text, 0);
        return;
    case SHEET_NUMBER:
        buf_printf(out, "<c><v>%.*s</v></c>", STR_ARG(c->text));
        return;
    case SHEET_MONEY:
        buf_printf(out, "<c s=\"%d\"><v>%.*s</v></c>", STYLE_MONEY, STR_ARG(c->text));
        return;
    case SHEET_DAY:
        buf_printf(out, "<c s=\"%d\"><v>%d</v></c>", STYLE_DAY, EPOCH + c->day.days);
        return;
    case SHEET_MOMENT:
        buf_printf(out, "<c s=\"%d\"><v>%.6f</v></c>", STYLE_MOMENT,
                   EPOCH + (double)(c->moment.usec / SECOND) / DAY_SECONDS);
        return;
    }
}

static void
put_head(struct buf *out, const struct sheet *s)
{
    buf_add_str(
        out,
        STR(XML "<worksheet xmlns=\"" MAIN "\"><sheetViews><sheetView workbookViewId=\"0\">"
                "<pane ySplit=\"1\" topLeftCell=\"A2\" state=\"frozen\"/></sheetView></sheetViews><cols>"));
    for (size_t i = 0; i < s->ncolumns; i++)
        buf_printf(out, "<col min=\"%zu\" max=\"%zu\" width=\"%d\" customWidth=\"1\"/>", i + 1, i + 1,
                   s->columns[i].width + 2);
    buf_add_str(out, STR("</cols><sheetData><row>"));
    for (size_t i = 0; i < s->ncolumns; i++)
        put_text(out, s->columns[i].label, STYLE_HEAD);
    buf_add_str(out, STR("</row>"));
}

/* A sheet's name is at most 31 characters, and none of []:*?/\ */
static struct str
sheet_name(struct arena *a, struct str name)
{
    enum { MOST = 31 };
    struct buf b;
    buf_init(&b, a, MOST + 1);
    for (size_t i = 0; i < name.n && b.n < MOST; i++) {
        const char c = name.p[i];
        if ((unsigned char)c >= 0x20 && (unsigned char)c < 0x7f && c != '[' && c != ']' && c != ':' &&
            c != '*' && c != '?' && c != '/' && c != '\\' && c != '\'')
            buf_add_char(&b, c);
    }
    return b.n ? buf_str(&b) : STR("List");
}

static void
make_members(struct arena *a, const struct sheet *s, struct zip_member ret[MEMBERS])
{
    struct buf book;
    const char *money = s->decimals == 2 ? "#,##0.00" : s->decimals == 3 ? "#,##0.000" : "#,##0";
    buf_init(&book, a, 512);
    buf_add_str(&book, STR(XML "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" OFFICE "\"><sheets><sheet name=\""));
    put_escaped(&book, sheet_name(a, s->name));
    buf_add_str(&book, STR("\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"));
    ret[0] = (struct zip_member){"[Content_Types].xml", str_from(types)};
    ret[1] = (struct zip_member){"_rels/.rels", str_from(relations)};
    ret[2] = (struct zip_member){"xl/workbook.xml", buf_str(&book)};
    ret[3] = (struct zip_member){"xl/_rels/workbook.xml.rels", str_from(book_relations)};
    ret[4] = (struct zip_member){"xl/styles.xml", str_printf(a, styles, money)};
}

enum rc
xlsx_piece(struct buf *out, const struct sheet *s, struct sheet_state *state, const struct sheet_piece *p,
           struct err *reterr)
{
    struct zip_member members[MEMBERS];
    struct zip_stream stream = {member_sheet, state->plain, state->packed, state->sum};
    struct buf rows;
    if (state->rows + (int64_t)p->rows >= SHEET_ROWS)
        return err_set(reterr, RC_TOO_LARGE, NULL,
                       "a worksheet holds %d rows: export the list as CSV, or filter it", SHEET_ROWS - 1);
    make_members(out->a, s, members);
    buf_init(&rows, out->a, 64 * 1024);
    if (state->plain == 0) {
        zip_begin(out, members, MEMBERS, member_sheet);
        put_head(&rows, s);
    }
    for (size_t r = 0; r < p->rows; r++) {
        buf_add_str(&rows, STR("<row>"));
        for (size_t c = 0; c < s->ncolumns; c++)
            put_cell(&rows, &p->cells[r * s->ncolumns + c]);
        buf_add_str(&rows, STR("</row>"));
    }
    if (p->last)
        buf_add_str(&rows, STR("</sheetData></worksheet>"));
    enum rc rc = zip_add(out, &stream, buf_str(&rows), p->last, reterr);
    if (rc != RC_OK)
        return rc;
    if (p->last)
        zip_end(out, members, MEMBERS, &stream);
    *state = (struct sheet_state){state->rows + (int64_t)p->rows, stream.plain, stream.packed, stream.sum};
    return RC_OK;
}
