#include "client/screen/offers.h"

#include <stdio.h>
#include <strings.h>

#include "client/screen/draft.h"
#include "client/text.h"
#include "client/tui/quick.h"

enum { DO_LIST = 1, DO_ADD, DO_SELL, DO_SIGN_OUT, DO_ACTION, DO_MINE, DO_DRAFTS, DO_VIEW, DO_SETTINGS };

/* Its name in the description, of one or two words. */
static void
set_stem(struct offer *row, struct str first, struct str then)
{
    snprintf(row->stem, sizeof row->stem, "%.*s%s%.*s", STR_ARG(first), then.n ? " " : "", STR_ARG(then));
}

/* Its named lists but the first, which is the list itself. */
static void
view_offers(const struct schema_entity *e, struct offers *o)
{
    char text[80];
    struct offer *row;
    for (size_t i = 1; i < e->nviews; i++) {
        snprintf(text, sizeof text, "%.*s: %.*s", STR_ARG(e->plural), STR_ARG(e->views[i].label));
        if (!(row = offer_add(o, DO_VIEW, (int64_t)e->number << 32 | e->views[i].number, str_from(text))))
            return;
        set_stem(row, e->name, e->views[i].name);
        snprintf(row->help, sizeof row->help, "%.*s", STR_ARG(e->help));
    }
}

static void
entity_offers(const struct schema_entity *e, struct offers *o)
{
    char text[80];
    struct offer *row;
    if (e->single && (row = offer_add(o, DO_MINE, e->number, e->label))) {
        set_stem(row, e->name, STR(""));
        snprintf(row->help, sizeof row->help, "%.*s", STR_ARG(e->help));
    }
    if (e->may_list && e->in_menu && (row = offer_add(o, DO_LIST, e->number, e->plural))) {
        set_stem(row, e->name, STR(""));
        snprintf(row->help, sizeof row->help, "%.*s", STR_ARG(e->help));
    }
    if (e->may_add) {
        snprintf(text, sizeof text, _("New %.*s"), STR_ARG(e->label));
        if ((row = offer_add(o, DO_ADD, e->number, str_from(text)))) {
            set_stem(row, STR("new"), e->name);
            snprintf(row->help, sizeof row->help, "%.*s", STR_ARG(e->help));
        }
    }
    for (size_t i = 0; i < e->nactions; i++) {
        const struct schema_action *act = &e->actions[i];
        if (act->on_record && !e->single)
            continue;
        snprintf(text, sizeof text, "%.*s: %.*s", STR_ARG(e->label), STR_ARG(act->label));
        if ((row = offer_add(o, DO_ACTION, (int64_t)e->number << 32 | act->number, str_from(text)))) {
            set_stem(row, e->name, act->name);
            snprintf(row->help, sizeof row->help, "%.*s", STR_ARG(act->help));
        }
    }
}

/* One of ours, found under the same name in every language. */
static void
own_offer(struct offers *o, uint32_t code, const char *stem, const char *label, const char *help)
{
    struct offer *row = offer_add(o, code, 0, str_from(label));
    if (!row)
        return;
    set_stem(row, str_from(stem), STR(""));
    snprintf(row->help, sizeof row->help, "%s", help);
}

/* What is one's own and may be changed by oneself; NULL: nobody has signed in, or it may not. */
static const struct schema_entity *
own_account(struct app *a)
{
    const struct schema *s = a->link ? app_schema(a) : NULL;
    const struct schema_entity *e = s ? schema_entity_named(s, STR("account")) : NULL;
    return e && e->may_set ? e : NULL;
}

void
app_offers(void *ctx, struct offers *o)
{
    struct app *a = ctx;
    const struct schema *s = a->link ? app_schema(a) : NULL;
    size_t from = o->n;
    if (s && (s->sell & FLOW_NEW_BUSINESS))
        own_offer(o, DO_SELL, "new business", _("New business"),
                  _("Customer, vehicle, policy and receipt in one form."));
    for (size_t i = 0; s && i < s->nentities; i++)
        if (s->entities[i].in_menu)
            entity_offers(&s->entities[i], o);
    for (size_t i = 0; s && i < s->nentities; i++)
        if (!s->entities[i].in_menu)
            entity_offers(&s->entities[i], o);
    if (a->journal)
        own_offer(o, DO_DRAFTS, "drafts", _("Drafts"),
                  _("What was typed and not saved: go on, or throw away."));
    if (own_account(a))
        own_offer(o, DO_SETTINGS, "my settings", _("My settings"),
                  _("Theme, language, Enter, hints, days and amounts: how you want the screens."));
    own_offer(o, DO_SIGN_OUT, "sign out", _("Sign out"), _("Ends the program."));
    for (size_t i = 0; s && i < s->nentities; i++)
        if (s->entities[i].may_list && s->entities[i].in_menu)
            view_offers(&s->entities[i], o);
    quick_codes(o, from);
}

void
app_run(void *ctx, uint32_t code, int64_t arg)
{
    struct app *a = ctx;
    switch (code) {
    case DO_LIST:
        browse_open(a, (uint32_t)arg, 0);
        break;
    case DO_VIEW:
        browse_open(a, (uint32_t)((uint64_t)arg >> 32), (uint32_t)arg);
        break;
    case DO_ADD:
        edit_add(a, (uint32_t)arg, 0);
        break;
    case DO_MINE:
        record_open_mine(a, (uint32_t)arg);
        break;
    case DO_SETTINGS:
        edit_set_id(a, own_account(a)->number, link_me(a->link)->user);
        break;
    case DO_DRAFTS:
        drafts_open(a);
        break;
    case DO_SELL:
        sell_open(a, STR_NONE);
        break;
    case DO_ACTION:
        act_open(a, (uint32_t)((uint64_t)arg >> 32), (uint32_t)arg, 0, 0);
        break;
    case DO_SIGN_OUT:
        app_home(a);
        if (a->tui.depth <= 1)
            tui_quit(&a->tui, 0);
        break;
    default:
        break;
    }
}

bool
app_run_words(struct app *a, struct str typed)
{
    struct arena arena;
    arena_init(&arena, SIZE_MAX, NULL, NULL);
    struct offers *o = arena_new(&arena, struct offers, 1);
    app_offers(a, o);
    const struct offer *found = quick_find(o, typed);
    for (size_t i = 0; i < o->n && !found; i++) {
        struct str label = str_from(o->rows[i].label);
        if (label.n == typed.n && strncasecmp(label.p, typed.p, typed.n) == 0)
            found = &o->rows[i];
    }
    if (found)
        app_run(a, found->code, found->arg);
    arena_done(&arena);
    return found;
}

bool
action_fits_state(const struct schema_action *act, const struct value *state)
{
    if (!act->on_record)
        return false;
    if (!act->state_tag || !state || state->type == VT_NULL)
        return true;
    return state->i >= 0 && state->i < 64 && (act->state_mask >> state->i & 1u);
}

bool
action_fits(const struct schema_action *act, const struct body_record *r)
{
    const struct value *state = NULL;
    for (size_t i = 0; i < r->nfields; i++)
        if (r->fields[i].tag == act->state_tag)
            state = &r->fields[i].value;
    return action_fits_state(act, state);
}
