#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server/metrics/state.h"

enum { TICKS_AT = 11 }; /* words between the program's name and utime, in proc(5)'s stat */

static bool
read_line(uint64_t pid, const char *file, char *line, size_t size)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%" PRIu64 "/%s", pid, file);
    FILE *in = fopen(path, "re");
    if (in == NULL) {
        return false;
    }
    bool ok = fgets(line, (int)size, in) != NULL;
    (void)fclose(in);
    return ok;
}

bool
process_use(uint64_t pid, struct process_use *ret)
{
    char line[1024];
    uint64_t user, system, resident;
    long tick = sysconf(_SC_CLK_TCK), page = sysconf(_SC_PAGESIZE);
    if (tick <= 0 || page <= 0 || !read_line(pid, "stat", line, sizeof line)) {
        return false;
    }
    const char *p = strrchr(line, ')');
    for (int i = 0; p != NULL && i <= TICKS_AT; i++) {
        p = strchr(p + 1, ' ');
    }
    if (p == NULL || sscanf(p, "%" SCNu64 " %" SCNu64, &user, &system) != 2 ||
        !read_line(pid, "statm", line, sizeof line) || sscanf(line, "%*u %" SCNu64, &resident) != 1) {
        return false;
    }
    ret->resident_bytes = resident * (uint64_t)page;
    ret->cpu_us = (user + system) * (1000000 / (uint64_t)tick);
    return true;
}
