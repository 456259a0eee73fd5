#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/err.h"
#include "common/base/str.h"

struct arena;

enum cli_format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };

/* The command line, taken apart but not yet understood: options may stand anywhere, "--" ends them. */
struct cli_args {
    const char *login, *key_path, *password_file, *code_file;
    int64_t port;    /* 0 not given */
    int64_t link_fd; /* -1 not given */
    enum cli_format format;
    int64_t limit; /* -1 not given; 0 all */
    const char *reason, *sort, *as_of, *out_path, *idem, *public_key, *print_format;
    const char *columns, *export_path; /* of a list */
    bool desc, yes, plain, help, version, complete;
    const char *host; /* taken off the words by cli_take_host */
    struct str *words;
    size_t nwords;
};

/* Texts are borrowed from argv; the array of words lives in `a`. Fails: RC_USAGE. */
enum rc cli_args_read(struct arena *a, int argc, char *const *argv, struct cli_args *ret,
                      struct err *reterr) NODISCARD;

/*
 * Takes the host off the front of the words when there is one: a word with '.' or ':', "localhost", or, with
 * no host set elsewhere, any word that is neither a command nor followed by a verb. "login@host" and
 * "host:port" are taken apart. Fails: RC_USAGE for a bad port.
 */
enum rc cli_take_host(struct arena *a, struct cli_args *args, bool has_host, struct err *reterr) NODISCARD;

/* The options as rows, for --help, the completion and a test of the manual page. NULL at the end. */
const char *cli_option_help(size_t i, const char **ret_syntax);

#endif
