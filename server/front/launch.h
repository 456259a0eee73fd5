#ifndef FRONT_LAUNCH_H
#define FRONT_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/base/str.h"

/* Starting the client program with as few rights as it needs. */
enum { LAUNCH_ENV = 8, LAUNCH_LINE = 3 };

struct launch {
    const char *program, *login, *term;
    const char *address;         /* the person's */
    unsigned line_ms;            /* there and back */
    const char *env[LAUNCH_ENV]; /* "NAME=value", NULL after the last when there are fewer */
    const struct str *words;     /* NUL-terminated */
    size_t nwords;
    bool pty;
    unsigned columns, rows; /* 0: not known */
    /* what launch fills: our ends, non-blocking, close-on-exec; with a terminal `out` is for both ways */
    pid_t pid;
    int in, out, err, line;
};

/* False, with errno, when it could not be started; nothing is left open then. */
bool launch(struct launch *l);

#endif
