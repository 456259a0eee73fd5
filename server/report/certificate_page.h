#ifndef REPORT_CERTIFICATE_PAGE_H
#define REPORT_CERTIFICATE_PAGE_H

#include "common/base/err.h"
#include "common/certificate/certificate.h"

/* What stands on a printed certificate: the sealed facts, and what is told beside them. All texts may be
 * empty. */
struct certificate_page {
    struct certificate_facts facts;
    struct str sealed;    /* BIMA1.…: what the QR says */
    struct str logo;      /* PNG, or empty */
    struct str header;    /* the company's lines under its name, separated by line ends */
    struct str policy;    /* number */
    struct str product;   /* "Motor comprehensive" */
    struct str vehicle;   /* "Toyota Hiace 2019, white" */
    struct str branch;    /* name */
    struct str issued_by; /* person; empty for who may not know the company's people */
    stamp_t issued_at;
    int offset_minutes; /* east of UTC */
    bool withdrawn;     /* marked as such, without code and sealed text: they would still verify */
};

/* A5 page as PDF 1.4; the sealed text also stands uncompressed in its document information, where
   certificate_find finds it. Bytes live in `a`. Fails: RC_INTERNAL when the page can't be drawn. */
enum rc certificate_pdf(struct arena *a, const struct certificate_page *page, struct str *ret,
                        struct err *reterr) NODISCARD;

/* UTF-8, lines of at most 72 columns, the sealed text last. Lives in `a`. */
struct str certificate_text(struct arena *a, const struct certificate_page *page);

/* "2026-03-01 09:00 by Juma Mkwawa, Kariakoo", of what is known of it. Lives in `a`. */
struct str certificate_origin(struct arena *a, const struct certificate_page *page);

/* "1 March 2026". Lives in `a`. */
struct str certificate_day(struct arena *a, date_t day);

#endif
