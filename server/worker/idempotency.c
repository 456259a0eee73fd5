#include "server/worker/idempotency.h"

#include <string.h>

static struct value
bytes(struct str s)
{
    return (struct value){.type = VT_BYTES, .text = s};
}

/* A number for the lock: the same for the same company, user and key, and for hardly anything else. */
static int64_t
lock_number(const struct identity *who, struct str key)
{
    unsigned char in[sizeof who->tenant + sizeof who->user + IDEM_BYTES], hash[CRYPT_HASH];
    memset(in, 0, sizeof in);
    memcpy(in, &who->tenant, sizeof who->tenant);
    memcpy(in + sizeof who->tenant, &who->user, sizeof who->user);
    memcpy(in + sizeof who->tenant + sizeof who->user, key.p, key.n < IDEM_BYTES ? key.n : IDEM_BYTES);
    crypt_hash((struct str){(const char *)in, sizeof in}, hash);
    int64_t n;
    memcpy(&n, hash, sizeof n);
    return n;
}

void
idem_init(struct idem *i, const struct identity *who, struct str key, uint32_t method, struct str params_raw)
{
    unsigned char in[sizeof method + CRYPT_HASH];
    memcpy(in, &method, sizeof method);
    crypt_hash(params_raw, in + sizeof method);
    crypt_hash((struct str){(const char *)in, sizeof in}, i->hash);
    i->lock[0] = VALUE_INT(lock_number(who, key));
    i->lookup[0] = VALUE_INT(who->user);
    i->lookup[1] = bytes(key);
}

void
idem_opening(const struct idem *i, struct pg_stmt ret[IDEM_STMTS])
{
    /* what follows looks for single records: planned once for a connection, by index */
    ret[IDEM_LOCK] = (struct pg_stmt){
        "select pg_advisory_xact_lock($1), now(), set_config('plan_cache_mode', 'force_generic_plan', true),"
        " set_config('enable_seqscan', 'off', true)",
        i->lock, 1};
    ret[IDEM_LOOKUP] = (struct pg_stmt){
        "select hash, code, reply from app.idempotency where user_id = $1 and key = $2", i->lookup, 2};
}

enum rc
idem_found(const struct idem *i, const struct pg_rows *rows, bool *ret_found, enum rc *ret_code,
           struct str *ret_body, struct err *reterr)
{
    *ret_found = rows->nrows > 0;
    if (!*ret_found)
        return RC_OK;
    struct str hash = pg_cell(rows, 0, 0)->text;
    if (hash.n != CRYPT_HASH || memcmp(hash.p, i->hash, CRYPT_HASH) != 0)
        return err_set(reterr, RC_IDEM_MISMATCH, "idem", "%s", rc_text(RC_IDEM_MISMATCH));
    *ret_code = rc_from_wire((uint64_t)pg_cell(rows, 0, 1)->i);
    *ret_body = pg_cell(rows, 0, 2)->text;
    return RC_OK;
}

struct pg_stmt
idem_store(struct idem *i, enum rc code, struct str body)
{
    i->store[0] = i->lookup[0];
    i->store[1] = i->lookup[1];
    i->store[2] = bytes((struct str){(const char *)i->hash, CRYPT_HASH});
    i->store[3] = VALUE_INT((int64_t)code);
    i->store[4] = bytes(body);
    return (struct pg_stmt){"insert into app.idempotency (tenant_id, user_id, key, hash, code, reply)"
                            " values (current_setting('app.tenant_id')::int, $1, $2, $3, $4, $5)",
                            i->store, 5};
}
