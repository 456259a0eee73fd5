#include "server/front/loop.h"

#include <stddef.h>
#include <time.h>
#include <unistd.h>

bool
loop_open(struct loop *l)
{
    *l = (struct loop){.fd = epoll_create1(EPOLL_CLOEXEC)};
    return l->fd >= 0;
}

bool
loop_add(struct loop *l, struct watch *w, int fd, void (*ready)(struct watch *, uint32_t), uint32_t events)
{
    struct epoll_event e = {.events = events, .data.ptr = w};
    *w = (struct watch){.ready = ready, .fd = -1, .armed = events};
    if (epoll_ctl(l->fd, EPOLL_CTL_ADD, fd, &e) != 0) {
        return false;
    }
    w->fd = fd;
    return true;
}

void
loop_arm(struct loop *l, struct watch *w, uint32_t events)
{
    if (w->fd < 0 || w->armed == events) {
        return;
    }
    struct epoll_event e = {.events = events, .data.ptr = w};
    if (epoll_ctl(l->fd, EPOLL_CTL_MOD, w->fd, &e) == 0) {
        w->armed = events;
    }
}

void
loop_remove(struct loop *l, struct watch *w)
{
    if (w->fd < 0) {
        return;
    }
    (void)epoll_ctl(l->fd, EPOLL_CTL_DEL, w->fd, NULL);
    for (int i = l->at; i < l->n; i++) {
        if (l->batch[i].data.ptr == w) {
            l->batch[i].data.ptr = NULL;
        }
    }
    w->fd = -1;
}

void
loop_close(struct loop *l, struct watch *w)
{
    int fd = w->fd;
    loop_remove(l, w);
    if (fd >= 0) {
        close(fd);
    }
}

void
loop_wait(struct loop *l, int timeout_ms)
{
    l->n = epoll_wait(l->fd, l->batch, LOOP_BATCH, timeout_ms);
}

void
loop_turn(struct loop *l)
{
    for (l->at = 0; l->at < l->n; l->at++) {
        struct watch *w = l->batch[l->at].data.ptr;
        if (w != NULL) {
            w->ready(w, l->batch[l->at].events);
        }
    }
    l->n = 0;
    l->at = 0;
}

uint64_t
loop_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000u + (uint64_t)t.tv_nsec / 1000000u;
}
