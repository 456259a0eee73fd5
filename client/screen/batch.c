#include "client/screen/batch.h"

#include "client/text.h"

enum { TRY = 1, RUN = 2, READ = 3, TAG_SHIFT = 2, AT_ONCE = 8, PURPOSE_FORM = 1 };

static const struct locale_info *
locale_of(struct view *v)
{
    return app_locale(app_of(v));
}

size_t
batch_count(const struct batch *d, enum batch_state state)
{
    size_t n = 0;
    for (size_t i = 0; i < d->nrows; i++)
        n += !d->rows[i].out && d->rows[i].state == state;
    return n;
}

/* ---- asking ---- */

static bool
ask_row(struct view *v, size_t row, uint32_t kind)
{
    struct batch *d = v->data;
    struct batch_row *r = &d->rows[row];
    struct params on = params_record(d->e->number, r->id);
    on.present |= 1u << PARAM_ACTION;
    on.action.number = d->act->number;
    struct param_step step = {.method = {.number = METHOD_ACT}, .params = on};
    struct params trial = {.present = 1u << PARAM_STEPS, .steps = &step, .nsteps = 1};
    return app_ask(v, &(struct ask){.method = kind == TRY ? METHOD_TRIAL : METHOD_ACT,
                                    .params = kind == TRY ? &trial : &on,
                                    .tag = (uint32_t)row << TAG_SHIFT | kind,
                                    .barrier = true,
                                    .may_fail = true,
                                    .idem = kind == RUN ? r->idem : NULL});
}

/* A few at a time: the line and the other people's requests breathe between them. */
static void
try_more(struct view *v)
{
    struct batch *d = v->data;
    for (size_t i = 0; i < d->nrows && d->trying < AT_ONCE; i++) {
        struct batch_row *r = &d->rows[i];
        if (r->state != BATCH_NEW || r->out)
            continue;
        if (!ask_row(v, i, TRY))
            return;
        r->state = BATCH_TRYING;
        d->trying++;
    }
}

static void
tell_end(struct view *v)
{
    struct batch *d = v->data;
    size_t done = batch_count(d, BATCH_DONE), failed = batch_count(d, BATCH_FAILED);
    if (!failed)
        tui_say(v->tui, ROLE_GOOD, ngettext("%zu done.", "All %zu done.", done), done);
    else
        tui_say(v->tui, ROLE_WARN, _("%zu done, %zu not: the rows say why."), done, failed);
}

/* One after the other, in their order. */
static void
run_next(struct view *v)
{
    struct batch *d = v->data;
    for (size_t i = 0; i < d->nrows; i++) {
        struct batch_row *r = &d->rows[i];
        if (r->out || (r->state != BATCH_READY && r->state != BATCH_RUNNING))
            continue;
        if (!r->keyed)
            app_new_idem(r->idem);
        r->keyed = true;
        r->state = BATCH_RUNNING;
        d->running = ask_row(v, i, RUN);
        d->list.at = i;
        return;
    }
    d->running = false;
    d->ran = true;
    tell_end(v);
}

/* Nothing is under way when a key gets here: what was given up with Ctrl-C is asked again under its key. */
static void
save(struct view *v)
{
    struct batch *d = v->data;
    for (size_t i = 0; i < d->nrows; i++)
        if (d->rows[i].state == BATCH_TRYING)
            d->rows[i].state = BATCH_NEW;
    d->trying = 0;
    if (batch_count(d, BATCH_NEW)) {
        try_more(v);
        return;
    }
    if (!batch_count(d, BATCH_READY) && !batch_count(d, BATCH_RUNNING)) {
        tui_say(v->tui, ROLE_WARN, "%s", _("There is none that can be done. F5 tries again."));
        tui_flush(v->tui);
        return;
    }
    run_next(v);
}

/* What was refused, or failed, may be possible now. */
static void
refresh(struct view *v)
{
    struct batch *d = v->data;
    for (size_t i = 0; i < d->nrows; i++)
        if (d->rows[i].state != BATCH_DONE && d->rows[i].state != BATCH_RUNNING)
            d->rows[i].state = BATCH_NEW;
    d->trying = 0;
    try_more(v);
}

/* ---- answers ---- */

