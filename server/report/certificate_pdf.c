/* The certificate as a page. Everything is placed from the top of an A5 sheet in points; text is set by Pango
   so that any script a name is written in comes out right. */
#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "common/base/arena.h"
#include "common/base/buf.h"

#include "server/report/certificate_page.h"
#include "server/report/logo_surface.h"
#include "server/report/qr.h"

/* Fontconfig keeps what it read for the life of the process, on purpose; a leak checker need not tell. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHECKS_LEAKS 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(CHECKS_LEAKS)
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}
#endif

#define POINTS_PER_INCH 72.0
#define PAGE_WIDTH 419.53
#define PAGE_HEIGHT 595.28
#define MARGIN 34.0
#define INNER (PAGE_WIDTH - 2 * MARGIN)
#define BAND 50.0
#define BAND_LINE 12.5
#define QR_SIDE 138.0
#define LABEL_WIDTH 96.0
#define LOGO_WIDTH 110.0

struct colour {
    double r, g, b;
};
static const struct colour ink = {0.10, 0.12, 0.15};
static const struct colour accent = {0.04, 0.32, 0.38};
static const struct colour dim = {0.42, 0.46, 0.50};
static const struct colour hairline = {0.82, 0.85, 0.87};
static const struct colour paper = {1, 1, 1};
static const struct colour alarm_red = {0.78, 0.10, 0.10};

struct type {
    const char *font; /* Pango description: "Sans Bold 9" */
    const struct colour *colour;
    PangoAlignment align;
};

static void
use(cairo_t *cr, const struct colour *c)
{
    cairo_set_source_rgb(cr, c->r, c->g, c->b);
}

/* Sets text in a column of `width` from its top left corner; returns its height. */
static double
put(cairo_t *cr, double x, double y, double width, const struct type *type, struct str text)
{
    int height;
    PangoLayout *layout = pango_cairo_create_layout(cr);
    pango_cairo_context_set_resolution(pango_layout_get_context(layout), POINTS_PER_INCH);
    pango_layout_context_changed(layout);
    PangoFontDescription *font = pango_font_description_from_string(type->font);
    pango_layout_set_font_description(layout, font);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(layout, type->align);
    pango_layout_set_text(layout, text.p, (int)text.n);
    pango_layout_get_size(layout, NULL, &height);
    use(cr, type->colour);
    cairo_move_to(cr, x, y);
    pango_cairo_show_layout(cr, layout);
    pango_font_description_free(font);
    g_object_unref(layout);
    return (double)height / PANGO_SCALE;
}

static void
put_hairline(cairo_t *cr, double y)
{
    use(cr, &hairline);
    cairo_set_line_width(cr, 0.6);
    cairo_move_to(cr, MARGIN, y);
    cairo_line_to(cr, PAGE_WIDTH - MARGIN, y);
    cairo_stroke(cr);
}

/* The company's picture on a white field at the right of the band, as large as fits. Returns the width it
 * takes. */
static double
put_logo(cairo_t *cr, double band, struct str png)
{
    cairo_surface_t *logo = png.n ? logo_surface(png) : NULL;
    if (!logo)
        return 0;
    const double w = cairo_image_surface_get_width(logo), h = cairo_image_surface_get_height(logo), edge = 4,
                 high = band - 4 * edge;
    double scale = high / h < LOGO_WIDTH / w ? high / h : LOGO_WIDTH / w;
    double x = PAGE_WIDTH - MARGIN - w * scale - edge, y = (band - h * scale) / 2;
    use(cr, &paper);
    cairo_rectangle(cr, x - edge, y - edge, w * scale + 2 * edge, h * scale + 2 * edge);
    cairo_fill(cr);
    cairo_save(cr);
    cairo_translate(cr, x, y);
    cairo_scale(cr, scale, scale);
    cairo_set_source_surface(cr, logo, 0, 0);
    cairo_paint(cr);
    cairo_restore(cr);
    cairo_surface_destroy(logo);
    return w * scale + 4 * edge;
}

/* Returns where the band under the company's name and lines ends. */
static double
put_band(cairo_t *cr, const struct certificate_page *page)
{
    static const struct type name = {"Sans Bold 22", &paper, PANGO_ALIGN_LEFT};
    static const struct type lines = {"Sans 9.5", &paper, PANGO_ALIGN_LEFT};
    double height = BAND;
    for (struct str rest = page->header; rest.n > 0;) {
        (void)str_split(&rest, '\n');
        height += BAND_LINE;
    }
    use(cr, &accent);
    cairo_rectangle(cr, 0, 0, PAGE_WIDTH, height);
    cairo_fill(cr);
    double width = INNER - put_logo(cr, height, page->logo);
    double y = 14 + put(cr, MARGIN, 14, width, &name, page->facts.company);
    put(cr, MARGIN, y + 2, width, &lines, page->header);
    return height;
}

