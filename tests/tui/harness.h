#ifndef TUI_HARNESS_H
#define TUI_HARNESS_H

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

#include "tests/tui/fake_server.h"

/*
 * The whole client on a pseudo-terminal, its screen read back through libvterm, the fake service on a
 * socketpair. Nothing sleeps: the client writes a mark behind what it painted when it has nothing more to do
 * of itself (BIMA_IDLE_FD), and the mark says how many typed bytes it has taken.
 */
struct screen;

/* Ends what is going on: in a test it fails, in another program that one's own definition decides. */
_Noreturn void harness_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

struct screen_options {
    int rows, cols;
    const char *term;   /* NULL: xterm-256color */
    const char *theme;  /* NULL: auto */
    const char *locale; /* NULL: C.UTF-8 */
    const char *env;    /* one more "NAME=value" */
    const char *as;     /* who is signed in; NULL: an agent */
    bool sign_in;       /* no line: the client asks for host and login */
};

/* Starts; with a line, waits until home is there. Fails the test when it does not come up. */
struct screen *screen_start(const struct screen_options *o);
struct screen *screen_home(void);   /* 80x24, xterm-256color */
void screen_stop(struct screen *s); /* kills what still runs */

struct fake_server *screen_server(struct screen *s);
pid_t screen_pid(struct screen *s);   /* of the supervisor */
pid_t screen_child(struct screen *s); /* of the client itself */

/* Types; sequences as they are. Then waits until all is taken and the client is idle. */
void screen_type(struct screen *s, const char *keys);
void screen_send(struct screen *s, const char *keys, size_t n); /* without waiting */
void screen_type_apart(struct screen *s, const char *keys); /* each byte is taken before the next is sent */
void screen_idle(struct screen *s);
/* Until the client waits for the service with all keys taken (replies are held). */
void screen_waiting(struct screen *s);
void screen_resize(struct screen *s, int rows, int cols);
/* Closes the line; waits until the client has noticed. */
void screen_cut(struct screen *s);
/* Waits for the end; returns the exit status or 128 + signal. */
int screen_wait_end(struct screen *s);
/* Takes what is written until a process (of pidfd_open) has ended. */
void screen_drain(struct screen *s, int process);
/* Waits for the supervisor alone; the terminal stays open. */
void screen_reap(struct screen *s);
struct termios screen_termios(struct screen *s); /* now */
struct termios screen_before(struct screen *s);  /* before the client took it over */

/* The screen, blanks at line ends cut off, "\n" after each line. Valid until the next call. */
const char *screen_text(struct screen *s);
const char *screen_line(struct screen *s, int row);
/* Its letters and digits in their order, one blank between words, without the row of messages and hints: what
   is the same in every theme and on every terminal. The caller frees it. */
char *screen_words(struct screen *s);
bool screen_has(struct screen *s, const char *text);
void screen_cursor(struct screen *s, int *ret_row, int *ret_col);
/* The character the cursor stands on. */
char screen_at_cursor(struct screen *s);
size_t screen_bytes(struct screen *s); /* sent by the client so far, without marks */
const char *screen_raw(struct screen *s, size_t *ret_n);
int64_t screen_first_us(struct screen *s);   /* from the start until something stood on the screen */
int64_t screen_painted_us(struct screen *s); /* when the last byte came; CLOCK_MONOTONIC */

#define EXPECT_TEXT(s, t) cr_assert(screen_has(s, t), "no \"%s\" on the screen:\n%s", t, screen_text(s))
#define EXPECT_NO_TEXT(s, t) cr_assert(!screen_has(s, t), "\"%s\" on the screen:\n%s", t, screen_text(s))
/* Equal to tests/tui/golden/NAME.txt; with BIMA_GOLDEN=write the file is written. */
void expect_golden(struct screen *s, const char *name);

#define F1 "\033OP"
#define F2 "\033OQ"
#define F3 "\033OR"
#define F4 "\033OS"
#define F5 "\033[15~"
#define F6 "\033[17~"
#define F7 "\033[18~"
#define F8 "\033[19~"
#define F9 "\033[20~"
#define F10 "\033[21~"
#define F11 "\033[23~"
#define F12 "\033[24~"
#define UP "\033OA"
#define DOWN "\033OB"
#define RIGHT "\033OC"
#define LEFT "\033OD"
#define BACKTAB "\033[Z"
#define ESC "\033"
#define ENTER "\r"

#endif
