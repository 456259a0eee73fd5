#ifndef PLAIN_LIST_H
#define PLAIN_LIST_H

#include "client/link/layout.h"
#include "client/plain/private.h"

/* A list being walked. Shared by list.c (rows, options, what is typed) and list_ask.c (which rows). */
enum { LIST_ROWS = 10000, LIST_PAGES = LIST_ROWS / PLAIN_PAGE + 1, LIST_BATCH = 500 };

struct walk {
    struct plain *p;
    const struct list_of *of;
    const struct schema_entity *e;
    struct arena *a; /* texts of conditions and cursors: as long as the list */
    struct params params;
    struct param_filter filters[LIMIT_FILTERS];
    struct value position; /* of the field it is sorted by */
    bool positioned;
    struct name_or_number chosen[LAYOUT_COLUMNS]; /* columns of the person's own */
    struct str filter_text;
    struct str starts[LIST_PAGES]; /* cursor of each page that was seen; the first is "" */
    size_t page, npages;           /* the page shown; pages known */
    size_t first;                  /* number of its first row, from 0 */
    int64_t ids[LIST_ROWS];        /* of the rows seen, by their number */
    size_t nids, shown;            /* shown: rows of this page */
    uint32_t columns[64];
    size_t ncolumns;
    bool heads_said;
    bool all; /* all columns are said, not only those of weight */
};

/* Whether a column is said: those of weight, and not too many to listen to. */
bool walk_says(const struct walk *w, size_t column);
/* Asks for the page and says it. False: it could not be had, which was said. */
bool walk_show(struct walk *w, size_t page);
void walk_heads(struct walk *w);
uint32_t walk_sort(const struct walk *w);
/* "filter …", "sort …", "view …", "to …": true when the rows are other ones now. */
bool walk_filter(struct walk *w, struct str typed);
bool walk_sort_by(struct walk *w, struct str typed);
bool walk_view(struct walk *w, struct str typed);
bool walk_position(struct walk *w, struct str typed);
bool walk_columns(struct walk *w, struct str typed);
/* list_more.c: "totals", "export FILE"; the columns remembered for a list when it is opened. */
void walk_totals(struct walk *w);
void walk_export(struct walk *w, struct str path);
void walk_remembered(struct walk *w);
struct params walk_params(struct walk *w, struct arena *a);

#endif
