#ifndef SCREEN_ROWS_H
#define SCREEN_ROWS_H

#include "client/screen/app.h"
#include "client/tui/list.h"

/*
 * The rows of a list as the service sends them, page after page, under the list widget: a window that goes
 * along with the cursor. When it is full, the page at its other end is let go, so a list may be of any
 * length.
 */
enum { ROWS_PAGES = 40 };

struct rows {
    struct app *app;
    const struct schema_entity *entity;
    struct kept kept[ROWS_PAGES];
    const struct body_page *pages[ROWS_PAGES]; /* in their order */
    unsigned char slot[ROWS_PAGES];            /* where each is kept */
    size_t npages;
    int64_t first;               /* rows before these; -1: not known */
    uint32_t without;            /* a field that is the same in all rows: no column; 0 none */
    uint32_t tags[LIST_COLUMNS]; /* of the list's columns */
    size_t index[LIST_COLUMNS];  /* their places in a row's cells */
    int64_t total;
    bool capped;
    struct body_sum sums[LIST_COLUMNS]; /* of the list as a whole, when they were asked for */
    size_t nsums;
    struct list list;
};

void rows_init(struct rows *r, struct app *a, const struct schema_entity *e);
struct list_column rows_column(const struct schema_field *f);
/* Takes a page of an answer over, behind the others or before them; the first one makes the columns. Nothing
   when the window is full. */
void rows_add(struct rows *r, struct answer *a);
void rows_add_before(struct rows *r, struct answer *a);
/* Is it full, and what would go at its other end not to be let go: an option, or what came of one? */
bool rows_full(const struct rows *r);
bool rows_full_before(const struct rows *r);
/* Count and sums of the list as a whole, where the page has them. */
void rows_totals(struct rows *r, const struct body_page *p);
void rows_clear(struct rows *r);
const struct body_row *rows_at(const struct rows *r, size_t row); /* NULL when there is none */
struct str rows_next(const struct rows *r); /* cursor of the page behind these; "" at the end */
/* The page a row is of begins behind *ret_before rows of the window; the cursor that asks for it again, ""
   when none is known. */
struct str rows_again(const struct rows *r, size_t row, size_t *ret_before);
struct str rows_prev(const struct rows *r); /* of the page before them; "" at the beginning */
/* The cells of a row as the record has become. */
void rows_update(struct rows *r, size_t row, const struct body_record *record);
/* What an option does that needs no form: NULL for all others. */
const struct schema_action *option_action(const struct schema_entity *e, char option);
/* "5=Display 2=Change 9=Renew" */
struct str rows_legend(struct app *app, const struct schema_entity *e, struct arena *a);
/* The first related list one may add to: what option 7 does, unless an action has it. NULL when there is
 * none. */
const struct schema_tab *entity_adds_to(struct app *app, const struct schema_entity *e);
/* Does what an option digit says for a record; false when there is no such option (and says so). */
bool option_run(struct app *a, const struct schema_entity *e, int64_t id, char option);

#endif
