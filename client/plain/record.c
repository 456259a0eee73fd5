#include <stdio.h>

#include "client/cli/suggest.h"
#include "client/plain/private.h"

/* One record: its fields, what belongs to it, its history, and what can be done with it. */

struct shown {
    struct plain *p;
    const struct schema_entity *e;
    struct params params; /* asks for it again */
    struct arena arena;   /* of the record */
    const struct body_record *r;
};

/* ---- saying ---- */

static const struct value *
state_of(const struct shown *d, const struct schema_action *act)
{
    return record_value(d->r, act->state_tag);
}

static void
say_more(struct shown *d)
{
    struct buf b;
    buf_init(&b, &d->arena, 128);
    for (size_t i = 0; i < d->e->ntabs; i++)
        buf_printf(&b, "%s%.*s", b.n > 0 ? ", " : "", STR_ARG(d->e->tabs[i].label));
    if (d->e->has_history)
        buf_printf(&b, "%s%s", b.n > 0 ? ", " : "", _("history"));
    if (b.n > 0)
        say(d->p, _("More: %.*s."), (int)b.n, (const char *)b.p);
}

static void
say_doable(struct shown *d)
{
    struct buf b;
    buf_init(&b, &d->arena, 128);
    for (size_t i = 0; i < d->e->nactions; i++)
        if (plain_fits(&d->e->actions[i], state_of(d, &d->e->actions[i])))
            buf_printf(&b, "%s%.*s", b.n > 0 ? ", " : "", STR_ARG(d->e->actions[i].label));
    if (d->e->may_set)
        buf_printf(&b, "%s%s", b.n > 0 ? ", " : "", _("change"));
    for (size_t i = 0; i < d->e->ntabs; i++) {
        const struct schema_entity *e = schema_entity(plain_schema(d->p), d->e->tabs[i].entity);
        if (e != NULL && e->may_add)
            buf_printf(&b, _("%snew %.*s"), b.n > 0 ? ", " : "", STR_ARG(e->label));
    }
    if (plain_sells(d->p, d->e))
        buf_printf(&b, "%s%s", b.n > 0 ? ", " : "", _("insure"));
    if (b.n > 0)
        say(d->p, _("Can: %.*s."), (int)b.n, (const char *)b.p);
}

static void
say_all(struct shown *d)
{
    say(d->p, "%.*s %.*s.", STR_ARG(d->e->label), STR_ARG(d->r->label));
    say_fields(d->p, d->r);
    say_more(d);
    say_doable(d);
}

static bool
load(struct shown *d)
{
    struct arena a;
    struct err err = {0};
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct body *body = arena_new(&a, struct body, 1);
    struct wish r = {.method = METHOD_GET, .params = &d->params, .arena = &a};
    if (plain_call(d->p, &r, body, &err) != RC_OK || !body_has(body, BODY_RECORD)) {
        say_error(d->p, d->e, &err, body);
        arena_done(&a);
        return false;
    }
    if (d->r != NULL)
        arena_done(&d->arena);
    d->arena = a;
    d->r = &body->record;
    d->e = schema_entity(plain_schema(d->p), d->r->entity);
    d->params = params_of_record(d->r->entity, d->r->id);
    return d->e != NULL;
}

/* ---- doing ---- */

/* Something was saved: the record may be another one now. */
static enum go
done(struct shown *d, enum go go)
{
    if (go == GO_ON && !d->p->over && !load(d))
        return GO_BACK;
    return go == GO_BACK ? GO_ON : go;
}

static enum go
act(struct shown *d, const struct schema_action *action)
{
    enum go go;
    if (!plain_fits(action, state_of(d, action))) {
        say_usage(d->p, _("%.*s is not possible in this state."), STR_ARG(action->label));
        return GO_ON;
    }
    if (action->prints)
        go = plain_document(d->p, d->e, d->r->id);
    else
        go = plain_act(d->p, d->e, action, d->r, NULL);
    return done(d, go);
}

static enum go
change(struct shown *d, struct str at)
{
    return done(d, plain_set(d->p, d->r, &(struct given){.at = at}));
}

static enum go
related(struct shown *d, const struct schema_tab *tab)
{
    const struct schema_entity *e = schema_entity(plain_schema(d->p), tab->entity);
    if (e == NULL)
        return GO_ON;
    struct list_of of = {
        .e = e,
        .via = tab->via,
        .parent = d->r,
        .title = str_printf(&d->arena, _("%.*s of %.*s"), STR_ARG(tab->label), STR_ARG(d->r->label))};
    return done(d, plain_list(d->p, &of) == GO_BACK ? GO_ON : d->p->over ? GO_QUIT : GO_HOME);
}

