#include <stdio.h>

#include "client/screen/app.h"
#include "client/text.h"
#include "client/tui/pager.h"

/*
 * Setting an account up: all a session can do that began with a one-time token, or without the second factor
 * its role wants. One step after the other, as the account's field `wants` says: choose a password, take up
 * an authenticator (its code is shown to scan), prove it with a first code (recovery codes are shown). With
 * nothing left to do the service has opened the session, and home comes without another sign-in.
 */
enum { TAG_WANTS = 1, TAG_ME, TAG_SCHEMA, PURPOSE_STEP = 1 };
enum step { STEP_NONE, STEP_PASSWORD, STEP_FACTOR, STEP_CONFIRM };

struct setup {
    enum step step;
    bool loaded;
    bool done_one;   /* a step was done: the next comes by itself */
    bool has_factor; /* the authenticator was shown: what comes next is its first code */
    char wants[80];
    struct pager pager;
};

static const struct schema_entity *
account(struct view *v)
{
    const struct schema *s = app_schema(app_of(v));
    return s ? schema_entity_named(s, STR("account")) : NULL;
}

static void
load(struct view *v)
{
    const struct schema_entity *e = account(v);
    if (!e)
        return;
    struct params p = params_entity(e->number);
    p.present |= 1u << PARAM_KEY;
    p.key = STR("me");
    app_ask(v, &(struct ask){.method = METHOD_GET, .params = &p, .tag = TAG_WANTS, .barrier = true});
}

static bool
wants(const struct setup *d, const char *word)
{
    struct str rest = str_from(d->wants);
    while (rest.n)
        if (str_eq_c(str_split(&rest, ' '), word))
            return true;
    return false;
}

static enum step
next_step(const struct setup *d)
{
    if (wants(d, "password"))
        return STEP_PASSWORD;
    if (!wants(d, "factor"))
        return STEP_NONE;
    return d->has_factor ? STEP_CONFIRM : STEP_FACTOR;
}

static void
open_step(struct view *v, enum step step)
{
    static const char *const actions[] = {NULL, "password", "factor", "confirm"};
    struct setup *d = v->data;
    const struct schema_entity *e = account(v);
    const struct schema_action *act =
        e && actions[step] ? schema_action_named(e, str_from(actions[step])) : NULL;
    d->step = step;
    if (act)
        act_open_setup(app_of(v), e, act, PURPOSE_STEP);
}

/* ---- what the service says ---- */

static void
take_wants(struct view *v, const struct body_record *r)
{
    struct setup *d = v->data;
    const struct schema_entity *e = account(v);
    const struct schema_field *f = e ? schema_field_named(e, STR("wants")) : NULL;
    d->wants[0] = 0;
    for (size_t i = 0; f && i < r->nfields; i++)
        if (r->fields[i].tag == f->tag && r->fields[i].value.type == VT_TEXT)
            snprintf(d->wants, sizeof d->wants, "%.*s", STR_ARG(r->fields[i].value.text));
    bool first = !d->loaded;
    d->loaded = true;
    if (view_top(v->tui) != v)
        return; /* a code to scan or to keep is being read: when that is left it goes on */
    if (next_step(d) == STEP_NONE)
        app_ask(v, &(struct ask){.method = METHOD_ME, .tag = TAG_ME, .barrier = true});
    else if (first || d->done_one)
        open_step(v, next_step(d));
    d->done_one = false;
}

static void
answer(struct view *v, struct answer *a)
{
    struct app *app = app_of(v);
    if (a->code != RC_OK) {
        app_say_error(v, a);
        return;
    }
    switch (a->tag) {
    case TAG_WANTS:
        if (body_has(a->body, BODY_RECORD))
            take_wants(v, &a->body->record);
        break;
    case TAG_ME:
        link_renew(app->link, a->body);
        if (link_me(app->link)->todo.n == 0)
            app_ask(v, &(struct ask){.method = METHOD_DESCRIBE, .tag = TAG_SCHEMA, .barrier = true});
        break;
    default:
        link_renew(app->link, a->body);
        if (app->tui.stack[0] == v)
            app_begin(app);
        else
            view_pop(v); /* the line was lost meanwhile: what was open is still there */
        tui_say(&app->tui, ROLE_GOOD, "%s", _("Your account is set up."));
    }
}

