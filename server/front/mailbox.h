#ifndef FRONT_MAILBOX_H
#define FRONT_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/front/bytes.h"
#include "server/front/front.h"
#include "server/front/loop.h"
#include "server/ipc/ipc.h"

/*
 * Jobs to workers: one at a time per worker. When all are busy jobs wait in queues, one per user, taken in
 * turn, all bounded. Lanes: requests; bulk requests, and all of the platform and of registration, each with
 * workers of their own; sign-ins (a share of the workers, so that a storm of them leaves room for work). A
 * job whose worker dies is answered RETRY.
 */
struct front;
struct task;

enum lane { LANE_WORK, LANE_BULK, LANE_PLATFORM, LANE_AUTH, LANES };

/* Whose a task is. `answered` is called once, unless the owner dropped the task before; then the task is
 * gone. */
struct task_owner {
    void (*answered)(struct task_owner *o, struct task *t, const struct answer *an);
    struct task *tasks; /* under way for this owner */
};

struct task {
    struct task *next;              /* in its user's queue */
    struct task *mine_next, **mine; /* in the owner's list; mine is NULL when the owner is gone */
    struct task_owner *owner;
    uint64_t id;        /* unique in this front */
    uint64_t request;   /* the client's number for it; 0: hello or sign-in */
    uint64_t user;      /* whose queue */
    uint64_t due;       /* loop time by which it must be done */
    uint64_t posted_us; /* stats_now_us() */
    enum lane lane;
    bool running, secret;
    unsigned char *bytes; /* the encoded job */
    size_t n, sent;
};

struct user_queue;
struct lane_queue {
    struct user_queue *head, *tail; /* users with waiting tasks, in turn */
    size_t n;
};

struct worker {
    struct watch watch;
    struct front *front;
    unsigned slot;
    enum slot_kind kind;
    bool stuck;
    struct task *task; /* NULL: idle */
    struct bytes in;
};

struct mailbox {
    struct worker workers[FRONT_WORKERS];
    size_t nworkers, nslots; /* nworkers: of SLOT_WORK */
    struct lane_queue lanes[LANES];
    size_t auth_running, running;
    bool auth_turn; /* which lane an idle worker looks at first */
    uint64_t last_id;
};

void mailbox_open(struct front *f);
/* A new line to the worker of a slot; takes the descriptor. */
void mailbox_worker(struct front *f, unsigned slot, int fd);
/*
 * Queues a job (its id is given here; job->deadline_ms too). False: the queues are full, nothing was kept.
 * The caller wipes its own copy of a secret.
 */
bool mailbox_post(struct front *f, struct task_owner *o, enum lane lane, uint64_t user, uint64_t request,
                  struct job *job);
/* Takes a waiting task back: true when it was waiting and is gone now. */
bool mailbox_cancel(struct front *f, struct task_owner *o, uint64_t request);
/* The owner goes away: waiting tasks are forgotten, answers to running ones will be dropped. */
void mailbox_forget(struct front *f, struct task_owner *o);
/* Tasks past their time: waiting ones are answered DEADLINE, a worker long past it is reported as stuck. */
void mailbox_sweep(struct front *f);
/* Writes queues and workers into the stats. */
void mailbox_count(const struct front *f);
size_t mailbox_waiting(const struct mailbox *m);
void mailbox_close(struct front *f);

#endif
