#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attr.h"

/*
 * The one error model: every function that can fail returns `enum rc` and takes `struct err *reterr`
 * last. Outputs named ret_x are untouched on failure.
 *
 * Rows: name, wire number (never reused), exit code of `bima` (sysexits), may-retry, text used when a
 * message says nothing better.
 */
/* clang-format off */
#define ERR_MAP(X)                                                                                 \
    X(OK,              0,  0,  false, "done")                                                      \
    X(NOT_MODIFIED,    1,  0,  false, "not modified")                                              \
    X(BAD_FRAME,       10, 76, false, "the message is not well formed")                            \
    X(BAD_PARAMS,      11, 65, false, "the request is not complete or not of the right form")      \
    X(UNKNOWN_METHOD,  12, 64, false, "no such command")                                           \
    X(TOO_LARGE,       13, 65, false, "the request is too large")                                  \
    X(UNAUTHENTICATED, 20, 77, false, "not signed in")                                             \
    X(FORBIDDEN,       21, 77, false, "your role does not allow this")                             \
    X(NOT_FOUND,       30, 66, false, "not found")                                                 \
    X(CONFLICT,        31, 73, false, "the record was changed by someone else")                    \
    X(IDEM_MISMATCH,   32, 65, false, "the same request key was used for something else")          \
    X(REFUSED,         34, 65, false, "a rule refuses this")                                       \
    X(DUPLICATE,       35, 73, false, "this is already on record")                                 \
    X(CONFIRM,         36, 65, false, "this looks like a record that exists; confirm with a reason") \
    X(BUSY,            40, 75, true,  "the service is busy")                                       \
    X(RATE_LIMITED,    41, 75, true,  "too many requests")                                         \
    X(DEADLINE,        42, 75, true,  "the request took too long")                                 \
    X(SHUTTING_DOWN,   43, 75, true,  "the service is stopping")                                   \
    X(CANCELLED,       44, 75, true,  "cancelled")                                                 \
    X(RETRY,           45, 75, true,  "could not be done just now; try again")                     \
    X(INTERNAL,        50, 70, false, "something went wrong on the service's side")                \
    X(UNAVAILABLE,     51, 69, true,  "could not reach the service")                               \
    X(USAGE,           52, 64, false, "usage")
/* clang-format on */

enum rc {
#define X(name, number, exit, retry, text) RC_##name = number,
    ERR_MAP(X)
#undef X
};

/* A record an error or a warning points to: "this chassis is already on vehicle T 337 DSE". */
struct err_ref {
    uint32_t entity;
    int64_t id;
    char label[64];
};

enum { ERR_REFS_MAX = 8 };

struct err {
    enum rc code;
    char field[48]; /* name of the field to mend, or "" */
    char text[320]; /* for the person: one line, plain English, names what is expected */
    char log[320];  /* for the operator: never leaves the server */
    char sqlstate[6];
    uint32_t nrefs;
    struct err_ref refs[ERR_REFS_MAX];
};

/* Fills `reterr` (may be NULL) and returns `code`, so that a guard is one line. `field` may be NULL. `fmt` is
 * translated. */
enum rc err_set(struct err *reterr, enum rc code, const char *field, const char *fmt, ...) PRINTF(4, 5);

/* As err_set, for failures whose cause only the operator may see; the person gets the code's own text. */
enum rc err_log(struct err *reterr, enum rc code, const char *fmt, ...) PRINTF(3, 4);

/* Appends a record reference; silently keeps the first ERR_REFS_MAX. */
void err_add_ref(struct err *err, uint32_t entity, int64_t id, const char *label);

const char *rc_symbol(enum rc code); /* "NOT_FOUND"; "INTERNAL" for a number we do not know */
const char *rc_text(enum rc code);
int rc_exit(enum rc code);
bool rc_retryable(enum rc code);
enum rc rc_from_wire(uint64_t number); /* INTERNAL for a number we do not know */

#endif
