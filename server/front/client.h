#ifndef FRONT_CLIENT_H
#define FRONT_CLIENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "server/front/bytes.h"
#include "server/front/loop.h"
#include "server/front/rpc.h"
#include "server/front/state.h"

/*
 * The client program, started for a terminal or a command: it gets a pseudo-terminal or pipes, and on descriptor 3
 * a line to us that is signed in already. It has no other rights than the front's own, keeps none it could gain,
 * can't write files, and ends when its channel ends.
 */
struct channel;

struct client {
    struct client *next, **link; /* in front->clients */
    struct front *front;
    struct channel *channel; /* NULL: it is gone, only the process is left to be reaped */
    pid_t pid;
    bool exited;
    bool hung; /* nobody writes to its output any more: what is left in the kernel is little, and is all taken */
    int status; /* of waitpid */
    uint64_t kill_at; /* loop time when asking was long enough; 0: not asked to end */
    struct watch in, out, err; /* a terminal is `out` for both ways */
    struct watch line;
    struct rpc rpc;
    bool pty;
};

/* Words are NUL-terminated. NULL when it could not be started; the log says why. */
struct client *client_start(struct channel *c, const struct str *words, size_t nwords);
/* Moves bytes between the channel's queues and the program; true when it has ended and all its output was taken. */
bool client_run(struct client *k);
void client_resize(struct client *k, unsigned columns, unsigned rows);
/* Asks it to end; its last output still goes to the channel, so that a terminal is left as it was found. */
void client_hang_up(struct client *k);
/* The channel goes away: lines are closed, the program is told to end. */
void client_abandon(struct client *k);
/* SIGCHLD came. */
void client_reap(struct front *f);
void client_sweep(struct front *f);

#endif
