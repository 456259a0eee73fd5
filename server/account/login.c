#include <string.h>

#include "common/base/limits.h"
#include "common/crypt/totp.h"
#include "server/account/door.h"

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

static struct value
bytes(const unsigned char *p, size_t n)
{
    return (struct value){
        .type = VT_BYTES, .text = {(const char *)p, n}
    };
}

/* ------------------------------------------------------------------ passwords and one-time tokens */

/* What app.login told of a name; found false: nobody, and the rest says nothing. */
struct told {
    bool found;
    struct identity who;
    const char *hash; /* NULL: has no password */
    bool token_fits;
    int64_t wait; /* seconds this source must wait */
    bool tell;    /* may a right password be told so meanwhile? */
    struct str refusal;
};

static enum rc
look_up(const struct account_door *door, const struct job *job, const unsigned char token[CODE_HASH],
        struct told *ret, struct err *reterr)
{
    struct str name, domain;
    struct pg_rows rows;
    *ret = (struct told){.found = false};
    if (!split_login(job->login, &name, &domain))
        return RC_OK;
    const struct value params[] = {VALUE_TEXT(name), VALUE_TEXT(domain), bytes(token, CODE_HASH),
                                   VALUE_TEXT(job->address)};
    enum rc rc = door_ask(door,
                          "select tenant_id, user_id, password_hash, token_fits, wait, tell, refusal"
                          " from app.login($1, $2, $3, $4)",
                          params, COUNTOF(params), &rows, reterr);
    if (rc != RC_OK || rows.nrows != 1)
        return rc;
    const struct value *hash = pg_cell(&rows, 0, 2), *refusal = pg_cell(&rows, 0, 6);
    *ret = (struct told){
        .found = true,
        .who = {.tenant = (int32_t)pg_cell(&rows, 0, 0)->i, .user = pg_cell(&rows, 0, 1)->i},
        .hash = hash->type == VT_TEXT ? str_dup(door->arena, hash->text).p : NULL,
        .token_fits = pg_cell(&rows, 0, 3)->yes,
        .wait = pg_cell(&rows, 0, 4)->i,
        .tell = pg_cell(&rows, 0, 5)->yes,
        .refusal = refusal->type == VT_TEXT ? refusal->text : STR_NONE,
    };
    return RC_OK;
}

/* The same work whatever there is to compare with. */
static bool
matches(const struct told *t, struct str password)
{
    bool compare = t->found && t->hash && (t->wait == 0 || t->tell);
    return compare ? crypt_password_matches(t->hash, password) : crypt_password_decoy(password);
}

static enum rc
enter(const struct account_door *door, const struct job *job, struct identity who, const char *method,
      const unsigned char token[CODE_HASH], struct answer *ret, struct err *reterr)
{
    struct pg_rows rows;
    who.session = door_session();
    const struct value params[] = {
        VALUE_INT(who.tenant),        VALUE_INT(who.user),     VALUE_INT(who.session),
        VALUE_TEXT(str_from(method)), bytes(token, CODE_HASH), VALUE_TEXT(job->address),
        VALUE_TEXT(job->client),
    };
    enum rc rc = door_ask(door,
                          "select state, idle_seconds, session_seconds"
                          " from app.sign_in($1::int, $2, $3, $4, $5, $6, $7)",
                          params, COUNTOF(params), &rows, reterr);
    if (rc != RC_OK)
        return rc;
    if (rows.nrows != 1) /* the token was used meanwhile, the account switched off */
        return door_refused(reterr);
    door_opened(&rows, 0, &who, ret);
    return RC_OK;
}

static enum rc
wrong_password(const struct account_door *door, const struct job *job, const struct told *t,
               struct err *reterr)
{
    /* tries while one must wait make it no longer: nobody keeps another one out for ever; the first are noted
     */
    enum door_failure failure = t->wait ? DOOR_OTHER : DOOR_PASSWORD;
    const char *why = !t->wait ? "wrong login or password" : t->tell ? "locked after wrong passwords" : NULL;
    enum rc rc = door_failed(door, job, t->found ? &t->who : NULL, failure, why, reterr);
    return rc == RC_OK ? door_refused(reterr) : rc;
}

/* The password was right, and still he is not let in: he may know why. */
static enum rc
kept_out(const struct account_door *door, const struct job *job, const struct told *t, struct answer *ret,
         struct err *reterr)
{
    enum rc rc = door_failed(door, job, &t->who, DOOR_OTHER,
                             t->wait ? "locked after wrong passwords" : "not active", reterr);
    if (rc != RC_OK)
        return rc;
    if (!t->wait)
        return door_say(door, ret, reterr, "%.*s", STR_ARG(t->refusal));
    return door_say(
        door, ret, reterr,
        "Too many wrong passwords were tried. Try again in %.*s, sign in by key, or ask your administrator.",
        STR_ARG(door_wait(door->arena, t->wait)));
}

