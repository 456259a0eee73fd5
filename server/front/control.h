#ifndef FRONT_CONTROL_H
#define FRONT_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Between the master and a front, over a SOCK_SEQPACKET pair. The master sends CONTROL_WORKER with a
 * descriptor: the line to a new worker in `slot`. The front sends CONTROL_STUCK: the worker in `slot` does
 * not answer, end it. Slots count from 0, see front_slot.
 */
enum control_kind { CONTROL_WORKER = 1, CONTROL_STUCK = 2 };

struct control {
    uint32_t kind, slot;
};

/* `fd` -1: none goes along. False when it could not be sent. */
bool control_send(int socket, const struct control *c, int fd);
/* False when there is none (or the other end is gone: *ret_gone). *ret_fd -1: none came along. */
bool control_receive(int socket, struct control *ret, int *ret_fd, bool *ret_gone);

#endif
