#ifndef METRICS_METRICS_H
#define METRICS_METRICS_H

#include <stddef.h>
#include <stdint.h>

/*
 * The process that tells how the service is: Prometheus text at /metrics, /healthz and /readyz, over HTTP on
 * a loopback address. It runs under the fronts' account, knows no way to the database and sees nothing but
 * numbers: the memory it maps is read-only to it. Labels are words of this program and places of processes,
 * so their number is bounded by the configuration; companies, users and records never appear.
 */
enum { METRICS_FRONTS = 16 };

struct metrics_config {
    int listener;     /* bound and listening */
    int page;         /* struct page of server/page.h */
    const int *stats; /* struct front_stats, one of each front */
    size_t nstats;
    uint32_t queue; /* requests that may wait in a front */
};

/* Runs until SIGTERM (0), or could not go on (1: the log says why). */
int metrics_main(const struct metrics_config *c);

#endif
