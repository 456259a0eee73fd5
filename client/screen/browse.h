#ifndef SCREEN_BROWSE_H
#define SCREEN_BROWSE_H

#include "client/screen/app.h"
#include "client/screen/rows.h"

/*
 * The list of an entity. Shared by browse.c (keys), browse_ask.c (which rows), browse_run.c (options on many
 * of them), browse_paint.c and browse_prompt.c (what F4 offers).
 */
enum browse_purpose {
    PURPOSE_FIELD = 1,
    PURPOSE_RECORD,
    PURPOSE_CONDITION,
    PURPOSE_VALUE,
    PURPOSE_COLUMNS,
    PURPOSE_FILE,
    PURPOSE_RUN,
    PURPOSE_REASON
};
enum place { IN_ROWS, IN_POSITION, IN_FILTER };
enum browse_page { PAGE_FIRST = 1, PAGE_MORE, PAGE_BEFORE, PAGE_LAST, PAGE_AGAIN, PAGE_TOTALS, PAGE_DONE };
enum { FILTER_CHARS = 200 };

struct browse {
    struct rows rows;
    uint32_t entity, view, sort;
    uint32_t asked_field; /* a condition on it is being put together … */
    int asked_op;         /* … with this operator */
    int width;            /* of the terminal the columns were asked for */
    uint32_t columns[LIST_COLUMNS];
    size_t ncolumns; /* 0: the view's */
    bool desc, asked, running, stale;
    enum cmd then; /* to be done when the page before has come: a step up from the first row */
    enum place place;
    struct field position, filter;
    size_t run_row;  /* whose option is being done */
    char run_option; /* 0: none */
    size_t done, failed;
    struct str reason; /* for all rows of a run */
};

const struct schema_view *browse_view(const struct browse *d);

/* browse_ask.c */

/* Which rows, in which order, with which columns: for list and export. Values live in `a`; filters has room
   for LIMIT_FILTERS. False: the filter line is not understood, which was said. */
bool browse_params(struct view *v, struct arena *a, struct param_filter *filters, struct params *ret);
bool browse_ask(struct view *v, enum browse_page which, bool barrier);
void browse_load(struct view *v, bool barrier);
/* The rows the cursor stands among once more; options before them stay. */
void browse_again(struct view *v, bool barrier);
/* Near an end of what is here: the page beyond it. */
void browse_want(struct view *v, int way);
void browse_answer(struct view *v, struct answer *a);

/* browse_run.c */
void browse_enter(struct view *v);
void browse_run_on(struct view *v); /* after a screen that an option opened */
void browse_ran(struct view *v, struct answer *a);
void browse_take_run(struct view *v, const struct outcome *o);

/* browse_paint.c */
void browse_paint(struct view *v, const struct area *a);
struct str browse_title(struct view *v, struct arena *a);
struct str browse_help(struct view *v, struct arena *a);
struct str browse_about(struct view *v, struct arena *a);

/* browse_prompt.c */
void browse_enter_line(struct browse *d, enum place place);
void browse_prompt(struct view *v);
/* What was picked on the way to a condition: a field or something to do, an operator, a value. */
void browse_take_field(struct view *v, const struct outcome *o);
void browse_take_condition(struct view *v, const struct outcome *o);
void browse_take_value(struct view *v, const struct outcome *o);
void browse_totals(struct view *v);
void browse_columns(struct view *v);
void browse_export(struct view *v);
void browse_write(struct view *v, struct str path);

/* The browse's rows as a file: export.c */
void export_open(struct app *a, struct str title, const struct params *rows, struct str path, int64_t total);

#endif
