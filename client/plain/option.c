#include "client/plain/private.h"

/* What a digit does to a row of a list, and to a record. */

const struct schema_tab *
adds_to(struct plain *p, const struct schema_entity *e)
{
    for (size_t i = 0; i < e->nactions; i++)
        if (e->actions[i].option == '7')
            return NULL;
    for (size_t i = 0; i < e->ntabs; i++) {
        const struct schema_entity *to = schema_entity(plain_schema(p), e->tabs[i].entity);
        if (to != NULL && to->may_add)
            return &e->tabs[i];
    }
    return NULL;
}

static const struct schema_action *
action_of_option(const struct schema_entity *e, char option)
{
    for (size_t i = 0; i < e->nactions; i++)
        if (e->actions[i].option == option && option != '\0' && e->actions[i].on_record)
            return &e->actions[i];
    return NULL;
}

bool
has_option(struct plain *p, const struct schema_entity *e, char option)
{
    return option == '5' || (option == '2' && e->may_set) || action_of_option(e, option) != NULL ||
           (option == '7' && adds_to(p, e) != NULL);
}

void
say_options(struct plain *p, const struct schema_entity *e)
{
    struct arena a;
    struct buf b;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    buf_init(&b, &a, 160);
    buf_printf(&b, "%s 5 %s", _("Options:"), _("display"));
    if (e->may_set)
        buf_printf(&b, ", 2 %s", _("change"));
    for (size_t i = 0; i < e->nactions; i++)
        if (e->actions[i].option != '\0' && e->actions[i].on_record)
            buf_printf(&b, ", %c %.*s", e->actions[i].option, STR_ARG(e->actions[i].label));
    const struct schema_tab *t = adds_to(p, e);
    const struct schema_entity *to = t != NULL ? schema_entity(plain_schema(p), t->entity) : NULL;
    if (to != NULL)
        buf_printf(&b, _(", 7 new %.*s"), STR_ARG(to->label));
    say(p, "%.*s.", (int)b.n, (const char *)b.p);
    arena_done(&a);
}

static enum go
on_record(struct plain *p, const struct schema_entity *e, const struct body_record *r, char option)
{
    const struct schema_action *act = action_of_option(e, option);
    if (act != NULL && !plain_fits(act, record_value(r, act->state_tag))) {
        say_usage(p, _("%.*s is not possible for %.*s in its state."), STR_ARG(act->label),
                  STR_ARG(r->label));
        return GO_BACK;
    }
    if (act != NULL)
        return plain_act(p, e, act, r, NULL);
    if (option == '2')
        return plain_set(p, r, NULL);
    return plain_add_under(p, adds_to(p, e), r);
}

enum go
plain_option(struct plain *p, const struct schema_entity *e, int64_t id, char option)
{
    const struct schema_action *act = action_of_option(e, option);
    if (!has_option(p, e, option)) {
        say_usage(p, _("There is no option %c here."), option);
        return GO_BACK;
    }
    if (act == NULL && option == '5')
        return plain_record(p, e, id);
    if (act != NULL && act->prints)
        return plain_document(p, e, id);
    struct arena a;
    struct body body = {0};
    struct err err = {0};
    enum go go = GO_BACK;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct params params = params_of_record(e->number, id);
    struct wish r = {.method = METHOD_GET, .params = &params, .arena = &a};
    if (plain_call(p, &r, &body, &err) != RC_OK || !body_has(&body, BODY_RECORD))
        say_error(p, e, &err, &body);
    else
        go = on_record(p, e, &body.record, option);
    arena_done(&a);
    return p->over ? GO_QUIT : go;
}