static void
outcome(struct view *v, const struct outcome *o)
{
    struct setup *d = v->data;
    if (o->purpose != PURPOSE_STEP || !o->choice)
        return;
    d->done_one = true;
    d->has_factor |= d->step == STEP_FACTOR;
    load(v);
}

static void
shown(struct view *v)
{
    if (((struct setup *)v->data)->done_one)
        load(v);
}

/* ---- keys and paint ---- */

static bool
command(struct view *v, enum cmd c)
{
    struct setup *d = v->data;
    switch (c) {
    case CMD_ENTER:
    case CMD_SAVE:
        if (d->loaded && next_step(d) != STEP_NONE)
            open_step(v, next_step(d));
        else
            load(v);
        return true;
    case CMD_REFRESH:
        load(v);
        return true;
    case CMD_HOME:
        return true; /* there is none yet */
    case CMD_BACK:
    case CMD_CANCEL:
        tui_quit(v->tui, 0);
        return true;
    default:
        return pager_command(&d->pager, c);
    }
}

static bool
key(struct view *v, const struct key *k)
{
    struct setup *d = v->data;
    if (!d->has_factor || k->code != K_CHAR || (k->cp != 'n' && k->cp != 'N'))
        return false;
    d->has_factor = false;
    open_step(v, STEP_FACTOR);
    return true;
}

static void
paint_step(const struct area *a, int *y, bool wanted, const char *text)
{
    if (!wanted)
        return;
    int x = paint_text(a, *y, 2, ROLE_WARN, "! ") + 2;
    paint_text(a, (*y)++, x, ROLE_TEXT, text);
}

static void
paint_setup(struct view *v, const struct area *a)
{
    struct setup *d = v->data;
    const struct body_me *me = link_me(app_of(v)->link);
    struct area in = area_sub(a, 1, 2, a->rows - 2, a->cols - 4);
    int y = 0;
    paint_format(&in, (struct spot){.y = y++, .role = ROLE_HEAD}, _("Welcome, %.*s"), STR_ARG(me->name));
    y++;
    if (!d->loaded) {
        paint_text(&in, y, 0, ROLE_DIM, _("Loading …"));
        return;
    }
    paint_text(&in, y++, 0, ROLE_TEXT, _("Before you can begin, set your account up:"));
    y++;
    paint_step(&in, &y, wants(d, "password"), _("Choose a password that only you know."));
    paint_step(&in, &y, wants(d, "factor"),
               _("Take up a second factor: an authenticator app on your phone."));
    y++;
    if (d->has_factor && wants(d, "factor"))
        paint_text(&in, y++, 0, ROLE_TEXT,
                   _("Enter asks for the code the app shows; n makes a new QR code."));
    else
        paint_text(&in, y++, 0, ROLE_TEXT, _("Enter goes on with the next step."));
    paint_text(&in, y, 0, ROLE_DIM, _("Esc leaves; what is not done is asked for again next time."));
    paint_cursor(&in, y - 1, 0);
}

static struct str
title(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(_("Set up your account"));
}

static struct str
about(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(
        _("A one-time token opens the door once: choose a password now and sign in with it from then on. A "
          "second factor is an app on your phone that shows a new code every 30 seconds: scan the QR code "
          "with it, or type the text beside it, then prove it with the code it shows. Keep the recovery "
          "codes where you find them without your phone: each opens the door once."));
}

static const struct bar_key *
bar(struct view *v, size_t *ret_n)
{
    (void)v;
    static const struct bar_key keys[] = {
        {CMD_HELP,  NULL       },
        {CMD_ENTER, N_("Go on")},
        {CMD_BACK,  N_("Leave")}
    };
    *ret_n = COUNTOF(keys);
    return keys;
}

static const struct view_ops ops = {.name = "setup",
                                    .context = IN_TEXT,
                                    .command = command,
                                    .key = key,
                                    .answer = answer,
                                    .outcome = outcome,
                                    .paint = paint_setup,
                                    .title = title,
                                    .about = about,
                                    .bar = bar,
                                    .shown = shown};

void
setup_open(struct app *a)
{
    struct view *v = view_push(&a->tui, &ops, sizeof(struct setup));
    load(v);
}

bool
setup_is(const struct view *v)
{
    return v->ops == &ops;
}
