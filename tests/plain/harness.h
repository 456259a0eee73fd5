#ifndef PLAIN_HARNESS_H
#define PLAIN_HARNESS_H

#include <stdbool.h>

#include "tests/tui/fake_server.h"

/*
 * The plain client with its input and output on a pseudo-terminal or on pipes, the fake service on a
 * socketpair. Nothing sleeps: a test types and waits until the client has said something.
 */
struct talk;

struct talk_options {
    bool pipes;      /* instead of a terminal */
    bool local;      /* may write files */
    int columns;     /* of the terminal; 0: 80 */
    const char *as;  /* as of fake_start */
    const char *env; /* one more "NAME=value" */
};

struct talk *talk_start(const struct talk_options *o);
void talk_stop(struct talk *t); /* kills what still runs */
struct fake_server *talk_server(struct talk *t);

/* Types a line. */
void talk_type(struct talk *t, const char *line);
/* Waits until `text` is said after what was waited for before; fails the test when it is not. */
void talk_see(struct talk *t, const char *text);
/* Both: what a person does. */
void talk_do(struct talk *t, const char *line, const char *then);
void talk_turn(struct talk *t);  /* lets service and client go on until something comes */
void talk_break(struct talk *t); /* Ctrl-C */
/* Ends the input, waits for the end of the program; its exit status. */
int talk_end(struct talk *t);
int talk_end_unasked(struct talk *t); /* it ends by itself */
void talk_cut(struct talk *t);        /* the line to the service breaks */

/* All that was said, "\r" left out. Valid until the next call. */
const char *talk_said(struct talk *t);
bool talk_has(struct talk *t, const char *text);

/* The whole of a script through pipes: what was said from the first question on (without a script: all);
   ret_status: the exit status. */
const char *talk_script(const char *script, int *ret_status);

/* Equal to tests/plain/golden/NAME.txt; with BIMA_GOLDEN=write the file is written. */
void expect_transcript(const char *said, const char *name);

#endif
