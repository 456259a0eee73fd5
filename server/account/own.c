#include "server/catalog/account.h"

#include <string.h>
#include <time.h>

#include "server/account/account.h"
#include "server/account/factor.h"
#include "server/account/password.h"
#include "server/account/slip.h"
#include "server/account/user_check.h"
#include "server/catalog/user_key.h"

/* One's own account: what everybody may do for himself, also while the session is for setting the account up.
 */

static enum rc
prepare(struct op_ctx *ctx, void *row, const void *old, struct err *reterr)
{
    const struct account *a = row, *was = old;
    (void)reterr;
    if (row_has(&a->row, ACCOUNT_NAME))
        user_check_name(ctx, a->name, was ? was->name : STR_NONE);
    if (row_has(&a->row, ACCOUNT_LANGUAGE))
        user_check_language(ctx, a->language);
    if (row_has(&a->row, ACCOUNT_EMAIL))
        user_check_email(ctx, a->email);
    if (row_has(&a->row, ACCOUNT_PHONE))
        user_check_phone(ctx, a->phone, was && row_has(&was->row, ACCOUNT_PHONE) ? was->phone : STR_NONE);
    return RC_OK;
}

/* How it stands with oneself: app.own_door. */
struct own {
    const char *hash; /* NULL: no password */
    bool has_factor;  /* a confirmed one */
    bool began;       /* one that waits to be confirmed */
    struct str sealed;
    bool by_token; /* the session was opened with a one-time token and the account is not set up yet */
};

static enum rc
look(struct op_ctx *ctx, struct own *ret, struct err *reterr)
{
    enum { LIMITED = 3 };
    struct pg_rows rows;
    enum rc rc = op_query(ctx, "own_door",
                          "select password_hash, factor_id, secret, confirmed, session_state, session_method"
                          " from app.own_door()",
                          NULL, 0, &rows, reterr);
    if (rc != RC_OK)
        return rc;
    if (rows.nrows != 1)
        return err_log(reterr, RC_INTERNAL, "the session of the request is not there");
    const struct value *hash = pg_cell(&rows, 0, 0);
    bool factor = pg_cell(&rows, 0, 1)->type == VT_INT, confirmed = factor && pg_cell(&rows, 0, 3)->yes;
    *ret = (struct own){
        .hash = hash->type == VT_TEXT ? str_dup(ctx->arena, hash->text).p : NULL,
        .has_factor = confirmed,
        .began = factor && !confirmed,
        .sealed = factor ? pg_cell(&rows, 0, 2)->text : STR_NONE,
        .by_token = pg_cell(&rows, 0, 4)->i == LIMITED && str_eq_c(pg_cell(&rows, 0, 5)->text, "token"),
    };
    return RC_OK;
}

/* ------------------------------------------------------------------ password */

static enum rc
check_current(const struct own *own, const struct account_password *given, struct err *reterr)
{
    if (!own->hash || own->by_token)
        return RC_OK;
    if (!row_has(&given->row, ACCOUNT_PASSWORD_CURRENT) || !given->current.n)
        return err_set(reterr, RC_REFUSED, "current", "your present password is needed to choose another");
    if (!crypt_password_matches(own->hash, given->current))
        return err_set(reterr, RC_REFUSED, "current", "this is not your present password");
    return RC_OK;
}

static enum rc
change_password(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct account *a = row;
    const struct account_password *given = args;
    char hash[CRYPT_PASSWORD_TEXT];
    struct own own;
    (void)ret;
    enum rc rc = look(ctx, &own, reterr);
    if (rc == RC_OK)
        rc = check_current(&own, given, reterr);
    if (rc != RC_OK)
        return rc;
    const char *weakness = password_weakness(given->password, a->login, a->name);
    if (weakness)
        return err_set(reterr, RC_REFUSED, "new", "%s", weakness);
    if (own.hash && crypt_password_matches(own.hash, given->password))
        return err_set(reterr, RC_REFUSED, "new", "this is the password you have");
    rc = crypt_password_hash(given->password, hash, reterr);
    if (rc != RC_OK)
        return rc;
    const struct value params[] = {VALUE_TEXT(str_from(hash))};
    return op_query(ctx, "own_password", "select app.own_password($1)", params, COUNTOF(params), NULL,
                    reterr);
}

/* ------------------------------------------------------------------ second factor */

static struct factor_place
place(const struct op_ctx *ctx)
{
    return (struct factor_place){ctx->keys, ctx->tx->pg, ctx->arena, ctx->who.tenant, ctx->who.user};
}

