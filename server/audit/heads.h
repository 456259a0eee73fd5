#ifndef AUDIT_HEADS_H
#define AUDIT_HEADS_H

#include "server/audit/chain.h"

/*
 * The last signed place of every chain, in a file beside the key: outside the database, so that a chain cut
 * short together with its checkpoints, or a database put back to an older copy, is noticed. A place that was
 * once seen and is no more in the database stays in the file as lost, until the operator takes its line out.
 *
 * One line each: "head TENANT STREAM SEQ HASH" or "lost TENANT STREAM SEQ HASH".
 */
struct head {
    int32_t tenant;
    int stream;
    int64_t seq;
    unsigned char hash[CRYPT_HASH];
    bool lost;
};
struct heads {
    struct head *rows; /* from malloc: heads_done */
    size_t n, cap;
};

/* A file that is not there is empty. Fails: RC_INTERNAL when it can't be read or a line makes no sense. */
enum rc heads_read(const char *path, struct heads *ret, struct err *reterr) NODISCARD;
/* Replaces the file as a whole. Fails: RC_INTERNAL. */
enum rc heads_write(const char *path, const struct heads *h, struct err *reterr) NODISCARD;
void heads_done(struct heads *h); /* NULL-safe, for CLEANUP */

/* The head of a chain; NULL when none is known. Lost ones are not found. */
struct head *heads_find(const struct heads *h, int32_t tenant, int stream);
void heads_add(struct heads *h, const struct head *row);

#endif
