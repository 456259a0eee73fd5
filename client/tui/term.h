#ifndef TUI_TERM_H
#define TUI_TERM_H

#include <stdbool.h>
#include <stdint.h>

#include "client/tui/key.h"
#include "client/tui/theme.h"
#include "common/base/err.h"

/*
 * The terminal. One per process.
 *
 * term_supervise forks: the child goes on as the client, the parent waits and puts the terminal back whatever
 * kills the child, SIGKILL included. SIGWINCH, SIGTERM and SIGHUP are blocked and only let in by term_wait.
 */

/* In the child: -1. In the parent, after the child ended: the exit status to end with. */
int term_supervise(void);

/* Takes the terminal over. Fails: RC_UNAVAILABLE, saying what the terminal lacks. */
enum rc term_open(enum theme theme, struct key_decoder *d, struct err *reterr) NODISCARD;
void term_close(void);

/* Is there a shell with job control to go to? Then it stops until the shell brings it back. */
bool term_may_suspend(void);
void term_suspend(void);

void term_size(int *ret_rows, int *ret_cols);
/* Takes a new size over if there is one. */
bool term_resized(void);
bool term_ended(void); /* SIGTERM, SIGHUP or the terminal went away */

/* Sleeps until the terminal, `fd` (may be -1) or a signal has something, or the time is up (-1: for ever).
   Returns the events of fd. */
short term_wait(int fd, short events, int timeout_ms);
/* The bytes typed so far that fit; 0 when there are none. */
int term_read(unsigned char *out, int room);

void term_begin(void); /* an empty screen to paint on */
void term_cursor(int y, int x);
void term_show(void); /* sends what changed */
void term_bell(void);
void term_repaint(void); /* the next term_show sends everything */
/* Tells a waiting test that nothing more happens by itself: writes "ESC ] 9 ; word bytes ROWSxCOLS BEL" to
   the descriptor named by BIMA_IDLE_FD (1 puts it behind everything painted). `word`: "idle", or "wait" while
   the service has something to answer; `bytes_read`: typed bytes taken so far. */
void term_mark(const char *word, uint64_t bytes_read);

int64_t term_now(void); /* monotonic */

#endif
