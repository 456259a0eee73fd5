#include "client/tui/help.h"

#include "client/text.h"
#include "client/tui/loop.h"
#include "client/tui/pager.h"
#include "common/base/buf.h"

/* Help walks three steps: the field, the screen, the keys. */
enum step { STEP_FIELD, STEP_SCREEN, STEP_KEYS };

struct help {
    struct pager pager;
    enum step step;
    uint32_t of; /* the view it explains */
    struct str title;
};

static void
add_key_row(struct buf *b, const struct command *c, unsigned context)
{
    size_t start = b->n, width = 0;
    const enum key_code *keys = cmd_keys(context, c->id);
    for (size_t k = 0; keys[k] != K_NONE; k++) {
        char name[KEY_NAME];
        buf_printf(b, "%s%s", k > 0 ? ", " : "", key_label(keys[k], name));
    }
    width = b->n - start;
    buf_printf(b, "%*s%s\n", width < 22 ? (int)(23 - width) : 1, "", _(c->help));
}

static struct str
keys_text(struct view *of, struct arena *a)
{
    struct buf b;
    buf_init(&b, a, 4096);
    size_t n;
    const struct command *table = cmd_table(&n);
    unsigned context = of ? of->ops->context : IN_ALL | IN_SELL;
    bool told[CMDS] = {false};
    buf_printf(&b, "# %s\n", _("Keys here"));
    for (size_t i = 0; i < n; i++) {
        if (told[table[i].id] || !(table[i].contexts & context) || (of && !view_may(of, table[i].id)) ||
            cmd_keys(context, table[i].id)[0] == K_NONE)
            continue;
        told[table[i].id] = true;
        add_key_row(&b, &table[i], context);
    }
    char palette[KEY_NAME];
    buf_printf(&b, "\n");
    buf_printf(&b,
               _("Esc and a digit is the function key of that digit: Esc 4 is F4, Esc 0 F10, Esc - F11, "
                 "Esc = F12. %s finds every command by its words or its code."),
               cmd_key_name(context, CMD_PALETTE, palette));
    buf_printf(&b, "\n");
    return buf_str(&b);
}

static struct str
screen_text(struct view *of, struct arena *a)
{
    if (of && of->ops->about)
        return of->ops->about(of, a);
    return STR_NONE;
}

static void
show_step(struct view *v, enum step step)
{
    struct help *d = v->data;
    struct view *of = view_by_serial(v->tui, d->of);
    struct str text = STR_NONE;
    if (step == STEP_FIELD) {
        text = of && of->ops->help ? of->ops->help(of, &v->arena) : STR_NONE;
        if (!text.n)
            step = STEP_SCREEN;
    }
    if (step == STEP_SCREEN) {
        text = screen_text(of, &v->arena);
        if (!text.n)
            step = STEP_KEYS;
    }
    if (step == STEP_KEYS)
        text = keys_text(of, &v->arena);
    if (of && step != STEP_KEYS)
        text = cmd_text(of->ops->context, text, &v->arena);
    d->step = step;
    d->title = str_from(step == STEP_FIELD ? _("Help") : step == STEP_SCREEN ? _("This screen") : _("Keys"));
    d->pager = (struct pager){.text = text, .hang = true};
    if (step != STEP_KEYS) {
        char again[KEY_NAME], back[KEY_NAME];
        struct str line =
            str_printf(&v->arena, _("%s again for more, %s to go on."),
                       cmd_key_name(IN_TEXT, CMD_HELP, again), cmd_key_name(IN_TEXT, CMD_ENTER, back));
        d->pager.text = str_printf(&v->arena, "%.*s\n\n%.*s", STR_ARG(text), STR_ARG(line));
    }
    tui_touch(v->tui);
}

static bool
command(struct view *v, enum cmd c)
{
    struct help *d = v->data;
    if (c == CMD_HELP) {
        if (d->step == STEP_KEYS)
            view_pop(v);
        else
            show_step(v, d->step + 1);
        return true;
    }
    if (c == CMD_ENTER) {
        view_pop(v);
        return true;
    }
    return pager_command(&d->pager, c);
}

static void
paint_help(struct view *v, const struct area *a)
{
    struct help *d = v->data;
    int cols = a->cols < 78 ? a->cols : 78;
    struct area probe = {0, 0, 0, cols - 4};
    pager_paint(&d->pager, &probe);
    int rows = d->pager.lines + 2 < a->rows ? d->pager.lines + 2 : a->rows;
    struct area frame = area_centre(a, rows, cols);
    struct area inside = paint_box(&frame, d->title);
    pager_paint(&d->pager, &inside);
    if (d->pager.lines > d->pager.top + inside.rows)
        pager_more(&frame, IN_TEXT);
}

/* Leaving help must not tell the view below of an outcome: it opened nothing. */
static bool
may_leave(struct view *v)
{
    view_pop(v);
    return false;
}

static const struct view_ops ops = {.name = "help",
                                    .context = IN_TEXT,
                                    .box = true,
                                    .command = command,
                                    .paint = paint_help,
                                    .may_leave = may_leave};

void
help_open(struct view *of)
{
    if (of->ops == &ops)
        return;
    struct view *v = view_push(of->tui, &ops, sizeof(struct help));
    struct help *d = v->data;
    d->of = of->serial;
    show_step(v, STEP_FIELD);
}
