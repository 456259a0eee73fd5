#include "server/account/door.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/base/limits.h"

enum { STATE_CODE = 1, MINUTE = 60 };

enum rc
door_ask(const struct account_door *door, const char *sql, const struct value *params, size_t nparams,
         struct pg_rows *ret, struct err *reterr)
{
    const struct pg_stmt stmt = {sql, params, nparams};
    enum rc rc = pg_run(door->pg, door->arena, &stmt, 1, ret, reterr);
    return rc == RC_OK || rc == RC_INTERNAL ? rc : RC_RETRY;
}

enum rc
door_refused(struct err *reterr)
{
    return err_set(reterr, RC_UNAUTHENTICATED, NULL, "login or password is not right");
}

enum rc
door_say(const struct account_door *door, struct answer *ret, struct err *reterr, const char *fmt, ...)
{
    char text[400];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    ret->payload = str_dup(door->arena, str_from(text));
    return err_set(reterr, RC_UNAUTHENTICATED, NULL, "%s", text);
}

struct str
door_wait(struct arena *a, int64_t seconds)
{
    if (seconds < 2 * MINUTE)
        return str_printf(a, "%lld seconds", (long long)seconds);
    return str_printf(a, "%lld minutes", (long long)((seconds + MINUTE - 1) / MINUTE));
}

struct str
door_printable(struct arena *a, struct str typed)
{
    struct str s = str_dup(a, str_slice(typed, 0, LIMIT_LOGIN));
    char *p = (char *)(uintptr_t)s.p; /* our own copy */
    for (size_t i = 0; i < s.n; i++)
        if (p[i] < ' ' || p[i] > '~')
            p[i] = '?';
    return s;
}

enum rc
door_failed(const struct account_door *door, const struct job *job, const struct identity *who,
            enum door_failure failure, const char *why, struct err *reterr)
{
    const struct value params[] = {
        who ? VALUE_INT(who->tenant) : VALUE_NULL,
        who ? VALUE_INT(who->user) : VALUE_NULL,
        VALUE_INT(failure),
        VALUE_TEXT(door_printable(door->arena, job->login)),
        VALUE_TEXT(job->address),
        VALUE_TEXT(job->client),
        why ? VALUE_TEXT(str_from(why)) : VALUE_NULL,
    };
    return door_ask(door, "select app.sign_in_failed($1::int, $2::bigint, $3::int, $4, $5, $6, $7)", params,
                    COUNTOF(params), NULL, reterr);
}

int64_t
door_session(void)
{
    int64_t session = 0;
    while (session <= 0) {
        crypt_random(&session, sizeof session);
        session &= INT64_MAX;
    }
    return session;
}

void
door_opened(const struct pg_rows *rows, size_t at, const struct identity *who, struct answer *ret)
{
    ret->who = *who;
    ret->more = pg_cell(rows, 0, at)->i == STATE_CODE ? SIGN_IN_CODE : SIGN_IN_DONE;
    ret->idle_seconds = (uint32_t)pg_cell(rows, 0, at + 1)->i;
    ret->session_seconds = (uint32_t)pg_cell(rows, 0, at + 2)->i;
    if (ret->more == SIGN_IN_CODE)
        ret->payload = STR("Code of your authenticator, or a recovery code: ");
}

enum { REPORT_TEXT = 24 }; /* digits of a 63-bit number and a comma, "false," */

/* {1,2,3}, {t,f,t} and {f,f,f}: arrays as PostgreSQL reads them. */
static void
put_reports(struct arena *a, const struct session_report *rows, size_t n, struct value ret[3])
{
    struct buf tokens, active, gone;
    buf_init(&tokens, a, n * REPORT_TEXT + 2);
    buf_init(&active, a, n * 2 + 2);
    buf_init(&gone, a, n * 2 + 2);
    for (size_t i = 0; i < n; i++) {
        buf_printf(&tokens, "%c%lld", i ? ',' : '{', (long long)rows[i].session);
        buf_printf(&active, "%c%c", i ? ',' : '{', rows[i].active ? 't' : 'f');
        buf_printf(&gone, "%c%c", i ? ',' : '{', rows[i].gone ? 't' : 'f');
    }
    buf_add_str(&tokens, n ? STR("}") : STR("{}"));
    buf_add_str(&active, n ? STR("}") : STR("{}"));
    buf_add_str(&gone, n ? STR("}") : STR("{}"));
    ret[0] = VALUE_TEXT(buf_str(&tokens));
    ret[1] = VALUE_TEXT(buf_str(&active));
    ret[2] = VALUE_TEXT(buf_str(&gone));
}

enum rc
door_sessions(const struct account_door *door, const struct job *job, struct answer *ret, struct err *reterr)
{
    struct session_report *reports = arena_new(door->arena, struct session_report, SESSIONS_MAX);
    size_t n = 0;
    struct value params[3];
    struct pg_rows rows;
    enum rc rc = session_reports_read(job->payload, reports, &n, reterr);
    if (rc != RC_OK)
        return rc;
    put_reports(door->arena, reports, n, params);
    rc = door_ask(door,
                  "select token, why from app.check_sessions($1::text::bigint[], $2::text::boolean[], "
                  "$3::text::boolean[])"
                  " limit 4096",
                  params, COUNTOF(params), &rows, reterr);
    if (rc != RC_OK)
        return rc;
    struct session_verdict *verdicts = arena_new(door->arena, struct session_verdict, rows.nrows + 1);
    for (size_t i = 0; i < rows.nrows; i++)
        verdicts[i] = (struct session_verdict){pg_cell(&rows, i, 0)->i, pg_cell(&rows, i, 1)->text};
    struct buf b;
    buf_init(&b, door->arena, rows.nrows * 80 + 16);
    session_verdicts_put(&b, verdicts, rows.nrows);
    ret->payload = buf_str(&b);
    return RC_OK;
}
