#include "server/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 2048 };

static const char *const level_names[] = {"debug", "info", "warn", "error"};

static struct {
    const char *role;
    enum log_level least;
} log_state = {"bimad", LOG_INFO_};

void
log_open(const char *role, enum log_level least)
{
    log_state.role = role;
    log_state.least = least;
}

static void
log_write(const char *p, size_t n)
{
    while (n > 0) {
        ssize_t done = write(STDERR_FILENO, p, n);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return; /* nowhere left to say so */
        }
        p += done;
        n -= (size_t)done;
    }
}

void
log_event(enum log_level level, const char *event, const char *fmt, ...)
{
    if (level < log_state.least) {
        return;
    }
    int saved = errno;
    char line[LINE];
    char when[32];
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &utc);
    int n = snprintf(line, sizeof line, "ts=%s level=%s role=%s pid=%ld event=%s ", when, level_names[level],
                     log_state.role, (long)getpid(), event);
    size_t used = n < 0 ? 0 : (size_t)n;
    if (used < sizeof line - 1) {
        va_list args;
        va_start(args, fmt);
        n = vsnprintf(line + used, sizeof line - used, fmt, args);
        va_end(args);
        used += n < 0 ? 0 : (size_t)n;
    }
    if (used > sizeof line - 1) {
        used = sizeof line - 1;
    }
    while (used > 0 && line[used - 1] == ' ') {
        used--;
    }
    line[used] = '\n';
    log_write(line, used + 1);
    errno = saved;
}

char *
log_text(const char *text, char out[LOG_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    size_t n = 0;
    out[n++] = '"';
    for (; *text != '\0' && n < LOG_TEXT - 6; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            out[n++] = '\\';
            out[n++] = (char)c;
        } else if (c < 0x20 || c == 0x7f) {
            out[n++] = '\\';
            out[n++] = 'x';
            out[n++] = digits[c >> 4];
            out[n++] = digits[c & 15];
        } else {
            out[n++] = (char)c;
        }
    }
    out[n++] = '"';
    out[n] = '\0';
    return out;
}

int
log_level_by_name(const char *name)
{
    for (size_t i = 0; i < COUNTOF(level_names); i++) {
        if (strcmp(name, level_names[i]) == 0) {
            return (int)i;
        }
    }
    return -1;
}

const char *
log_level_name(enum log_level level)
{
    return level_names[level];
}
