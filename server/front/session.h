#ifndef FRONT_SESSION_H
#define FRONT_SESSION_H

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/base/limits.h"
#include "server/address.h"
#include "server/front/abuse.h"
#include "server/front/auth.h"
#include "server/front/loop.h"
#include "server/front/state.h"
#include "server/front/turns.h"
#include "server/ipc/ipc.h"

/*
 * One SSH connection, with an own ssh_event and a deadline for each stage. libssh's callbacks only copy and
 * set flags; everything is acted on in session_run, after ssh_event_dopoll has returned.
 */
enum stage {
    STAGE_KEX,  /* until the keys are agreed */
    STAGE_AUTH, /* until signed in */
    STAGE_OPEN, /* signed in */
};

enum { SESSION_BANNER = 64, SESSION_FAREWELL = 256 };

struct channel;

struct session {
    struct watch watch;
    struct front *front;
    struct session *next, **link;      /* in front->half_open or front->open */
    struct session *peer, **peer_link; /* in a list of front->of_users, when signed in */
    struct turn turn;                  /* in front->turns */
    ssh_session ssh;
    ssh_event event;
    struct ssh_server_callbacks_struct callbacks;
    struct ssh_counter_struct raw; /* what came and went, to bound it before sign-in */
    enum stage stage;
    uint64_t deadline, born;
    char address[ADDRESS_TEXT];
    struct origin origin;
    char login[LIMIT_LOGIN + 1];
    struct identity who;
    struct auth auth;
    struct channel *channels;
    unsigned nchannels, opened;
    uint64_t idle_ms, most_ms;       /* without a request; in all */
    bool active;                     /* had a request since the last report */
    bool hostile, excused;           /* its end is an offence; or the service's own fault */
    const char *dismissed;           /* told to go, and why; goodbyes are on their way */
    uint64_t leave_by;               /* … until then */
    const char *ending;              /* set: drop it; the reason, for the log */
    char farewell[SESSION_FAREWELL]; /* what the client is told; empty: the reason */
};

/* Takes an accepted, non-blocking descriptor; closes it when it can't be used. */
void session_accept(struct front *f, int fd, const struct address *from, struct origin origin);
/* To be run at the end of this turn. */
void session_touch(struct session *s);
/* Those who work, once each; of those who sign in, which is what takes a front's time, only one: the loop is
 * asked again in between. */
void session_run_touched(struct front *f);
bool session_any_touched(const struct front *f);
void session_end(struct session *s, const char *why);
/* As session_end, with a sentence for the person. */
void session_end_saying(struct session *s, const char *why, struct str sentence);
/* As session_end: no client that means well does this. */
void session_fault(struct session *s, const char *why);
/* Ends a signed-in session once the sentence, and what is under way, has reached its clients. */
void session_dismiss(struct session *s, const char *why, struct str sentence);
/* Signed in, for at most so many seconds without a request and in all (0: the configured ones): moves it to
 * the open ones. */
void session_opened(struct session *s, uint32_t idle_seconds, uint32_t session_seconds);
void session_sweep(struct front *f);
/* Signed-in sessions of a user; only those from `source` unless that is 0. */
unsigned session_count_of(struct front *f, int64_t user, uint64_t source);
/* Asks the programs of all its channels to end. */
void session_hang_up(struct session *s);
void session_drop_all(struct front *f, const char *why);
/* line.c: milliseconds a packet takes there and back, as the kernel has seen it; 0 when it can't tell. */
unsigned session_line_ms(const struct session *s);
/* The client's SSH software, "OpenSSH_9.2p1". */
void session_software(const struct session *s, char out[SESSION_BANNER]);

#endif
