#include "common/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/lang.h"
#include "common/base/str.h"
#include "common/base/utf8.h"

void
assert_failed(const char *file, int line, const char *cond)
{
    fprintf(stderr, "%s:%d: broken invariant: %s\n", file, line, cond);
    abort();
}

struct rc_row {
    enum rc code;
    int exit_code;
    bool retry;
    const char *symbol, *text;
};

static const struct rc_row rows[] = {
#define X(name, number, exit, retry, text) {RC_##name, exit, retry, #name, text},
    ERR_MAP(X)
#undef X
};

static const struct rc_row *
row_of(enum rc code)
{
    const struct rc_row *internal = NULL;
    for (size_t i = 0; i < COUNTOF(rows); i++) {
        if (rows[i].code == code)
            return &rows[i];
        if (rows[i].code == RC_INTERNAL)
            internal = &rows[i];
    }
    return internal;
}

/* snprintf may cut inside a character: half a character must not reach a person or the wire. */
static void
cut_to_utf8(char *text)
{
    struct str s = str_from(text);
    size_t pos = 0, good = 0;
    while (pos < s.n) {
        size_t at = pos;
        uint32_t cp = utf8_next(s, &pos);
        bool cut_short = cp == 0xFFFD && pos == at + 1 && s.n - at < 4;
        if (cut_short)
            break;
        good = pos;
    }
    text[good] = '\0';
}

static void copy_text(char *out, size_t cap, const char *fmt, ...) PRINTF(3, 4);
static void
copy_text(char *out, size_t cap, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(out, cap, fmt, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n >= cap)
        cut_to_utf8(out);
}

enum rc
err_set(struct err *reterr, enum rc code, const char *field, const char *fmt, ...)
{
    if (!reterr)
        return code;
    struct err next = {.code = code};
    copy_text(next.field, sizeof(next.field), "%s", field ? field : "");
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(next.text, sizeof(next.text), lang_text(fmt), ap);
    va_end(ap);
    if (n >= 0 && (size_t)n >= sizeof(next.text))
        cut_to_utf8(next.text);
    *reterr = next;
    return code;
}

enum rc
err_log(struct err *reterr, enum rc code, const char *fmt, ...)
{
    if (!reterr)
        return code;
    struct err next = {.code = code};
    copy_text(next.text, sizeof(next.text), "%s", rc_text(code));
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(next.log, sizeof(next.log), fmt, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n >= sizeof(next.log))
        cut_to_utf8(next.log);
    *reterr = next;
    return code;
}

void
err_add_ref(struct err *err, uint32_t entity, int64_t id, const char *label)
{
    if (err->nrefs >= ERR_REFS_MAX)
        return;
    struct err_ref *ref = &err->refs[err->nrefs++];
    *ref = (struct err_ref){.entity = entity, .id = id};
    copy_text(ref->label, sizeof(ref->label), "%s", label ? label : "");
}

const char *
rc_symbol(enum rc code)
{
    return row_of(code)->symbol;
}

const char *
rc_text(enum rc code)
{
    return lang_text(row_of(code)->text);
}

int
rc_exit(enum rc code)
{
    return row_of(code)->exit_code;
}

bool
rc_retryable(enum rc code)
{
    return row_of(code)->retry;
}

enum rc
rc_from_wire(uint64_t number)
{
    for (size_t i = 0; i < COUNTOF(rows); i++) {
        if ((uint64_t)rows[i].code == number)
            return rows[i].code;
    }
    return RC_INTERNAL;
}
