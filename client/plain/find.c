#include "client/plain/private.h"

/* What a text finds: one record is opened, several are numbered. */

static enum go
take(struct plain *p, const struct body_hits *hits, struct str typed)
{
    struct str rest = typed;
    struct str first = take_word(&rest);
    size_t row = number_typed(rest.n > 0 ? rest : first, hits->nrows);
    char option = rest.n > 0 && first.n == 1 ? first.p[0] : '5';
    if (typed.n == 0)
        return GO_BACK;
    if (row == 0 || (rest.n > 0 && first.n != 1))
        return plain_common(
            p, typed,
            _("A number opens a record; 9 2 does option 9 to the second. Enter or back, home, quit."));
    const struct body_ref *record = &hits->rows[row - 1].record;
    const struct schema_entity *e = schema_entity(plain_schema(p), record->entity);
    enum go go = e != NULL ? plain_option(p, e, record->id, option) : GO_ON;
    return go == GO_BACK ? GO_ON : go;
}

static enum go
walk(struct plain *p, const struct body_hits *hits, struct str text)
{
    enum go go = GO_ON;
    say(p, ngettext("%zu found for %.*s.", "%zu found for %.*s.", hits->nrows), hits->nrows, STR_ARG(text));
    for (size_t i = 0; i < hits->nrows; i++) {
        const struct body_hit *h = &hits->rows[i];
        const struct schema_entity *e = schema_entity(plain_schema(p), h->record.entity);
        say(p, "%zu %.*s %.*s%s%.*s", i + 1, STR_ARG(e != NULL ? e->label : STR_NONE),
            STR_ARG(h->record.label), h->detail.n > 0 ? ", " : "", STR_ARG(h->detail));
    }
    while (go == GO_ON && !p->over) {
        struct arena t;
        struct str typed = STR_NONE;
        arena_init(&t, SIZE_MAX, NULL, NULL);
        enum heard heard = hear(p, &t, str_from(_("Which? Number: ")), &typed);
        go = heard == HEARD_END ? GO_QUIT : heard == HEARD_BREAK ? GO_BACK : take(p, hits, typed);
        arena_done(&t);
    }
    return go;
}

enum go
plain_find(struct plain *p, struct str text)
{
    struct arena a;
    struct body body = {0};
    struct err err = {0};
    enum go go = GO_BACK;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct params params = {
        .present = 1u << PARAM_TEXT | 1u << PARAM_LIMIT, .text = text, .limit = PLAIN_PAGE};
    struct wish r = {.method = METHOD_FIND, .params = &params, .arena = &a};
    const struct body_hits *hits = &body.hits;
    if (plain_call(p, &r, &body, &err) != RC_OK) {
        say_error(p, NULL, &err, &body);
    } else if (!body_has(&body, BODY_HITS) || hits->nrows == 0) {
        say(p, _("Nothing found for %.*s."), STR_ARG(text));
        p->failed = RC_NOT_FOUND;
    } else if (hits->nrows == 1) {
        const struct schema_entity *e = schema_entity(plain_schema(p), hits->rows[0].record.entity);
        go = e != NULL ? plain_record(p, e, hits->rows[0].record.id) : GO_BACK;
    } else {
        go = walk(p, hits, text);
    }
    arena_done(&a);
    return p->over ? GO_QUIT : go;
}
