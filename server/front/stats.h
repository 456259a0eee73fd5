#ifndef FRONT_STATS_H
#define FRONT_STATS_H

#include <stdatomic.h>
#include <stdint.h>

/* Numbers a front keeps in a page it shares with the master: the master reads them whenever it is asked. */
struct front_stats {
    _Atomic uint64_t heartbeat_ms; /* loop_now() of the last turn; old: the loop hangs */
    _Atomic uint64_t longest_turn_ms; /* since the start: so long nobody was answered */
    _Atomic uint64_t sessions, half_open, clients, queue, running;
    _Atomic uint64_t accepted, turned_away, logins, login_failures, requests, retries, busy;
    /* of those turned away: penalised before, too many in a minute, early because many are half open */
    _Atomic uint64_t barred, too_fast, dropped_early;
    /* sign-ins refused because too many failed; registrations refused; addresses barred; sessions ended by a
     * worker's word */
    _Atomic uint64_t throttled, registrations_refused, penalties, dismissed;
};

#define STAT_ADD(stats, name, n) ((void)atomic_fetch_add_explicit(&(stats)->name, (n), memory_order_relaxed))
#define STAT_SET(stats, name, n) atomic_store_explicit(&(stats)->name, (n), memory_order_relaxed)
#define STAT_GET(stats, name) atomic_load_explicit(&(stats)->name, memory_order_relaxed)

#endif
