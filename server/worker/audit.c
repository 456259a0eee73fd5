#include "server/worker/audit.h"

#include <poll.h>
#include <string.h>

#include "server/catalog/audit.h"
#include "server/log.h"

enum { BULK_ROWS = 20, REFUSALS = 10, MINUTE_US = 60 * 1000 * 1000 };

struct event {
    enum audit_kind kind;
    const struct entity *entity; /* NULL: none */
    const char *verb;
    int64_t row, count;
    enum audit_outcome outcome;
    struct str detail;
};

static const struct entity *
entity_of(const struct params *p)
{
    return p->entity.name.n ? entity_by_name(p->entity.name) : entity_by_number(p->entity.number);
}

static const struct action *
action_of(const struct entity *e, const struct params *p)
{
    return p->action.name.n ? entity_action_named(e, p->action.name) : entity_action(e, p->action.number);
}

/* "issue" for an action, else the method's own word. */
static const char *
verb_of(const struct method_info *m, const struct entity *e, const struct params *p)
{
    const struct action *a = e && m->number == METHOD_ACT ? action_of(e, p) : NULL;
    return a ? a->name : m->name;
}

static struct pg_stmt
event_stmt(struct arena *a, const struct event *ev)
{
    enum { PARAMS = 7 };
    struct value *params = arena_new(a, struct value, PARAMS);
    params[0] = VALUE_INT((int64_t)ev->kind);
    params[1] =
        VALUE_TEXT(ev->entity ? str_printf(a, "%s %s", ev->entity->name, ev->verb) : str_from(ev->verb));
    params[2] = ev->entity ? VALUE_TEXT(str_from(ev->entity->name)) : VALUE_NULL;
    params[3] = ev->row ? VALUE_INT(ev->row) : VALUE_NULL;
    params[4] = VALUE_INT(ev->count);
    params[5] = VALUE_INT((int64_t)ev->outcome);
    params[6] = ev->detail.n ? VALUE_TEXT(ev->detail) : VALUE_NULL;
    return (struct pg_stmt){
        "select app.audit_add($1::int, $2::text, $3::text, $4::bigint, $5::bigint, $6::int, $7::text)",
        params, PARAMS};
}

/* ------------------------------------------------------------------ changes */

static enum audit_kind
kind_of_change(const struct entity *e, const struct action *a, const struct body *result)
{
    bool own = e->number == ENTITY_ACCOUNT || e->number == ENTITY_SESSION || e->number == ENTITY_USER_KEY;
    if (own || (e->number == ENTITY_USER && a))
        return AUDIT_ACCOUNT;
    if (e->flags & EF_PLATFORM)
        return AUDIT_PLATFORM;
    return a && (body_has(result, BODY_FILE) || strcmp(a->name, "export") == 0) ? AUDIT_TAKEN : AUDIT_CHANGE;
}

static struct pg_stmt
change_stmt(struct call *c, const struct method_info *m, const struct params *p, const struct body *result)
{
    const struct entity *e = entity_of(p);
    const struct action *a = e && m->number == METHOD_ACT ? action_of(e, p) : NULL;
    struct event ev = {AUDIT_CHANGE, e, verb_of(m, e, p), 0, 1, AUDIT_DONE, STR_NONE};
    if (e)
        ev.kind = kind_of_change(e, a, result);
    if (body_has(result, BODY_RECORD))
        ev.row = result->record.id;
    if (e && body_has(result, BODY_RECORD) && result->record.entity != e->number) {
        const struct entity *made = entity_by_number(result->record.entity);
        ev.detail = str_printf(c->ctx.arena, "made %s %lld", made ? made->name : "record", (long long)ev.row);
        ev.row = p->id;
    }
    if (ev.kind == AUDIT_TAKEN && body_has(result, BODY_FILE))
        ev.detail = result->file.name;
    return event_stmt(c->ctx.arena, &ev);
}

const struct pg_stmt *
audit_changes(struct call *c, const struct pg_stmt *store, size_t *ret_n)
{
    const struct params *p = &c->params;
    struct pg_stmt *stmts = arena_new(c->ctx.arena, struct pg_stmt, p->nsteps + 2);
    size_t n = 0;
    if (c->method->number != METHOD_BATCH)
        stmts[n++] = change_stmt(c, c->method, p, &c->body);
    for (size_t i = 0; c->method->number == METHOD_BATCH && i < p->nsteps && i < c->body.nresults; i++) {
        const struct param_step *s = &p->steps[i];
        const struct method_info *m =
            s->method.name.n ? method_by_name(s->method.name) : method_by_number(s->method.number);
        if (m)
            stmts[n++] = change_stmt(c, m, &s->params, &c->body.results[i]);
    }
    stmts[n++] = *store;
    *ret_n = n;
    return stmts;
}

