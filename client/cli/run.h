#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "client/cli/command.h"
#include "client/cli/write.h"
#include "client/link/link.h"

/* One command against an open link. */
struct run {
    struct arena *a;
    struct link *l;
    const struct cli_args *args;
    struct style st;
    struct buf out; /* what goes to the standard output or the file */
    bool spawned;   /* on the service's machine: no files */
};

/* Takes the newest description and locale from the link. */
void run_refresh(struct run *r);
/* Fills `out` and tells warnings and errors on the standard error. Returns the exit code. */
int run_command(struct run *r, struct cli_command *c);

#endif
