#include <criterion/criterion.h>
#include <setjmp.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "common/base/arena.h"

static jmp_buf back;

static void
jump(void *ctx)
{
    (void)ctx;
    longjmp(back, 1);
}

Test(arena, gives_zeroed_memory_even_after_a_reset)
{
    struct arena a;
    arena_init(&a, 1024 * 1024, NULL, NULL);
    for (int round = 0; round < 3; round++) {
        unsigned char *p = arena_alloc(&a, 1000);
        for (size_t i = 0; i < 1000; i++)
            cr_assert_eq(p[i], 0);
        memset(p, 0xEE, 1000);
        arena_reset(&a);
    }
    arena_done(&a);
}

Test(arena, aligns_for_any_type)
{
    struct arena a;
    arena_init(&a, 1024 * 1024, NULL, NULL);
    for (size_t n = 0; n < 40; n++)
        cr_assert_eq((uintptr_t)arena_alloc(&a, n) % alignof(max_align_t), 0);
    arena_done(&a);
}

Test(arena, grows_over_many_chunks_and_keeps_what_was_written)
{
    struct arena a;
    arena_init(&a, 64 * 1024 * 1024, NULL, NULL);
    uint32_t *runs[200];
    for (uint32_t i = 0; i < 200; i++) {
        runs[i] = arena_new(&a, uint32_t, 10000);
        runs[i][0] = runs[i][9999] = i;
    }
    for (uint32_t i = 0; i < 200; i++)
        cr_assert(runs[i][0] == i && runs[i][9999] == i);
    cr_assert_eq(a.used, 200u * 40000u);
    arena_reset(&a);
    cr_assert_eq(a.used, 0);
    cr_assert_eq(a.high_water, 200u * 40000u);
    arena_done(&a);
}

Test(arena, gives_a_piece_larger_than_any_chunk)
{
    struct arena a;
    arena_init(&a, 8 * 1024 * 1024, NULL, NULL);
    char *p = arena_alloc(&a, 5 * 1024 * 1024);
    p[5 * 1024 * 1024 - 1] = 1;
    arena_done(&a);
}

Test(arena, calls_on_full_at_its_cap_and_not_before)
{
    static struct arena a;
    static volatile int given;
    arena_init(&a, 1000, jump, NULL);
    if (setjmp(back) == 0) {
        for (;;) {
            (void)arena_alloc(&a, 100);
            given++;
        }
    }
    cr_assert_eq(given, 10);
    arena_done(&a);
}

Test(arena, calls_on_full_when_a_count_overflows)
{
    static struct arena a;
    static volatile int full;
    arena_init(&a, SIZE_MAX, jump, NULL);
    if (setjmp(back) == 0)
        (void)arena_alloc_array(&a, SIZE_MAX / 2, 3);
    else
        full = 1;
    cr_assert_eq(full, 1);
    arena_done(&a);
}

Test(arena, may_be_done_twice_and_unused)
{
    struct arena a;
    arena_init(&a, 1000, NULL, NULL);
    arena_done(&a);
    arena_done(&a);
}
