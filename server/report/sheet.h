#ifndef REPORT_SHEET_H
#define REPORT_SHEET_H

#include "common/base/buf.h"
#include "common/base/err.h"
#include "common/base/str.h"
#include "common/value/value.h"

/*
 * A table as a file for spreadsheets, written piece by piece: no piece needs the others or a place to keep
 * them. What the next piece must know of those before it is a handful of numbers, which travel with whoever
 * asks for it. So a file of a million rows is nowhere whole but where it is wanted.
 *
 * A text is never a formula: CSV puts an apostrophe before one that a spreadsheet would take for it, XLSX
 * says of each cell what it is.
 */
enum sheet_kind { SHEET_EMPTY, SHEET_TEXT, SHEET_NUMBER, SHEET_MONEY, SHEET_DAY, SHEET_MOMENT };

struct sheet_cell {
    enum sheet_kind kind;
    struct str text; /* TEXT; NUMBER and MONEY: plain decimal digits */
    date_t day;
    stamp_t moment; /* by the reader's clock: the offset is added already */
};

struct sheet_column {
    struct str label;
    int width; /* characters */
};

struct sheet {
    struct str name; /* of the table: the same for all pieces */
    const struct sheet_column *columns;
    size_t ncolumns;
    int decimals; /* of amounts */
};

/* What was written so far; all zero before the first piece. */
struct sheet_state {
    int64_t rows, plain, packed; /* plain, packed: bytes of the rows, before and after they are packed */
    uint32_t sum;                /* of the rows' bytes */
};

/* One piece: `rows` of them, ncolumns cells each, row by row. The last one ends the file. */
struct sheet_piece {
    const struct sheet_cell *cells;
    size_t rows;
    bool last;
};

/* Appends the piece to `out` and brings the state up to date. */
void csv_piece(struct buf *out, const struct sheet *s, struct sheet_state *state,
               const struct sheet_piece *p);
/* The same. Fails: RC_TOO_LARGE past what a worksheet holds; RC_INTERNAL. */
enum rc xlsx_piece(struct buf *out, const struct sheet *s, struct sheet_state *state,
                   const struct sheet_piece *p, struct err *reterr) NODISCARD;

#endif
