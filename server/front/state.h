#ifndef FRONT_STATE_H
#define FRONT_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "server/address.h"
#include "server/front/abuse.h"
#include "server/front/front.h"
#include "server/front/loop.h"
#include "server/front/mailbox.h"
#include "server/front/news.h"
#include "server/front/report.h"
#include "server/front/turns.h"

enum { USER_LISTS = 1024 };

struct session;
struct client;
struct ssh_bind_struct;

/* Everything a front has; one per process, passed down by pointer. */
struct front {
    const struct front_config *config;
    const struct config *settings;
    struct front_stats *stats;
    struct loop loop;
    struct mailbox mailbox;
    struct news news;
    struct abuse abuse;
    struct prefix offices[PREFIXES_MAX];
    size_t noffices;
    bool paused; /* nobody is accepted until the next sweep */
    struct reporter reporter;
    struct arena scratch; /* reset by whoever used it, before it returns */
    struct ssh_bind_struct *bind;
    struct watch listeners[FRONT_LISTENERS];
    struct watch signals, control;
    struct session *half_open, *open;     /* not signed in yet; signed in */
    struct session *of_users[USER_LISTS]; /* the open ones again: those of a user are all in the same list */
    struct turns turns;                   /* sessions to be run at the end of this turn; signed in: at work */
    size_t nhalf_open, nopen;
    size_t nclosed;         /* since memory was last given back */
    struct client *clients; /* programs started for terminals and commands, until they are reaped */
    size_t nclients;
    uint64_t now;                       /* milliseconds, of this turn */
    bool draining, closing, done, lost; /* lost: the master is gone */
    uint64_t drain_until,
        close_until; /* requests may finish until; programs may restore their terminals until */
};

#endif
