#include "client/screen/thin.h"

#include "client/tui/term.h"

int
thin_width(void)
{
    int rows, cols;
    term_size(&rows, &cols);
    return cols;
}

static bool
marks_rows(const struct schema_field *f)
{
    for (size_t i = 0; i < f->nchoices; i++)
        if (f->choices[i].tone != TONE_PLAIN)
            return true;
    return false;
}

int
thin_list(const struct schema_entity *e, const uint32_t *tags, size_t n, struct arena *a, struct params *p)
{
    const struct schema_field *of[LIST_COLUMNS];
    struct list *l = arena_new(a, struct list, 1);
    for (size_t i = 0; i < n && l->ncolumns < LIST_COLUMNS; i++) {
        const struct schema_field *f = schema_field(e, tags[i]);
        if (!f)
            continue;
        of[l->ncolumns] = f;
        l->columns[l->ncolumns++] = rows_column(f);
    }
    l->options = l->marks = true;
    list_fit(l, thin_width());
    p->present |= 1u << PARAM_BARE;
    p->bare = true;
    p->columns = arena_new(a, struct name_or_number, l->ncolumns + 1);
    p->ncolumns = 0;
    for (size_t i = 0; i < l->ncolumns; i++)
        if (l->columns[i].shown || marks_rows(of[i]))
            p->columns[p->ncolumns++] = (struct name_or_number){.number = of[i]->tag};
    if (p->ncolumns)
        p->present |= 1u << PARAM_COLUMNS;
    return thin_width();
}
