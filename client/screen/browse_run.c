#include <stdio.h>

#include "client/screen/batch.h"
#include "client/screen/browse.h"
#include "client/text.h"
#include "client/tui/box.h"
#include "common/base/buf.h"

/*
 * Options before rows. One of them opens its screen. Several that need no form are done one after another
 * without leaving the list; beside each row then stands what came of it, and an option that failed stays.
 */

static size_t
marked(const struct browse *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->rows.list.nrows; i++)
        n += d->rows.list.ops[i] != 0;
    return n;
}

/* Can all of them be done from here? */
static bool
all_direct(const struct browse *d)
{
    for (size_t i = 0; i < d->rows.list.nrows; i++)
        if (d->rows.list.ops[i] && !option_action(d->rows.entity, d->rows.list.ops[i]))
            return false;
    return true;
}

static bool
wants_reason(const struct browse *d)
{
    for (size_t i = 0; i < d->rows.list.nrows; i++)
        if (d->rows.list.ops[i] && option_action(d->rows.entity, d->rows.list.ops[i])->needs_reason)
            return true;
    return false;
}

/* ---- from here ---- */

static void
finish(struct view *v)
{
    struct browse *d = v->data;
    d->run_option = 0;
    if (d->failed)
        tui_say(v->tui, ROLE_BAD, _("Done: %zu. Not done: %zu; what is in the way stands beside the row."),
                d->done, d->failed);
    else
        tui_say(v->tui, ROLE_GOOD, _("Done: %zu."), d->done);
}

/* The first row behind `from` with an option; false: none. */
static bool
next_marked(const struct browse *d, size_t from, size_t *ret)
{
    for (size_t i = from; i < d->rows.list.nrows; i++)
        if (d->rows.list.ops[i]) {
            *ret = i;
            return true;
        }
    return false;
}

static void
run_next(struct view *v, size_t from)
{
    struct browse *d = v->data;
    if (!next_marked(d, from, &d->run_row)) {
        finish(v);
        return;
    }
    const struct body_row *r = rows_at(&d->rows, d->run_row);
    d->run_option = d->rows.list.ops[d->run_row];
    const struct schema_action *act = option_action(d->rows.entity, d->run_option);
    struct params p = params_record(d->entity, r->id);
    p.present |= 1u << PARAM_ACTION;
    p.action.number = act->number;
    if (act->needs_reason) {
        p.present |= 1u << PARAM_REASON;
        p.reason = d->reason;
    }
    list_note(&d->rows.list, d->run_row, NULL, false);
    app_ask(v, &(struct ask){
                   .method = METHOD_ACT, .params = &p, .tag = PAGE_DONE, .barrier = true, .may_fail = true});
}

void
browse_ran(struct view *v, struct answer *a)
{
    struct browse *d = v->data;
    const struct schema_action *act = d->run_option ? option_action(d->rows.entity, d->run_option) : NULL;
    if (!act)
        return;
    struct list *l = &d->rows.list;
    if (a->code == RC_OK) {
        d->done++;
        l->ops[d->run_row] = 0;
        if (body_has(a->body, BODY_RECORD) && a->body->record.entity == d->entity)
            rows_update(&d->rows, d->run_row, &a->body->record);
        list_note(l, d->run_row, str_printf(&v->arena, _("%.*s: done"), STR_ARG(act->label)).p, false);
    } else {
        const char *why = a->err && a->err->text[0] ? a->err->text : rc_text(a->code);
        d->failed++;
        list_note(l, d->run_row, str_printf(&v->arena, "%.*s: %s", STR_ARG(act->label), why).p, true);
    }
    l->at = d->run_row;
    run_next(v, d->run_row + 1);
}

static void
start(struct view *v)
{
    struct browse *d = v->data;
    d->done = d->failed = 0;
    run_next(v, 0);
}

static void
confirm(struct view *v, size_t n)
{
    struct browse *d = v->data;
    struct arena a;
    struct buf b;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    buf_init(&b, &a, 256);
    for (char option = '1'; option <= '9'; option++) {
        size_t rows = 0;
        for (size_t i = 0; i < d->rows.list.nrows; i++)
            rows += d->rows.list.ops[i] == option;
        if (rows)
            buf_printf(&b, _("%.*s: %zu rows\n"), STR_ARG(option_action(d->rows.entity, option)->label),
                       rows);
    }
    if (wants_reason(d))
        line_ask(v->tui, &(struct line_prompt){.purpose = PURPOSE_REASON,
                                               .title = str_printf(&a, _("%zu rows"), n),
                                               .text = buf_str(&b),
                                               .label = str_from(_("Reason for all")),
                                               .required = true});
    else
        box_ask(v->tui, &(struct question){
                            .purpose = PURPOSE_RUN,
                            .title = str_printf(&a, _("%zu rows"), n),
                            .text = buf_str(&b),
                            .answers = {str_from(_("Do it")), str_from(_("Not now"))},
                            .nanswers = 2
        });
    arena_done(&a);
}

/* ---- one screen after another ---- */

void
browse_run_on(struct view *v)
{
    struct browse *d = v->data;
    size_t row;
    char option;
    const size_t n = marked(d);
    d->running = batch_take_rows(&d->rows);
    d->stale |= d->running;
    if (!d->running && n > 1 && all_direct(d)) {
        confirm(v, n);
        return;
    }
    while (!d->running && list_take_option(&d->rows.list, &row, &option)) {
        const struct body_row *r = rows_at(&d->rows, row);
        if (r && option_run(app_of(v), d->rows.entity, r->id, option)) {
            d->running = true;
            return;
        }
    }
}

void
browse_take_run(struct view *v, const struct outcome *o)
{
    struct browse *d = v->data;
    if (o->purpose == PURPOSE_REASON)
        d->reason = str_dup(&v->arena, o->text);
    if (o->choice == 1)
        start(v);
}

void
browse_enter(struct view *v)
{
    struct browse *d = v->data;
    const size_t n = marked(d);
    const struct body_row *r = rows_at(&d->rows, d->rows.list.at);
    if (n)
        browse_run_on(v);
    else if (r)
        record_open(app_of(v), d->entity, r->id);
    else
        tui_say(v->tui, ROLE_DIM, "%s",
                d->rows.entity->may_add ? _("No row here. F6 adds one, / filters.")
                                        : _("No row here. / filters."));
}
