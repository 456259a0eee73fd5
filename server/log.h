#ifndef SERVER_LOG_H
#define SERVER_LOG_H

#include <stddef.h>

#include "common/base/attr.h"

/*
 * Logs: logfmt lines on standard error, one event a line:
 *   ts=2026-03-01T08:15:02Z level=info role=front pid=412 event=session.open session=81a4…
 * Never a name, a login, an address, a plate or any text a user typed: sessions and requests are named by number.
 */
enum log_level { LOG_DEBUG_ = 0, LOG_INFO_ = 1, LOG_WARN_ = 2, LOG_ERROR_ = 3 };

/* Once at start of a process. `role` is kept, not copied. */
void log_open(const char *role, enum log_level least);
/* `fmt` gives further "key=value" words; free text goes through log_text. One write(2) a line. */
void log_event(enum log_level level, const char *event, const char *fmt, ...) PRINTF(3, 4);

#define log_info(...) log_event(LOG_INFO_, __VA_ARGS__)
#define log_warn(...) log_event(LOG_WARN_, __VA_ARGS__)
#define log_error(...) log_event(LOG_ERROR_, __VA_ARGS__)

/* Quotes a text for a value: "…" with \" \\ and control characters as \xNN; cut to the place it has. */
enum { LOG_TEXT = 512 };
char *log_text(const char *text, char out[LOG_TEXT]);

/* "debug", "info", "warn", "error"; -1 when it is none of them. */
int log_level_by_name(const char *name);
const char *log_level_name(enum log_level level);

#endif