/* "new receipt", or "new" where only one thing can be. */
static enum go
add_related(struct shown *d, struct str what)
{
    const struct schema_tab *tab = what.n == 0 ? adds_to(d->p, d->e) : NULL;
    for (size_t i = 0; i < d->e->ntabs; i++) {
        const struct schema_entity *e = schema_entity(plain_schema(d->p), d->e->tabs[i].entity);
        if (tab == NULL && e != NULL && e->may_add && begins_like(e->label, what))
            tab = &d->e->tabs[i];
    }
    if (tab == NULL) {
        say_usage(d->p, "%s", _("Nothing of that kind can be added to this."));
        return GO_ON;
    }
    return done(d, plain_add_under(d->p, tab, d->r));
}

/* The record a field points to. */
static enum go
open_field(struct shown *d, struct str typed)
{
    for (size_t i = 0; i < d->r->nfields; i++) {
        const struct schema_field *f = schema_field(d->e, d->r->fields[i].tag);
        const struct value *v = &d->r->fields[i].value;
        const struct schema_entity *to =
            f != NULL && v->type == VT_REF ? schema_entity(plain_schema(d->p), f->ref) : NULL;
        if (to == NULL || !(begins_like(f->label, typed) || begins_like(f->name, typed)))
            continue;
        enum go go = plain_record(d->p, to, v->i);
        return go == GO_BACK ? GO_ON : go;
    }
    say_usage(d->p, _("No field here that is called %.*s points to a record."), STR_ARG(typed));
    return GO_ON;
}

/* One field, whole. */
static void
say_field(struct shown *d, struct str typed)
{
    for (size_t i = 0; i < d->r->nfields; i++) {
        const struct schema_field *f = schema_field(d->e, d->r->fields[i].tag);
        if (f == NULL || !(begins_like(f->label, typed) || begins_like(f->name, typed)))
            continue;
        struct str text = plain_value(d->p, &d->arena, f, &d->r->fields[i].value);
        say(d->p, "%.*s: %.*s", STR_ARG(f->label), STR_ARG(text));
        return;
    }
    say_usage(d->p, _("Nothing here is called %.*s."), STR_ARG(typed));
}

/* A moment, or a day as in a form, which means its end: t, -3d, 14/2. */
static bool
moment_typed(struct plain *p, struct str typed, stamp_t *ret, struct err *err)
{
    const struct locale_info *l = plain_locale(p);
    char text[DATE_TEXT], moment[DATE_TEXT + 16];
    date_t day;
    if (date_parse_typed(typed, l->today, "day", &day, NULL) == RC_OK) {
        (void)snprintf(moment, sizeof(moment), "%s 23:59:59", date_text(day, text));
        typed = str_from(moment);
    }
    return stamp_parse(typed, l->offset_minutes, "moment", ret, err) == RC_OK;
}

/* Asked for when it is not typed. False: there is none, which is said where something was typed. */
static bool
moment_heard(struct plain *p, struct arena *a, struct str typed, stamp_t *ret)
{
    struct err err = {0};
    struct str prompt = str_from(_("As it was when? 2026-02-14 or 2026-02-14 11:30: "));
    if (typed.n == 0 && hear(p, a, prompt, &typed) != HEARD_LINE)
        return false;
    if (typed.n > 0 && !moment_typed(p, typed, ret, &err))
        say_error(p, NULL, &err, NULL);
    return typed.n > 0 && err.code == RC_OK;
}

enum go
plain_as_of(struct plain *p, const struct body_ref *record, struct str typed)
{
    struct arena a;
    struct params params = params_of_record(record->entity, record->id);
    arena_init(&a, SIZE_MAX, NULL, NULL);
    params.present |= 1u << PARAM_AT;
    enum go go = GO_BACK;
    if (moment_heard(p, &a, typed, &params.at))
        go = plain_record_by(p, METHOD_AS_OF, &params);
    arena_done(&a);
    return go;
}

static enum go
restore(struct shown *d, struct str typed)
{
    struct arena a;
    struct body_ref self = {.entity = d->r->entity, .id = d->r->id, .label = d->r->label};
    stamp_t at;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    enum go go = moment_heard(d->p, &a, typed, &at) ? plain_restore_at(d->p, &self, at) : GO_BACK;
    arena_done(&a);
    return done(d, go);
}

/* ---- what is typed ---- */

static const char *
how(void)
{
    return _("A word of \"Can\" does it: Renew, change, new Receipt; change FIELD begins there.\n"
             "A word of \"More\" shows it. open FIELD: the record a field points to.\n"
             "say FIELD: that field alone.\n"
             "as of DAY: the record as it was. restore DAY: brings that back, as a new change.\n"
             "again: says it again.\n"
             "Enter or back leaves it. home, quit.");
}

/* Words that mean something on every record: no beginning of an action's label takes their place. */
static bool
is_verb(struct str typed)
{
    static const char *const verbs[] = {"change", "new",   "open", "say",  "history", "insure",
                                        "as",     "again", "home", "back", "help"};
    struct str word = take_word(&typed);
    for (size_t i = 0; i < COUNTOF(verbs); i++)
        if (same_word(word, str_from(verbs[i])))
            return true;
    return false;
}

