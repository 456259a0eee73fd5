#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/link/file.h"
#include "client/screen/app.h"
#include "client/text.h"
#include "client/tui/box.h"
#include "client/tui/pager.h"
#include "common/base/buf.h"
#include "common/crypt/crypt.h"

/* A certificate or a receipt as it is printed: its text to read; F10 saves the PDF where this program runs.
   Or a file that came with an answer (a one-time token, recovery codes, a report): shown, saved when asked,
   and wiped from memory when it is left. */
enum {
    TAG_TEXT = 1,
    TAG_PDF = 2,
    PURPOSE_NAME = 1,
    LEAST_TEXT = 26 /* columns beside a drawing */,
    PAN = 20 /* columns a step to the side */
};

struct document {
    uint32_t entity;
    int64_t id;
    struct str label;
    struct kept kept, pdf;
    const struct body_file *file, *saved;
    struct pager pager;
    struct body_file given; /* bytes: what came with an answer, in the view's arena */
    struct str beside;      /* … and its lines that are no drawing */
};

static void
ask(struct view *v, const char *format, uint32_t tag)
{
    struct document *d = v->data;
    struct params p = params_record(d->entity, d->id);
    p.present |= 1u << PARAM_FORMAT;
    p.format = str_from(format);
    app_ask(v, &(struct ask){.method = METHOD_PRINT, .params = &p, .tag = tag, .barrier = true});
}

static void
ask_name(struct view *v)
{
    struct document *d = v->data;
    line_ask(v->tui, &(struct line_prompt){.purpose = PURPOSE_NAME,
                                           .title = str_from(_("Save the document")),
                                           .text = str_from(_("Name of the file to write:")),
                                           .initial = d->saved->name,
                                           .required = true});
}

static void
answer(struct view *v, struct answer *a)
{
    struct document *d = v->data;
    if (a->code != RC_OK || !body_has(a->body, BODY_FILE)) {
        app_say_error(v, a);
        if (!d->file)
            view_pop(v);
        return;
    }
    const struct body_file *file = &a->body->file;
    if (a->tag == TAG_TEXT) {
        answer_keep(a, &d->kept);
        d->file = file;
        d->pager = (struct pager){.text = file->bytes};
    } else {
        answer_keep(a, &d->pdf);
        d->saved = file;
        ask_name(v);
    }
}