static enum rc
by_password(const struct account_door *door, const struct job *job, struct answer *ret, struct err *reterr)
{
    unsigned char token[CODE_HASH];
    struct told t;
    if (!job->payload.n || job->payload.n > LIMIT_PASSWORD)
        return door_refused(reterr);
    (void)code_hash(job->payload, token); /* of what is no token, nothing fits the hash */
    enum rc rc = look_up(door, job, token, &t, reterr);
    if (rc != RC_OK)
        return rc;
    bool right = t.token_fits || matches(&t, job->payload);
    if (!right)
        return wrong_password(door, job, &t, reterr);
    if ((t.wait && !t.token_fits) || t.refusal.n)
        return kept_out(door, job, &t, ret, reterr);
    return enter(door, job, t.who, t.token_fits ? "token" : "password", token, ret, reterr);
}

/* ------------------------------------------------------------------ keys */

/* Is this a key that may sign in as that login, once its owner has proved that he holds it? */
static enum rc
key_known(const struct account_door *door, const struct job *job, struct answer *ret, struct err *reterr)
{
    struct str name, domain;
    struct pg_rows rows;
    char fingerprint[ACCOUNT_FINGERPRINT];
    if (!split_login(job->login, &name, &domain) || !job->payload.n)
        return door_refused(reterr);
    account_fingerprint(job->payload, fingerprint);
    const struct value params[] = {VALUE_TEXT(name), VALUE_TEXT(domain), VALUE_TEXT(str_from(fingerprint))};
    enum rc rc = door_ask(door, "select tenant_id, user_id from app.login_key($1, $2, $3)", params,
                          COUNTOF(params), &rows, reterr);
    if (rc == RC_OK && rows.nrows != 1)
        return door_refused(reterr);
    if (rc == RC_OK)
        ret->who =
            (struct identity){.tenant = (int32_t)pg_cell(&rows, 0, 0)->i, .user = pg_cell(&rows, 0, 1)->i};
    return rc;
}

static enum rc
by_key(const struct account_door *door, const struct job *job, struct answer *ret, struct err *reterr)
{
    struct str name, domain;
    struct pg_rows rows;
    char fingerprint[ACCOUNT_FINGERPRINT];
    struct identity who = {.session = door_session()};
    if (!split_login(job->login, &name, &domain) || !job->payload.n)
        return door_refused(reterr);
    account_fingerprint(job->payload, fingerprint);
    const struct value params[] = {
        VALUE_TEXT(name),       VALUE_TEXT(domain),       VALUE_TEXT(str_from(fingerprint)),
        VALUE_INT(who.session), VALUE_TEXT(job->address), VALUE_TEXT(job->client),
    };
    enum rc rc = door_ask(door,
                          "select tenant_id, user_id, refusal, state, idle_seconds, session_seconds"
                          " from app.sign_in_key($1, $2, $3, $4, $5, $6)",
                          params, COUNTOF(params), &rows, reterr);
    if (rc != RC_OK)
        return rc;
    if (rows.nrows != 1)
        return door_refused(reterr);
    who.tenant = (int32_t)pg_cell(&rows, 0, 0)->i;
    who.user = pg_cell(&rows, 0, 1)->i;
    if (pg_cell(&rows, 0, 2)->type == VT_TEXT || pg_cell(&rows, 0, 3)->type != VT_INT) {
        const struct told t = {.found = true, .who = who, .refusal = pg_cell(&rows, 0, 2)->text};
        return kept_out(door, job, &t, ret, reterr);
    }
    door_opened(&rows, 3, &who, ret);
    return RC_OK;
}

/* ------------------------------------------------------------------ registration */

static enum rc
openly(const struct account_door *door, const struct job *job, struct answer *ret, struct err *reterr)
{
    struct pg_rows rows;
    struct identity who = {.session = door_session()};
    const struct value params[] = {VALUE_INT(who.session), VALUE_TEXT(job->address), VALUE_TEXT(job->client)};
    enum rc rc = door_ask(door,
                          "select tenant_id, user_id, 2, idle_seconds, session_seconds"
                          " from app.sign_in_open($1, $2, $3)",
                          params, COUNTOF(params), &rows, reterr);
    if (rc != RC_OK)
        return rc;
    if (rows.nrows != 1)
        return door_say(door, ret, reterr, "Registration is closed.");
    who.tenant = (int32_t)pg_cell(&rows, 0, 0)->i;
    who.user = pg_cell(&rows, 0, 1)->i;
    door_opened(&rows, 2, &who, ret);
    return RC_OK;
}

enum rc
account_answer(const struct account_door *door, const struct job *asked, struct answer *ret,
               struct err *reterr)
{
    struct job copy = *asked;
    const struct job *job = &copy;
    copy.client = door_printable(door->arena, asked->client);
    switch (job->kind) {
    case JOB_AUTH_PASSWORD:
        return by_password(door, job, ret, reterr);
    case JOB_AUTH_KEY:
        return key_known(door, job, ret, reterr);
    case JOB_AUTH_SIGNED:
        return by_key(door, job, ret, reterr);
    case JOB_AUTH_CODE:
        return door_code(door, job, ret, reterr);
    case JOB_AUTH_OPEN:
        return openly(door, job, ret, reterr);
    case JOB_SESSIONS:
        return door_sessions(door, job, ret, reterr);
    case JOB_WIRE:
    case JOB_JSON:
        break;
    }
    return err_log(reterr, RC_INTERNAL, "a job of kind %d is no sign-in", (int)job->kind);
}
