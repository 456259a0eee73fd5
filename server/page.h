#ifndef SERVER_PAGE_H
#define SERVER_PAGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Numbers of the service that no front knows: the master, the workers and the jobs process write them into
 * memory they share, the metrics process reads them. Fixed size; no names but those of processes, jobs and
 * the columns of these tables. Writers use atomic adds and stores and never wait.
 */
enum {
    PAGE_METHODS = 32, /* a method's number is its place; 0: none known */
    PAGE_CODES = 64,   /* likewise enum rc */
    PAGE_JOBS = 8,
    PAGE_PROCESSES = 1440, /* 16 fronts with 88 workers each, and the few others */
    PAGE_NAME = 24,
};

/* One process that is to run. The name is written before the metrics process starts. */
struct page_process {
    char name[PAGE_NAME]; /* "worker.0.1", as the control socket says */
    _Atomic uint64_t pid; /* 0: it does not run */
    _Atomic uint64_t restarts;
    _Atomic uint64_t resident_bytes, cpu_us; /* as the master saw them last; 0: it could not */
    _Atomic uint64_t database;               /* 1: holds a connection to the database */
};

struct page_job {
    char name[PAGE_NAME];
    _Atomic uint64_t rounds, failures;
    _Atomic uint64_t took_us; /* the last round */
    _Atomic uint64_t done_s;  /* when the last good round ended, seconds from 1970; 0: none has */
};

struct page {
    /* the master's; milliseconds of the monotonic clock */
    _Atomic uint64_t beat_ms, started_ms;
    _Atomic uint64_t stopping, database_up;
    /* the workers' */
    _Atomic uint64_t requests[PAGE_METHODS][PAGE_CODES];
    _Atomic uint64_t slow, connects, trips, rows;
    /* the jobs process's */
    struct page_job jobs[PAGE_JOBS];
    _Atomic uint64_t jobs_lost;  /* 1: its last round found no database */
    _Atomic uint64_t seal_lag_s; /* age of the oldest row of audit and history that is not in its chain */
    _Atomic uint64_t told_ms;    /* when the fronts had last been told all there was; monotonic */
    struct page_process processes[PAGE_PROCESSES];
    uint64_t nprocesses; /* does not change once the metrics process runs */
};

#define PAGE_ADD(page, name, n) ((void)atomic_fetch_add_explicit(&(page)->name, (n), memory_order_relaxed))
#define PAGE_SET(page, name, n) atomic_store_explicit(&(page)->name, (n), memory_order_relaxed)
#define PAGE_GET(page, name) atomic_load_explicit(&(page)->name, memory_order_relaxed)

/* Maps an inherited descriptor. NULL: it could not. */
struct page *page_map(int fd, bool to_write);
/* Milliseconds of the monotonic clock. */
uint64_t page_now(void);

#endif
