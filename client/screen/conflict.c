#include "client/screen/conflict.h"

#include <string.h>

#include "client/text.h"
#include "client/tui/list.h"
#include "client/tui/loop.h"
#include "client/tui/pager.h"

enum { LABEL = 18, AROUND = 10, LEAST = 10 };

struct conflict {
    struct str title;
    struct conflict_row *rows;
    char *taken; /* 'm' or 't' for each */
    struct list list;
};

static void
take(struct view *v, char whose)
{
    struct conflict *d = v->data;
    if (d->list.at < d->list.nrows)
        d->taken[d->list.at] = whose;
    tui_touch(v->tui);
}

static void
decided(struct view *v)
{
    struct conflict *d = v->data;
    view_finish(v, (struct outcome){
                       .choice = 1, .text = {d->taken, d->list.nrows}
    });
}

/* The field whole: what stood there, mine, theirs. */
static void
show_field(struct view *v)
{
    struct conflict *d = v->data;
    const struct conflict_row *r = &d->rows[d->list.at];
    struct str empty = str_from(_("(empty)"));
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct str text =
        str_printf(&a, "# %s\n%.*s\n\n# %s\n%.*s\n\n# %s\n%.*s", _("Before"),
                   STR_ARG(r->was.n ? r->was : empty), _("Yours"), STR_ARG(r->mine.n ? r->mine : empty),
                   _("Theirs"), STR_ARG(r->theirs.n ? r->theirs : empty));
    pager_open(v->tui, r->label, text, true);
    arena_done(&a);
}

static bool
command(struct view *v, enum cmd c)
{
    struct conflict *d = v->data;
    if (c == CMD_SAVE || (c == CMD_ENTER && d->list.at + 1 >= d->list.nrows))
        decided(v);
    else if (c == CMD_ENTER)
        list_command(&d->list, CMD_DOWN);
    else if (c == CMD_VIEW)
        show_field(v);
    else
        return list_command(&d->list, c);
    return true;
}

static bool
key(struct view *v, const struct key *k)
{
    struct conflict *d = v->data;
    bool blank = k->code == K_CHAR && k->cp == ' ';
    if (k->code == K_LEFT || (k->code == K_CHAR && k->cp == '1'))
        take(v, 'm');
    else if (k->code == K_RIGHT || (k->code == K_CHAR && k->cp == '2'))
        take(v, 't');
    else if (blank && d->list.at < d->list.nrows)
        take(v, d->taken[d->list.at] == 'm' ? 't' : 'm');
    else
        return false;
    return true;
}

static struct list_cell
cell(void *ctx, struct arena *a, size_t row, size_t column)
{
    const struct conflict *d = ctx;
    const struct conflict_row *r = &d->rows[row];
    if (column == 0)
        return (struct list_cell){.text = r->label};
    bool mine = column == 1, taken = d->taken[row] == (mine ? 'm' : 't');
    struct str value = mine ? r->mine : r->theirs;
    bool same = str_eq(value, r->was);
    struct str text =
        same ? str_printf(a, _("as it was: %.*s"), STR_ARG(value.n ? value : str_from("-"))) : value;
    if (!text.n)
        text = str_from(_("(empty)"));
    return (struct list_cell){.text = str_printf(a, "%s %.*s", taken ? "*" : " ", STR_ARG(text)),
                              .tone = taken ? TONE_PLAIN : TONE_OFF};
}

static void
paint_conflict(struct view *v, const struct area *a)
{
    struct conflict *d = v->data;
    paint_text(a, 0, 1, ROLE_WARN, _("Someone else changed this record since you opened it."));
    paint_text(a, 1, 1, ROLE_DIM, _("* is what will be saved. Left or 1 takes yours, Right or 2 theirs."));
    int half = (a->cols - LABEL - AROUND) / 2;
    d->list.columns[1].width = d->list.columns[2].width = half > LEAST ? half : LEAST;
    struct area in = area_sub(a, 3, 0, a->rows - 3, a->cols);
    list_paint(&d->list, &in, true);
}

static struct str
title(struct view *v, struct arena *a)
{
    (void)a;
    return ((struct conflict *)v->data)->title;
}

static struct str
about(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(
        _("While you typed, somebody else saved this record. Each field that one of you changed stands here "
          "with both values; * marks the one that will be saved. Left or 1 takes yours, Right or 2 theirs, "
          "the space bar changes over, F11 shows a field whole. F10 saves as marked; Esc goes back to the "
          "form and decides nothing."));
}

static const struct bar_key *
bar(struct view *v, size_t *ret_n)
{
    (void)v;
    static const struct bar_key keys[] = {
        {CMD_HELP, NULL                },
        {CMD_VIEW, N_("Whole field")   },
        {CMD_SAVE, N_("Save as marked")},
        {CMD_BACK, N_("To the form")   }
    };
    *ret_n = COUNTOF(keys);
    return keys;
}

static const struct view_ops ops = {.name = "conflict",
                                    .context = IN_TEXT,
                                    .command = command,
                                    .key = key,
                                    .paint = paint_conflict,
                                    .title = title,
                                    .about = about,
                                    .bar = bar};

void
conflict_open(struct tui *t, const struct conflict_spec *spec)
{
    struct view *v = view_push(t, &ops, sizeof(struct conflict));
    struct conflict *d = v->data;
    size_t n = spec->nrows < LIST_ROWS ? spec->nrows : LIST_ROWS;
    v->purpose = spec->purpose;
    d->title = str_dup(&v->arena, spec->title);
    d->rows = arena_new(&v->arena, struct conflict_row, n ? n : 1);
    d->taken = arena_alloc(&v->arena, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct conflict_row *r = &spec->rows[i];
        d->rows[i] = (struct conflict_row){str_dup(&v->arena, r->label), str_dup(&v->arena, r->was),
                                           str_dup(&v->arena, r->mine), str_dup(&v->arena, r->theirs)};
        d->taken[i] = str_eq(r->mine, r->was) ? 't' : 'm';
    }
    d->list.nrows = n;
    d->list.cell = cell;
    d->list.ctx = d;
    d->list.columns[0] = (struct list_column){.label = str_from(_("Field")), .width = LABEL};
    d->list.columns[1] = (struct list_column){.label = str_from(_("  Yours"))};
    d->list.columns[2] = (struct list_column){.label = str_from(_("  Theirs"))};
    d->list.ncolumns = d->list.sort = 3;
}
