#include "server/ctl/demo_row.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/base/attr.h"

const char demo_copy_head[19] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";
const char demo_copy_tail[2] = {'\377', '\377'};

void
demo_row_init(struct demo_row *r, enum demo_form form, char *p, size_t cap)
{
    r->form = form;
    r->p = p;
    r->cap = cap;
    r->n = r->head = 0;
    r->fields = 0;
}

static void
put(struct demo_row *r, const void *bytes, size_t n)
{
    ASSERT(n <= r->cap - r->n);
    memcpy(r->p + r->n, bytes, n);
    r->n += n;
}

static void
put_char(struct demo_row *r, char c)
{
    ASSERT(r->n < r->cap);
    r->p[r->n++] = c;
}

static void
put_text(struct demo_row *r, const char *text)
{
    put(r, text, strlen(text));
}

static void
put_big(char *out, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (char)(v >> (8 * (n - 1 - i)) & 0xFF);
}

static void
put_number(struct demo_row *r, uint64_t v, size_t n)
{
    char bytes[8];
    put_big(bytes, v, n);
    put(r, bytes, n);
}

void
demo_row_open(struct demo_row *r)
{
    r->fields = 0;
    r->head = r->n;
    if (r->form == DEMO_BINARY)
        put_number(r, 0, 2);
    else if (r->form == DEMO_JSON)
        put_char(r, '{');
}

void
demo_row_close(struct demo_row *r)
{
    if (r->form == DEMO_BINARY)
        put_big(r->p + r->head, (uint64_t)r->fields, 2);
    else if (r->form == DEMO_JSON)
        put_char(r, '}');
}

/* True when a value follows. */
static bool
start(struct demo_row *r, const char *name)
{
    bool first = r->fields++ == 0;
    if (r->form == DEMO_BINARY)
        return true;
    if (!first)
        put_char(r, ',');
    if (r->form == DEMO_JSON)
        put_char(r, '"');
    put_text(r, name);
    if (r->form == DEMO_JSON)
        put(r, "\":", 2);
    return r->form == DEMO_JSON;
}

static void
integer(struct demo_row *r, const char *name, int64_t v, size_t size)
{
    char text[24];
    if (!start(r, name))
        return;
    if (r->form == DEMO_JSON) {
        put(r, text, (size_t)snprintf(text, sizeof text, "%" PRId64, v));
        return;
    }
    put_number(r, size, 4);
    put_number(r, (uint64_t)v, size);
}

void
demo_put_int2(struct demo_row *r, const char *name, int64_t v)
{
    integer(r, name, v, 2);
}

void
demo_put_int4(struct demo_row *r, const char *name, int64_t v)
{
    integer(r, name, v, 4);
}

void
demo_put_int8(struct demo_row *r, const char *name, int64_t v)
{
    integer(r, name, v, 8);
}

void
demo_put_id(struct demo_row *r, const char *name, int64_t id)
{
    if (id)
        integer(r, name, id, 8);
    else
        demo_put_null(r, name);
}

void
demo_put_bool(struct demo_row *r, const char *name, bool v)
{
    if (!start(r, name))
        return;
    if (r->form == DEMO_JSON) {
        put_text(r, v ? "true" : "false");
        return;
    }
    put_number(r, 1, 4);
    put_number(r, v, 1);
}

static void
put_quoted(struct demo_row *r, struct str v)
{
    put_char(r, '"');
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == '"' || v.p[i] == '\\')
            put_char(r, '\\');
        put_char(r, v.p[i]);
    }
    put_char(r, '"');
}

void
demo_put_text(struct demo_row *r, const char *name, struct str v)
{
    if (!v.p) {
        demo_put_null(r, name);
        return;
    }
    if (!start(r, name))
        return;
    if (r->form == DEMO_JSON) {
        put_quoted(r, v);
        return;
    }
    put_number(r, v.n, 4);
    put(r, v.p, v.n);
}

/* In JSON as to_jsonb writes it: "\\x0a1f". */
void
demo_put_bytes(struct demo_row *r, const char *name, struct str v)
{
    static const char digits[] = "0123456789abcdef";
    if (!start(r, name))
        return;
    if (r->form != DEMO_JSON) {
        put_number(r, v.n, 4);
        put(r, v.p, v.n);
        return;
    }
    put_text(r, "\"\\\\x");
    for (size_t i = 0; i < v.n; i++) {
        put_char(r, digits[(unsigned char)v.p[i] >> 4]);
        put_char(r, digits[(unsigned char)v.p[i] & 15]);
    }
    put_char(r, '"');
}

void
demo_put_date(struct demo_row *r, const char *name, date_t v)
{
    char text[DATE_TEXT];
    if (!start(r, name))
        return;
    if (r->form == DEMO_JSON) {
        put_quoted(r, str_from(date_text(v, text)));
        return;
    }
    put_number(r, 4, 4);
    put_number(r, (uint64_t)(int64_t)v.days, 4);
}

/* Whole seconds, as all times of the demo are. */
void
demo_put_stamp(struct demo_row *r, const char *name, stamp_t v)
{
    char text[STAMP_TEXT];
    if (!start(r, name))
        return;
    if (r->form == DEMO_JSON) {
        struct str whole = str_from(stamp_text(v, text));
        put_char(r, '"');
        put(r, whole.p, whole.n - 1);
        put_text(r, "+00:00\"");
        return;
    }
    put_number(r, 8, 4);
    put_number(r, (uint64_t)v.usec, 8);
}

void
demo_put_null(struct demo_row *r, const char *name)
{
    if (!start(r, name))
        return;
    if (r->form == DEMO_JSON)
        put_text(r, "null");
    else
        put_number(r, UINT32_MAX, 4);
}

void
demo_put_json(struct demo_row *r, const char *name, struct str json)
{
    if (!start(r, name))
        return;
    put_number(r, json.n + 1, 4);
    put_number(r, 1, 1);
    put(r, json.p, json.n);
}
