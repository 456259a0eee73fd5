#ifndef SERVER_PROCESS_H
#define SERVER_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

/* What the kernel says of a process. */
struct process_use {
    uint64_t resident_bytes, cpu_us;
};
/* False: it is gone, or may not be looked at. */
bool process_use(uint64_t pid, struct process_use *ret);

#endif
