#include <stdio.h>
#include <string.h>

#include "client/screen/draft.h"
#include "client/text.h"
#include "client/tui/box.h"
#include "client/tui/list.h"

/* What was typed and not saved, of this login at this service: to go on with, or to throw away. */
enum { PURPOSE_THROW = 1, DO_THROW_ALL = 1, FIRST_FIELDS = 3 };
#define SECONDS_1970_TO_2000 INT64_C(946684800)

struct drafts {
    struct arena arena; /* of what was read */
    struct journal_list found;
    struct draft rows[JOURNAL_MAX];
    bool good[JOURNAL_MAX];                   /* could be understood */
    char doomed[JOURNAL_MAX][JOURNAL_ID + 1]; /* while it is asked whether they go */
    size_t ndoomed;
    struct list list;
};

/* ---- the journal of who is signed in ---- */

void
drafts_begin(struct app *a)
{
    const struct body_me *me = link_me(a->link);
    char who[sizeof a->host + LIMIT_LOGIN + 16], hash[33];
    if (a->config->spawned || !me->login.n || me->todo.n || str_eq_c(me->login, LINK_REGISTER))
        return;
    snprintf(who, sizeof who, "%.*s@%s:%d", STR_ARG(me->login), a->host, a->config->port);
    journal_hash(str_from(who), hash);
    if (a->journal && str_eq_c(journal_who(a->journal), hash))
        return;
    journal_close(a->journal);
    a->journal = journal_open(a->config->state_dir, str_from(who));
    a->drafts_told = false;
}

void
drafts_count(struct app *a)
{
    a->ndrafts = 0;
    if (!a->journal)
        return;
    struct arena t;
    arena_init(&t, SIZE_MAX, NULL, NULL);
    struct journal_list *l = arena_new(&t, struct journal_list, 1);
    journal_list(a->journal, &t, l);
    a->ndrafts = l->n;
    if (l->nbad && !a->drafts_told)
        tui_say(
            &a->tui, ROLE_WARN,
            ngettext("%zu draft is left alone (%s): %.*s", "%zu drafts are left alone (%s): %.*s", l->nbad),
            l->nbad, l->bad[0].why, STR_ARG(l->bad[0].name));
    a->drafts_told |= l->nbad > 0;
    arena_done(&t);
}

const char *
drafts_about(struct app *a)
{
    if (a->journal)
        return _("What is typed is kept as a draft on this computer at every field you leave, but for "
                 "secrets: if the line, the program or the computer ends, sign in again and open Drafts. A "
                 "draft goes when it is saved or thrown away, or after a week.");
    if (a->config->spawned)
        return _("Here the program runs on the server and keeps no files: what is typed ends with this "
                 "session.");
    return _("No drafts are kept in this session: what is typed ends with the program.");
}

/* ---- the list ---- */

static void
reload(struct view *v)
{
    struct drafts *d = v->data;
    size_t at = d->list.at;
    arena_reset(&d->arena);
    list_reset(&d->list);
    journal_list(app_of(v)->journal, &d->arena, &d->found);
    for (size_t i = 0; i < d->found.n; i++)
        d->good[i] = draft_decode(d->found.entries[i].bytes, &d->rows[i]);
    d->list.nrows = d->found.n;
    d->list.at = at < d->list.nrows ? at : 0;
    app_of(v)->ndrafts = d->found.n;
    tui_touch(v->tui);
}

static struct str
what(struct view *v, const struct draft *d, struct arena *a)
{
    if (d->sells)
        return str_from(_("New business"));
    const struct schema_entity *e = schema_entity_named(app_schema(app_of(v)), d->entity);
    struct str name = e ? e->label : d->entity;
    if (d->action.n) {
        const struct schema_action *act = e ? schema_action_named(e, d->action) : NULL;
        return str_printf(a, "%.*s: %.*s %.*s", STR_ARG(act ? act->label : d->action), STR_ARG(name),
                          STR_ARG(d->label));
    }
    if (d->id)
        return str_printf(a, _("Change %.*s %.*s"), STR_ARG(name), STR_ARG(d->label));
    return str_printf(a, _("New %.*s"), STR_ARG(name));
}

