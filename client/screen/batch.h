#ifndef SCREEN_BATCH_H
#define SCREEN_BATCH_H

#include "client/screen/rows.h"

/*
 * One action for many records, looked at first: each is tried by the service, which undoes it, and what would
 * come of it stands in its row; then they are done in order, and each row says what came of it. For actions
 * that name something to show (schema_action.shows). Shared by batch.c (what it does) and batch_paint.c (how
 * it looks).
 */
enum { BATCH_ROWS = 500, BATCH_CELLS = 8 };

enum batch_state {
    BATCH_NEW = 0, /* to be tried */
    BATCH_TRYING,
    BATCH_READY,
    BATCH_REFUSED, /* the trial was */
    BATCH_RUNNING,
    BATCH_DONE,
    BATCH_FAILED,
};

struct batch_row {
    int64_t id;
    size_t from; /* its row of the list */
    struct str label;
    enum batch_state state;
    bool out;        /* left out by the person */
    struct str said; /* why it was refused */
    struct value cells[BATCH_CELLS];
    bool keyed; /* idem is that of a try to do it whose answer is not known */
    unsigned char idem[IDEM_BYTES];
};

struct batch {
    const struct schema_entity *e;
    const struct schema_action *act;
    const struct schema_entity *of; /* of the record it answers with */
    const struct schema_field *fields[BATCH_CELLS];
    size_t nfields;
    struct batch_row *rows;
    size_t nrows, trying, form_row;
    bool running, ran;
    struct list list;
};

/* How many rows are in a state; left out ones count in none. */
size_t batch_count(const struct batch *d, enum batch_state state);
void batch_columns(struct batch *d);
void batch_paint(struct view *v, const struct area *a);
struct str batch_help(struct view *v, struct arena *a);

/*
 * The rows of a list before which the option of such an action was typed: takes the options off and opens the
 * screen. False when there is none. `id` tells the record of a row; 0: none of `e`.
 */
typedef int64_t batch_id_fn(void *ctx, size_t row, struct str *ret_label);
bool batch_take(struct app *a, const struct schema_entity *e, struct list *l, batch_id_fn *id, void *ctx);
/* The same for a list of the service's rows. */
bool batch_take_rows(struct rows *r);

#endif