/* ------------------------------------------------------------------ what a session did in this minute */

static struct audit_tally *
tally_of(struct worker *w, const struct call *c)
{
    const struct identity *who = &c->job->who;
    struct audit_tally *t = &w->tallies[(uint64_t)who->session % AUDIT_TALLIES];
    if (t->session == who->session && t->tenant == who->tenant && c->started - t->since < MINUTE_US)
        return t;
    if (t->beyond)
        audit_flush(w, true);
    size_t persons = t->session == who->session ? t->persons : 0;
    *t = (struct audit_tally){.session = who->session,
                              .user = who->user,
                              .tenant = who->tenant,
                              .since = c->started,
                              .persons = persons};
    t->address_n = c->ctx.address.n < sizeof t->address ? c->ctx.address.n : sizeof t->address;
    memcpy(t->address, c->ctx.address.p, t->address_n);
    return t;
}

static enum rc
note(struct worker *w, const struct identity *who, struct str address, struct str client,
     const struct event *ev, struct err *reterr)
{
    const struct value params[] = {
        VALUE_INT(who->tenant), VALUE_INT((int64_t)ev->kind), VALUE_TEXT(str_from(ev->verb)),
        VALUE_INT(who->user),   VALUE_TEXT(address),          VALUE_TEXT(client),
        VALUE_TEXT(ev->detail), VALUE_INT(ev->count)};
    const struct pg_stmt stmt = {
        "select app.audit_note($1::int, $2::int, $3::text, '', $4::bigint, $5::text, $6::text, null, 2, "
        "$7::text, $8::bigint)",
        params, COUNTOF(params)};
    return pg_run(w->pg, &w->arena, &stmt, 1, NULL, reterr);
}

void
audit_flush(struct worker *w, bool all)
{
    struct err err = {0};
    char text[LOG_TEXT];
    const int64_t now = call_now();
    for (size_t i = 0; w->tallied && i < AUDIT_TALLIES; i++) {
        struct audit_tally *t = &w->tallies[i];
        if (!t->beyond || (!all && now - t->since < MINUTE_US))
            continue;
        const struct identity who = {.tenant = t->tenant, .user = t->user};
        const struct event ev = {.kind = AUDIT_REFUSAL,
                                 .verb = "refusals",
                                 .count = (int64_t)t->beyond,
                                 .detail = STR("further ones within a minute, not listed one by one")};
        if (note(w, &who, (struct str){t->address, t->address_n}, STR_NONE, &ev, &err))
            log_warn("worker.audit", "refusals=%zu cause=%s", t->beyond, log_text(err.log, text));
        w->tallied -= t->beyond;
        t->beyond = 0;
    }
}

void
audit_wait(struct worker *w)
{
    if (!w->tallied)
        return;
    int64_t oldest = INT64_MAX, now = call_now();
    for (size_t i = 0; i < AUDIT_TALLIES; i++)
        if (w->tallies[i].beyond && w->tallies[i].since < oldest)
            oldest = w->tallies[i].since;
    int64_t ms = (oldest + MINUTE_US - now) / 1000 + 1;
    struct pollfd line = {.fd = w->config->fd, .events = POLLIN};
    (void)poll(&line, 1, ms > 0 ? (int)ms : 0);
    audit_flush(w, false);
    arena_reset(&w->arena);
}

/* ------------------------------------------------------------------ refusals */

static const char *
refused_verb(const struct call *c, const struct entity *e)
{
    return c->method ? verb_of(c->method, e, &c->params) : "request";
}

