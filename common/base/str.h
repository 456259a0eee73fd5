#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "common/base/attr.h"

/* A borrowed run of bytes with its length. Text is UTF-8; p may be NULL when n is 0. Not NUL-terminated
   unless it came from str_dup or str_printf (those add a NUL past the end, so p can go to C APIs). */
struct str {
    const char *p;
    size_t n;
};

struct arena;

#define STR(lit) ((struct str){"" lit, sizeof(lit) - 1})
#define STR_NONE ((struct str){NULL, 0})
#define STR_ARG(s) (int)(s).n, (s).p /* for "%.*s" */

struct str str_from(const char *cstr); /* NULL gives the empty string */
bool str_eq(struct str a, struct str b);
bool str_eq_c(struct str a, const char *b);
bool str_starts(struct str s, struct str prefix);
int str_cmp(struct str a, struct str b);                    /* bytewise, as COLLATE "C" */
struct str str_trim(struct str s);                          /* ASCII blanks off both ends */
struct str str_slice(struct str s, size_t from, size_t to); /* clamped */
/* Splits at the first `sep`: returns what is before it and leaves the rest in *rest (empty when none). */
struct str str_split(struct str *rest, char sep);
struct str str_dup(struct arena *a, struct str s);
struct str str_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);

#endif
