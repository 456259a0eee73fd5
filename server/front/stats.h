#ifndef FRONT_STATS_H
#define FRONT_STATS_H

#include <stdatomic.h>
#include <stdint.h>

/* How long something took: counts by upper bound. Not cumulative; the last place has what is beyond all. */
enum { LATENCY_BOUNDS = 15, STAT_LANES = 4 };
struct latency {
    _Atomic uint64_t counts[LATENCY_BOUNDS + 1];
    _Atomic uint64_t sum_us;
};

/* One lane of the mailbox, by enum lane. */
struct lane_stats {
    _Atomic uint64_t waiting;   /* requests in its queues, at the last sweep */
    struct latency wait, total; /* from post to a worker; from post to the worker's answer */
};

/* Numbers a front keeps in a page it shares with the master and the metrics process, who read them whenever
 * they are asked. */
struct front_stats {
    _Atomic uint64_t heartbeat_ms;    /* loop_now() of the last turn; old: the loop hangs */
    _Atomic uint64_t longest_turn_ms; /* since the start: so long nobody was answered */
    _Atomic uint64_t slow_turns;      /* longer than SLOW_TURN_MS */
    _Atomic uint64_t sessions, half_open, clients, queue, running;
    _Atomic uint64_t accepted, turned_away, logins, login_failures, requests, retries, busy;
    _Atomic uint64_t deadlines, cancels;
    /* of those turned away: penalised before, too many in a minute, early because many are half open */
    _Atomic uint64_t barred, too_fast, dropped_early;
    /* sign-ins refused because too many failed; registrations refused; addresses barred; sessions ended by a
     * worker's word */
    _Atomic uint64_t throttled, registrations_refused, penalties, dismissed;
    _Atomic uint64_t draining;                   /* 1: it ends */
    _Atomic uint64_t workers_open, workers_idle; /* of those that serve the counter */
    struct lane_stats lanes[STAT_LANES];
};

enum { SLOW_TURN_MS = 100 };

#define STAT_ADD(stats, name, n) ((void)atomic_fetch_add_explicit(&(stats)->name, (n), memory_order_relaxed))
#define STAT_SET(stats, name, n) atomic_store_explicit(&(stats)->name, (n), memory_order_relaxed)
#define STAT_GET(stats, name) atomic_load_explicit(&(stats)->name, memory_order_relaxed)

extern const uint32_t latency_bounds_us[LATENCY_BOUNDS]; /* upper bounds, rising */
void latency_note(struct latency *l, uint64_t took_us);
/* Microseconds of the monotonic clock, which is the same in every process of this machine. */
uint64_t stats_now_us(void);

#endif
