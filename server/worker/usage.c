#include "server/worker/usage.h"

#include <stdio.h>
#include <string.h>

#include "common/base/buf.h"

enum { MICROSECONDS = 1000000 };

/* NULL: no room. */
static struct usage_count *
count_of(struct usage *u, int32_t tenant)
{
    for (size_t i = 0; i < u->ncounts; i++)
        if (u->counts[i].tenant == tenant)
            return &u->counts[i];
    if (u->ncounts == USAGE_COMPANIES)
        return NULL;
    u->counts[u->ncounts] = (struct usage_count){.tenant = tenant};
    return &u->counts[u->ncounts++];
}

void
usage_request(struct usage *u, int32_t tenant, enum rc code, int64_t took_us)
{
    struct usage_count *c = count_of(u, tenant);
    if (!c)
        return;
    c->requests++;
    c->errors += code == RC_INTERNAL;
    c->refusals += code != RC_OK && code != RC_NOT_MODIFIED && code != RC_INTERNAL && !rc_retryable(code);
    c->time_us += took_us;
    c->max_us = took_us > c->max_us ? took_us : c->max_us;
}

void
usage_sign_in(struct usage *u, int32_t tenant)
{
    struct usage_count *c = count_of(u, tenant);
    if (c)
        c->sign_ins++;
}

void
usage_failed(struct usage *u, int32_t tenant, const struct err *e, const char *request_id, const char *method)
{
    if (u->nerrors == USAGE_ERRORS)
        return;
    struct usage_error *to = &u->errors[u->nerrors++];
    *to = (struct usage_error){.tenant = tenant};
    (void)snprintf(to->cause, sizeof to->cause, e->sqlstate[0] ? "database: state %s" : "service",
                   e->sqlstate);
    (void)snprintf(to->request_id, sizeof to->request_id, "%s", request_id);
    (void)snprintf(to->method, sizeof to->method, "%s", method);
}

static bool
is_full(const struct usage *u)
{
    return u->ncounts == USAGE_COMPANIES || u->nerrors == USAGE_ERRORS;
}

bool
usage_due(const struct usage *u, int64_t now)
{
    return (u->ncounts || u->nerrors) &&
           (is_full(u) || now - u->told >= (int64_t)USAGE_SECONDS * MICROSECONDS);
}

int
usage_wait(const struct usage *u, int64_t now)
{
    if (!u->ncounts && !u->nerrors)
        return 0;
    int64_t left = usage_due(u, now) ? 0 : u->told + (int64_t)USAGE_SECONDS * MICROSECONDS - now;
    return left < 2000 ? 1 : (int)(left / 1000);
}

static struct str
rows_of(struct arena *a, const struct usage *u)
{
    struct buf b;
    buf_init(&b, a, 64 * u->ncounts + 2);
    buf_add_char(&b, '[');
    for (size_t i = 0; i < u->ncounts; i++) {
        const struct usage_count *c = &u->counts[i];
        int64_t max = c->max_us < INT32_MAX ? c->max_us : INT32_MAX;
        buf_printf(&b, "%s[%d,null,%d,%d,%d,%d,%lld,%lld]", i ? "," : "", c->tenant, c->requests, c->refusals,
                   c->errors, c->sign_ins, (long long)c->time_us, (long long)max);
    }
    buf_add_char(&b, ']');
    return buf_str(&b);
}

void
usage_tell(struct usage *u, struct pg *pg, struct arena *a, int64_t now)
{
    enum { ERROR_PARAMS = 4 };
    struct pg_stmt stmts[USAGE_ERRORS + 1];
    struct value counts = VALUE_TEXT(rows_of(a, u)),
                 *errors = arena_new(a, struct value, USAGE_ERRORS * ERROR_PARAMS);
    struct err ignored;
    stmts[0] = (struct pg_stmt){"select app.usage_add($1::text::jsonb)", &counts, 1};
    for (size_t i = 0; i < u->nerrors; i++) {
        struct value *p = errors + i * ERROR_PARAMS;
        p[0] = VALUE_INT(u->errors[i].tenant);
        p[1] = VALUE_TEXT(str_from(u->errors[i].cause));
        p[2] = VALUE_TEXT(str_from(u->errors[i].request_id));
        p[3] = VALUE_TEXT(str_from(u->errors[i].method));
        stmts[i + 1] =
            (struct pg_stmt){"select app.error_add(nullif($1, 0), 'INTERNAL', $2, $3, $4)", p, ERROR_PARAMS};
    }
    u->told = now;
    if (pg_run(pg, a, stmts, u->nerrors + 1, NULL, &ignored) != RC_RETRY) /* else it is told the next time */
        u->ncounts = u->nerrors = 0;
}
