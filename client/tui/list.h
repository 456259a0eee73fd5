#ifndef TUI_LIST_H
#define TUI_LIST_H

#include "client/tui/view.h"

/*
 * A table of rows to walk through. The rows stay where they are (a page of an answer): the list asks for a
 * cell when it paints it. With `options`, digits typed on a row stand before it until Enter runs them.
 */
enum { LIST_COLUMNS = 16, LIST_ROWS = 2000 };
/* Columns in front of a row: where the cursor is, the option, the mark; and between two columns. */
enum { LIST_MARKER = 1, LIST_OPTION = 3, LIST_MARK = 3, LIST_GAP = 2 };

struct list_column {
    struct str label;
    int width;
    bool right;   /* numbers */
    bool narrow;  /* hidden first when the screen is small */
    bool firm;    /* never cut short: half a day says nothing */
    bool prose;   /* names and the like: gives way to the others and takes what is left */
    bool grows;   /* wider than `width` where what is in it is: words of a language */
    int need;     /* columns of the widest cell seen so far; 0: none was */
    int x, shown; /* layout: where and how wide; shown 0: hidden */
};

struct list_cell {
    struct str text;
    int tone; /* enum schema_tone */
};

struct list {
    struct list_column columns[LIST_COLUMNS];
    size_t ncolumns;
    size_t nrows, at, top, page;
    bool options, marks;          /* `marks`: a column for the row's tone */
    char ops[LIST_ROWS];          /* digit typed, or 0 */
    const char *notes[LIST_ROWS]; /* what came of it, shown beside the row's first column; NULL: nothing */
    bool bad[LIST_ROWS];          /* … and it was not done */
    bool more, before;            /* there are rows behind and before these that are not here */
    size_t sort;                  /* column it is sorted by; ncolumns: none */
    bool desc;
    struct list_cell (*cell)(void *ctx, struct arena *a, size_t row, size_t column);
    int (*tone)(void *ctx, size_t row); /* of the row as a whole; may be NULL */
    void *ctx;
};

void list_reset(struct list *l); /* no rows, no options, at the top */
/* Moves; true when it was a move. */
bool list_command(struct list *l, enum cmd c);
bool list_digit(struct list *l,
                const struct key *k); /* sets the option of the row; Backspace takes it away */
/* Rows came in front (or went, when negative): what belongs to the others moves with them. */
void list_shift(struct list *l, long rows);
/* The text lives as long as the list. */
void list_note(struct list *l, size_t row, const char *text, bool bad);
/* The first row with an option, taken off: false when none is left. */
bool list_take_option(struct list *l, size_t *ret_row, char *ret_option);
/* Takes note of how wide the cells of some rows are: columns get what they need, and never less again. */
void list_measure(struct list *l, size_t from, size_t n);
/* Which columns have room in so many, and where: `shown` and `x`. */
void list_fit(struct list *l, int cols);
/* Heads in the first row, rows below. `focused`: the cursor stands here. */
void list_paint(struct list *l, const struct area *a, bool focused);

#endif