/* Of a batch the step that was refused is not known here: its sentence says it. */
static void
refused(struct worker *w, struct call *c, enum rc rc)
{
    struct err err = {0};
    char text[LOG_TEXT];
    struct audit_tally *t = tally_of(w, c);
    if (++t->refusals > REFUSALS) {
        t->beyond++;
        w->tallied++;
        return;
    }
    const struct entity *e = c->method ? entity_of(&c->params) : NULL;
    const struct event ev = {AUDIT_REFUSAL,        e, refused_verb(c, e), c->params.id, 1, AUDIT_REFUSED,
                             str_from(c->err.text)};
    enum rc written;
    if (rc == RC_UNAUTHENTICATED) {
        written = note(w, &c->job->who, c->ctx.address, c->ctx.client, &ev, &err);
    } else {
        const struct pg_stmt stmt = event_stmt(c->ctx.arena, &ev);
        written = tx_run(&c->tx, c->ctx.arena, &stmt, 1, NULL, &err);
    }
    if (written)
        log_warn("worker.audit", "code=%s cause=%s", rc_symbol(written),
                 log_text(err.log[0] ? err.log : err.text, text));
}

/* ------------------------------------------------------------------ reads */

static bool
shows_persons(const struct call *c, const struct entity *e)
{
    for (size_t i = 0; e && i < e->nfields; i++)
        if (e->fields[i].flags & SCHEMA_PERSONAL)
            return rights_may(&c->ctx.who.rights, e, "personal");
    return false;
}

/* A list read one by one, in short pages or by searching is a list: told whenever so many were shown. */
static bool
in_passing(struct worker *w, struct call *c, size_t shown, struct event *ret)
{
    struct audit_tally *t = tally_of(w, c);
    t->persons += shown;
    if (t->persons < BULK_ROWS)
        return false;
    ret->count = (int64_t)t->persons;
    ret->row = 0;
    ret->detail = STR("a few at a time");
    t->persons = 0;
    return true;
}

static size_t
persons_found(const struct call *c)
{
    const struct body_hits *hits = &c->body.hits;
    size_t n = 0;
    for (size_t i = 0; i < hits->nrows; i++)
        n += shows_persons(c, entity_by_number(hits->rows[i].record.entity));
    return n;
}

/* What of a read the audit is told; false: nothing. */
static bool
read_event(struct worker *w, struct call *c, struct event *ret)
{
    const struct params *p = &c->params;
    const struct entity *e = entity_of(p);
    *ret = (struct event){AUDIT_READ, e, c->method->name, p->id, 1, AUDIT_DONE, STR_NONE};
    if (c->method->number == METHOD_PRINT) {
        ret->kind = AUDIT_TAKEN;
        ret->detail = c->body.file.name;
        return true;
    }
    if (c->method->number == METHOD_EXPORT) {
        ret->kind = AUDIT_TAKEN;
        ret->count = c->body.page.total;
        ret->detail = c->body.file.name;
        return true;
    }
    if (c->method->number == METHOD_FIND)
        return in_passing(w, c, persons_found(c), ret);
    if (!shows_persons(c, e))
        return false;
    switch (c->method->number) {
    case METHOD_LIST:
        if (c->body.page.nrows < BULK_ROWS && !p->cursor.n)
            return in_passing(w, c, c->body.page.nrows, ret);
        ret->count = (int64_t)c->body.page.nrows;
        ret->detail = p->cursor.n ? STR("a further page") : STR_NONE;
        return true;
    case METHOD_HISTORY:
        ret->count = (int64_t)c->body.events.nrows;
        return true;
    case METHOD_AS_OF:
        return true;
    case METHOD_GET:
        return in_passing(w, c, 1, ret);
    default:
        return false;
    }
}

static enum rc
did_read(struct worker *w, struct call *c)
{
    struct event ev;
    if (!read_event(w, c, &ev))
        return RC_OK;
    /* The answer need not wait for the disk: what is lost with the machine's power is a second's reads at
     * most. */
    const struct pg_stmt stmts[] = {
        {"select set_config('synchronous_commit', 'off', true)", NULL, 0},
        event_stmt(c->ctx.arena, &ev)
    };
    enum rc rc = tx_run(&c->tx, c->ctx.arena, stmts, COUNTOF(stmts), NULL, &c->err);
    if (rc != RC_OK)
        memset(&c->body, 0, sizeof c->body);
    return rc;
}

enum rc
audit_request(struct worker *w, struct call *c, enum rc rc)
{
    bool reads = c->method && !(c->method->flags & METHOD_WRITES);
    if (rc == RC_OK && reads)
        return did_read(w, c);
    if (rc == RC_FORBIDDEN || rc == RC_UNAUTHENTICATED)
        refused(w, c, rc);
    return rc;
}
