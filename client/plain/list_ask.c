#include <string.h>

#include "client/cli/command.h"
#include "client/cli/suggest.h"
#include "client/plain/list.h"
#include "common/base/words.h"

/* Which rows a list shows, and in which order. */

static const struct schema_view *
view_of(const struct walk *w)
{
    for (size_t i = 0; i < w->e->nviews; i++)
        if (w->e->views[i].number == w->params.view.number && params_has(&w->params, PARAM_VIEW))
            return &w->e->views[i];
    return w->e->nviews > 0 ? &w->e->views[0] : NULL;
}

uint32_t
walk_sort(const struct walk *w)
{
    const struct schema_view *view = view_of(w);
    if (params_has(&w->params, PARAM_SORT))
        return w->params.sort.number;
    return view != NULL ? view->sort : 0;
}

static bool
descends(const struct walk *w)
{
    const struct schema_view *view = view_of(w);
    if (params_has(&w->params, PARAM_DESC) || params_has(&w->params, PARAM_SORT))
        return w->params.desc;
    return view != NULL && view->desc;
}

/* The conditions of the person, the record it belongs to, and the position. */
struct params
walk_params(struct walk *w, struct arena *a)
{
    struct params p = w->params;
    p.filters = arena_new(a, struct param_filter, LIMIT_FILTERS + 2);
    p.nfilters = 0;
    if (w->of->parent != NULL)
        p.filters[p.nfilters++] =
            (struct param_filter){.field = {.number = w->of->via}, .value = VALUE_INT(w->of->parent->id)};
    for (size_t i = 0; i < w->params.nfilters && p.nfilters < LIMIT_FILTERS; i++)
        p.filters[p.nfilters++] = w->filters[i];
    p.present &= ~(1u << PARAM_FILTERS);
    if (p.nfilters > 0)
        p.present |= 1u << PARAM_FILTERS;
    if (w->positioned) { /* an order of its own is said to the service with the position */
        p.present |= 1u << PARAM_SORT | 1u << PARAM_DESC;
        p.sort = (struct name_or_number){.number = walk_sort(w)};
        p.desc = descends(w);
        p.present |= 1u << PARAM_FROM;
        p.from = w->position;
    }
    return p;
}

/* A choice by what was typed of it; the rest the service understands as well as we do. */
static struct param_filter
understood(struct walk *w, struct param_filter f)
{
    const struct schema_field *field = schema_field(w->e, f.field.number);
    struct value v = VALUE_NULL;
    if (field != NULL && field->type == VT_CHOICE && f.value.type == VT_TEXT &&
        value_read(w->a, field, f.value.text, plain_locale(w->p), &v, NULL) == RC_OK)
        f.value = VALUE_INT(v.i);
    return f;
}

bool
walk_filter(struct walk *w, struct str typed)
{
    struct plain *p = w->p;
    struct str *words;
    size_t n = 0;
    struct err err = {0};
    struct cli_command c;
    if (typed.n == 0) {
        struct str prompt = str_printf(w->a, _("Filter [%.*s], as state=active end_date<+30d; - for none: "),
                                       STR_ARG(w->filter_text));
        if (hear(p, w->a, prompt, &typed) != HEARD_LINE || typed.n == 0)
            return false;
    }
    if (str_eq_c(typed, "?")) {
        say(p, _("Conditions: field=value, also with != < <= > >= ~. Fields: %.*s."),
            STR_ARG(fields_with(w->a, w->e, SCHEMA_FILTER)));
        return false;
    }
    if (str_eq_c(typed, "-"))
        typed = STR_NONE;
    struct cli_args args = {.limit = -1, .link_fd = -1};
    enum rc rc = words_split(w->a, typed, &words, &n, &err);
    if (rc == RC_OK) {
        args.words = arena_new(w->a, struct str, n + 2);
        args.words[0] = w->e->name;
        args.words[1] = STR("list");
        for (size_t i = 0; i < n; i++)
            args.words[2 + i] = words[i];
        args.nwords = n + 2;
        rc = command_read(w->a, plain_schema(p), plain_locale(p), &args, &c, &err);
    }
    if (rc != RC_OK) {
        say_error(p, w->e, &err, NULL);
        return false;
    }
    w->params.nfilters = c.params.nfilters;
    for (size_t i = 0; i < c.params.nfilters; i++)
        w->filters[i] = understood(w, c.params.filters[i]);
    w->filter_text = str_dup(w->a, typed);
    return true;
}

static const struct schema_field *
sort_meant(const struct walk *w, struct str typed)
{
    const struct schema_field *f = field_meant(w->e->fields, w->e->nfields, typed);
    for (size_t i = 0; f == NULL && i < w->e->nfields; i++)
        if (begins_like(w->e->fields[i].label, typed) && (w->e->fields[i].flags & SCHEMA_SORT) != 0)
            f = &w->e->fields[i];
    return f != NULL && (f->flags & SCHEMA_SORT) != 0 ? f : NULL;
}

bool
walk_sort_by(struct walk *w, struct str typed)
{
    bool desc = false;
    if (typed.n > 5 && same_word(str_slice(typed, typed.n - 5, typed.n), STR(" desc"))) {
        desc = true;
        typed = str_trim(str_slice(typed, 0, typed.n - 5));
    }
    const struct schema_field *f = sort_meant(w, typed);
    if (f == NULL) {
        say_usage(w->p, _("Sort by one of: %.*s. \"desc\" behind it turns the order."),
                  STR_ARG(fields_with(w->a, w->e, SCHEMA_SORT)));
        return false;
    }
    w->params.sort = (struct name_or_number){.number = f->tag};
    w->params.desc = desc;
    w->params.present |= 1u << PARAM_SORT | 1u << PARAM_DESC;
    w->positioned = false;
    return true;
}

bool
walk_view(struct walk *w, struct str typed)
{
    size_t n = number_typed(typed, w->e->nviews);
    for (size_t i = 0; n == 0 && i < w->e->nviews; i++)
        if (begins_like(w->e->views[i].label, typed) || begins_like(w->e->views[i].name, typed))
            n = i + 1;
    if (n == 0) {
        struct str *rows = arena_new(w->a, struct str, w->e->nviews + 1);
        for (size_t i = 0; i < w->e->nviews; i++)
            rows[i] = w->e->views[i].label;
        n = plain_choose(w->p, _("Which view? Number:"), rows, w->e->nviews);
    }
    if (n == 0)
        return false;
    w->params.view = (struct name_or_number){.number = w->e->views[n - 1].number};
    w->params.present |= 1u << PARAM_VIEW;
    w->params.present &= ~(1u << PARAM_SORT | 1u << PARAM_DESC);
    w->positioned = false;
    walk_remembered(w);
    return true;
}

bool
walk_position(struct walk *w, struct str typed)
{
    const struct schema_field *f = schema_field(w->e, walk_sort(w));
    struct value v = VALUE_TEXT(str_dup(w->a, typed));
    struct err err = {0};
    if (f == NULL) {
        say_usage(w->p, "%s", _("Sort the list first: a position is in its order."));
        return false;
    }
    if (typed.n == 0) {
        w->positioned = false;
        return true;
    }
    if (f->type != VT_TEXT && value_read(w->a, f, typed, plain_locale(w->p), &v, &err) != RC_OK) {
        say_error(w->p, w->e, &err, NULL);
        return false;
    }
    w->position = v;
    w->positioned = true;
    return true;
}
