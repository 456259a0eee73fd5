#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

#include <stdbool.h>
#include <stddef.h>

#include "common/value/date.h"
#include "server/page.h"

enum worker_kind {
    WORKER_COUNTER,
    WORKER_BULK,
    WORKER_PLATFORM, /* tenant 0 and nothing else, as the role bima_platform */
};

struct worker_config {
    int fd;               /* socketpair to the front: jobs in, answers out (server/ipc/ipc.h); blocking */
    const char *conninfo; /* without user=: user=`role` is added; with one: SET ROLE `role` */
    const char *role;     /* "bima_worker"; "bima_platform" of a WORKER_PLATFORM */
    bool has_today;       /* the day is fixed (bimad.conf: today) */
    date_t today;
    const char *signing_key; /* path of the certificates' signing seed; NULL: none */
    const char
        *master_key; /* path of the key above all keys of personal data; NULL: none is read or written */
    enum worker_kind kind;
    struct page *page;  /* what is told of its work; NULL: nobody looks */
    size_t place;       /* of this process in it */
    uint32_t slow_ms;   /* a request that takes longer is logged; 0: none is */
    size_t arena_bytes; /* memory of one request; 0: LIMIT_ARENA_REQUEST */
};

/*
 * Answers jobs one at a time until the front closes the socket. crypt_start and log_open have been called;
 * SIGTERM ends it after the job at hand. Returns the exit status: 0 when the socket was closed or SIGTERM
 * came, 1 when it could not go on.
 */
int worker_main(const struct worker_config *c);

#endif
