#ifndef JOB_JOBS_H
#define JOB_JOBS_H

#include <stdbool.h>

#include "common/value/date.h"
#include "server/page.h"

enum { JOBS_FRONTS = 16 };

/* Work that nobody asks for: it is due when its time has come. One process, one connection, role bima_jobs.
 */
struct jobs_config {
    const char *conninfo; /* as worker_config's */
    const char *role;     /* NULL: "bima_jobs" */
    bool has_today;       /* the day is fixed (bimad.conf: today) */
    date_t today;
    const char *audit_key; /* path of the key that signs audit and history; NULL: nothing is sealed */
    const int *news;       /* lines to the fronts of this machine: see struct notice of ipc.h */
    size_t nnews;          /* at most JOBS_FRONTS */
    struct page *page;     /* what is told of the rounds; NULL: nobody looks */
    int control_fd;        /* readable or closed: time to end; 0: none, SIGTERM alone ends it */
    int interval_ms;       /* between two rounds of a job; 0: each job's own */
};

/*
 * Rounds of all jobs, each at its own interval, until SIGTERM or the control descriptor says stop. A lost
 * database is tried again at the next round. crypt_start and log_open have been called. Returns the exit
 * status: 0, or 1 when it could not go on.
 */
int jobs_main(const struct jobs_config *c);

#endif
