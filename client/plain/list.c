#include "client/plain/list.h"

#include "client/cli/suggest.h"

/* A list: a page of numbered rows, then a question. */

enum { MOST_SAID = 6 /* columns of a row, unless all are wanted */ };

/* ---- saying ---- */

bool
walk_says(const struct walk *w, size_t column)
{
    size_t said = 0;
    for (size_t c = 0; c <= column && !w->all; c++) {
        const struct schema_field *f = schema_field(w->e, w->columns[c]);
        bool light = f == NULL || (f->flags & SCHEMA_NARROW) != 0;
        if (c == column && (light || said >= MOST_SAID))
            return false;
        said += !light;
    }
    return true;
}

void
walk_heads(struct walk *w)
{
    bool whole = true;
    struct buf b;
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    buf_init(&b, &a, 128);
    for (size_t c = 0; c < w->ncolumns; c++) {
        const struct schema_field *f = schema_field(w->e, w->columns[c]);
        whole = whole && walk_says(w, c);
        if (walk_says(w, c))
            buf_printf(&b, "%s%.*s", b.n > 0 ? "; " : "", STR_ARG(f != NULL ? f->label : STR_NONE));
    }
    say(w->p, whole ? _("Each row: %.*s.") : _("Each row: %.*s. \"all\" says all columns."), (int)b.n,
        (const char *)b.p);
    w->heads_said = true;
    arena_done(&a);
}

/* "3 KK/26/001977; MC 442 AZT; Juma Mkwawa; active; 2026-03-05; 619,500" */
static void
say_row(struct walk *w, const struct body_page *page, size_t row)
{
    struct arena a;
    struct buf b;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    buf_init(&b, &a, 128);
    for (size_t c = 0; c < w->ncolumns; c++) {
        const struct schema_field *f = schema_field(w->e, page->columns[c]);
        if (!walk_says(w, c))
            continue;
        struct str text = plain_value(w->p, &a, f, &page->rows[row].cells[c]);
        buf_printf(&b, "%s%.*s", b.n > 0 ? "; " : "", STR_ARG(text.n > 0 ? text : str_from(_("none"))));
    }
    say(w->p, "%zu %.*s", w->first + row + 1, (int)b.n, (const char *)b.p);
    arena_done(&a);
}

static void
say_title(struct walk *w, const struct body_page *page)
{
    struct str view = STR_NONE;
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    for (size_t i = 0; i < w->e->nviews; i++)
        if (params_has(&w->params, PARAM_VIEW) ? w->e->views[i].number == w->params.view.number : i == 0)
            view = w->e->views[i].label;
    struct str title = w->of->title.n > 0 ? w->of->title : view;
    struct buf b;
    buf_init(&b, &a, 128);
    buf_printf(&b, "%.*s", STR_ARG(title));
    if (w->filter_text.n > 0)
        buf_printf(&b, _(", where %.*s"), STR_ARG(w->filter_text));
    if (page->total >= 0)
        buf_printf(&b, page->total_capped ? _(": more than %lld") : ": %lld", (long long)page->total);
    else if (page->nrows == 0)
        buf_printf(&b, ": 0");
    say(w->p, "%.*s.", (int)b.n, (const char *)b.p);
    arena_done(&a);
}

static void
keep_page(struct walk *w, const struct body_page *page)
{
    w->ncolumns = page->ncolumns < COUNTOF(w->columns) ? page->ncolumns : COUNTOF(w->columns);
    for (size_t c = 0; c < w->ncolumns; c++)
        w->columns[c] = page->columns[c];
    w->shown = page->nrows;
    for (size_t r = 0; r < page->nrows && w->first + r < LIST_ROWS; r++) {
        w->ids[w->first + r] = page->rows[r].id;
        if (w->nids <= w->first + r)
            w->nids = w->first + r + 1;
    }
    w->npages = w->page + 1;
    if (page->next.n > 0 && w->npages < LIST_PAGES) {
        w->starts[w->npages++] = str_dup(w->a, page->next);
    }
}

static int64_t
page_rows(const struct plain *p)
{
    return p->io.rows > IO_MORE_LEAST ? p->io.rows - IO_MORE_LEAST + 1 : PLAIN_PAGE;
}

