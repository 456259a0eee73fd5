#include "tests/fuzz/fuzz.h"

#include <setjmp.h>
#include <stdlib.h>

#include "common/base/limits.h"
#include "common/crypt/crypt.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static jmp_buf full;

static void
on_full(void *ctx)
{
    (void)ctx;
    longjmp(full, 1);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    if (crypt_start(NULL))
        abort();
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena a;
    arena_init(&a, LIMIT_ARENA_REQUEST, on_full, NULL);
    if (setjmp(full) == 0)
        fuzz_one(&a, (struct str){(const char *)data, size});
    arena_done(&a);
    return 0;
}
