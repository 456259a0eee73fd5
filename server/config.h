#ifndef SERVER_CONFIG_H
#define SERVER_CONFIG_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/base/err.h"
#include "server/log.h"

/*
 * What an operator can set: one table in config.c with key, form, place in the struct, default, unit and
 * help. Parsing, checking, passing on to the other processes and the lint tests of bimad.conf(5) and the
 * sample all read it.
 */
enum {
    CONFIG_PATH = 256,
    CONFIG_DIR = 200,
    CONFIG_TEXT = 512,
    CONFIG_CONNINFO = 1024,
    CONFIG_NAME = 64,
    CONFIG_DAY = 16
};

struct config {
    char listen[CONFIG_TEXT]; /* addresses "host:port", blanks between */
    char state_dir[CONFIG_DIR], run_dir[CONFIG_DIR];
    char conninfo[CONFIG_CONNINFO]; /* empty: the embedded database */
    char host_key[CONFIG_PATH], signing_key[CONFIG_PATH], audit_key[CONFIG_PATH], master_key[CONFIG_PATH],
        client_program[CONFIG_PATH];
    char user[CONFIG_NAME], front_user[CONFIG_NAME];
    char today[CONFIG_DAY]; /* "YYYY-MM-DD" or empty: the real day */
    uint32_t log_level;     /* enum log_level */
    uint32_t fronts, workers, bulk_workers, platform_workers;
    uint32_t max_sessions, max_half_open, max_half_open_per_source, max_sessions_per_user, max_channels,
        max_clients;
    uint32_t queue, queue_per_user;
    char offices[CONFIG_TEXT];        /* addresses and prefixes, blanks between */
    char metrics_listen[CONFIG_NAME]; /* loopback address:port; empty: nobody is told */
    uint32_t auth_tries, handshakes_per_second, connects_per_minute;
    uint32_t registrations_per_hour, registrations_per_source;
    uint32_t kex_seconds, auth_seconds, open_seconds, hello_seconds;
    uint32_t slow_request_ms; /* 0: none is slow */
    uint32_t request_seconds, idle_seconds, terminal_idle_seconds, session_seconds, drain_seconds;
};

/* Which processes are told a setting. The master knows all of them. */
enum config_role { CONFIG_FRONT = 1, CONFIG_WORKER = 2, CONFIG_JOBS = 4, CONFIG_METRICS = 8 };

/* Every key at its default. */
void config_defaults(struct config *c);
/* Reads a file over the defaults. Fails: RC_BAD_PARAMS "FILE line N: …", RC_NOT_FOUND when it can't be
 * opened. */
enum rc config_read(const char *path, struct config *ret, struct err *reterr) NODISCARD;
/* The same from an open stream; `name` stands in errors. Lines with a key that starts with "fd_" are handed
   to `extra` (may be NULL: they are unknown keys then). */
enum rc config_read_stream(FILE *in, const char *name,
                           void (*extra)(void *ctx, const char *key, const char *value), void *ctx,
                           struct config *ret, struct err *reterr) NODISCARD;
/* Writes the keys that `role` is told. */
void config_write(FILE *out, const struct config *c, enum config_role role);
/* The commented sample that is shipped as contrib/bimad.conf. */
void config_sample(FILE *out);
/* host_key, signing_key, audit_key and master_key when they are not set: below state_dir. */
void config_fill_paths(struct config *c);

#endif
