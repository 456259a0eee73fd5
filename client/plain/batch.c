#include "client/plain/private.h"

/* One action for many records, looked at first: each is tried by the service, which undoes it, and what would
   come of it is said; then they are done in order. For actions that name something to show. */

enum { SUMS = 8 };

struct turn {
    struct plain *p;
    const struct schema_entity *e;
    const struct schema_action *act;
    const struct plain_row *rows;
    bool *ready;
    size_t nrows, nready;
    money_t sums[SUMS]; /* of the amounts shown, as the action names them */
    bool has[SUMS];
};

static enum rc
ask_row(struct turn *t, const struct plain_row *row, enum method method, struct arena *a, struct body *ret,
        struct err *err)
{
    struct params on = params_of_record(t->e->number, row->id);
    on.present |= 1u << PARAM_ACTION;
    on.action = (struct name_or_number){.number = t->act->number};
    struct param_step step = {.method = {.number = METHOD_ACT}, .params = on};
    struct params trial = {.present = 1u << PARAM_STEPS, .steps = &step, .nsteps = 1};
    struct wish r = {.method = method, .params = method == METHOD_TRIAL ? &trial : &on, .arena = a};
    return plain_call(t->p, &r, ret, err);
}

/* "Row 2, KK/26/001902: Holder Al Noor, Last total 619,500, …" */
static void
say_shown(struct turn *t, const struct plain_row *row, const struct body_record *r)
{
    struct arena a;
    struct buf b;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    buf_init(&b, &a, 200);
    const struct schema_entity *of = schema_entity(plain_schema(t->p), r->entity);
    for (size_t i = 0; of != NULL && i < t->act->nshows; i++) {
        const struct schema_field *f = schema_field(of, t->act->shows[i]);
        const struct value *v = record_value(r, t->act->shows[i]);
        if (f == NULL || v == NULL || v->type == VT_NULL)
            continue;
        struct str text = plain_value(t->p, &a, f, v);
        buf_printf(&b, "%s%.*s %.*s", b.n > 0 ? ", " : "", STR_ARG(f->label), STR_ARG(text));
        if (v->type == VT_MONEY && i < SUMS) {
            t->has[i] = true;
            t->sums[i].minor += v->money.minor;
        }
    }
    say(t->p, _("Row %zu, %.*s: %.*s."), row->number, STR_ARG(r->label), (int)b.n, (const char *)b.p);
    arena_done(&a);
}

static void
say_refused(struct turn *t, const struct plain_row *row, const struct err *err)
{
    const char *text = err->text[0] != '\0' ? err->text : rc_text(err->code);
    say(t->p, _("Row %zu: %s"), row->number, text);
}

/* False: there is no use going on. */
static bool
try_all(struct turn *t)
{
    for (size_t i = 0; i < t->nrows && !t->p->over; i++) {
        struct arena a;
        struct body body = {0};
        struct err err = {0};
        arena_init(&a, SIZE_MAX, NULL, NULL);
        enum rc rc = ask_row(t, &t->rows[i], METHOD_TRIAL, &a, &body, &err);
        t->ready[i] = rc == RC_OK && body_has(&body, BODY_RESULTS) && body.nresults == 1 &&
                      body_has(&body.results[0], BODY_RECORD);
        if (t->ready[i]) {
            t->nready++;
            say_shown(t, &t->rows[i], &body.results[0].record);
        } else {
            say_refused(t, &t->rows[i], &err);
        }
        arena_done(&a);
    }
    return t->nready > 0 && !t->p->over;
}

static void
say_sums(struct turn *t)
{
    struct arena a;
    struct buf b;
    char amount[MONEY_TEXT];
    arena_init(&a, SIZE_MAX, NULL, NULL);
    buf_init(&b, &a, 160);
    for (size_t i = 0; i < t->act->nshows && i < SUMS; i++) {
        const struct schema_field *f = schema_field(t->e, t->act->shows[i]);
        if (t->has[i] && f != NULL)
            buf_printf(&b, "%s%.*s %s", b.n > 0 ? ", " : "", STR_ARG(f->label),
                       locale_money(plain_locale(t->p), t->sums[i], amount));
    }
    if (b.n > 0)
        say(t->p, _("%zu of %zu together: %.*s."), t->nready, t->nrows, (int)b.n, (const char *)b.p);
    else
        say(t->p, _("%zu of %zu can be done."), t->nready, t->nrows);
    arena_done(&a);
}

static enum go
run_all(struct turn *t)
{
    size_t done = 0;
    for (size_t i = 0; i < t->nrows && !t->p->over; i++) {
        struct arena a;
        struct body body = {0};
        struct err err = {0};
        if (!t->ready[i])
            continue;
        arena_init(&a, SIZE_MAX, NULL, NULL);
        if (ask_row(t, &t->rows[i], METHOD_ACT, &a, &body, &err) == RC_OK) {
            done++;
            if (body_has(&body, BODY_RECORD)) {
                t->p->it = (struct made){.saved = true, .entity = body.record.entity, .id = body.record.id};
                say(t->p, _("Row %zu, %.*s: done."), t->rows[i].number, STR_ARG(body.record.label));
            }
        } else {
            t->p->failed = err.code;
            say_refused(t, &t->rows[i], &err);
        }
        arena_done(&a);
    }
    say(t->p, _("%zu done, %zu not."), done, t->nrows - done);
    return t->p->over ? GO_QUIT : GO_ON;
}

const struct schema_action *
plain_batch_action(const struct schema_entity *e, char option)
{
    for (size_t i = 0; i < e->nactions; i++)
        if (e->actions[i].option == option && e->actions[i].on_record && e->actions[i].nshows > 0 &&
            !e->actions[i].needs_reason)
            return &e->actions[i];
    return NULL;
}

enum go
plain_batch(struct plain *p, const struct schema_entity *e, const struct schema_action *act,
            const struct plain_row *rows, size_t n)
{
    struct arena a;
    struct str answer = STR_NONE;
    enum go go = GO_ON;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct turn t = {.p = p, .e = e, .act = act, .rows = rows, .nrows = n, .ready = arena_new(&a, bool, n)};
    if (try_all(&t)) {
        say_sums(&t);
        struct str question = str_printf(&a, _("%.*s, %zu: yes or no: "), STR_ARG(act->label), t.nready);
        enum heard heard = hear(p, &a, question, &answer);
        if (heard == HEARD_END)
            go = GO_QUIT;
        else if (heard == HEARD_LINE && (str_eq_c(answer, "yes") || str_eq_c(answer, "y") ||
                                         str_eq_c(answer, "ndiyo") || str_eq_c(answer, "!")))
            go = run_all(&t);
        else
            say(p, "%s", _("Nothing was done."));
    } else if (!p->over) {
        say(p, "%s", _("There is none that can be done."));
    }
    arena_done(&a);
    return p->over ? GO_QUIT : go;
}
