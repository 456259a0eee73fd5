#ifndef JOB_TELL_H
#define JOB_TELL_H

#include "server/job/job.h"

/*
 * Tells the fronts what changed on people's homes: takes what transactions left in app.outbox and sends each
 * front who it concerns and what the numbers are now. Nothing is sent where nothing changed; what changed ten
 * times between two rounds is sent once. What a front could not take is made good: its sessions are told to
 * ask anew.
 */
struct told; /* how far one company has been told */

struct teller {
    const int *lines; /* to the fronts; borrowed */
    size_t nlines;
    bool behind[JOBS_FRONTS]; /* could not take something */
    bool placed;
    int64_t xid, seq; /* everything up to here was told */
    struct told *told;
    size_t ntold, room;
};

void teller_init(struct teller *t, const struct jobs_config *c);
void teller_done(struct teller *t);

/* One round. Fails: as pg_run; the same is told again in the next one. */
enum rc job_tell(struct job_round *round, struct err *reterr) NODISCARD;
/* Once a minute: companies whose day has turned; what was told long ago is dropped. Fails: as pg_run. */
enum rc job_turn_days(struct job_round *round, struct err *reterr) NODISCARD;

#endif
