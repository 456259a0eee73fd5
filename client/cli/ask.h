#ifndef CLI_ASK_H
#define CLI_ASK_H

#include <stdbool.h>

#include "client/link/link.h"
#include "common/crypt/crypt.h"

struct arena;

/* Questions to the person at the terminal, whatever the standard streams are. */

/* A line typed without being shown, into locked memory. False: no terminal, or given up with Ctrl-C. */
bool ask_secret(const char *prompt, struct secret *ret);
/* A line typed and shown. */
bool ask_line(struct arena *a, const char *prompt, struct str *ret);
/* First line of a file, without the newline. Fails: RC_USAGE. */
enum rc read_secret_file(const char *path, struct secret *ret, struct err *reterr) NODISCARD;

/* What ask_for_link goes by. */
struct ask_by {
    bool trust; /* a new host without asking */
    const char
        *code_file; /* its first line is the second factor's code, read when it is wanted; NULL: asked */
};
/* A link_ask_fn over a struct ask_by: asks on the terminal; without one gives up, so that the call fails with
   a sentence. */
void ask_for_link(void *ask_by, struct link *l, const struct link_question *q);

#endif
