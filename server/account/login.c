#include <string.h>

#include "common/base/limits.h"
#include "server/account/account.h"

/* Answers are the same whatever was wrong: nobody learns which logins exist. */
static enum rc
refused(struct err *reterr)
{
    return err_set(reterr, RC_UNAUTHENTICATED, NULL, "login or password is not right");
}

/* "amina@simba.co.tz" in two; the domain follows the last @. */
static bool
split_login(struct str login, struct str *ret_name, struct str *ret_domain)
{
    size_t at = login.n;
    while (at > 0 && login.p[at - 1] != '@')
        at--;
    if (at < 2 || at == login.n || login.n > LIMIT_LOGIN)
        return false;
    *ret_name = str_slice(login, 0, at - 1);
    *ret_domain = str_slice(login, at, login.n);
    /* what is stored is plain ASCII; anything else would only upset the database's own text check */
    for (size_t i = 0; i < login.n; i++)
        if (login.p[i] <= ' ' || login.p[i] == 0x7f || (unsigned char)login.p[i] > 0x7f)
            return false;
    return true;
}

static void
fill_identity(const struct pg_rows *rows, struct identity *ret)
{
    *ret = (struct identity){.tenant = (int32_t)pg_cell(rows, 0, 0)->i, .user = pg_cell(rows, 0, 1)->i};
    crypt_random(&ret->session, sizeof ret->session);
    ret->session = (ret->session & INT64_MAX) | 1; /* positive */
}

enum rc
account_password(struct arena *a, struct pg *pg, struct str login, struct str password, struct identity *ret,
                 struct err *reterr)
{
    struct str name, domain;
    struct pg_rows rows = {0};
    if (password.n > LIMIT_PASSWORD)
        return refused(reterr);
    if (split_login(login, &name, &domain)) {
        const struct value params[] = {VALUE_TEXT(name), VALUE_TEXT(domain)};
        const struct pg_stmt stmt = {
            "select tenant_id, user_id, password_hash, active from app.login($1, $2)", params, 2};
        enum rc rc = pg_run(pg, a, &stmt, 1, &rows, reterr);
        if (rc != RC_OK)
            return rc == RC_INTERNAL ? rc : RC_RETRY;
    }
    if (rows.nrows != 1 || pg_cell(&rows, 0, 2)->type != VT_TEXT) {
        (void)crypt_password_decoy(password);
        return refused(reterr);
    }
    bool matches = crypt_password_matches(str_dup(a, pg_cell(&rows, 0, 2)->text).p, password);
    if (!matches || !pg_cell(&rows, 0, 3)->yes)
        return refused(reterr);
    fill_identity(&rows, ret);
    return RC_OK;
}

enum rc
account_key(struct arena *a, struct pg *pg, struct str login, struct str blob, struct identity *ret,
            struct err *reterr)
{
    struct str name, domain;
    struct pg_rows rows = {0};
    char fingerprint[ACCOUNT_FINGERPRINT];
    if (!split_login(login, &name, &domain) || !blob.n)
        return refused(reterr);
    account_fingerprint(blob, fingerprint);
    const struct value params[] = {VALUE_TEXT(name), VALUE_TEXT(domain), VALUE_TEXT(str_from(fingerprint))};
    const struct pg_stmt stmt = {"select tenant_id, user_id from app.login_key($1, $2, $3)", params, 3};
    enum rc rc = pg_run(pg, a, &stmt, 1, &rows, reterr);
    if (rc != RC_OK)
        return rc == RC_INTERNAL ? rc : RC_RETRY;
    if (rows.nrows != 1)
        return refused(reterr);
    fill_identity(&rows, ret);
    return RC_OK;
}

/* The session as a row: without one no worker lets the person in. */
static enum rc
open_session(struct arena *a, struct pg *pg, const struct job *job, const char *method,
             const struct identity *who, struct err *reterr)
{
    const struct value params[] = {VALUE_INT(who->tenant),   VALUE_INT(who->user),
                                   VALUE_INT(who->session),  VALUE_TEXT(str_from(method)),
                                   VALUE_TEXT(job->address), VALUE_TEXT(job->client)};
    const struct pg_stmt stmt = {"select app.open_session($1::int, $2, $3, 2, $4, $5, $6)", params,
                                 COUNTOF(params)};
    enum rc rc = pg_run(pg, a, &stmt, 1, NULL, reterr);
    return rc == RC_OK || rc == RC_INTERNAL ? rc : RC_RETRY;
}

enum rc
account_answer(struct arena *a, struct pg *pg, const struct job *job, struct answer *ret, struct err *reterr)
{
    enum rc rc = RC_UNAUTHENTICATED;
    if (job->kind == JOB_AUTH_PASSWORD) {
        rc = account_password(a, pg, job->login, job->payload, &ret->who, reterr);
        if (rc == RC_OK)
            rc = open_session(a, pg, job, "password", &ret->who, reterr);
    } else if (job->kind == JOB_AUTH_KEY || job->kind == JOB_AUTH_SIGNED) {
        rc = account_key(a, pg, job->login, job->payload, &ret->who, reterr);
        if (rc == RC_OK && job->kind == JOB_AUTH_SIGNED)
            rc = open_session(a, pg, job, "key", &ret->who, reterr);
    }
    return rc;
}
