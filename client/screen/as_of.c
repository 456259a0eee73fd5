#include "client/screen/as_of.h"

#include <stdio.h>

#include "client/text.h"
#include "client/tui/box.h"
#include "client/tui/list.h"
#include "client/tui/pager.h"

enum { TAG_THEN = 1, TAG_NOW };
enum { PURPOSE_WHEN = 1, PURPOSE_RESTORED };

/* A field in either version; NULL values: nothing stands there. */
struct as_of_row {
    const struct schema_field *field;
    const struct value *then, *now;
    bool kept; /* else it is worked out anew each time: what it was then nobody knows */
    bool differs;
};

struct as_of {
    const struct schema_entity *e;
    int64_t id;
    stamp_t at, wanted; /* of what is shown; asked for */
    struct kept kept[2];
    const struct body_record *then, *now;
    struct as_of_row *rows;
    size_t nrows, shown[LIST_ROWS];
    bool changed_only;
    struct list list;
};

/* ---- the two versions ---- */

static const struct value *
value_of(const struct body_record *r, uint32_t tag)
{
    for (size_t i = 0; i < r->nfields; i++)
        if (r->fields[i].tag == tag)
            return &r->fields[i].value;
    return NULL;
}

static struct str
text_of(const struct as_of *d, struct app *app, struct arena *a, size_t row, bool then)
{
    const struct as_of_row *r = &d->rows[row];
    const struct value *v = then ? r->then : r->now;
    return v ? value_text(a, r->field, v, app_locale(app)) : STR_NONE;
}

static void
narrow(struct as_of *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->nrows && n < LIST_ROWS; i++)
        if (d->rows[i].differs || !d->changed_only)
            d->shown[n++] = i;
    d->list.nrows = n;
    if (d->list.at >= n)
        d->list.at = d->list.top = 0;
}

static void
compare(struct view *v)
{
    struct as_of *d = v->data;
    if (!d->then || !d->now)
        return;
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    d->rows = arena_new(&v->arena, struct as_of_row, d->e->nfields + 1);
    d->nrows = 0;
    for (size_t i = 0; i < d->e->nfields; i++) {
        struct as_of_row *r = &d->rows[d->nrows];
        r->field = &d->e->fields[i];
        r->then = value_of(d->then, r->field->tag);
        r->now = value_of(d->now, r->field->tag);
        if (!r->then && !r->now)
            continue;
        r->kept = r->then || (r->field->flags & (SCHEMA_EDIT | SCHEMA_CREATE));
        r->differs = r->kept && !str_eq(text_of(d, app_of(v), &a, d->nrows, true),
                                        text_of(d, app_of(v), &a, d->nrows, false));
        d->nrows++;
    }
    arena_done(&a);
    narrow(d);
}

static bool
may_restore(const struct as_of *d)
{
    for (size_t i = 0; d->e->may_set && i < d->nrows; i++)
        if (d->rows[i].differs && (d->rows[i].field->flags & SCHEMA_EDIT))
            return true;
    return false;
}

/* ---- asking ---- */

static void
ask_then(struct view *v, stamp_t at)
{
    struct as_of *d = v->data;
    struct params p = params_record(d->e->number, d->id);
    p.present |= 1u << PARAM_AT;
    p.at = d->wanted = at;
    app_ask(v, &(struct ask){.method = METHOD_AS_OF, .params = &p, .tag = TAG_THEN, .barrier = true});
}

static void
ask_now(struct view *v)
{
    struct as_of *d = v->data;
    struct params p = params_record(d->e->number, d->id);
    app_ask(v, &(struct ask){.method = METHOD_GET, .params = &p, .tag = TAG_NOW, .barrier = true});
}

static void
answer(struct view *v, struct answer *a)
{
    struct as_of *d = v->data;
    const struct body_record *r = body_has(a->body, BODY_RECORD) ? &a->body->record : NULL;
    if (a->code != RC_OK || !r) {
        app_say_error(v, a);
        if (!d->then || !d->now)
            view_pop(v);
        return;
    }
    bool then = a->tag == TAG_THEN;
    answer_keep(a, &d->kept[then]);
    if (then) {
        d->then = r;
        d->at = d->wanted;
    } else {
        d->now = r;
    }
    compare(v);
}

