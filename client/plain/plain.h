#ifndef PLAIN_PLAIN_H
#define PLAIN_PLAIN_H

#include "client/link/link.h"

struct client_config;

/*
 * The program as questions and answers, one line each: for speech readers, Braille lines, terminals that can
 * do nothing but print, and scripts. It covers what the screens cover and is made from the same description.
 *
 * Runs on the standard input and output until `quit` or the end of the input. `options` say where to connect;
 * host and login that are missing are asked for. Returns the exit status: that of the last thing that was
 * tried.
 */
int plain_main(const struct client_config *config, const struct link_options *options, bool trust);

#endif
