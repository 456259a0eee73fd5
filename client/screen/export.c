#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/link/file.h"
#include "client/screen/browse.h"
#include "client/text.h"

/* The rows of a list on their way into a file, piece by piece; leaving takes the file away again. */
enum { TAG_PIECE = 1 };

struct writing {
    struct str title, path;
    struct params params; /* all of it in the view's arena */
    struct kept last;     /* the piece before: its cursor asks for the next */
    int fd;
    int64_t rows, bytes, total; /* total: as the list knew it; -1 */
    bool done, failed;
};

static void
ask(struct view *v)
{
    struct writing *d = v->data;
    app_ask(v, &(struct ask){.method = METHOD_EXPORT, .params = &d->params, .tag = TAG_PIECE});
}

/* What is not whole is not left behind. */
static void
give_up(struct view *v)
{
    struct writing *d = v->data;
    d->failed = true;
    if (d->fd >= 0) {
        (void)close(d->fd);
        (void)unlink(d->path.p);
    }
    d->fd = -1;
}

static void
finish(struct view *v)
{
    struct writing *d = v->data;
    const bool good = close(d->fd) == 0;
    d->fd = -1;
    d->done = good;
    if (good)
        tui_say(v->tui, ROLE_GOOD, _("%lld rows written to %s."), (long long)d->rows, d->path.p);
    else
        tui_say(v->tui, ROLE_BAD, _("Could not write %s: %s."), d->path.p, strerror(errno));
}

static void
answer(struct view *v, struct answer *a)
{
    struct writing *d = v->data;
    if (d->fd < 0)
        return;
    if (a->code != RC_OK || !body_has(a->body, BODY_FILE) || !body_has(a->body, BODY_PAGE)) {
        app_say_error(v, a);
        give_up(v);
        return;
    }
    const struct body_file *file = &a->body->file;
    const struct body_page *page = &a->body->page;
    if (!file_write(d->fd, file->bytes)) {
        tui_say(v->tui, ROLE_BAD, _("Could not write %s: %s."), d->path.p, strerror(errno));
        give_up(v);
        return;
    }
    d->rows = page->total;
    d->bytes += (int64_t)file->bytes.n;
    if (!page->next.n) {
        finish(v);
        return;
    }
    answer_keep(a, &d->last);
    d->params.cursor = page->next;
    d->params.present |= 1u << PARAM_CURSOR;
    ask(v);
}

static bool
command(struct view *v, enum cmd c)
{
    struct writing *d = v->data;
    if (c != CMD_CANCEL && !(c == CMD_ENTER && (d->done || d->failed)))
        return false;
    view_pop(v);
    return true;
}

static void
paint_progress(struct writing *d, const struct area *in)
{
    enum { WIDEST = 40 };
    const int width = in->cols < WIDEST ? in->cols : WIDEST;
    const int full = d->done                              ? width
                     : d->total > 0 && d->rows < d->total ? (int)(width * d->rows / d->total)
                                                          : 0;
    for (int x = 0; x < width && (d->total > 0 || d->done); x++)
        paint_text(in, 4, x, x < full ? ROLE_CHART : ROLE_FRAME, x < full ? "#" : ".");
}

static void
paint_export(struct view *v, const struct area *a)
{
    struct writing *d = v->data;
    struct area in = area_sub(a, 1, 2, a->rows - 2, a->cols - 4);
    paint(&in, (struct spot){.role = ROLE_HEAD}, d->path);
    if (d->total >= 0 && !d->done)
        paint_format(&in, (struct spot){.y = 2, .role = ROLE_TEXT}, _("%lld of %lld rows, %lld kB"),
                     (long long)d->rows, (long long)d->total, (long long)(d->bytes + 1023) / 1024);
    else
        paint_format(&in, (struct spot){.y = 2, .role = ROLE_TEXT}, _("%lld rows, %lld kB"),
                     (long long)d->rows, (long long)(d->bytes + 1023) / 1024);
    paint_progress(d, &in);
    paint_text(&in, 6, 0, ROLE_DIM,
               d->done     ? _("Done. Enter or Esc goes back to the list.")
               : d->failed ? _("Not written: no file is left. Enter or Esc goes back to the list.")
                           : _("Esc stops it and takes the file away."));
    paint_cursor(&in, 6, 0);
}

static struct str
title(struct view *v, struct arena *a)
{
    return str_printf(a, _("Export: %.*s"), STR_ARG(((struct writing *)v->data)->title));
}

static struct str
about(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(_("The rows of the list, with its columns, conditions and order, are written to a file. "
                      "What is written "
                      "is noted in the audit. Leaving before it is done takes the file away."));
}

static const struct bar_key *
bar(struct view *v, size_t *ret_n)
{
    static const struct bar_key going[] = {
        {CMD_HELP, NULL      },
        {CMD_BACK, N_("Stop")}
    };
    static const struct bar_key over[] = {
        {CMD_HELP, NULL},
        {CMD_HOME, NULL},
        {CMD_BACK, NULL}
    };
    const struct writing *d = v->data;
    *ret_n = d->fd < 0 ? COUNTOF(over) : COUNTOF(going);
    return d->fd < 0 ? over : going;
}

static void
close_view(struct view *v)
{
    struct writing *d = v->data;
    if (d->fd >= 0) {
        give_up(v);
        tui_say(v->tui, ROLE_WARN, "%s", _("Stopped: no file was written."));
    }
    kept_drop(&d->last);
}

static const struct view_ops ops = {.name = "export",
                                    .context = IN_TEXT,
                                    .command = command,
                                    .answer = answer,
                                    .paint = paint_export,
                                    .title = title,
                                    .about = about,
                                    .bar = bar,
                                    .close = close_view};

static struct params
copied(struct arena *a, const struct params *p)
{
    struct params ret = *p;
    ret.filters = arena_new(a, struct param_filter, p->nfilters);
    ret.columns = arena_new(a, struct name_or_number, p->ncolumns);
    for (size_t i = 0; i < p->nfilters; i++) {
        ret.filters[i] = p->filters[i];
        if (p->filters[i].value.type == VT_TEXT)
            ret.filters[i].value.text = str_dup(a, p->filters[i].value.text);
    }
    for (size_t i = 0; i < p->ncolumns; i++)
        ret.columns[i] = p->columns[i];
    ret.format = str_dup(a, p->format);
    return ret;
}

void
export_open(struct app *a, struct str of, const struct params *rows, struct str path, int64_t total)
{
    const int fd = open(path.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        tui_say(&a->tui, ROLE_BAD, _("Could not write %s: %s. Nothing is overwritten."), path.p,
                strerror(errno));
        return;
    }
    struct view *v = view_push(&a->tui, &ops, sizeof(struct writing));
    struct writing *d = v->data;
    d->title = str_dup(&v->arena, of);
    d->path = str_dup(&v->arena, path);
    d->params = copied(&v->arena, rows);
    d->fd = fd;
    d->total = total;
    ask(v);
}