static enum rc
begin_factor(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct account *a = row;
    unsigned char secret[TOTP_SECRET];
    struct str login = STR_NONE;
    (void)args;
    const struct factor_place at = place(ctx);
    struct str sealed;
    totp_new(secret);
    enum rc rc = factor_seal(&at, secret, &sealed, reterr);
    if (rc != RC_OK)
        return rc;
    const struct value params[] = {
        {.type = VT_BYTES, .text = sealed}
    };
    rc = op_query(ctx, "own_factor", "select app.own_factor($1)", params, COUNTOF(params), NULL, reterr);
    if (rc == RC_OK)
        rc = slip_login(ctx, a->login, &login, reterr);
    if (rc == RC_OK)
        rc = slip_factor(ctx, login, secret, &ret->file, reterr);
    crypt_wipe(secret, sizeof secret);
    return rc;
}

/* The step of a right code. */
static enum rc
read_code(struct op_ctx *ctx, const struct own *own, struct str code, int64_t *ret_step, struct err *reterr)
{
    unsigned char secret[TOTP_SECRET];
    const struct factor_place at = place(ctx);
    enum rc rc = factor_open(&at, own->sealed, secret, reterr);
    if (rc != RC_OK)
        return rc;
    bool right = totp_matches(secret, code, (int64_t)time(NULL), ret_step);
    crypt_wipe(secret, sizeof secret);
    return right ? RC_OK
                 : err_set(
                       reterr, RC_REFUSED, "code",
                       "this is not the code of now: type the six digits the authenticator shows, and check "
                       "that the clock of the phone is right");
}

/* New recovery codes against a code; `sql` takes its step and the hashes, and says whether the code counted.
 */
static enum rc
give_recovery(struct op_ctx *ctx, const struct account *a, const struct own *own, struct str code,
              const char *sql, struct op_result *ret, struct err *reterr)
{
    struct recovery codes;
    struct pg_rows rows;
    struct str login;
    int64_t step;
    enum rc rc = read_code(ctx, own, code, &step, reterr);
    if (rc != RC_OK)
        return rc;
    recovery_new(&codes);
    const struct value params[] = {VALUE_INT(step), VALUE_TEXT(recovery_hashes(ctx->arena, &codes))};
    rc = op_query(ctx, "own_recovery", sql, params, COUNTOF(params), &rows, reterr);
    if (rc == RC_OK && !pg_cell(&rows, 0, 0)->yes)
        rc = err_set(reterr, RC_REFUSED, "code", "this code was used: wait for the next one");
    if (rc == RC_OK)
        rc = slip_login(ctx, a->login, &login, reterr);
    if (rc == RC_OK)
        slip_recovery(ctx, login, &codes, &ret->file);
    crypt_wipe(&codes, sizeof codes);
    return rc;
}

static enum rc
confirm_factor(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct account_code *given = args;
    struct own own;
    enum rc rc = look(ctx, &own, reterr);
    if (rc != RC_OK)
        return rc;
    if (!own.began)
        return err_set(reterr, RC_REFUSED, NULL,
                       own.has_factor ? "your second factor is confirmed already"
                                      : "begin with \"factor\": there is nothing to confirm");
    return give_recovery(ctx, row, &own, given->code, "select app.own_confirm($1, $2::text::text[])", ret,
                         reterr);
}

static enum rc
renew_recovery(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct account_code *given = args;
    struct own own;
    enum rc rc = look(ctx, &own, reterr);
    if (rc != RC_OK)
        return rc;
    if (!own.has_factor)
        return err_set(reterr, RC_REFUSED, NULL, "there are recovery codes only with a second factor");
    return give_recovery(ctx, row, &own, given->code, "select app.own_recovery($1, $2::text::text[])", ret,
                         reterr);
}

/* ------------------------------------------------------------------ keys */

static enum rc
add_key(struct op_ctx *ctx, void *row, void *args, struct op_result *ret, struct err *reterr)
{
    const struct account *a = row;
    const struct account_key *given = args;
    struct user_key k;
    memset(&k, 0, sizeof k);
    ROW_SET(&k, USER_KEY_USER, user, ((struct ref){.id = a->row.id}));
    ROW_SET(&k, USER_KEY_PUBLIC_KEY, public_key, given->public_key);
    if (row_has(&given->row, ACCOUNT_KEY_NAME))
        ROW_SET(&k, USER_KEY_NAME, name, given->name);
    enum rc rc = user_key_rule.prepare(ctx, &k, NULL, reterr);
    if (rc == RC_OK)
        rc = op_insert(ctx, ENTITY_USER_KEY, &k, reterr);
    if (rc == RC_OK)
        *ret = (struct op_result){ENTITY_USER_KEY, k.row.id, ret->file};
    return rc;
}

static const struct rule_action actions[] = {
    {.number = ACCOUNT_PASSWORD, .run = change_password},
    {.number = ACCOUNT_FACTOR,   .run = begin_factor   },
    {.number = ACCOUNT_CONFIRM,  .run = confirm_factor },
    {.number = ACCOUNT_RECOVERY, .run = renew_recovery },
    {.number = ACCOUNT_ADD_KEY,  .run = add_key        },
};

const struct rule account_rule = {
    .entity = ENTITY_ACCOUNT, .prepare = prepare, .actions = actions, .nactions = COUNTOF(actions)};
