#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/utf8.h"

#include "server/report/certificate_page.h"

enum { COLUMNS = 72, LABEL = 16 };

struct str
certificate_day(struct arena *a, date_t day)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    struct civil c = civil_of(day);
    return str_printf(a, "%d %s %d", c.day, months[c.month - 1], c.year);
}

struct str
certificate_origin(struct arena *a, const struct certificate_page *page)
{
    char at[STAMP_TEXT];
    struct buf b;
    buf_init(&b, a, 128);
    buf_add_str(&b, str_from(stamp_local(page->issued_at, page->offset_minutes, at)));
    if (page->issued_by.n > 0)
        buf_printf(&b, " by %.*s", STR_ARG(page->issued_by));
    if (page->branch.n > 0)
        buf_printf(&b, ", %.*s", STR_ARG(page->branch));
    return buf_str(&b);
}

static void
put_line(struct buf *b, const char *label, struct str value)
{
    if (value.n > 0)
        buf_printf(b, "  %-*s%.*s\n", LABEL, label, STR_ARG(value));
}

static void
put_centred(struct buf *b, struct str text)
{
    size_t width = utf8_width(text);
    for (size_t i = width < COLUMNS ? (COLUMNS - width) / 2 : 0; i > 0; i--)
        buf_add_char(b, ' ');
    buf_add_str(b, text);
    buf_add_char(b, '\n');
}

static void
put_rule(struct buf *b, char c)
{
    for (int i = 0; i < COLUMNS; i++)
        buf_add_char(b, c);
    buf_add_char(b, '\n');
}

static void
put_sealed(struct buf *b, struct str sealed)
{
    for (size_t at = 0; at < sealed.n; at += COLUMNS) {
        buf_add_str(b, str_slice(sealed, at, at + COLUMNS));
        buf_add_char(b, '\n');
    }
}

static void
put_facts(struct buf *b, const struct certificate_page *page)
{
    const struct certificate_facts *f = &page->facts;
    put_line(b, "Number", f->number);
    put_line(b, "Policy", page->policy);
    put_line(b, "Product", page->product);
    put_line(b, "Holder", f->holder);
    put_line(b, "Plate", f->plate);
    put_line(b, "Chassis", f->chassis);
    put_line(b, "Vehicle class", f->vehicle_class);
    put_line(b, "Vehicle", page->vehicle);
    put_line(b, "Usage", f->usage);
    put_line(b, "Covered from", certificate_day(b->a, f->from));
    put_line(b, "Covered until", certificate_day(b->a, f->to));
}

struct str
certificate_text(struct arena *a, const struct certificate_page *page)
{
    struct buf b;
    struct str lines = page->header;
    buf_init(&b, a, 4096);
    put_rule(&b, '=');
    put_centred(&b, page->facts.company);
    while (lines.n > 0)
        put_centred(&b, str_trim(str_split(&lines, '\n')));
    put_rule(&b, '=');
    buf_add_char(&b, '\n');
    put_centred(&b, STR("CERTIFICATE OF MOTOR INSURANCE"));
    if (page->withdrawn)
        put_centred(&b, STR("*** WITHDRAWN: NOT VALID ***"));
    buf_add_char(&b, '\n');
    put_facts(&b, page);
    if (page->withdrawn) {
        buf_printf(&b, "\n  Withdrawn. It proves nothing any more and carries no code.\n");
        return buf_str(&b);
    }
    buf_printf(&b, "\n  The cover includes the first and the last day, until midnight.\n");
    buf_printf(&b, "  Issued %.*s.\n\n", STR_ARG(certificate_origin(a, page)));
    put_rule(&b, '-');
    buf_printf(&b, "To verify without a connection: bima certificate verify FILE --key KEY\n\n");
    put_sealed(&b, page->sealed);
    return buf_str(&b);
}
