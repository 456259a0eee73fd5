#ifndef FRONT_FRONT_H
#define FRONT_FRONT_H

#include <stddef.h>

#include "common/base/err.h"
#include "server/config.h"
#include "server/front/stats.h"

/*
 * A front: the process that owns every byte of the network. It knows libssh and frames, not insurance, and is
 * given no database credentials. Descriptors are inherited from the master.
 */
enum { FRONT_LISTENERS = 16, FRONT_WORKERS = 88 };

struct front_config {
    const struct config *settings;
    int listeners[FRONT_LISTENERS]; /* bound and listening, shared by all fronts */
    size_t nlisteners;
    int workers[FRONT_WORKERS]; /* one socket per slot: see front_slot; -1: none */
    int control;                /* to the master, see control.h */
    int host_key;               /* open file with the private key */
    int news;                   /* events from the jobs process, see ipc.h; 0: none come */
    int stats;                  /* memory of sizeof(struct front_stats) shared with the master */
};

/* What a worker's place is for: first settings->workers of them, then the bulk workers, then the platform's.
 */
enum slot_kind { SLOT_WORK, SLOT_BULK, SLOT_PLATFORM };
size_t front_slots(const struct config *c);
enum slot_kind front_slot(const struct config *c, size_t slot);

/* Runs until SIGTERM has drained it (0) or the master is gone (1). */
int front_main(const struct front_config *c);

/* Makes the Ed25519 host key at `path` (0600) and `path`.pub when there is none. Fails: RC_INTERNAL. */
enum rc hostkey_make(const char *path, struct err *reterr) NODISCARD;

#endif
