#include "client/tui/palette.h"

#include <stdio.h>
#include <string.h>

#include "client/text.h"
#include "client/tui/field.h"
#include "client/tui/loop.h"
#include "client/tui/match.h"
#include "client/tui/pager.h"
#include "client/tui/quick.h"

struct palette {
    struct offers all;
    size_t shown[OFFERS_MAX], nshown, at, top, page;
    unsigned context; /* of the view it was opened over */
    struct field typed;
};

void
offer_run(struct tui *t, const struct offer *o)
{
    if (o->cmd != CMD_NONE)
        tui_command(t, o->cmd);
    else if (o->view && o->view->ops->run)
        o->view->ops->run(o->view, o->code, o->arg);
    else if (!o->view)
        t->host->run(t->ctx, o->code, o->arg);
}

static void
collect(struct view *of, struct offers *o)
{
    o->view = of;
    if (of->ops->offers)
        of->ops->offers(of, o);
    o->view = NULL;
    of->tui->host->offers(of->tui->ctx, o);
    size_t n;
    const struct command *table = cmd_table(&n);
    for (size_t i = 0; i < n; i++) {
        if (!table[i].in_palette || !(table[i].contexts & of->ops->context) || !view_may(of, table[i].id))
            continue;
        struct offer *row = offer_add(o, 0, 0, str_from(_(table[i].label)));
        if (!row)
            return;
        row->cmd = table[i].id;
        snprintf(row->stem, sizeof row->stem, "%s", table[i].name);
        snprintf(row->help, sizeof row->help, "%s", _(table[i].help));
    }
    quick_codes(o, 0);
}

/* How well an offer fits what is typed; the best stand first. */
enum fit { FIT_CODE, FIT_LABEL, FIT_HELP, FIT_NONE };

static enum fit
fit(const struct offer *o, struct str typed)
{
    if (typed.n && strlen(o->quick) == typed.n && match_prefix(str_from(o->quick), typed))
        return FIT_CODE;
    if (match_words(str_from(o->label), typed))
        return FIT_LABEL;
    return match_words(str_from(o->help), typed) || match_words(str_from(o->stem), typed) ? FIT_HELP
                                                                                          : FIT_NONE;
}

static void
narrow(struct view *v)
{
    struct palette *d = v->data;
    char text[FIELD_TEXT];
    struct str typed = field_text(&d->typed, text);
    d->nshown = 0;
    for (enum fit how = FIT_CODE; how <= FIT_HELP; how++)
        for (size_t i = 0; i < d->all.n; i++)
            if (fit(&d->all.rows[i], typed) == how)
                d->shown[d->nshown++] = i;
    d->at = d->top = 0;
}

static void
go(struct palette *d, long step)
{
    long at = (long)d->at + step, last = (long)d->nshown - 1;
    d->at = (size_t)(at < 0 || last < 0 ? 0 : at > last ? last : at);
}

static void
run(struct view *v)
{
    struct palette *d = v->data;
    if (d->at >= d->nshown) {
        tui_say(v->tui, ROLE_WARN, _("No command has these words."));
        return;
    }
    struct offer o = d->all.rows[d->shown[d->at]];
    view_pop(v);
    offer_run(v->tui, &o);
}

static bool
command(struct view *v, enum cmd c)
{
    struct palette *d = v->data;
    long page = d->page > 1 ? (long)d->page - 1 : 1;
    if (c == CMD_UP)
        go(d, -1);
    else if (c == CMD_DOWN)
        go(d, 1);
    else if (c == CMD_PAGE_BACK)
        go(d, -page);
    else if (c == CMD_PAGE_FORWARD)
        go(d, page);
    else if (c == CMD_ENTER)
        run(v);
    else if (c == CMD_PALETTE)
        view_pop(v);
    else if (field_command(&d->typed, c))
        narrow(v);
    else
        return false;
    return true;
}

static bool
key(struct view *v, const struct key *k)
{
    struct palette *d = v->data;
    uint32_t gen = d->typed.gen;
    bool used = field_key(&d->typed, k);
    if (gen != d->typed.gen)
        narrow(v);
    return used;
}

static void
paint_row(struct palette *d, const struct area *a, int y, size_t i)
{
    const struct offer *o = &d->all.rows[d->shown[i]];
    char name[KEY_NAME] = "";
    if (o->cmd != CMD_NONE)
        key_label(cmd_keys(d->context, o->cmd)[0], name);
    if (!name[0])
        snprintf(name, sizeof name, "%s", o->quick);
    int label = a->cols * 2 / 5, keys = 8;
    paint_text(a, y, 0, ROLE_FOCUS, i == d->at ? ">" : " ");
    paint(a, (struct spot){.y = y, .x = 2, .width = label, .role = ROLE_TEXT}, str_from(o->label));
    paint(a, (struct spot){.y = y, .x = label + 3, .role = ROLE_KEY}, str_from(name));
    struct arena text;
    arena_init(&text, SIZE_MAX, NULL, NULL);
    paint(a, (struct spot){.y = y, .x = label + 3 + keys, .role = ROLE_DIM},
          cmd_text(d->context, str_from(o->help), &text));
    arena_done(&text);
}

static void
paint_palette(struct view *v, const struct area *a)
{
    struct palette *d = v->data;
    enum { LEAST_ROWS = 18, MOST_COLS = 110 };
    int rows = a->rows * 3 / 4 > LEAST_ROWS ? a->rows * 3 / 4 : LEAST_ROWS;
    int cols = a->cols <= 78 ? a->cols : a->cols - 2 > MOST_COLS ? MOST_COLS : a->cols - 2;
    struct area frame = area_centre(a, rows, cols);
    struct area in = paint_box(&frame, str_from(_("Commands")));
    int x = paint_text(&in, 0, 0, ROLE_LABEL, _("Words")) + 1;
    int cursor = field_paint(&d->typed, &in, (struct spot){.x = x, .width = in.cols - x}, true);
    d->page = in.rows > 1 ? (size_t)in.rows - 1 : 1;
    if (d->at < d->top)
        d->top = d->at;
    if (d->at >= d->top + d->page)
        d->top = d->at - d->page + 1;
    for (size_t i = 0; i < d->page && d->top + i < d->nshown; i++)
        paint_row(d, &in, (int)i + 1, d->top + i);
    if (d->nshown == 0)
        paint_text(&in, 1, 2, ROLE_DIM, _("no command has these words"));
    if (d->top + d->page < d->nshown)
        pager_more(&frame, IN_LINE);
    paint_cursor(&in, 0, cursor);
}

static bool
may_leave(struct view *v)
{
    view_pop(v);
    return false;
}

static struct str
about(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(_("Every command and every screen there is for you here. Type the beginnings of its "
                      "words, in any order, or its code of three letters, and Enter. Behind a command stands "
                      "its key, behind a screen its code, which is understood at home too."));
}

static const struct view_ops ops = {.name = "palette",
                                    .context = IN_LINE,
                                    .box = true,
                                    .command = command,
                                    .key = key,
                                    .about = about,
                                    .paint = paint_palette,
                                    .may_leave = may_leave};

void
palette_open(struct view *of)
{
    struct view *v = view_push(of->tui, &ops, sizeof(struct palette));
    struct palette *d = v->data;
    field_init(&d->typed, &v->arena, 60);
    d->context = of->ops->context;
    collect(of, &d->all);
    narrow(v);
}
