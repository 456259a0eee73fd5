#include "server/catalog/schema.h"

/* Every text of the catalog that a person reads, in the form xgettext reads: the tables mark none. */

static void
put(FILE *out, const char *text)
{
    if (!text || !text[0])
        return;
    fputs("_(\"", out);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', out);
        fputc(*text, out);
    }
    fputs("\")\n", out);
}

static void
put_fields(FILE *out, const struct field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (fields[i].flags & FF_INTERNAL)
            continue;
        put(out, fields[i].label);
        put(out, fields[i].help);
        put(out, fields[i].group);
        for (size_t c = 0; c < fields[i].nchoices; c++)
            put(out, fields[i].choices[c].label);
    }
}

void
catalog_texts(FILE *out)
{
    size_t count;
    const struct entity *const *entities = entity_table(&count);
    for (size_t i = 0; i < count; i++) {
        const struct entity *e = entities[i];
        put(out, e->label);
        put(out, e->plural);
        put(out, e->help);
        put_fields(out, e->fields, e->nfields);
        for (size_t v = 0; v < e->nviews; v++)
            put(out, e->views[v].label);
        for (size_t t = 0; t < e->ntabs; t++)
            put(out, e->tabs[t].label);
        for (size_t a = 0; a < e->nactions; a++) {
            put(out, e->actions[a].label);
            put(out, e->actions[a].help);
            put_fields(out, e->actions[a].params, e->actions[a].nparams);
        }
    }
}