static struct str
first_fields(const struct draft *d, struct arena *a)
{
    struct buf b;
    buf_init(&b, a, 120);
    int n = 0;
    if (d->idem.n)
        buf_printf(&b, "%s", _("! sent, not answered  "));
    for (size_t i = 0; i < d->nitems && n < FIRST_FIELDS; i++) {
        if (!d->items[i].by_hand || !d->items[i].text.n)
            continue;
        buf_printf(&b, "%s%.*s", n++ ? ", " : "", STR_ARG(d->items[i].text));
    }
    return buf_str(&b);
}

static struct list_cell
cell(void *ctx, struct arena *a, size_t row, size_t column)
{
    struct view *v = ctx;
    const struct drafts *d = v->data;
    char when[STAMP_TEXT];
    stamp_t at = {(d->found.entries[row].written - SECONDS_1970_TO_2000) * 1000000};
    if (column == 0)
        return (struct list_cell){.text =
                                      str_dup(a, str_from(locale_stamp(app_locale(app_of(v)), at, when)))};
    if (!d->good[row])
        return (struct list_cell){.text = str_from(column == 1 ? _("of another version of bima") : "")};
    if (column == 1)
        return (struct list_cell){.text = what(v, &d->rows[row], a)};
    return (struct list_cell){.text = first_fields(&d->rows[row], a),
                              .tone = d->rows[row].idem.n ? TONE_WARN : TONE_PLAIN};
}

/* ---- what one does with them ---- */

static void
open_row(struct view *v, size_t row)
{
    struct drafts *d = v->data;
    struct app *app = app_of(v);
    const char *id = d->found.entries[row].id;
    if (!d->good[row]) {
        tui_say(v->tui, ROLE_WARN, "%s",
                _("This draft was written by another version of bima and can't be opened here. 4 throws it "
                  "away."));
        return;
    }
    if (!journal_take(app->journal, id)) {
        tui_say(v->tui, ROLE_WARN, "%s", _("Another window has opened this draft."));
        reload(v);
        return;
    }
    bool opened = d->rows[row].sells ? sell_open_draft(app, &d->rows[row], id)
                                     : edit_open_draft(app, &d->rows[row], id);
    if (!opened)
        journal_release(app->journal, id);
}

static void
ask_throw(struct view *v, bool all)
{
    struct drafts *d = v->data;
    size_t n = 0;
    for (size_t i = 0; i < d->list.nrows; i++)
        if (all || d->list.ops[i] == '4')
            memcpy(d->doomed[n++], d->found.entries[i].id, sizeof d->doomed[0]);
    d->ndoomed = n;
    if (!n)
        return;
    char text[80];
    snprintf(text, sizeof text, ngettext("%zu draft goes for good.", "%zu drafts go for good.", n), n);
    box_ask(v->tui, &(struct question){
                        .purpose = PURPOSE_THROW,
                        .title = str_from(_("Throw away")),
                        .text = str_from(text),
                        .answers = {str_from(_("Keep")), str_from(_("Throw away"))},
                        .nanswers = 2
    });
}

static void
outcome(struct view *v, const struct outcome *o)
{
    struct drafts *d = v->data;
    struct journal *j = app_of(v)->journal;
    for (size_t i = 0; o->purpose == PURPOSE_THROW && o->choice == 2 && i < d->ndoomed; i++)
        if (journal_take(j, d->doomed[i]))
            journal_drop(j, d->doomed[i]);
    reload(v);
}

static void
enter(struct view *v)
{
    struct drafts *d = v->data;
    size_t row = d->list.at;
    bool throws = false, other = false;
    if (!d->list.nrows)
        return;
    for (size_t i = 0; i < d->list.nrows; i++) {
        char op = d->list.ops[i];
        throws |= op == '4';
        other |= op && op != '4' && op != '2' && op != '5';
        if (op == '2' || op == '5')
            row = i;
    }
    if (other) {
        tui_say(v->tui, ROLE_WARN, "%s", _("Here 2 opens a draft and 4 throws it away."));
        list_reset(&d->list);
        reload(v);
    } else if (throws) {
        ask_throw(v, false);
    } else {
        open_row(v, row);
    }
}