static const struct schema_action *
action_meant(const struct shown *d, struct str typed)
{
    for (int begins = 0; begins < (is_verb(typed) ? 1 : 2); begins++)
        for (size_t i = 0; i < d->e->nactions; i++) {
            const struct schema_action *action = &d->e->actions[i];
            bool is = begins ? typed.n > 2 && begins_like(action->label, typed)
                             : same_word(action->label, typed) || same_word(action->name, typed) ||
                                   (typed.n == 1 && action->option == typed.p[0] && action->option != '\0');
            if (is && action->on_record)
                return action;
        }
    return NULL;
}

static const struct schema_tab *
tab_meant(const struct shown *d, struct str typed)
{
    for (size_t i = 0; i < d->e->ntabs; i++)
        if (same_word(d->e->tabs[i].label, typed) ||
            (typed.n > 3 && !is_verb(typed) && begins_like(d->e->tabs[i].label, typed)))
            return &d->e->tabs[i];
    return NULL;
}

static enum go
take_verb(struct shown *d, struct str typed)
{
    struct str rest = typed;
    struct str word = take_word(&rest);
    struct body_ref self = {.entity = d->r->entity, .id = d->r->id, .label = d->r->label};
    enum go go = GO_ON;
    if (same_word(word, STR("change")) || str_eq_c(typed, "2"))
        return change(d, rest);
    if (plain_sells(d->p, d->e) && (same_word(typed, STR("insure")) || same_word(typed, STR("new business"))))
        return done(d, plain_sell_with(d->p, d->e, d->r->id));
    if (same_word(word, STR("new")) || str_eq_c(typed, "7"))
        return add_related(d, rest);
    if (same_word(word, STR("open")) && rest.n > 0)
        return open_field(d, rest);
    if (same_word(word, STR("restore")))
        return restore(d, rest);
    if (same_word(word, STR("say")) && rest.n > 0)
        say_field(d, rest);
    else if (same_word(typed, STR("history")))
        go = plain_history(d->p, &d->params);
    else if (same_word(word, STR("as")) && (rest.n == 0 || begins_like(rest, STR("of"))))
        go = plain_as_of(d->p, &self, str_trim(str_slice(rest, 2, rest.n)));
    else
        return plain_common(d->p, typed, how());
    return go == GO_BACK ? GO_ON : go;
}

static enum go
take(struct shown *d, struct str typed)
{
    const struct schema_action *action = action_meant(d, typed);
    const struct schema_tab *tab = tab_meant(d, typed);
    if (typed.n == 0)
        return GO_BACK;
    if (action != NULL)
        return act(d, action);
    if (tab != NULL)
        return related(d, tab);
    if (same_word(typed, STR("again")) || str_eq_c(typed, "5")) {
        if (!load(d))
            return GO_BACK;
        say_all(d);
        return GO_ON;
    }
    return take_verb(d, typed);
}

static enum go
walk(struct plain *p, const struct params *params)
{
    struct shown d = {.p = p, .params = *params};
    d.e = params->entity.name.n > 0 ? schema_entity_named(plain_schema(p), params->entity.name)
                                    : schema_entity(plain_schema(p), params->entity.number);
    enum go go = GO_ON;
    if (!load(&d))
        go = GO_BACK;
    else
        say_all(&d);
    while (go == GO_ON && !p->over) {
        struct arena t;
        struct str typed = STR_NONE;
        arena_init(&t, SIZE_MAX, NULL, NULL);
        struct str prompt = str_printf(&t, "%.*s %.*s: ", STR_ARG(d.e->label), STR_ARG(d.r->label));
        enum heard heard = hear(p, &t, prompt, &typed);
        go = heard == HEARD_END ? GO_QUIT : heard == HEARD_BREAK ? GO_BACK : take(&d, typed);
        arena_done(&t);
    }
    if (d.r != NULL)
        arena_done(&d.arena);
    return p->over ? GO_QUIT : go;
}

enum go
plain_record(struct plain *p, const struct schema_entity *e, int64_t id)
{
    struct params params = params_of_record(e->number, id);
    if (e->single) {
        params = params_of_entity(e->number);
        params.present |= 1u << PARAM_KEY;
        params.key = STR("me");
    }
    return walk(p, &params);
}

enum go
plain_record_by(struct plain *p, enum method method, const struct params *params)
{
    struct arena a;
    struct body body = {0};
    struct err err = {0};
    char when[STAMP_TEXT];
    if (method == METHOD_GET)
        return walk(p, params);
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct wish r = {.method = method, .params = params, .arena = &a};
    if (plain_call(p, &r, &body, &err) != RC_OK || !body_has(&body, BODY_RECORD)) {
        say_error(p, NULL, &err, &body);
    } else {
        const struct schema_entity *e = schema_entity(plain_schema(p), body.record.entity);
        say(p, _("%.*s %.*s as it was %s."), STR_ARG(e != NULL ? e->label : STR_NONE),
            STR_ARG(body.record.label), locale_stamp(plain_locale(p), params->at, when));
        say_fields(p, &body.record);
    }
    arena_done(&a);
    return p->over ? GO_QUIT : GO_BACK;
}