static double
put_title(cairo_t *cr, double y, const struct certificate_page *page)
{
    static const struct type title = {"Sans Bold 10", &accent, PANGO_ALIGN_LEFT};
    static const struct type number = {"Sans Bold 17", &ink, PANGO_ALIGN_LEFT};
    y += put(cr, MARGIN, y, INNER, &title, STR("Certificate of motor insurance")) + 1;
    return y + put(cr, MARGIN, y, INNER, &number, page->facts.number);
}

/* The plate as it is on the road; a vehicle in transit shows its chassis number instead. */
static void
put_plate(cairo_t *cr, double y, const struct certificate_page *page)
{
    static const struct type plate = {"Sans Bold 26", &ink, PANGO_ALIGN_CENTER};
    static const struct type chassis = {"Sans Bold 12", &ink, PANGO_ALIGN_CENTER};
    const double width = 172, height = 50, radius = 5;
    bool has_plate = page->facts.plate.n > 0;
    cairo_new_sub_path(cr);
    cairo_arc(cr, MARGIN + width - radius, y + radius, radius, -G_PI_2, 0);
    cairo_arc(cr, MARGIN + width - radius, y + height - radius, radius, 0, G_PI_2);
    cairo_arc(cr, MARGIN + radius, y + height - radius, radius, G_PI_2, G_PI);
    cairo_arc(cr, MARGIN + radius, y + radius, radius, G_PI, G_PI + G_PI_2);
    cairo_close_path(cr);
    use(cr, &ink);
    cairo_set_line_width(cr, 1.6);
    cairo_stroke(cr);
    put(cr, MARGIN + 4, y + (has_plate ? 9 : 17), width - 8, has_plate ? &plate : &chassis,
        has_plate ? page->facts.plate : page->facts.chassis);
}

static void
put_days(cairo_t *cr, double y, struct arena *a, const struct certificate_page *page)
{
    static const struct type label = {"Sans 8.5", &dim, PANGO_ALIGN_LEFT};
    static const struct type day = {"Sans Bold 13", &ink, PANGO_ALIGN_LEFT};
    const double x = MARGIN + 192, width = INNER - 192;
    y += put(cr, x, y - 2, width, &label, STR("Covered from"));
    y += put(cr, x, y - 2, width, &day, certificate_day(a, page->facts.from)) + 1;
    y += put(cr, x, y, width, &label, STR("until and including"));
    put(cr, x, y, width, &day, certificate_day(a, page->facts.to));
}

static double
put_fact(cairo_t *cr, double y, const char *label, struct str value)
{
    static const struct type name = {"Sans 9.5", &dim, PANGO_ALIGN_LEFT};
    static const struct type text = {"Sans 11", &ink, PANGO_ALIGN_LEFT};
    if (value.n == 0)
        return y;
    put(cr, MARGIN, y + 5, LABEL_WIDTH, &name, str_from(label));
    double height = put(cr, MARGIN + LABEL_WIDTH, y + 3.5, INNER - LABEL_WIDTH, &text, value);
    put_hairline(cr, y + height + 7.5);
    return y + height + 8;
}

static double
put_facts(cairo_t *cr, double y, const struct certificate_page *page)
{
    const struct certificate_facts *f = &page->facts;
    put_hairline(cr, y);
    y = put_fact(cr, y, "Holder", f->holder);
    y = put_fact(cr, y, "Policy", page->policy);
    y = put_fact(cr, y, "Product", page->product);
    y = put_fact(cr, y, "Vehicle class", f->vehicle_class);
    y = put_fact(cr, y, "Vehicle", page->vehicle);
    y = put_fact(cr, y, "Plate", f->plate);
    y = put_fact(cr, y, "Chassis", f->chassis);
    return put_fact(cr, y, "Usage", f->usage);
}

static void
put_code(cairo_t *cr, double y, const struct qr *qr)
{
    const double module = QR_SIDE / qr->size;
    use(cr, &ink);
    /* One path for all modules: side by side, with no seams between them. */
    for (int row = 0; row < qr->size; row++)
        for (int col = 0; col < qr->size; col++)
            if (qr->dark[row * qr->size + col])
                cairo_rectangle(cr, MARGIN + col * module, y + row * module, module, module);
    cairo_fill(cr);
}