static void
outcome(struct view *v, const struct outcome *o)
{
    struct document *d = v->data;
    if (o->choice == 0 || !d->saved)
        return;
    int fd = open(o->text.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && file_write(fd, d->saved->bytes);
    if (fd >= 0 && close(fd) != 0)
        ok = false;
    if (ok)
        tui_say(v->tui, ROLE_GOOD, _("Saved as %s."), o->text.p);
    else
        tui_say(v->tui, ROLE_BAD, _("Could not write %s: %s. Nothing is overwritten."), o->text.p,
                strerror(errno));
}

/* What is given once can't be asked for again, and a spawned program has nowhere to write. */
static bool
may(struct view *v, enum cmd c)
{
    const struct document *d = v->data;
    if (!d->given.bytes.n)
        return true;
    return c != CMD_REFRESH && (c != CMD_SAVE || !app_of(v)->config->spawned);
}

static bool
command(struct view *v, enum cmd c)
{
    struct document *d = v->data;
    if (c == CMD_SAVE) {
        if (!may(v, c))
            tui_say(v->tui, ROLE_WARN, "%s",
                    _("Here the program runs on the server and writes no files: note it down."));
        else if (d->given.bytes.n)
            ask_name(v);
        else if (app_of(v)->config->spawned)
            tui_say(v->tui, ROLE_WARN, "%s",
                    _("Here the program runs on the server and writes no files. Use: bima certificate print "
                      "NUMBER"));
        else
            ask(v, "pdf", TAG_PDF);
        return true;
    }
    if (c == CMD_REFRESH && may(v, c)) {
        ask(v, "text", TAG_TEXT);
        return true;
    }
    if (c == CMD_ENTER && d->given.bytes.n) {
        view_finish(v, (struct outcome){.choice = 0});
        return true;
    }
    return pager_command(&d->pager, c);
}

static void
paint_drawing(struct str text, const struct area *a)
{
    int y = 0;
    while (text.n && y < a->rows) {
        struct str line = str_split(&text, '\n');
        if (pager_draws(line))
            paint(a, (struct spot){.y = y++, .role = ROLE_DRAWING}, line);
    }
}

/* A drawing is of use only as a whole: the text goes beside it where there is room, else it gets the margins'
   room; and what it lacks is said. */
static void
paint_given(struct document *d, const struct area *a)
{
    int rows, cols;
    pager_drawing(d->given.bytes, &rows, &cols);
    if (!paint_has_blocks())
        rows = cols = 0;
    int margin = rows > a->rows - 2 ? 0 : 1;
    struct area in = area_sub(a, margin, 2, a->rows - 2 * margin, a->cols - 4);
    bool aside = cols > 0 && in.cols - cols - 2 >= LEAST_TEXT;
    struct area text = aside ? area_sub(&in, 0, cols + 2, in.rows, in.cols - cols - 2) : in;
    d->pager.tables = !aside; /* beside a drawing everything is narrow: wrapped */
    d->pager.text = aside || cols == 0 ? d->beside : d->given.bytes;
    if (aside)
        paint_drawing(d->given.bytes, &in);
    pager_paint(&d->pager, &text);
    if (rows > in.rows || cols > in.cols)
        paint_format(a, (struct spot){.y = a->rows - 1, .x = 1, .role = ROLE_WARN},
                     _("! The code needs %d columns and %d rows: make the window larger, or type the text."),
                     cols, rows + 3);
}

static void
paint_document(struct view *v, const struct area *a)
{
    struct document *d = v->data;
    struct area in = area_sub(a, 1, 2, a->rows - 2, a->cols - 4);
    if (!d->file) {
        paint_text(&in, 0, 0, ROLE_DIM, _("Loading …"));
        return;
    }
    if (d->given.bytes.n)
        paint_given(d, a);
    else
        pager_paint(&d->pager, &in);
    if (d->pager.lines > d->pager.top + in.rows)
        paint_text(a, a->rows - 1, a->cols - 8, ROLE_DIM, _("more ↓"));
}

static struct str
title(struct view *v, struct arena *a)
{
    (void)a;
    return ((struct document *)v->data)->label;
}

static const struct bar_key *
bar(struct view *v, size_t *ret_n)
{
    static const struct bar_key keys[] = {
        {CMD_HELP,         NULL          },
        {CMD_PALETTE,      NULL          },
        {CMD_HOME,         NULL          },
        {CMD_PAGE_FORWARD, NULL          },
        {CMD_SAVE,         N_("Save PDF")},
        {CMD_BACK,         NULL          }
    };
    static const struct bar_key of_given[] = {
        {CMD_HELP,         NULL              },
        {CMD_PALETTE,      NULL              },
        {CMD_PAGE_FORWARD, NULL              },
        {CMD_SAVE,         N_("Save to file")},
        {CMD_BACK,         N_("Done")        }
    };
    bool given = ((struct document *)v->data)->given.bytes.n > 0;
    *ret_n = given ? COUNTOF(of_given) : COUNTOF(keys);
    return given ? of_given : keys;
}

static void
close_view(struct view *v)
{
    struct document *d = v->data;
    crypt_wipe((char *)(uintptr_t)d->given.bytes.p, d->given.bytes.n); /* ours, const for its readers */
    crypt_wipe((char *)(uintptr_t)d->beside.p, d->beside.n);
    kept_drop(&d->kept);
    kept_drop(&d->pdf);
}

static bool
key(struct view *v, const struct key *k)
{
    struct document *d = v->data;
    if (k->code != K_LEFT && k->code != K_RIGHT)
        return false;
    return pager_pan(&d->pager, k->code == K_RIGHT ? PAN : -PAN);
}

static struct str
help(struct view *v, struct arena *a)
{
    (void)a;
    return ((struct document *)v->data)->pager.widest > 0
               ? str_from(_("Left and Right show the rest of wide lines."))
               : STR_NONE;
}

static struct str
about(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(_("The document as text. Saving writes it to a file, as PDF or as text; the same "
                      "document can be had again at any time."));
}

static const struct view_ops ops = {.name = "document",
                                    .context = IN_TEXT,
                                    .command = command,
                                    .key = key,
                                    .help = help,
                                    .about = about,
                                    .answer = answer,
                                    .outcome = outcome,
                                    .paint = paint_document,
                                    .title = title,
                                    .bar = bar,
                                    .may = may,
                                    .close = close_view};

void
document_open(struct app *a, uint32_t entity, int64_t id, struct str label)
{
    struct view *v = view_push(&a->tui, &ops, sizeof(struct document));
    struct document *d = v->data;
    const struct schema_entity *e = schema_entity(app_schema(a), entity);
    d->entity = entity;
    d->id = id;
    d->label = str_printf(&v->arena, "%.*s %.*s", STR_ARG(e ? e->label : STR_NONE), STR_ARG(label));
    ask(v, "text", TAG_TEXT);
}

static struct str
without_drawings(struct arena *a, struct str text)
{
    struct buf b;
    buf_init(&b, a, text.n + 1);
    while (text.n) {
        struct str line = str_split(&text, '\n');
        if (pager_draws(line))
            continue;
        buf_add_str(&b, line);
        buf_add_char(&b, '\n');
    }
    return str_trim(buf_str(&b));
}

void
document_show(struct app *a, struct str label, const struct body_file *file)
{
    struct view *v = view_push(&a->tui, &ops, sizeof(struct document));
    struct document *d = v->data;
    d->label = str_dup(&v->arena, label);
    d->given = (struct body_file){str_dup(&v->arena, file->name), str_dup(&v->arena, file->media_type),
                                  str_dup(&v->arena, file->bytes)};
    d->file = d->saved = &d->given;
    d->beside = without_drawings(&v->arena, d->given.bytes);
    d->pager = (struct pager){.text = d->beside, .tables = true};
}
