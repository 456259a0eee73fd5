#include "client/link/layout.h"

#include <stdio.h>
#include <string.h>

#include "client/link/file.h"
#include "common/base/arena.h"
#include "common/base/buf.h"

static void
path_of(const struct layout *l, char out[FILE_PATH])
{
    (void)snprintf(out, FILE_PATH, "%s/columns", l->dir);
}

void
layout_open(struct layout *l, const char *dir)
{
    char path[FILE_PATH];
    struct arena a;
    struct str text;
    l->dir = dir;
    l->n = 0;
    if (!dir)
        return;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    path_of(l, path);
    if (file_read(&a, path, LAYOUT_BYTES, &text)) {
        memcpy(l->text, text.p, text.n);
        l->n = text.n;
    }
    arena_done(&a);
}

/* Is the line about this list? The columns stay in *line. */
static bool
is_of(struct str *line, const struct schema_entity *e, struct str view)
{
    struct str entity = str_split(line, ' ');
    struct str name = str_split(line, ' ');
    return str_eq(entity, e->name) && str_eq(name, view);
}

size_t
layout_columns(const struct layout *l, const struct schema_entity *e, struct str view,
               uint32_t out[LAYOUT_COLUMNS])
{
    struct str text = {l->text, l->n};
    size_t n = 0;
    while (text.n) {
        struct str line = str_split(&text, '\n');
        if (!is_of(&line, e, view))
            continue;
        while (line.n && n < LAYOUT_COLUMNS) {
            const struct schema_field *f = schema_field_named(e, str_split(&line, ' '));
            if (f && (f->flags & SCHEMA_LIST))
                out[n++] = f->tag;
        }
    }
    return n;
}

bool
layout_keep(struct layout *l, const struct schema_entity *e, struct str view, const uint32_t *tags, size_t n)
{
    struct arena a;
    struct buf b;
    struct str text = {l->text, l->n};
    char path[FILE_PATH];
    arena_init(&a, SIZE_MAX, NULL, NULL);
    buf_init(&b, &a, l->n + 256);
    while (text.n) {
        struct str line = str_split(&text, '\n'), rest = line;
        if (line.n && !is_of(&rest, e, view))
            buf_printf(&b, "%.*s\n", STR_ARG(line));
    }
    for (size_t i = 0; i < n; i++) {
        const struct schema_field *f = schema_field(e, tags[i]);
        if (i == 0)
            buf_printf(&b, "%.*s %.*s", STR_ARG(e->name), STR_ARG(view));
        if (f)
            buf_printf(&b, " %.*s", STR_ARG(f->name));
    }
    if (n)
        buf_add_char(&b, '\n');
    bool good = b.n <= LAYOUT_BYTES;
    if (good) {
        memcpy(l->text, b.p, b.n);
        l->n = b.n;
    }
    if (good && l->dir) {
        path_of(l, path);
        good = file_replace(l->dir, path, buf_str(&b), STR_NONE);
    }
    arena_done(&a);
    return good;
}
