/* The second factor at the door. */
#include <time.h>

#include "server/account/door.h"
#include "server/account/factor.h"

enum { CODE_MOST = 64 };

static enum rc
wrong_code(const struct account_door *door, const struct job *job, const char *why, struct err *reterr)
{
    enum rc rc = door_failed(door, job, &job->who, DOOR_CODE, why, reterr);
    return rc == RC_OK ? err_set(reterr, RC_UNAUTHENTICATED, NULL, "this code is not right") : rc;
}

/* What was typed: the code of a step, or what has the form of a recovery code; or neither. */
struct typed {
    int64_t step; /* 0: no code of now */
    bool recovery;
    unsigned char hash[CODE_HASH];
};

static enum rc
compare(const struct account_door *door, const struct job *job, const struct pg_rows *wanted,
        struct typed *ret, struct err *reterr)
{
    unsigned char secret[TOTP_SECRET];
    const struct factor_place at = {door->keys, door->pg, door->arena, job->who.tenant,
                                    pg_cell(wanted, 0, 2)->i};
    enum rc rc = factor_open(&at, pg_cell(wanted, 0, 0)->text, secret, reterr);
    if (rc != RC_OK)
        return rc;
    *ret = (struct typed){.step = 0};
    (void)totp_matches(secret, job->payload, (int64_t)time(NULL), &ret->step);
    crypt_wipe(secret, sizeof secret);
    ret->recovery = code_hash(job->payload, ret->hash) && !ret->step;
    return RC_OK;
}

static enum rc
take(const struct account_door *door, const struct job *job, const struct typed *t, struct pg_rows *ret,
     struct err *reterr)
{
    const struct value params[] = {
        VALUE_INT(job->who.tenant),
        VALUE_INT(job->who.session),
        VALUE_INT(t->step),
        t->recovery ? (struct value){.type = VT_BYTES, .text = {(const char *)t->hash, CODE_HASH}}
                    : VALUE_NULL,
    };
    return door_ask(
        door, "select state, idle_seconds, session_seconds from app.code_right($1::int, $2, $3, $4::bytea)",
        params, COUNTOF(params), ret, reterr);
}

enum rc
door_code(const struct account_door *door, const struct job *job, struct answer *ret, struct err *reterr)
{
    struct pg_rows rows;
    struct typed t;
    const struct value params[] = {VALUE_INT(job->who.tenant), VALUE_INT(job->who.session)};
    enum rc rc = door_ask(door, "select secret, wait, user_id from app.code_wanted($1::int, $2)", params,
                          COUNTOF(params), &rows, reterr);
    if (rc != RC_OK)
        return rc;
    if (rows.nrows != 1)
        return door_say(door, ret, reterr, "This sign-in took too long. Begin again.");
    if (pg_cell(&rows, 0, 1)->i > 0)
        return door_say(door, ret, reterr, "Too many wrong codes were typed. Try again in %.*s.",
                        STR_ARG(door_wait(door->arena, pg_cell(&rows, 0, 1)->i)));
    if (job->payload.n > CODE_MOST)
        return wrong_code(door, job, "wrong code", reterr);
    rc = compare(door, job, &rows, &t, reterr);
    if (rc != RC_OK)
        return rc;
    if (!t.step && !t.recovery)
        return wrong_code(door, job, "wrong code", reterr);
    rc = take(door, job, &t, &rows, reterr);
    if (rc != RC_OK)
        return rc;
    if (rows.nrows != 1)
        return wrong_code(door, job, t.recovery ? "wrong or used recovery code" : "used code", reterr);
    door_opened(&rows, 0, &job->who, ret);
    return RC_OK;
}
