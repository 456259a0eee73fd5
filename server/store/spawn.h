#ifndef SERVER_STORE_SPAWN_H
#define SERVER_STORE_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/base/err.h"

/* Running PostgreSQL's programs as the user that owns the cluster, with a clean environment. */
struct run_as {
    uid_t uid;
    gid_t gid;
    char name[64];
    char home[192]; /* working directory and HOME of what is started */
    bool change;    /* we are root and become that user; else we are that user */
};

/* `user` NULL: ourselves. Fails: RC_INTERNAL: no such user, root without a user, or another user without
 * being root. */
enum rc run_as_find(const char *user, const char *home, struct run_as *ret, struct err *reterr) NODISCARD;

/*
 * Starts argv[0] (a full path) in a session of its own; it gets SIGINT when we die. stdin is /dev/null.
 * `out` is its stdout and stderr, or -1 for our stderr. Fails: RC_INTERNAL; a program that can't be executed
 * shows as exit status 127.
 */
enum rc spawn(const struct run_as *as, char *const argv[], int out, pid_t *ret, struct err *reterr) NODISCARD;

/* Runs to the end; fails RC_INTERNAL with its last words in err.log unless it exits 0. `text` (may be NULL)
   gets the first bytes of its output, NUL-terminated. */
enum rc spawn_wait(const struct run_as *as, char *const argv[], char *text, size_t cap,
                   struct err *reterr) NODISCARD;

/* Runs `fn` as the user in a process of its own, for files that only that user may name. Fails RC_INTERNAL
   with `what` unless it returns true. */
enum rc spawn_call(const struct run_as *as, bool (*fn)(void *ctx), void *ctx, const char *what,
                   struct err *reterr) NODISCARD;

#endif
