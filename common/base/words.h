#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stddef.h>

#include "common/base/err.h"
#include "common/base/str.h"

/*
 * words_split - splits a command the way a POSIX shell splits words, and does nothing else a shell does.
 *
 * Blanks separate; '…' is literal; "…" knows \" \\ ; a backslash outside quotes takes the next character.
 * No expansion, no globbing, no operators: $ * ; | & < > ` are ordinary characters.
 * Fails: RC_USAGE for an open quote, a trailing backslash, a NUL or control character, more than
 *        LIMIT_EXEC bytes or LIMIT_EXEC_WORDS words. Memory: words live in `a`, NUL-terminated.
 */
enum rc words_split(struct arena *a, struct str line, struct str **ret_words, size_t *ret_count,
                    struct err *reterr) NODISCARD;

#endif
