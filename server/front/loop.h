#ifndef FRONT_LOOP_H
#define FRONT_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

/* One level-triggered epoll set. Descriptors belong to whoever embeds the watch. */
struct watch {
    void (*ready)(struct watch *w, uint32_t events);
    int fd;         /* -1: not in the set */
    uint32_t armed; /* EPOLLIN, EPOLLOUT */
    void *owner;    /* for watches that stand in an array */
};

enum { LOOP_BATCH = 512 };

struct loop {
    int fd;
    struct epoll_event batch[LOOP_BATCH];
    int n, at; /* of the batch being handled */
};

#define WATCH_OWNER(w, T, member) ((T *)(void *)((char *)(w)-offsetof(T, member)))

bool loop_open(struct loop *l);
/* False: the kernel refused (no memory, watch limit); the watch stays out of the set. */
bool loop_add(struct loop *l, struct watch *w, int fd, void (*ready)(struct watch *, uint32_t), uint32_t events);
void loop_arm(struct loop *l, struct watch *w, uint32_t events);
/* Takes it out; events of the running batch are forgotten, so that the owner may be freed. Does not close. */
void loop_remove(struct loop *l, struct watch *w);
/* loop_remove and close; harmless when it is out already. */
void loop_close(struct loop *l, struct watch *w);
/* Waits for a batch; handles it. */
void loop_wait(struct loop *l, int timeout_ms);
void loop_turn(struct loop *l);

/* Milliseconds of the monotonic clock. */
uint64_t loop_now(void);

#endif