static void
take_record(struct view *v, struct batch_row *r, const struct body_record *record)
{
    struct batch *d = v->data;
    if (record->entity != d->of->number) {
        const struct schema_entity *of = schema_entity(app_schema(app_of(v)), record->entity);
        if (!of)
            return;
        d->of = of;
        batch_columns(d);
    }
    for (size_t k = 0; k < d->nfields; k++)
        r->cells[k] = VALUE_NULL;
    for (size_t i = 0; i < record->nfields; i++)
        for (size_t k = 0; k < d->nfields; k++) {
            if (d->fields[k]->tag != record->fields[i].tag)
                continue;
            const struct value *from = &record->fields[i].value;
            struct str text = value_text(&v->arena, d->fields[k], from, locale_of(v));
            /* amounts are added up; all else is only shown */
            r->cells[k] = from->type == VT_MONEY ? *from : VALUE_TEXT(str_dup(&v->arena, text));
        }
    r->said = STR_NONE;
}

static void
take_error(struct view *v, struct batch_row *r, const struct answer *a)
{
    r->said = str_dup(&v->arena, str_from(a->err && a->err->text[0] ? a->err->text : rc_text(a->code)));
}

static void
take_trial(struct view *v, struct batch_row *r, struct answer *a)
{
    struct batch *d = v->data;
    if (d->trying)
        d->trying--;
    if (r->state != BATCH_TRYING)
        return;
    bool good = a->code == RC_OK && body_has(a->body, BODY_RESULTS) && a->body->nresults == 1 &&
                body_has(&a->body->results[0], BODY_RECORD);
    r->state = good ? BATCH_READY : BATCH_REFUSED;
    if (good)
        take_record(v, r, &a->body->results[0].record);
    else
        take_error(v, r, a);
    if (!good)
        tui_flush(v->tui); /* who typed ahead did not know */
    try_more(v);
}

static bool
never_heard(enum rc code)
{
    return code == RC_UNAVAILABLE || code == RC_RETRY || code == RC_BUSY || code == RC_DEADLINE ||
           code == RC_SHUTTING_DOWN || code == RC_UNAUTHENTICATED;
}

static void
take_done(struct view *v, struct batch_row *r, struct answer *a)
{
    struct batch *d = v->data;
    if (a->code != RC_OK && never_heard(a->code)) {
        take_error(v, r, a);
        d->running = false;
        tui_say(v->tui, ROLE_BAD, _("%.*s F10 goes on where it stopped; nothing is done twice."),
                STR_ARG(r->said));
        tui_flush(v->tui);
        return;
    }
    r->keyed = false;
    r->state = a->code == RC_OK ? BATCH_DONE : BATCH_FAILED;
    if (a->code != RC_OK)
        take_error(v, r, a);
    else if (body_has(a->body, BODY_RECORD))
        take_record(v, r, &a->body->record);
    run_next(v);
}

static void
answer(struct view *v, struct answer *a)
{
    struct batch *d = v->data;
    size_t row = a->tag >> TAG_SHIFT;
    uint32_t kind = a->tag & ((1u << TAG_SHIFT) - 1);
    if (row >= d->nrows)
        return;
    if (kind == TRY)
        take_trial(v, &d->rows[row], a);
    else if (kind == RUN)
        take_done(v, &d->rows[row], a);
    else if (a->code == RC_OK && body_has(a->body, BODY_RECORD))
        take_record(v, &d->rows[row], &a->body->record);
}

/* ---- keys ---- */

/* Its form, for one that needs more than the rest; its record once it is done. */
static void
enter(struct view *v)
{
    struct batch *d = v->data;
    struct batch_row *r = &d->rows[d->list.at];
    if (r->state == BATCH_DONE) {
        record_open(app_of(v), d->e->number, r->id);
        return;
    }
    d->form_row = d->list.at;
    act_open(app_of(v), d->e->number, d->act->number, r->id, PURPOSE_FORM);
}

static void
outcome(struct view *v, const struct outcome *o)
{
    struct batch *d = v->data;
    struct batch_row *r = &d->rows[d->form_row];
    if (o->purpose != PURPOSE_FORM || o->choice == 0)
        return;
    r->state = BATCH_DONE;
    r->out = false;
    struct params p = params_record(o->entity ? o->entity : d->e->number, o->id ? o->id : r->id);
    app_ask(v, &(struct ask){.method = METHOD_GET,
                             .params = &p,
                             .tag = (uint32_t)d->form_row << TAG_SHIFT | READ,
                             .may_fail = true});
}

static bool
command(struct view *v, enum cmd c)
{
    struct batch *d = v->data;
    switch (c) {
    case CMD_SAVE:
        save(v);
        return true;
    case CMD_ENTER:
        enter(v);
        return true;
    case CMD_REFRESH:
        refresh(v);
        return true;
    default:
        return list_command(&d->list, c);
    }
}

