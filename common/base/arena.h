#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "common/base/attr.h"

/*
 * Bump allocator: what one request (or one screen, or one session) needs, freed all at once.
 *
 * Grows in chunks up to `cap` bytes. At the cap, or out of memory, `on_full` is called and must not
 * return (longjmp to the request loop, or exit); without one the process aborts. So arena_new and
 * arena_alloc never return NULL. Memory is zeroed and aligned for any type. No secrets in an arena.
 */
struct arena_chunk;

struct arena {
    struct arena_chunk *head;
    size_t used;       /* bytes handed out since the last reset */
    size_t high_water; /* most bytes ever handed out between resets */
    size_t cap;
    void (*on_full)(void *ctx);
    void *ctx;
};

void arena_init(struct arena *a, size_t cap_bytes, void (*on_full)(void *ctx), void *ctx);
void arena_reset(struct arena *a); /* keeps the first chunk */
void arena_done(struct arena *a);
void *arena_alloc(struct arena *a, size_t size) __attribute__((malloc, returns_nonnull));
void *arena_alloc_array(struct arena *a, size_t count, size_t size) __attribute__((malloc, returns_nonnull));

#define arena_new(a, T, count) ((T *)arena_alloc_array((a), (count), sizeof(T)))

#endif
