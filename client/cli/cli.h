#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "client/cli/args.h"

struct arena;
struct client_config;
struct link_options;

/* The command line from words to exit code: opens the link that `options` describe, asks, prints. Errors go
   to the standard error as "bima: field: sentence", exit codes are those of the protocol (rc_exit). */
int cli_main(struct arena *a, const struct cli_args *args, const struct client_config *config,
             const struct link_options *options);

/* Prints err as cli_main does and returns its exit code. */
int cli_fail(const struct err *err);

#endif
