#include "common/base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
/* Bytes nobody may touch after each piece, so that AddressSanitizer sees an overrun inside a chunk. */
#define RED_ZONE 16u
#define POISON(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define RED_ZONE 0u
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

enum { FIRST_CHUNK = 32 * 1024, LARGEST_CHUNK = 1024 * 1024 };

struct arena_chunk {
    struct arena_chunk *older;
    size_t size, used;
    alignas(max_align_t) unsigned char data[];
};

void
arena_init(struct arena *a, size_t cap_bytes, void (*on_full)(void *ctx), void *ctx)
{
    *a = (struct arena){.cap = cap_bytes, .on_full = on_full, .ctx = ctx};
}

static void
chunk_free(struct arena_chunk *c)
{
    UNPOISON(c->data, c->size);
    free(c);
}

void
arena_reset(struct arena *a)
{
    while (a->head && a->head->older) {
        struct arena_chunk *c = a->head;
        a->head = c->older;
        chunk_free(c);
    }
    if (a->head) {
        a->head->used = 0;
        POISON(a->head->data, a->head->size);
    }
    a->used = 0;
}

void
arena_done(struct arena *a)
{
    arena_reset(a);
    if (a->head)
        chunk_free(a->head);
    a->head = NULL;
}

static void full(struct arena *a) NORETURN;
static void
full(struct arena *a)
{
    if (a->on_full)
        a->on_full(a->ctx);
    abort();
}

static struct arena_chunk *
chunk_add(struct arena *a, size_t need)
{
    size_t size = a->head ? a->head->size * 2 : FIRST_CHUNK;
    if (size > LARGEST_CHUNK)
        size = LARGEST_CHUNK;
    if (size < need)
        size = need;
    struct arena_chunk *c = malloc(sizeof(*c) + size);
    if (!c)
        full(a);
    c->older = a->head;
    c->size = size;
    c->used = 0;
    POISON(c->data, c->size);
    a->head = c;
    return c;
}

void *
arena_alloc(struct arena *a, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size > a->cap || a->used > a->cap - size)
        full(a);
    size_t whole = (size + RED_ZONE + align - 1) / align * align;
    struct arena_chunk *c = a->head;
    if (!c || c->size - c->used < whole)
        c = chunk_add(a, whole);
    unsigned char *p = c->data + c->used;
    c->used += whole;
    a->used += size;
    if (a->used > a->high_water)
        a->high_water = a->used;
    UNPOISON(p, size);
    memset(p, 0, size);
    return p;
}

void *
arena_alloc_array(struct arena *a, size_t count, size_t size)
{
    size_t n = 0;
    if (__builtin_mul_overflow(count, size, &n))
        full(a);
    return arena_alloc(a, n);
}