static bool
key(struct view *v, const struct key *k)
{
    struct batch *d = v->data;
    struct batch_row *r = &d->rows[d->list.at];
    if ((k->code != K_CHAR || k->cp != ' ') && k->code != K_BACKSPACE && k->code != K_DELETE)
        return false;
    if (r->state == BATCH_DONE || r->state == BATCH_RUNNING)
        return true;
    r->out = !r->out;
    list_command(&d->list, CMD_DOWN);
    try_more(v);
    return true;
}

static struct str
title(struct view *v, struct arena *a)
{
    const struct batch *d = v->data;
    return str_printf(a, "%.*s: %.*s", STR_ARG(d->e->plural), STR_ARG(d->act->label));
}

static struct str
about(struct view *v, struct arena *a)
{
    const struct batch *d = v->data;
    return str_printf(
        a, "%.*s\n\n%s\n\n%s", STR_ARG(d->act->help),
        _("Each row shows what would come of it; nothing has happened yet. F10 does them one after the "
          "other, in "
          "this order, and each row says what came of it. One that can't be done says why and stops no "
          "other."),
        _("Space leaves a row out, and takes it in again. Enter opens the form of one row, for what is to be "
          "different there. F5 tries those again that were refused. A line that breaks does nothing twice: "
          "F10 goes on."));
}

static const struct bar_key *
bar(struct view *v, size_t *ret_n)
{
    (void)v;
    static const struct bar_key keys[] = {
        {CMD_HELP,    NULL            },
        {CMD_PALETTE, NULL            },
        {CMD_REFRESH, N_("Try again") },
        {CMD_ENTER,   N_("One by one")},
        {CMD_SAVE,    N_("Do all")    },
        {CMD_BACK,    NULL            }
    };
    *ret_n = COUNTOF(keys);
    return keys;
}

static bool
may(struct view *v, enum cmd c)
{
    (void)v;
    return c != CMD_SORT && c != CMD_SORT_TURN && c != CMD_FILTER && c != CMD_VIEW && c != CMD_NEW &&
           c != CMD_PROMPT;
}

static const struct view_ops ops = {.name = "batch",
                                    .context = IN_LIST | IN_TEXT,
                                    .command = command,
                                    .key = key,
                                    .answer = answer,
                                    .outcome = outcome,
                                    .paint = batch_paint,
                                    .title = title,
                                    .help = batch_help,
                                    .about = about,
                                    .bar = bar,
                                    .may = may};

/* ---- opening ---- */

static const struct schema_action *
looked_at(const struct schema_entity *e, char option)
{
    for (size_t i = 0; i < e->nactions; i++)
        if (e->actions[i].option == option && e->actions[i].on_record && e->actions[i].nshows &&
            !e->actions[i].needs_reason)
            return &e->actions[i];
    return NULL;
}

bool
batch_take(struct app *a, const struct schema_entity *e, struct list *l, batch_id_fn *id, void *ctx)
{
    const struct schema_action *act = NULL;
    struct str label;
    for (size_t i = 0; i < l->nrows && !act; i++)
        if (l->ops[i] && id(ctx, i, &label))
            act = looked_at(e, l->ops[i]);
    if (!act)
        return false;
    struct view *v = view_push(&a->tui, &ops, sizeof(struct batch));
    struct batch *d = v->data;
    d->e = d->of = e;
    d->act = act;
    d->rows = arena_new(&v->arena, struct batch_row, BATCH_ROWS);
    for (size_t i = 0; i < l->nrows && d->nrows < BATCH_ROWS; i++) {
        int64_t of = l->ops[i] == act->option ? id(ctx, i, &label) : 0;
        if (!of)
            continue;
        d->rows[d->nrows++] = (struct batch_row){.id = of, .from = i, .label = str_dup(&v->arena, label)};
    }
    for (size_t i = 0; i < d->nrows; i++)
        l->ops[d->rows[i].from] = 0;
    batch_columns(d);
    d->list.ctx = v;
    d->list.nrows = d->nrows;
    try_more(v);
    return true;
}

/* ---- from the rows of a list ---- */

static int64_t
row_id(void *ctx, size_t row, struct str *ret_label)
{
    struct rows *r = ctx;
    const struct body_row *b = rows_at(r, row);
    const struct schema_field *f = r->list.ncolumns ? schema_field(r->entity, r->tags[0]) : NULL;
    if (!b)
        return 0;
    *ret_label = f ? value_text(&view_top(&r->app->tui)->arena, f, &b->cells[r->index[0]], app_locale(r->app))
                   : STR_NONE;
    return b->id;
}

bool
batch_take_rows(struct rows *r)
{
    return batch_take(r->app, r->entity, &r->list, row_id, r);
}