static bool
command(struct view *v, enum cmd c)
{
    struct drafts *d = v->data;
    if (c == CMD_ENTER) {
        enter(v);
        return true;
    }
    if (c == CMD_REFRESH) {
        reload(v);
        return true;
    }
    return list_command(&d->list, c);
}

static bool
key(struct view *v, const struct key *k)
{
    return list_digit(&((struct drafts *)v->data)->list, k);
}

static void
offers(struct view *v, struct offers *o)
{
    struct offer *row = offer_add(o, DO_THROW_ALL, 0, str_from(_("Throw away all drafts")));
    (void)v;
    if (row)
        snprintf(row->help, sizeof row->help, "%s", _("After asking once more."));
}

static void
run(struct view *v, uint32_t code, int64_t arg)
{
    (void)arg;
    if (code == DO_THROW_ALL)
        ask_throw(v, true);
}

/* ---- paint ---- */

static void
paint_drafts(struct view *v, const struct area *a)
{
    struct drafts *d = v->data;
    int foot = (int)d->found.nbad < a->rows / 2 ? (int)d->found.nbad : a->rows / 2;
    if (!d->list.nrows) {
        paint_text(a, 0, 1, ROLE_DIM, _("Nothing is left: everything typed was saved or thrown away."));
    } else {
        struct area rows = area_sub(a, 0, 0, a->rows - foot, a->cols);
        int left = a->cols - 16 - 8;
        d->list.columns[0] = (struct list_column){.label = str_from(_("When")), .width = 16};
        d->list.columns[1] = (struct list_column){.label = str_from(_("What")), .width = left * 2 / 5};
        d->list.columns[2] = (struct list_column){.label = str_from(_("Typed")), .width = left * 3 / 5};
        d->list.ncolumns = d->list.sort = 3;
        list_paint(&d->list, &rows, true);
    }
    for (int i = 0; i < foot; i++)
        paint_format(a,
                     (struct spot){.y = a->rows - foot + i, .x = 1, .role = ROLE_WARN, .width = a->cols - 2},
                     _("Left alone (%s): %.*s"), d->found.bad[i].why, STR_ARG(d->found.bad[i].name));
}

static struct str
title(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(_("Drafts"));
}

static struct str
help(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(_("Enter opens a draft as it was. 4 and Enter throws it away."));
}

static struct str
about(struct view *v, struct arena *a)
{
    return str_printf(a, "%s\n\n%s\n\n%s",
                      _("Forms that were begun and not saved, the newest first. Enter goes on with one; 4 "
                        "before a row and Enter throws it away, after asking; F2 has a command for all."),
                      _("\"! sent, not answered\": the save had left and the answer never came. Opening it "
                        "sends the same save again with its key, so that it happens once, and shows the "
                        "answer."),
                      drafts_about(app_of(v)));
}

static const struct bar_key *
bar(struct view *v, size_t *ret_n)
{
    (void)v;
    static const struct bar_key keys[] = {
        {CMD_HELP,    NULL      },
        {CMD_PALETTE, NULL      },
        {CMD_ENTER,   N_("Open")},
        {CMD_REFRESH, NULL      },
        {CMD_BACK,    NULL      }
    };
    *ret_n = COUNTOF(keys);
    return keys;
}

static void
close_view(struct view *v)
{
    arena_done(&((struct drafts *)v->data)->arena);
}

static const struct view_ops ops = {.name = "drafts",
                                    .context = IN_LIST,
                                    .command = command,
                                    .key = key,
                                    .outcome = outcome,
                                    .paint = paint_drafts,
                                    .title = title,
                                    .help = help,
                                    .about = about,
                                    .bar = bar,
                                    .offers = offers,
                                    .run = run,
                                    .shown = reload,
                                    .close = close_view};

void
drafts_open(struct app *a)
{
    if (!a->journal) {
        tui_say(&a->tui, ROLE_WARN, "%s", drafts_about(a));
        return;
    }
    struct view *v = view_push(&a->tui, &ops, sizeof(struct drafts));
    struct drafts *d = v->data;
    arena_init(&d->arena, SIZE_MAX, NULL, NULL);
    d->list.cell = cell;
    d->list.ctx = v;
    d->list.options = true;
    reload(v);
}