bool
walk_show(struct walk *w, size_t page)
{
    struct arena a;
    struct body body = {0};
    struct err err = {0};
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct params params = walk_params(w, &a);
    params.present |= 1u << PARAM_LIMIT | 1u << PARAM_TOTAL;
    params.limit = page_rows(w->p);
    params.total = page == 0;
    params.cursor = page > 0 ? w->starts[page] : STR_NONE;
    if (page > 0) {
        params.present |= 1u << PARAM_CURSOR;
        params.present &= ~(1u << PARAM_FROM);
    }
    struct wish r = {.method = METHOD_LIST, .params = &params, .arena = &a};
    bool ok = plain_call(w->p, &r, &body, &err) == RC_OK && body_has(&body, BODY_PAGE);
    if (!ok) {
        say_error(w->p, w->e, &err, &body);
    } else {
        w->page = page;
        w->first = page * (size_t)params.limit;
        w->nids = page == 0 ? 0 : w->nids;
        keep_page(w, &body.page);
        if (page == 0)
            say_title(w, &body.page);
        if (!w->heads_said && body.page.nrows > 0)
            walk_heads(w);
        for (size_t i = 0; i < body.page.nrows; i++)
            say_row(w, &body.page, i);
        if (page > 0 && body.page.next.n == 0)
            say(w->p, "%s", _("That is the last page."));
    }
    arena_done(&a);
    return ok;
}

/* ---- options on rows ---- */

/* "1,4-6": runs the option row by row; what is left undone is stopped by the first that is. */
static enum go
run_rows(struct walk *w, char option, struct str rows)
{
    enum go go = GO_ON;
    const struct schema_action *looked_at = plain_batch_action(w->e, option);
    struct plain_row many[LIST_BATCH];
    size_t nmany = 0;
    while (rows.n > 0 && go == GO_ON) {
        struct str part = str_trim(str_split(&rows, ',')), to = part;
        struct str from = str_trim(str_split(&to, '-'));
        size_t low = number_typed(from, w->nids), high = to.n > 0 ? number_typed(str_trim(to), w->nids) : low;
        if (low == 0 || high < low) {
            say_usage(w->p, _("%.*s: rows are from 1 to %zu, as in 9 1,4-6."), STR_ARG(part), w->nids);
            return GO_ON;
        }
        for (size_t row = low; row <= high && go == GO_ON; row++) {
            if (looked_at != NULL && (nmany > 0 || high > low || rows.n > 0)) {
                if (nmany < LIST_BATCH)
                    many[nmany++] = (struct plain_row){w->ids[row - 1], row};
                continue;
            }
            go = plain_option(w->p, w->e, w->ids[row - 1], option);
            go = go == GO_BACK && option == '5' ? GO_ON : go;
            if (go == GO_BACK && (row < high || rows.n > 0))
                say(w->p, _("Stopped at row %zu; the rows after it are as they were."), row);
        }
    }
    if (nmany > 0)
        go = plain_batch(w->p, w->e, looked_at, many, nmany);
    return go == GO_BACK ? GO_ON : go;
}

static bool
is_digits(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n > 0;
}

/* "5 3", "9 1,4-6", "3". False: it is something else. */
static bool
take_option(struct walk *w, struct str typed, enum go *ret)
{
    struct str rest = typed;
    struct str first = take_word(&rest);
    if (!is_digits(first))
        return false;
    if (rest.n == 0)
        *ret = run_rows(w, '5', first);
    else if (first.n == 1)
        *ret = run_rows(w, first.p[0], rest);
    else
        return false;
    return true;
}

/* ---- what is typed ---- */

static enum go
add_one(struct walk *w)
{
    struct schema_tab tab = {.entity = w->e->number, .via = w->of->via};
    enum go go;
    if (!w->e->may_add) {
        say_usage(w->p, _("Your role adds no %.*s here."), STR_ARG(w->e->plural));
        return GO_ON;
    }
    if (w->of->parent != NULL)
        go = plain_add_under(w->p, &tab, w->of->parent);
    else
        go = plain_add(w->p, w->e, NULL, NULL);
    return go == GO_BACK ? GO_ON : go;
}

static void
say_how(struct walk *w)
{
    struct plain *p = w->p;
    say_options(p, w->e);
    say(p, "%s", _("5 3 does option 5 to row 3, 9 1,4-6 option 9 to these; 3 alone shows row 3."));
    say(p, "%s", _("Enter or next: the next page. previous, first, again, columns, all."));
    say(p, "%s", _("filter CONDITIONS, sort FIELD, sort FIELD desc, view NAME, to TEXT."));
    say(p, "%s",
        _("columns FIELD FIELD …: these, remembered; columns -: the usual ones. totals: counts and adds "
          "up."));
    say(p, "%s", _("export FILE: all rows into FILE.xlsx or FILE.csv."));
    say(p, "%s", w->e->may_add ? _("new: adds one. back, home, quit.") : _("back, home, quit."));
}

