#ifndef SCREEN_ROWS_H
#define SCREEN_ROWS_H

#include "client/screen/app.h"
#include "client/tui/list.h"

/* The rows of a list as the service sends them, page after page, under the list widget. */
enum { ROWS_PAGES = 40 };

struct rows {
    struct app *app;
    const struct schema_entity *entity;
    struct kept kept[ROWS_PAGES];
    const struct body_page *pages[ROWS_PAGES];
    size_t npages;
    uint32_t without;            /* a field that is the same in all rows: no column; 0 none */
    uint32_t tags[LIST_COLUMNS]; /* of the list's columns */
    size_t index[LIST_COLUMNS];  /* their places in a row's cells */
    int64_t total;
    bool capped;
    struct list list;
};

void rows_init(struct rows *r, struct app *a, const struct schema_entity *e);
struct list_column rows_column(const struct schema_field *f);
/* Takes a page of an answer over; the first one makes the columns. */
void rows_add(struct rows *r, struct answer *a);
void rows_clear(struct rows *r);
const struct body_row *rows_at(const struct rows *r, size_t row); /* NULL when there is none */
struct str rows_next(const struct rows *r); /* cursor of the next page; "" on the last */
bool rows_full(const struct rows *r);
/* "5=Display 2=Change 9=Renew" */
struct str rows_legend(struct app *app, const struct schema_entity *e, struct arena *a);
/* The first related list one may add to: what option 7 does, unless an action has it. NULL when there is
 * none. */
const struct schema_tab *entity_adds_to(struct app *app, const struct schema_entity *e);
/* Does what an option digit says for a record; false when there is no such option (and says so). */
bool option_run(struct app *a, const struct schema_entity *e, int64_t id, char option);

#endif
