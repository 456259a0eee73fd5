#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/str.h"

/* Strict UTF-8 (no surrogates, no overlong forms, <= U+10FFFF). */
bool utf8_valid(struct str s);
/* Decodes one code point at s.p[*pos] and moves *pos; U+FFFD and one byte on bad input. */
uint32_t utf8_next(struct str s, size_t *pos);
/* Encodes into out[4]; returns the bytes used, 0 for what is no code point. */
size_t utf8_put(uint32_t cp, char out[4]);
int utf8_width_cp(uint32_t cp);  /* columns: 0 combining or control, 2 wide, else 1; ambiguous is 1 */
size_t utf8_width(struct str s); /* columns */
/* The longest prefix no wider than `columns`. */
struct str utf8_fit(struct str s, size_t columns);
/* The longest prefix of at most `bytes` bytes that cuts no character in two. */
struct str utf8_cut(struct str s, size_t bytes);
/* True when s has a control character (C0, DEL, C1): never stored, never painted. */
bool utf8_has_control(struct str s);

#endif