static bool
is_word(struct str typed, const char *word)
{
    return same_word(typed, str_from(word)) || (typed.n == 1 && typed.p[0] == word[0]);
}

/* Moves through the pages. False: the word is none of these. */
static bool
take_move(struct walk *w, struct str typed)
{
    if (typed.n == 0 || is_word(typed, "next")) {
        if (w->page + 1 < w->npages)
            (void)walk_show(w, w->page + 1);
        else
            say(w->p, "%s", _("There is no further page."));
    } else if (is_word(typed, "previous")) {
        if (w->page > 0)
            (void)walk_show(w, w->page - 1);
        else
            say(w->p, "%s", _("This is the first page."));
    } else if (is_word(typed, "first")) {
        (void)walk_show(w, 0);
    } else if (is_word(typed, "again")) {
        (void)walk_show(w, w->page);
    } else {
        return false;
    }
    return true;
}

static enum go
take(struct walk *w, struct str typed)
{
    struct str rest = typed;
    struct str word = take_word(&rest);
    enum go go = GO_ON;
    bool other = false;
    if (take_move(w, typed) || take_option(w, typed, &go))
        return go;
    if (same_word(typed, STR("all"))) {
        w->all = !w->all;
        walk_heads(w);
        (void)walk_show(w, w->page);
    } else if (same_word(typed, STR("new")))
        return add_one(w);
    else if (str_eq_c(typed, "?") || same_word(typed, STR("help")))
        say_how(w);
    else if (same_word(word, STR("filter")))
        other = walk_filter(w, rest);
    else if (same_word(word, STR("sort")))
        other = walk_sort_by(w, rest);
    else if (same_word(word, STR("view")))
        other = walk_view(w, rest);
    else if (same_word(word, STR("to")))
        other = walk_position(w, rest);
    else if (same_word(typed, STR("totals")))
        walk_totals(w);
    else if (same_word(word, STR("columns")))
        other = walk_columns(w, rest);
    else if (same_word(word, STR("export")))
        walk_export(w, rest);
    else
        return plain_common(w->p, typed, NULL);
    if (other)
        (void)walk_show(w, 0);
    return GO_ON;
}

static struct str
question(struct walk *w, struct arena *a)
{
    if (w->page + 1 < w->npages)
        return str_printf(a, _("%.*s, Enter for more: "), STR_ARG(w->e->plural));
    return str_printf(a, "%.*s: ", STR_ARG(w->e->plural));
}

enum go
plain_list(struct plain *p, const struct list_of *of)
{
    struct arena a;
    enum go go = GO_ON;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct walk *w = arena_new(&a, struct walk, 1);
    w->p = p;
    w->of = of;
    w->e = of->e;
    w->a = &a;
    w->params = of->params;
    w->params.present |= 1u << PARAM_ENTITY;
    w->params.entity = (struct name_or_number){.number = of->e->number};
    for (size_t i = 0; i < of->params.nfilters; i++)
        w->filters[i] = of->params.filters[i];
    for (size_t i = 0; params_has(&w->params, PARAM_VIEW) && i < of->e->nviews; i++)
        if (w->params.view.name.n > 0 && same_word(of->e->views[i].name, w->params.view.name))
            w->params.view = (struct name_or_number){.number = of->e->views[i].number};
    if (of->parent != NULL && !params_has(&w->params, PARAM_VIEW) && schema_view_all(of->e) > 0) {
        w->params.view.number = schema_view_all(of->e);
        w->params.present |= 1u << PARAM_VIEW;
    }
    if (!params_has(&of->params, PARAM_COLUMNS))
        walk_remembered(w);
    if (!walk_show(w, 0))
        go = GO_BACK;
    while (go == GO_ON && !p->over) {
        struct arena t;
        struct str typed = STR_NONE;
        arena_init(&t, SIZE_MAX, NULL, NULL);
        enum heard heard = hear(p, &t, question(w, &t), &typed);
        go = heard == HEARD_END ? GO_QUIT : heard == HEARD_BREAK ? GO_BACK : take(w, typed);
        arena_done(&t);
    }
    arena_done(&a);
    return p->over ? GO_QUIT : go;
}