void
as_of_prompt(struct view *v, uint32_t purpose)
{
    char today[DATE_TEXT];
    line_ask(v->tui,
             &(struct line_prompt){
                 .purpose = purpose,
                 .title = str_from(_("As it was")),
                 .text = str_from(_("At the end of a day: 2026-02-14, 14/2, -3d. Or at a moment: "
                                    "2026-02-14 11:30")),
                 .initial = str_from(locale_date(app_locale(app_of(v)), app_locale(app_of(v))->today, today)),
                 .required = true});
}

bool
as_of_typed(struct view *v, struct str text, stamp_t *ret)
{
    const struct locale_info *l = app_locale(app_of(v));
    struct err err = {0};
    char moment[DATE_TEXT + 16], day_text[DATE_TEXT];
    date_t day;
    if (date_parse_typed(text, l->today, "day", &day, NULL) == RC_OK) {
        snprintf(moment, sizeof moment, "%s 23:59:59", date_text(day, day_text));
        text = str_from(moment);
    }
    if (stamp_parse(str_trim(text), l->offset_minutes, "moment", ret, &err) == RC_OK)
        return true;
    tui_say(v->tui, ROLE_BAD, "%s", err.text);
    return false;
}

/* ---- doing ---- */

static void
restore(struct view *v)
{
    struct as_of *d = v->data;
    if (may_restore(d))
        edit_restore(app_of(v), d->now, d->then, PURPOSE_RESTORED);
    else
        tui_say(v->tui, ROLE_WARN, "%s", _("Nothing of this can be changed back by hand."));
}

/* The field whole, both versions. */
static void
show_field(struct view *v)
{
    struct as_of *d = v->data;
    if (d->list.at >= d->list.nrows)
        return;
    size_t row = d->shown[d->list.at];
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct str then = text_of(d, app_of(v), &a, row, true), now = text_of(d, app_of(v), &a, row, false);
    struct str empty = str_from(_("(empty)"));
    struct str text = str_printf(&a, "# %s\n%.*s\n\n# %s\n%.*s", _("Then"), STR_ARG(then.n ? then : empty),
                                 _("Now"), STR_ARG(now.n ? now : empty));
    pager_open(v->tui, d->rows[row].field->label, text, true);
    arena_done(&a);
}

static void
outcome(struct view *v, const struct outcome *o)
{
    stamp_t at;
    if (o->choice == 0)
        return;
    if (o->purpose == PURPOSE_WHEN && as_of_typed(v, o->text, &at))
        ask_then(v, at);
    else if (o->purpose == PURPOSE_RESTORED)
        view_finish(v, (struct outcome){.choice = 1, .entity = o->entity, .id = o->id});
}

static bool
command(struct view *v, enum cmd c)
{
    struct as_of *d = v->data;
    switch (c) {
    case CMD_SAVE:
        restore(v);
        return true;
    case CMD_PROMPT:
        as_of_prompt(v, PURPOSE_WHEN);
        return true;
    case CMD_VIEW:
        d->changed_only = !d->changed_only;
        narrow(d);
        return true;
    case CMD_REFRESH:
        ask_then(v, d->at);
        ask_now(v);
        return true;
    case CMD_ENTER:
        show_field(v);
        return true;
    default:
        return list_command(&d->list, c);
    }
}

/* ---- paint ---- */

static struct list_cell
cell(void *ctx, struct arena *a, size_t row, size_t column)
{
    struct view *v = ctx;
    const struct as_of *d = v->data;
    size_t at = d->shown[row];
    const struct as_of_row *r = &d->rows[at];
    if (column == 0)
        return (struct list_cell){.text = r->field->label};
    struct str text = text_of(d, app_of(v), a, at, column == 1);
    if (!r->kept)
        return (struct list_cell){
            .text = column == 1 ? str_from("-") : str_printf(a, "  %.*s", STR_ARG(text)), .tone = TONE_OFF};
    struct str shown = text.n ? text : str_from(_("(empty)"));
    if (column == 1)
        return (struct list_cell){.text = shown, .tone = r->differs ? TONE_PLAIN : TONE_OFF};
    return (struct list_cell){.text = r->differs ? str_printf(a, "* %.*s", STR_ARG(shown)) : STR_NONE};
}

