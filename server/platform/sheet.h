#ifndef PLATFORM_SHEET_H
#define PLATFORM_SHEET_H

#include "common/base/buf.h"
#include "common/base/str.h"

/* A table in plain text: columns as wide as their widest cell, two blanks between, headings on top. */
enum { SHEET_COLUMNS = 8 };
struct sheet {
    size_t ncols, nrows;
    struct str heads[SHEET_COLUMNS];
    struct str *cells; /* nrows * ncols */
};
void sheet_put(struct buf *b, const struct sheet *s);

#endif
