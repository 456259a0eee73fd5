#ifndef LINK_CACHE_H
#define LINK_CACHE_H

#include <stdbool.h>

#include "common/base/str.h"

struct arena;

/*
 * The description of one service, kept between runs: file `schema-HASH` in `dir`, the hash being the
 * service's own. A file holds one line with the BLAKE2b-256 of the rest, then the encoded description. What
 * does not match is removed and counts as absent: a torn or changed file costs one download, never a wrong
 * screen.
 */
/* Atomic (written aside, then renamed), mode 0600, `dir` made 0700 when missing. Failures are silent: it is a
 * cache. */
void cache_store(const char *dir, struct str hash, struct str raw);
/* Bytes into `a`; false when there is none or it is damaged. `hash` must be 32 hex digits. */
bool cache_load(struct arena *a, const char *dir, struct str hash, struct str *ret_raw);
/* The hash used last for `who` ("login@host:port"): file `last-…`. */
void cache_remember(const char *dir, struct str who, struct str hash);
bool cache_recall(struct arena *a, const char *dir, struct str who, struct str *ret_hash);

#endif
