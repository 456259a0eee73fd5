#ifndef SERVER_MASTER_H
#define SERVER_MASTER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/base/err.h"
#include "server/config.h"
#include "server/front/front.h"
#include "server/front/stats.h"
#include "server/page.h"
#include "server/store/embedded.h"

/*
 * The master: reads the configuration, opens what needs rights, gives the rights up, brings up the database,
 * starts the other processes from its own program file and looks after them. It handles no request.
 */
enum { MASTER_FRONTS = 16 };

/* One process that is to run. */
struct child {
    pid_t pid; /* 0: not running */
    unsigned restarts;
    uint64_t started, start_at; /* milliseconds; start_at: when it may be started again */
    uint32_t backoff;           /* milliseconds */
};

struct front_group {
    unsigned index;
    struct child front;
    struct child workers[FRONT_WORKERS];
    int news[2]; /* from the jobs process to this front; both ends stay open: either may be started anew */
    int control; /* our end; -1 when the front does not run */
    int stats_fd;
    struct front_stats *stats; /* shared memory */
    bool ending;               /* its front is gone: the workers have to end before all start again */
    uint64_t kill_at;          /* when those that have not are killed */
};

struct master {
    struct config config; /* conninfo filled in when the database is embedded */
    bool is_embedded;
    struct embedded embedded;
    uint64_t database_checked;
    uint64_t uses_told;       /* when the page was told what processes use */
    unsigned database_starts; /* of the embedded one */
    bool database_up;
    int listeners[FRONT_LISTENERS];
    size_t nlisteners;
    int host_key, status, epoll, signals;
    struct front_group groups[MASTER_FRONTS];
    struct child jobs, probe, metrics;
    int metrics_listener;
    size_t nmetrics;   /* 1: metrics_listen is configured */
    struct page *page; /* shared memory */
    int page_fd;
    uint64_t started, now;
    bool as_root;
    uid_t front_uid;
    gid_t front_gid;
    bool stopping;
    uint64_t stop_by;
};

/* Runs until SIGTERM or SIGINT has stopped everything (0), or the start failed (1: the log says why). */
int master_main(const struct config *c);

/* -- listen.c: `text` as in the key `listen`. Fails: RC_BAD_PARAMS, RC_INTERNAL. */
enum rc listen_open(const char *text, int *fds, size_t most, size_t *ret_count, struct err *reterr) NODISCARD;
/* The control socket, `dir`/control.sock, 0660. */
enum rc listen_control(const char *dir, int *ret, struct err *reterr) NODISCARD;

/* -- privilege.c: when started as root. Looks the accounts up and hands them their directories. */
enum rc privilege_prepare(struct master *m, struct err *reterr) NODISCARD;
/* From root to config.user, keeping what is needed to start fronts under another account and to signal them.
 */
enum rc privilege_drop(const struct master *m, struct err *reterr) NODISCARD;
/* In a child, before exec: gives up everything; to the front's account when `to_front`. False: don't go on.
 */
bool privilege_child(const struct master *m, bool to_front);

/* -- spawn.c: starts processes; false when it could not, the child's backoff is set then. */
bool spawn_group(struct master *m, struct front_group *g);
bool spawn_worker(struct master *m, struct front_group *g, unsigned slot);
bool spawn_jobs(struct master *m);
bool spawn_probe(struct master *m);
bool spawn_metrics(struct master *m);
/* A child is gone: when may it start again? */
void child_ended(const struct master *m, struct child *c);
/* "worker", "bulk" or "platform": the role its process is started with. */
const char *slot_name(const struct master *m, size_t slot);

/* -- share.c: memory shared with the other processes, and the lines to them. Fails: RC_INTERNAL. */
enum rc share_open(struct master *m, struct err *reterr) NODISCARD;
/* Writes what the master knows into the page. */
void share_tell(struct master *m);
/* Where a process stands in the page. */
enum share_place { SHARE_MASTER, SHARE_JOBS, SHARE_METRICS, SHARE_POSTGRES, SHARE_GROUPS };
size_t share_front(const struct master *m, unsigned front);
size_t share_worker(const struct master *m, unsigned front, size_t slot);

/* -- status.c: "worker.0.1" of a slot. */
void status_worker_name(const struct master *m, const struct front_group *g, size_t slot,
                        char out[PAGE_NAME]);
/* answers whoever connects to the control socket. */
void status_answer(struct master *m);

#endif
