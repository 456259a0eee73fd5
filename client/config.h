#ifndef CLIENT_CONFIG_H
#define CLIENT_CONFIG_H

#include <stdbool.h>

#include "common/base/err.h"
#include "common/base/str.h"

struct arena;

/*
 * What a person set once instead of typing it every time. Later wins: built in, ~/.config/bima/config
 * ($XDG_CONFIG_HOME), the environment (BIMA_HOST BIMA_PORT BIMA_LOGIN BIMA_KEY BIMA_KNOWN_HOSTS BIMA_THEME
 * BIMA_LANGUAGE BIMA_PLAIN BIMA_PASSWORD_FILE BIMA_CODE_FILE), options. All texts live in the arena given to
 * client_config_load; NULL is "not set". With `spawned` (--link-fd) the file and the environment but for
 * BIMA_PLAIN are not read: the home is not the person's.
 */
struct client_config {
    const char *host;
    int port; /* 0: LINK_PORT */
    const char *login;
    const char *key_path;
    const char *known_hosts;   /* NULL: ~/.ssh/known_hosts */
    const char *password_file; /* environment and options only */
    const char *code_file;     /* the same: the second factor */
    const char *theme;         /* "colour", "lean", "mono", "contrast" or NULL: chosen by the terminal */
    const char *language;      /* "en", "sw" or NULL: LANG */
    bool plain;                /* questions and answers instead of screens */
    const char *config_dir;    /* ~/.config/bima: keys file; NULL when spawned or without a home */
    const char *cache_dir;     /* ~/.cache/bima */
    const char *state_dir;     /* ~/.local/state/bima: drafts */
    bool spawned;              /* the service started us: no files, no host, already signed in */
};

enum client_where { CLIENT_AT_HOME, CLIENT_SPAWNED };

/* Fails: RC_USAGE naming file and line of a key we do not know or a value out of its range. A missing file is
 * fine. */
enum rc client_config_load(struct client_config *c, struct arena *a, enum client_where where,
                           struct err *reterr) NODISCARD;

#endif
