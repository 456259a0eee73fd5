#include "client/cli/command.h"
#include "client/cli/export.h"
#include "client/cli/suggest.h"
#include "client/plain/list.h"

/* Beside the rows of a list: what they add up to, which columns are said, the list as a file. */

static struct str
view_name(const struct walk *w)
{
    for (size_t i = 0; i < w->e->nviews; i++)
        if (!params_has(&w->params, PARAM_VIEW) || w->e->views[i].number == w->params.view.number)
            return w->e->views[i].name;
    return STR("all");
}

static void
say_sums(struct walk *w, const struct body_page *page)
{
    const long long n = (long long)page->total;
    if (page->total_capped)
        say(w->p, _("More than %lld rows; at least:"), n);
    else
        say(w->p, _("%lld rows."), n);
    for (size_t i = 0; i < page->nsums; i++) {
        struct arena a;
        arena_init(&a, SIZE_MAX, NULL, NULL);
        const struct schema_field *f = schema_field(w->e, page->sums[i].tag);
        const struct value v = {.type = VT_MONEY, .money = {page->sums[i].sum}};
        if (f != NULL)
            say(w->p, "%.*s: %.*s", STR_ARG(f->label), STR_ARG(plain_value(w->p, &a, f, &v)));
        arena_done(&a);
    }
}

void
walk_totals(struct walk *w)
{
    struct arena a;
    struct body body = {0};
    struct err err = {0};
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct params params = walk_params(w, &a);
    params.present &= ~(1u << PARAM_FROM);
    params.present |= 1u << PARAM_LIMIT | 1u << PARAM_SUMS;
    params.limit = 1;
    params.sums = true;
    struct wish r = {.method = METHOD_LIST, .params = &params, .arena = &a};
    if (plain_call(w->p, &r, &body, &err) == RC_OK && body_has(&body, BODY_PAGE))
        say_sums(w, &body.page);
    else
        say_error(w->p, w->e, &err, &body);
    arena_done(&a);
}

/* ---- columns ---- */

static void
choose(struct walk *w, const uint32_t *tags, size_t n)
{
    for (size_t i = 0; i < n; i++)
        w->chosen[i] = (struct name_or_number){.number = tags[i]};
    w->params.columns = w->chosen;
    w->params.ncolumns = n;
    w->params.present &= ~(1u << PARAM_COLUMNS);
    w->params.present |= n > 0 ? 1u << PARAM_COLUMNS : 0;
    w->heads_said = false;
    w->all = n > 0;
}

void
walk_remembered(struct walk *w)
{
    uint32_t tags[LAYOUT_COLUMNS];
    choose(w, tags, layout_columns(&w->p->layout, w->e, view_name(w), tags));
}

bool
walk_columns(struct walk *w, struct str typed)
{
    uint32_t tags[LAYOUT_COLUMNS];
    size_t n = 0;
    if (typed.n == 0) {
        say(w->p, _("Columns: %.*s. \"columns\" and their names, with blanks between them, chooses."),
            STR_ARG(fields_with(w->a, w->e, SCHEMA_LIST)));
        walk_heads(w);
        return false;
    }
    if (!str_eq_c(typed, "-"))
        while (typed.n > 0 && n < LAYOUT_COLUMNS) {
            struct str word = take_word(&typed);
            const struct schema_field *f = field_meant(w->e->fields, w->e->nfields, word);
            if (f == NULL || (f->flags & SCHEMA_LIST) == 0) {
                say_usage(w->p, _("\"%.*s\" is no column; there are: %.*s."), STR_ARG(word),
                          STR_ARG(fields_with(w->a, w->e, SCHEMA_LIST)));
                return false;
            }
            tags[n++] = f->tag;
        }
    choose(w, tags, n);
    if (!layout_keep(&w->p->layout, w->e, view_name(w), tags, n))
        say(w->p, "%s", _("The columns could not be written to the disk: they hold until you leave."));
    return true;
}

/* ---- a file ---- */

struct writing {
    struct walk *w;
    int64_t told;
};

static enum rc
ask_piece(void *ctx, const struct params *p, struct arena *a, struct body *ret, struct err *reterr)
{
    struct writing *x = ctx;
    struct wish r = {.method = METHOD_EXPORT, .params = p, .arena = a};
    return plain_call(x->w->p, &r, ret, reterr);
}

/* Not after every piece: it is listened to. */
static void
tell(void *ctx, int64_t rows)
{
    enum { STEP = 10000 };
    struct writing *x = ctx;
    if (rows - x->told < STEP)
        return;
    x->told = rows;
    say(x->w->p, _("%lld rows."), (long long)rows);
}

void
walk_export(struct walk *w, struct str path)
{
    struct arena a;
    struct err err = {0};
    struct writing x = {.w = w};
    int64_t rows = 0;
    if (w->p->config->spawned) {
        say_usage(w->p, "%s", _("Here the program runs on the server and writes no files."));
        return;
    }
    if (path.n == 0) {
        say_usage(w->p, "%s", _("Say the name of the file: export NAME.xlsx or export NAME.csv."));
        return;
    }
    arena_init(&a, SIZE_MAX, NULL, NULL);
    const struct export_job job = {
        .path = str_dup(&a, path).p, .params = walk_params(w, &a), .ask = ask_piece, .tell = tell, .ctx = &x};
    if (export_run(&job, &rows, &err) == RC_OK)
        say(w->p, _("%lld rows written to %s."), (long long)rows, job.path);
    else
        say_error(w->p, w->e, &err, NULL);
    arena_done(&a);
}