static void
put_words(cairo_t *cr, double y, struct arena *a, const struct certificate_page *page)
{
    static const struct type head = {"Sans Bold 10", &ink, PANGO_ALIGN_LEFT};
    static const struct type text = {"Sans 9", &ink, PANGO_ALIGN_LEFT};
    static const struct type command = {"Monospace 8", &ink, PANGO_ALIGN_LEFT};
    static const struct type small = {"Sans 8", &dim, PANGO_ALIGN_LEFT};
    const double x = MARGIN + QR_SIDE + 20, width = INNER - QR_SIDE - 20;
    if (page->withdrawn) {
        put(cr, x, y - 2, width, &head,
            STR("Withdrawn. This certificate proves nothing any more and carries no code."));
        return;
    }
    y += put(cr, x, y - 2, width, &head, STR("This vehicle is insured")) + 2;
    y += put(cr, x, y, width, &text,
             STR("from the first to the last day named above, both included, until midnight of the last "
                 "day.")) +
         6;
    y += put(cr, x, y, width, &head, STR("Anyone can check it")) + 2;
    y += put(cr, x, y, width, &text,
             STR("The code says the same as this page, signed by the company. No connection is needed:")) +
         2;
    y += put(cr, x, y, width, &command, STR("bima certificate verify FILE --key KEY")) + 6;
    put(cr, x, y, width, &small, str_printf(a, "Issued %.*s", STR_ARG(certificate_origin(a, page))));
}

static void
put_withdrawn(cairo_t *cr)
{
    static const struct type stamp = {"Sans Bold 44", &alarm_red, PANGO_ALIGN_CENTER};
    cairo_save(cr);
    cairo_translate(cr, PAGE_WIDTH / 2, PAGE_HEIGHT / 2);
    cairo_rotate(cr, -0.6);
    cairo_push_group(cr);
    put(cr, -PAGE_WIDTH / 2, -30, PAGE_WIDTH, &stamp, STR("WITHDRAWN"));
    cairo_pop_group_to_source(cr);
    cairo_paint_with_alpha(cr, 0.75);
    cairo_restore(cr);
}

static void
put_page(cairo_t *cr, struct arena *a, const struct certificate_page *page, const struct qr *qr)
{
    const double code_at = PAGE_HEIGHT - MARGIN - QR_SIDE;
    double y = put_title(cr, put_band(cr, page) + 14, page) + 10;
    put_plate(cr, y, page);
    put_days(cr, y, a, page);
    put_facts(cr, y + 64, page);
    if (qr)
        put_code(cr, code_at, qr);
    put_words(cr, code_at, a, page);
    if (page->withdrawn)
        put_withdrawn(cr);
    cairo_show_page(cr);
}

static void
set_information(cairo_surface_t *surface, struct arena *a, const struct certificate_page *page)
{
    char at[STAMP_TEXT];
    const struct certificate_facts *f = &page->facts;
    cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_4);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE,
                                   str_printf(a, "Certificate %.*s", STR_ARG(f->number)).p);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, str_dup(a, f->company).p);
    if (!page->withdrawn)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_KEYWORDS, str_dup(a, page->sealed).p);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Bima");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, stamp_text(page->issued_at, at));
}

static cairo_status_t
write_bytes(void *closure, const unsigned char *data, unsigned int length)
{
    buf_add(closure, data, length);
    return CAIRO_STATUS_SUCCESS;
}

enum rc
certificate_pdf(struct arena *a, const struct certificate_page *page, struct str *ret, struct err *reterr)
{
    struct qr qr;
    struct buf out;
    enum rc rc = qr_make(a, page->sealed, &qr, reterr);
    if (rc)
        return rc;
    buf_init(&out, a, 64 * 1024);
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(write_bytes, &out, PAGE_WIDTH, PAGE_HEIGHT);
    cairo_t *cr = cairo_create(surface);
    set_information(surface, a, page);
    put_page(cr, a, page, page->withdrawn ? NULL : &qr);
    cairo_status_t drawn = cairo_status(cr);
    cairo_destroy(cr);
    cairo_surface_finish(surface);
    if (drawn == CAIRO_STATUS_SUCCESS)
        drawn = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (drawn != CAIRO_STATUS_SUCCESS)
        return err_log(reterr, RC_INTERNAL, "certificate page: %s", cairo_status_to_string(drawn));
    *ret = buf_str(&out);
    return RC_OK;
}
