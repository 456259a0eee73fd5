#ifndef WORKER_USAGE_H
#define WORKER_USAGE_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include "server/store/pg.h"

/*
 * What a worker did for each company since it last told the database: counts and times, and where it failed;
 * nothing that was asked or answered. Bounded: what has no room is told at once with the rest.
 */
enum { USAGE_COMPANIES = 64, USAGE_ERRORS = 16, USAGE_SECONDS = 10, USAGE_CAUSE = 48, USAGE_WORD = 24 };

struct usage_count {
    int32_t tenant;
    int32_t requests, refusals, errors, sign_ins;
    int64_t time_us, max_us;
};
struct usage_error {
    int32_t tenant;
    char cause[USAGE_CAUSE], request_id[USAGE_WORD], method[USAGE_WORD];
};
struct usage {
    struct usage_count counts[USAGE_COMPANIES];
    struct usage_error errors[USAGE_ERRORS];
    size_t ncounts, nerrors;
    int64_t told; /* microseconds, monotonic; 0: never */
};

/* One request: how it ended, and how long it took. */
void usage_request(struct usage *u, int32_t tenant, enum rc code, int64_t took_us);
void usage_sign_in(struct usage *u, int32_t tenant);
/* A request that ended in RC_INTERNAL. Of the cause only the database's SQLSTATE is kept. */
void usage_failed(struct usage *u, int32_t tenant, const struct err *e, const char *request_id,
                  const char *method);
/* Is it time to tell? `now` in microseconds, monotonic. */
bool usage_due(const struct usage *u, int64_t now);
/* Milliseconds until it is; at least 1 while there is anything to tell, 0 when there is nothing. */
int usage_wait(const struct usage *u, int64_t now);
/* Tells in one round trip. What can't be told is kept for the next time. */
void usage_tell(struct usage *u, struct pg *pg, struct arena *a, int64_t now);

#endif
