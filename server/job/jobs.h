#ifndef JOB_JOBS_H
#define JOB_JOBS_H

#include <stdbool.h>

#include "common/value/date.h"

/* Work that nobody asks for: it is due when its time has come. One process, one connection, role bima_jobs.
 */
struct jobs_config {
    const char *conninfo; /* as worker_config's */
    const char *role;     /* NULL: "bima_jobs" */
    bool has_today;       /* the day is fixed (bimad.conf: today) */
    date_t today;
    int control_fd;  /* readable or closed: time to end; 0: none, SIGTERM alone ends it */
    int interval_ms; /* between two rounds; 0: a minute */
};

/*
 * Rounds of all jobs until SIGTERM or the control descriptor says stop. A lost database is tried again at the
 * next round. log_open has been called. Returns the exit status: 0.
 */
int jobs_main(const struct jobs_config *c);

#endif
