#include "server/page.h"

#include <stddef.h>
#include <sys/mman.h>
#include <time.h>

struct page *
page_map(int fd, bool to_write)
{
    void *p =
        mmap(NULL, sizeof(struct page), to_write ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
    return p == MAP_FAILED ? NULL : p;
}

uint64_t
page_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}
