#ifndef FRONT_CHANNEL_H
#define FRONT_CHANNEL_H

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <stdbool.h>
#include <stdint.h>

#include "server/front/bytes.h"
#include "server/front/rpc.h"

/*
 * A session channel: subsystem "bima" or "bima-json", a terminal or a command. Everything else is refused.
 */
struct session;
struct client;

enum want { WANT_NOTHING, WANT_WIRE, WANT_JSON, WANT_SHELL, WANT_EXEC };
enum { CHANNEL_TERM = 64, CHANNEL_ENV = 8, CHANNEL_ENV_TEXT = 96 };

struct channel {
    struct channel *next, **link;
    struct session *session;
    ssh_channel ssh;
    struct ssh_channel_callbacks_struct callbacks;
    enum want want;
    bool started;
    bool declined;    /* libssh keeps input that there was no room for */
    bool eof, closed; /* the client will send no more; has closed it */
    bool resized, pty;
    const char *last_words; /* in place of the session's goodbye; NULL: that */
    bool farewell;     /* the session's goodbye is to be written when the program has ended */
    uint64_t hang_at;  /* loop time to hang up a dismissed program; 0: never */
    bool ending;           /* send what there is, then status, then close */
    int status, signal;    /* exit status; or the signal's number */
    uint64_t born, active; /* loop times; active: last input */
    unsigned columns, rows;
    char term[CHANNEL_TERM];
    char env[CHANNEL_ENV][CHANNEL_ENV_TEXT]; /* "LANG=…" */
    unsigned nenv;
    char *command;         /* of an exec, owned */
    struct rpc rpc;        /* WIRE, JSON */
    struct client *client; /* SHELL, EXEC */
    struct bytes in;       /* for the client's standard input */
    struct bytes out, err; /* from the client, or our own words */
};

/* Callback of libssh. NULL: refused. */
ssh_channel channel_open(ssh_session ssh, void *user);
/* After dopoll and after answers: starts, moves bytes, ends. May free the channel. */
void channel_run(struct channel *c);
void channel_sweep(struct channel *c);
void channel_goaway(struct channel *c);
/* The session is over: tells the client on its line. A program that does not end by itself then is hung up; what it
   can't say any more, the terminal or the command's standard error is told here. */
void channel_dismiss(struct channel *c);
/* Asks its program to end, when it has one. */
void channel_hang_up(struct channel *c);
/* Nothing under way and nothing to send. */
bool channel_quiet(const struct channel *c);
/* The session goes away. */
void channel_drop(struct channel *c);
/* Ends it with a text on standard error. */
void channel_refuse(struct channel *c, int status, const char *text);

enum { CHANNEL_OUT = 64 * 1024, CHANNEL_IN = 128 * 1024, CHANNEL_DISMISS_MS = 2000 };

#endif
