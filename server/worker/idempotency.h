#ifndef WORKER_IDEMPOTENCY_H
#define WORKER_IDEMPOTENCY_H

#include "common/crypt/crypt.h"
#include "common/wire/message.h"
#include "server/ipc/ipc.h"
#include "server/store/tx.h"

/*
 * A request is done once. Its key is locked and looked up in the round trip that opens the transaction, so
 * that the same request sent twice at the same time waits for itself; what was answered is stored in the
 * round trip that commits the effect.
 */
enum { IDEM_LOCK, IDEM_LOOKUP, IDEM_STMTS };

struct idem {
    unsigned char hash[CRYPT_HASH]; /* of what is asked */
    struct value lock[1], lookup[2], store[5];
};

/* `method` and `params_raw` are what must be the same for the same key. Texts are borrowed. */
void idem_init(struct idem *i, const struct identity *who, struct str key, uint32_t method,
               struct str params_raw);

/* The statements that open the transaction: ret[IDEM_LOCK], whose second column is its time, ret[IDEM_LOOKUP]. */
void idem_opening(const struct idem *i, struct pg_stmt ret[IDEM_STMTS]);

/* What the look-up found: nothing (*ret_found false), or the stored code and body. Fails: RC_IDEM_MISMATCH.
 */
enum rc idem_found(const struct idem *i, const struct pg_rows *rows, bool *ret_found, enum rc *ret_code,
                   struct str *ret_body, struct err *reterr) NODISCARD;

/* The statement that goes with the commit. `body` is borrowed. */
struct pg_stmt idem_store(struct idem *i, enum rc code, struct str body);

#endif
