#include "server/process.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/str.h"
#include "common/value/number.h"

/* Words of proc(5): of stat behind the program's name, of statm. */
enum { USER_AT = 12, RESIDENT_AT = 1 };

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

/* The nth word of a line, from 0, as a number; false when it is none. */
static bool
number_at(const char *line, size_t nth, uint64_t *ret)
{
    struct str rest = str_trim(str_from(line)), word = str_split(&rest, ' ');
    int64_t n;
    for (size_t i = 0; i < nth; i++) {
        word = str_split(&rest, ' ');
    }
    if (number_parse(word, 0, INT64_MAX, "number", &n, NULL) != RC_OK) {
        return false;
    }
    *ret = (uint64_t)n;
    return true;
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
    const char *after_name = strrchr(line, ')'); /* a program's name may hold blanks */
    if (after_name == NULL || !number_at(after_name, USER_AT, &user) ||
        !number_at(after_name, USER_AT + 1, &system) || !read_line(pid, "statm", line, sizeof line) ||
        !number_at(line, RESIDENT_AT, &resident)) {
        return false;
    }
    ret->resident_bytes = resident * (uint64_t)page;
    ret->cpu_us = (user + system) * (1000000 / (uint64_t)tick);
    return true;
}
