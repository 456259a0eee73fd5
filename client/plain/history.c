#include <string.h>

#include "client/cli/suggest.h"
#include "client/plain/private.h"

/* Who changed what: events numbered, newest first; a number says what changed in one. */

enum { EVENTS = 2000, EVENT_PAGE = 20, NAMED = 3 /* fields named with an event */ };

struct events {
    struct plain *p;
    struct arena *a;
    struct params params;
    const struct body_event *rows[EVENTS];
    size_t n;
    struct str next;
};

static void
say_event(struct plain *p, size_t number, const struct body_event *ev)
{
    struct arena a;
    struct buf b;
    char at[STAMP_TEXT];
    const struct schema_entity *e = schema_entity(plain_schema(p), ev->record.entity);
    arena_init(&a, SIZE_MAX, NULL, NULL);
    buf_init(&b, &a, 128);
    buf_printf(&b, "%zu %s, %.*s, %.*s %.*s", number, locale_stamp(plain_locale(p), ev->at, at),
               STR_ARG(ev->who), STR_ARG(e != NULL ? e->label : STR_NONE), STR_ARG(ev->op));
    size_t named = ev->nchanges <= NAMED + 1 ? ev->nchanges : NAMED;
    for (size_t i = 0; i < named; i++)
        buf_printf(&b, "%s%.*s", i > 0 ? ", " : ": ", STR_ARG(ev->changes[i].name));
    if (named < ev->nchanges)
        buf_printf(&b, _(" and %zu more"), ev->nchanges - named);
    if (ev->reason.n > 0)
        buf_printf(&b, _("; reason %.*s"), STR_ARG(ev->reason));
    say(p, "%.*s.", (int)b.n, (const char *)b.p);
    arena_done(&a);
}

static void
say_difference(struct plain *p, const struct body_event *ev)
{
    struct str empty = str_from(_("nothing"));
    for (size_t i = 0; i < ev->nchanges; i++) {
        const struct body_change *c = &ev->changes[i];
        say(p, _("%.*s: before %.*s, after %.*s"), STR_ARG(c->name),
            STR_ARG(c->before.n > 0 ? c->before : empty), STR_ARG(c->after.n > 0 ? c->after : empty));
    }
    if (ev->address.n > 0 || ev->client.n > 0)
        say(p, _("From %.*s with %.*s."), STR_ARG(ev->address.n > 0 ? ev->address : empty),
            STR_ARG(ev->client.n > 0 ? ev->client : empty));
    if (ev->reason.n > 0)
        say(p, _("Reason: %.*s"), STR_ARG(ev->reason));
}

static bool
more_events(struct events *h)
{
    struct body *body = arena_new(h->a, struct body, 1);
    struct err err = {0};
    size_t from = h->n;
    h->params.present |= 1u << PARAM_LIMIT;
    h->params.limit = EVENT_PAGE;
    h->params.cursor = h->next;
    if (h->next.n > 0)
        h->params.present |= 1u << PARAM_CURSOR;
    struct wish r = {.method = METHOD_HISTORY, .params = &h->params, .arena = h->a};
    if (plain_call(h->p, &r, body, &err) != RC_OK) {
        say_error(h->p, NULL, &err, body);
        return false;
    }
    for (size_t i = 0; i < body->events.nrows && h->n < EVENTS; i++)
        h->rows[h->n++] = &body->events.rows[i];
    h->next = body->events.next;
    for (size_t i = from; i < h->n; i++)
        say_event(h->p, i + 1, h->rows[i]);
    if (h->n == 0)
        say(h->p, "%s", _("Nothing was changed."));
    return true;
}

static enum go
show_as_then(struct events *h, const struct body_event *ev)
{
    struct params params = params_of_record(ev->record.entity, ev->record.id);
    params.present |= 1u << PARAM_AT;
    params.at = ev->at;
    return plain_record_by(h->p, METHOD_AS_OF, &params);
}

/* The record as it is and as it was, in `a`. */
static bool
both_versions(struct plain *p, struct arena *a, const struct body_ref *record, stamp_t at,
              const struct body_record *ret[2])
{
    static const enum method methods[] = {METHOD_GET, METHOD_AS_OF};
    for (int k = 0; k < 2; k++) {
        struct params params = params_of_record(record->entity, record->id);
        struct body *body = arena_new(a, struct body, 1);
        struct err err = {0};
        if (methods[k] == METHOD_AS_OF) {
            params.present |= 1u << PARAM_AT;
            params.at = at;
        }
        struct wish r = {.method = methods[k], .params = &params, .arena = a};
        if (plain_call(p, &r, body, &err) != RC_OK || !body_has(body, BODY_RECORD)) {
            say_error(p, NULL, &err, body);
            return false;
        }
        ret[k] = &body->record;
    }
    return true;
}

enum go
plain_restore_at(struct plain *p, const struct body_ref *record, stamp_t at)
{
    struct arena a;
    const struct body_record *now_then[2];
    arena_init(&a, SIZE_MAX, NULL, NULL);
    enum go go =
        both_versions(p, &a, record, at, now_then) ? plain_restore(p, now_then[0], now_then[1]) : GO_BACK;
    arena_done(&a);
    return go;
}

static enum go
take(struct events *h, struct str typed)
{
    struct str rest = typed;
    struct str word = take_word(&rest);
    size_t n = number_typed(word, h->n);
    if (typed.n == 0 || same_word(typed, STR("next"))) {
        if (h->next.n > 0)
            (void)more_events(h);
        else
            say(h->p, "%s", _("There is nothing older."));
        return GO_ON;
    }
    if (n > 0 && rest.n == 0) {
        say_difference(h->p, h->rows[n - 1]);
        return GO_ON;
    }
    if (same_word(word, STR("as")) && number_typed(rest, h->n) > 0) {
        enum go go = show_as_then(h, h->rows[number_typed(rest, h->n) - 1]);
        return go == GO_BACK ? GO_ON : go;
    }
    bool undo = same_word(word, STR("undo"));
    if ((undo || same_word(word, STR("restore"))) && number_typed(rest, h->n) > 0) {
        const struct body_event *ev = h->rows[number_typed(rest, h->n) - 1];
        enum go go = plain_restore_at(h->p, &ev->record, (stamp_t){.usec = ev->at.usec - undo});
        return go == GO_BACK ? GO_ON : go;
    }
    return plain_common(
        h->p, typed,
        _("A number says what was changed then. as NUMBER: the whole record as that change left it.\n"
          "restore NUMBER: brings that back, as a new change. undo NUMBER: takes the change back.\n"
          "Enter: older ones. back, home, quit."));
}

enum go
plain_history(struct plain *p, const struct params *record)
{
    struct arena a;
    enum go go = GO_ON;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct events *h = arena_new(&a, struct events, 1);
    h->p = p;
    h->a = &a;
    h->params = *record;
    if (!more_events(h))
        go = GO_BACK;
    while (go == GO_ON && !p->over) {
        struct str typed = STR_NONE;
        struct str prompt = str_from(h->next.n > 0 ? _("History, Enter for more: ") : _("History: "));
        enum heard heard = hear(p, &a, prompt, &typed);
        go = heard == HEARD_END ? GO_QUIT : heard == HEARD_BREAK ? GO_BACK : take(h, typed);
    }
    arena_done(&a);
    return p->over ? GO_QUIT : go;
}
