#ifndef SERVER_STORE_EMBEDDED_H
#define SERVER_STORE_EMBEDDED_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/base/err.h"

/*
 * The private PostgreSQL cluster that bimad runs when no conninfo is configured: reached by a unix socket
 * only, its own data directory, peer authentication by the uid of the caller. Whoever is not in the map
 * below, the front's user above all, can't connect whatever role it asks for.
 *
 * The roles: bima_boot (superuser: migrate, bimactl), bima_worker, bima_platform, bima_jobs.
 *   root and `run_as`    -> all of them
 *   each of `peers`      -> all but bima_boot
 */
struct embedded_config {
    const char *data_dir;     /* made by us, 0700; the parent must exist */
    const char *socket_dir;   /* made when missing, 0755; with the socket's name at most 107 bytes */
    const char *run_as;       /* user that owns and runs it; needed when we are root, else NULL: ourselves */
    const char *const *peers; /* further users whose processes connect; may be NULL */
    size_t npeers;
    const char *bin_dir; /* NULL: the newest /usr/lib/postgresql/N/bin */
};

enum { EMBEDDED_CONNINFO = 256, EMBEDDED_PATH = 192, EMBEDDED_VERSION = 64 };

struct embedded {
    pid_t pid; /* the postmaster, our child: the caller's SIGCHLD handling must not reap others' children
                  first */
    char conninfo[EMBEDDED_CONNINFO]; /* "host=… port=5432 dbname=bima", no user: add user=bima_worker */
    char boot_conninfo[EMBEDDED_CONNINFO]; /* the same with user=bima_boot, for migrate_run */
    char bin_dir[EMBEDDED_PATH];
    char data_dir[EMBEDDED_PATH];
    char version[EMBEDDED_VERSION]; /* what `postgres -V` said when it was started */
};

/*
 * Makes the cluster and the database "bima" when there is none (about a second), starts it and returns when
 * it answers. It ends by itself, cleanly, when this process dies. Blocks up to a minute (crash recovery).
 * Fails: RC_INTERNAL (path too long, no PostgreSQL 15+ found, initdb's or the server's own words in err.log).
 */
enum rc embedded_start(const struct embedded_config *c, struct embedded *ret, struct err *reterr) NODISCARD;

/* Fast shutdown; waits up to wait_ms, then immediate shutdown. Reaps the child. */
enum rc embedded_stop(struct embedded *e, int wait_ms, struct err *reterr);

enum embedded_health {
    EMBEDDED_READY,
    EMBEDDED_STARTING, /* or stopping: not taking connections just now */
    EMBEDDED_DEAD,     /* the postmaster is gone and reaped: start again */
    EMBEDDED_OUTDATED, /* it runs, but the binaries on disk are another version: stop and start it soon */
};
/* The postmaster has ended and waits to be reaped by embedded_check; costs one system call. */
bool embedded_ended(const struct embedded *e);
/* Cheap (a connection attempt and a `postgres -V`); for once every few seconds. */
enum embedded_health embedded_check(struct embedded *e);

/* The conninfo of a cluster another process runs (bimactl beside bimad). Fails: RC_INTERNAL (path too long).
 */
enum rc embedded_conninfo(const char *socket_dir, const char *role, char out[EMBEDDED_CONNINFO],
                          struct err *reterr) NODISCARD;

#endif
