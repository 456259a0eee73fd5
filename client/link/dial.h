#ifndef LINK_DIAL_H
#define LINK_DIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/err.h"

/* A TCP connection being made: every address of the name in turn, without blocking (but for the look-up
 * itself). */
struct addrinfo;
struct dialler {
    struct addrinfo *all, *next;
    int fd;
    int64_t deadline_ms; /* of the present address */
    char host[256];
};

/* Fails: RC_UNAVAILABLE, the name has no address. */
enum rc dialler_start(struct dialler *d, const char *host, int port, struct err *reterr) NODISCARD;
/* RC_OK with *ret_done false: step again when fd is writable or at deadline_ms. Done: d->fd is connected and
   the caller's once it sets d->fd to -1. Fails: RC_UNAVAILABLE when no address answers. */
enum rc dialler_step(struct dialler *d, bool *ret_done, struct err *reterr) NODISCARD;
void dialler_done(struct dialler *d);

#endif
