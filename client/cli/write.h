#ifndef CLI_WRITE_H
#define CLI_WRITE_H

#include <stdbool.h>

#include "client/cli/args.h"
#include "client/link/link.h"
#include "common/base/buf.h"
#include "common/wire/body.h"

/* How what came is written: by whose description, where to. */
struct style {
    const struct schema *schema;
    const struct locale_info *locale;
    bool terminal; /* fit to `columns`, cut with '>' */
    size_t columns;
    bool utf8; /* else what is not ASCII becomes '?' */
};

/* Every part the body has, for people. Control characters become blanks. */
void write_text(struct buf *out, const struct style *st, const struct body *body);
/* Of a line whose service called an answer slow: which, and how slow. Nothing when it never did. */
void write_slow(struct buf *out, const struct link *l);
/* RFC 4180: CRLF, quotes where needed, a header line. Dates 2026-02-14, stamps RFC 3339, amounts 619500.00,
   choices by code. A page or record has the id first; a history one line per changed field. */
void write_csv(struct buf *out, const struct style *st, const struct body *body);

/* Pieces the others share. */
struct table; /* rows of texts, aligned when written */
struct table *table_new(struct arena *a, size_t columns);
void table_head(struct table *t, size_t column, struct str text, bool right);
/* What gives way on a terminal that is too narrow. New columns are SOFT; right-aligned ones are as FIRM. */
enum column_give {
    COLUMN_SOFT,  /* cut */
    COLUMN_FIRM,  /* cut last of all: half a number or day says nothing */
    COLUMN_SPARE, /* left out before anything is cut, the last first */
};
void table_give(struct table *t, size_t column, enum column_give give);
void table_cell(struct table *t, struct str text); /* left to right, row after row */
/* Returns the heads of what was left out, "" when nothing was. */
struct str table_write(struct buf *out, const struct style *st, struct table *t);

/* Text fit for the output: no control characters, ASCII where the locale wants it. */
struct str clean(struct arena *a, const struct style *st, struct str s);

#endif
