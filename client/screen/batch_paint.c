#include "client/screen/batch.h"
#include "client/text.h"

enum { SAID = 13, FOOT = 2 };

static struct str
outcome_text(const struct batch_row *r)
{
    if (r->out)
        return str_from(_("left out"));
    switch (r->state) {
    case BATCH_NEW:
    case BATCH_TRYING:
        return str_from(_("looking …"));
    case BATCH_READY:
        return STR_NONE;
    case BATCH_RUNNING:
        return str_from(_("under way"));
    case BATCH_DONE:
        return str_from(_("done"));
    case BATCH_REFUSED:
    case BATCH_FAILED:
        break;
    }
    return r->said;
}

static int
row_look(void *ctx, size_t row)
{
    const struct batch_row *r = &((const struct batch *)((const struct view *)ctx)->data)->rows[row];
    if (r->out)
        return TONE_OFF;
    if (r->state == BATCH_REFUSED || r->state == BATCH_FAILED)
        return TONE_BAD;
    return r->state == BATCH_DONE ? TONE_GOOD : TONE_PLAIN;
}

static struct list_cell
cell(void *ctx, struct arena *a, size_t row, size_t column)
{
    struct view *v = ctx;
    const struct batch *d = v->data;
    const struct batch_row *r = &d->rows[row];
    char text[MONEY_TEXT];
    if (column == 0)
        return (struct list_cell){.text = r->label};
    if (column > d->nfields)
        return (struct list_cell){.text = outcome_text(r), .tone = row_look(ctx, row)};
    const struct value *c = &r->cells[column - 1];
    if (c->type == VT_MONEY)
        return (struct list_cell){
            .text = str_dup(a, str_from(locale_money(app_locale(app_of(v)), c->money, text)))};
    return (struct list_cell){.text = c->type == VT_TEXT ? c->text : STR_NONE};
}

void
batch_columns(struct batch *d)
{
    struct list *l = &d->list;
    d->nfields = 0;
    l->columns[0] = (struct list_column){.label = d->e->label, .width = 16};
    l->ncolumns = 1;
    for (size_t i = 0; i < d->act->nshows && d->nfields < BATCH_CELLS; i++) {
        const struct schema_field *f = schema_field(d->of, d->act->shows[i]);
        if (!f)
            continue;
        d->fields[d->nfields++] = f;
        l->columns[l->ncolumns++] =
            (struct list_column){.label = f->label,
                                 .width = f->type == VT_DATE ? 10 : (int)f->width,
                                 .right = f->type == VT_MONEY,
                                 .narrow = f->type != VT_MONEY || (f->flags & SCHEMA_NARROW),
                                 .firm = f->type == VT_DATE};
    }
    l->columns[l->ncolumns++] = (struct list_column){.label = str_from(_("Outcome")), .width = SAID};
    l->sort = l->ncolumns;
    l->cell = cell;
    l->tone = row_look;
    l->marks = true;
}

/* What is to be done, or was: refused ones and those left out don't count. */
static bool
counts(const struct batch_row *r)
{
    return !r->out && (r->state == BATCH_READY || r->state == BATCH_RUNNING || r->state == BATCH_DONE);
}

static void
paint_sums(struct view *v, const struct area *a, int y)
{
    const struct batch *d = v->data;
    char text[MONEY_TEXT];
    size_t n = 0;
    for (size_t i = 0; i < d->nrows; i++)
        n += counts(&d->rows[i]);
    paint_format(a, (struct spot){.y = y, .x = d->list.columns[0].x, .role = ROLE_HEAD}, _("%zu of %zu"), n,
                 d->nrows);
    for (size_t k = 0; k < d->nfields; k++) {
        const struct list_column *c = &d->list.columns[k + 1];
        money_t sum = {0};
        if (d->fields[k]->type != VT_MONEY || !c->shown)
            continue;
        for (size_t i = 0; i < d->nrows; i++)
            if (counts(&d->rows[i]) && d->rows[i].cells[k].type == VT_MONEY)
                sum.minor += d->rows[i].cells[k].money.minor;
        paint(a, (struct spot){.y = y, .x = c->x, .width = c->shown, .role = ROLE_HEAD, .right = true},
              str_from(locale_money(app_locale(app_of(v)), sum, text)));
    }
}

void
batch_paint(struct view *v, const struct area *a)
{
    struct batch *d = v->data;
    struct area rows = area_sub(a, 0, 0, a->rows - FOOT, a->cols);
    list_paint(&d->list, &rows, true);
    int y = (int)d->nrows + 1 < a->rows - FOOT ? (int)d->nrows + 2 : a->rows - 1;
    paint_sums(v, a, y);
}

/* The whole of what was said of the row, or what can be done. */
struct str
batch_help(struct view *v, struct arena *a)
{
    const struct batch *d = v->data;
    const struct batch_row *r = &d->rows[d->list.at];
    const size_t ready = batch_count(d, BATCH_READY);
    if (!r->out && r->said.n)
        return r->said;
    if (d->trying)
        return str_from(_("Looking what would come of it …"));
    if (!ready)
        return str_from(_("Enter opens the record. F12 goes back."));
    return str_printf(a,
                      ngettext("F10: %.*s, %zu. Space leaves it out, Enter opens its form first.",
                               "F10: %.*s, all %zu. Space leaves one out, Enter opens its form first.",
                               ready),
                      STR_ARG(d->act->label), ready);
}