static void
paint_as_of(struct view *v, const struct area *a)
{
    struct as_of *d = v->data;
    if (!d->then || !d->now) {
        paint_text(a, 1, 2, ROLE_DIM, _("Loading …"));
        return;
    }
    size_t n = 0;
    for (size_t i = 0; i < d->nrows; i++)
        n += d->rows[i].differs;
    char when[STAMP_TEXT];
    locale_stamp(app_locale(app_of(v)), d->at, when);
    paint_format(a, (struct spot){.x = 1, .role = ROLE_HEAD}, _("As it was %s"), when);
    if (n)
        paint_format(a, (struct spot){.y = 1, .x = 1, .role = ROLE_DIM},
                     ngettext("%zu field differs from now, marked with *.",
                              "%zu fields differ from now, marked with *.", n),
                     n);
    else
        paint_text(a, 1, 1, ROLE_DIM, _("It is the same now."));
    int half = (a->cols - 26) / 2;
    d->list.columns[1].width = d->list.columns[2].width = half > 10 ? half : 10;
    struct area in = area_sub(a, 3, 0, a->rows - 3, a->cols);
    list_paint(&d->list, &in, true);
}

static struct str
title(struct view *v, struct arena *a)
{
    struct as_of *d = v->data;
    return str_printf(a, _("%.*s %.*s as it was"), STR_ARG(d->e->label),
                      STR_ARG(d->now ? d->now->label : STR_NONE));
}

static struct str
about(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(
        _("The record as it was at that moment, beside what it is now; * marks what differs. F10 "
          "brings it back: a change form with the old values filled in, which asks for a reason and shows "
          "what will change before it is saved. It becomes a new version; nothing is taken out of the "
          "history. F11 shows only what differs, F4 asks for another moment, Enter shows a field whole."));
}

static const struct bar_key *
bar(struct view *v, size_t *ret_n)
{
    static const struct bar_key keys[] = {
        {CMD_HELP,   NULL              },
        {CMD_PROMPT, N_("Another day") },
        {CMD_VIEW,   N_("Only changes")},
        {CMD_SAVE,   N_("Restore")     },
        {CMD_BACK,   NULL              }
    };
    static const struct bar_key narrowed[] = {
        {CMD_HELP,   NULL             },
        {CMD_PROMPT, N_("Another day")},
        {CMD_VIEW,   N_("All fields") },
        {CMD_SAVE,   N_("Restore")    },
        {CMD_BACK,   NULL             }
    };
    *ret_n = COUNTOF(keys);
    return ((struct as_of *)v->data)->changed_only ? narrowed : keys;
}

static bool
may(struct view *v, enum cmd c)
{
    return c != CMD_SAVE || may_restore(v->data);
}

static void
close_view(struct view *v)
{
    struct as_of *d = v->data;
    kept_drop(&d->kept[0]);
    kept_drop(&d->kept[1]);
}

static const struct view_ops ops = {.name = "as-of",
                                    .context = IN_TEXT,
                                    .command = command,
                                    .answer = answer,
                                    .outcome = outcome,
                                    .paint = paint_as_of,
                                    .title = title,
                                    .about = about,
                                    .bar = bar,
                                    .may = may,
                                    .close = close_view};

void
as_of_open(struct app *app, const struct body_ref *record, stamp_t at, uint32_t purpose)
{
    const struct schema_entity *e = schema_entity(app_schema(app), record->entity);
    if (!e) {
        tui_say(&app->tui, ROLE_WARN, "%s", _("Records of this kind are not open to you."));
        return;
    }
    struct view *v = view_push(&app->tui, &ops, sizeof(struct as_of));
    struct as_of *d = v->data;
    v->purpose = purpose;
    d->e = e;
    d->id = record->id;
    d->list.cell = cell;
    d->list.ctx = v;
    d->list.columns[0] = (struct list_column){.label = str_from(_("Field")), .width = 18};
    d->list.columns[1] = (struct list_column){.label = str_from(_("Then"))};
    d->list.columns[2] = (struct list_column){.label = str_from(_("Now"))};
    d->list.ncolumns = d->list.sort = 3;
    ask_then(v, at);
    ask_now(v);
}
