#include "client/tui/loop.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/text.h"
#include "client/tui/chrome.h"
#include "client/tui/help.h"
#include "client/tui/palette.h"
#include "client/tui/term.h"
#include "common/base/utf8.h"

enum { PASTE_MAX = 8192, SAY_WAITING_MS = 150 };

void
tui_init(struct tui *t, const struct tui_host *host, void *ctx)
{
    memset(t, 0, sizeof *t);
    t->host = host;
    t->ctx = ctx;
    t->dirty = t->stirred = true;
    t->queue = calloc(TUI_QUEUE, sizeof *t->queue);
    t->paste = calloc(1, PASTE_MAX);
    ASSERT(t->queue && t->paste);
}

static void
bury(struct tui *t)
{
    for (int i = 0; i < t->ndead; i++) {
        struct view *v = t->dead[i];
        if (v->ops->close)
            v->ops->close(v);
        arena_done(&v->arena);
        free(v);
    }
    t->ndead = 0;
}

void
tui_done(struct tui *t)
{
    while (t->depth > 0)
        view_pop(t->stack[t->depth - 1]);
    bury(t);
    free(t->queue);
    free(t->paste);
}

void
tui_quit(struct tui *t, int status)
{
    t->quit = true;
    t->status = status;
}

void
tui_touch(struct tui *t)
{
    t->dirty = t->stirred = true;
}

void
tui_say(struct tui *t, enum role role, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(t->message, sizeof t->message, fmt, ap);
    va_end(ap);
    t->message_role = role;
    tui_touch(t);
}

void
tui_barrier(struct tui *t)
{
    if (t->barriers++ == 0)
        t->barrier_since_ms = term_now();
}

void
tui_unbarrier(struct tui *t)
{
    if (t->barriers > 0)
        t->barriers--;
    tui_touch(t);
}

void
tui_flush(struct tui *t)
{
    size_t n = t->queue_n;
    t->queue_n = 0;
    if (n == 0)
        return;
    term_bell();
    size_t len = strlen(t->message);
    snprintf(t->message + len, sizeof t->message - len,
             ngettext("%s%zu key not used.", "%s%zu keys not used.", n), len ? "  " : "", n);
    tui_touch(t);
}

/* ---- keys ---- */

static void
not_used(struct tui *t)
{
    struct view *top = view_top(t);
    char help[KEY_NAME];
    term_bell();
    tui_say(t, ROLE_DIM, _("Not used here. %s lists the keys."),
            cmd_table_key(top ? top->ops->context : IN_ALL, CMD_HELP, help));
}

static bool
leave(struct tui *t, struct view *top)
{
    if (top->ops->may_leave && !top->ops->may_leave(top))
        return true;
    if (t->depth > 1)
        view_finish(top, (struct outcome){.choice = 0});
    else
        t->host->leave(t->ctx);
    return true;
}

/* What a command does where the view has nothing of its own for it. */
static bool
common_command(struct tui *t, struct view *top, enum cmd c)
{
    switch (c) {
    case CMD_HELP:
        help_open(top);
        return true;
    case CMD_PALETTE:
        palette_open(top);
        return true;
    case CMD_REPAINT:
        term_repaint();
        return true;
    case CMD_BACK:
    case CMD_CANCEL:
        return leave(t, top);
    case CMD_HOME:
        t->host->home(t->ctx);
        return true;
    case CMD_LOCK:
    case CMD_SUSPEND:
        if (!t->host->may(t->ctx, c))
            return false;
        if (c == CMD_LOCK)
            t->host->lock(t->ctx);
        else
            term_suspend();
        return true;
    default:
        return false;
    }
}

void
tui_command(struct tui *t, enum cmd c)
{
    struct view *top = view_top(t);
    if (!top)
        return;
    if (top->ops->command && top->ops->command(top, c))
        return;
    if (!common_command(t, top, c))
        not_used(t);
}

static void
end_paste(struct tui *t, struct view *top)
{
    struct str text = {t->paste, t->npaste};
    t->pasting = false;
    t->npaste = 0;
    if (top->ops->paste) {
        top->ops->paste(top, text);
        return;
    }
    for (size_t pos = 0; top->ops->key && pos < text.n;) {
        struct key k = {K_CHAR, utf8_next(text, &pos)};
        if (k.cp >= 32 && !top->ops->key(top, &k))
            break;
    }
}

static void
paste_key(struct tui *t, struct view *top, const struct key *k)
{
    if (k->code == K_PASTE_END) {
        end_paste(t, top);
        return;
    }
    if (t->npaste + 5 >= PASTE_MAX)
        return;
    if (k->code == K_CHAR)
        t->npaste += utf8_put(k->cp, t->paste + t->npaste);
    else if (k->code == K_ENTER || k->code == K_TAB)
        t->paste[t->npaste++] = k->code == K_TAB ? '\t' : '\n';
}

static void
apply(struct tui *t, const struct key *k)
{
    struct view *top = view_top(t);
    if (!top)
        return;
    t->dirty = true;
    if (t->pasting) {
        paste_key(t, top, k);
        return;
    }
    enum cmd c = cmd_of_key(top->ops->context, k->code);
    if (c != CMD_REPAINT)
        t->message[0] = 0;
    if (k->code == K_PASTE) {
        t->pasting = true;
        return;
    }
    if (c == CMD_ENTER && t->enter_saves && (top->ops->context & IN_FORM))
        c = CMD_SAVE;
    if (c != CMD_NONE)
        tui_command(t, c);
    else if (k->code == K_UNKNOWN || k->code == K_PASTE_END)
        return;
    else if (!top->ops->key || !top->ops->key(top, k))
        not_used(t);
}

static void
enqueue(struct tui *t, struct key k)
{
    struct view *top = view_top(t);
    bool cancel = t->barriers > 0 && cmd_of_key(top ? top->ops->context : IN_ALL, k.code) == CMD_CANCEL;
    if (cancel) {
        t->queue_n = 0;
        t->host->cancel(t->ctx);
        return;
    }
    if (t->queue_n < TUI_QUEUE)
        t->queue[(t->queue_head + t->queue_n++) % TUI_QUEUE] = k;
}

static void
take_keys(struct tui *t)
{
    for (size_t i = 0; i < t->decoder.nout; i++)
        enqueue(t, t->decoder.out[i]);
    t->decoder.nout = 0;
}

static void
read_keys(struct tui *t)
{
    unsigned char bytes[4096];
    int n;
    while (t->queue_n + sizeof bytes < TUI_QUEUE && (n = term_read(bytes, (int)sizeof bytes)) > 0) {
        t->bytes_read += (uint64_t)n;
        t->stirred = true;
        int64_t now = term_now();
        for (int i = 0; i < n; i++) {
            key_feed(&t->decoder, bytes[i], now);
            take_keys(t);
        }
    }
    key_expire(&t->decoder, term_now());
    take_keys(t);
}

static void
run_keys(struct tui *t)
{
    while (t->queue_n > 0 && t->barriers == 0 && !t->quit) {
        struct key k = t->queue[t->queue_head];
        t->queue_head = (t->queue_head + 1) % TUI_QUEUE;
        t->queue_n--;
        apply(t, &k);
        bury(t);
    }
}

/* ---- turn ---- */

static int
sooner(int a, int b)
{
    return a < 0 ? b : b < 0 || a < b ? a : b;
}

static int
next_timeout(const struct tui *t)
{
    int64_t now = term_now();
    int ms = sooner(key_wait(&t->decoder, now), t->host->timeout_ms(t->ctx));
    if (t->wake_ms)
        ms = sooner(ms, t->wake_ms > now ? (int)(t->wake_ms - now) : 0);
    if (t->barriers > 0) {
        int64_t waited = now - t->barrier_since_ms;
        ms = sooner(ms,
                    waited < SAY_WAITING_MS ? (int)(SAY_WAITING_MS - waited) : (int)(1000 - waited % 1000));
    }
    return ms;
}

static void
show(struct tui *t)
{
    int64_t waited = t->barriers > 0 ? term_now() - t->barrier_since_ms : 0;
    if (waited >= SAY_WAITING_MS)
        t->dirty = true;
    if (t->dirty) {
        chrome_paint(t, waited >= SAY_WAITING_MS ? waited : -1);
        t->dirty = false;
    }
    if (!t->stirred || t->decoder.nseq > 0 || t->wake_ms)
        return;
    t->stirred = false;
    term_mark(t->host->busy(t->ctx) || t->queue_n > 0 ? "wait" : "idle", t->bytes_read);
}

void
tui_wake(struct tui *t, int ms)
{
    t->wake_ms = term_now() + ms;
}

static void
wake(struct tui *t)
{
    if (!t->wake_ms || term_now() < t->wake_ms)
        return;
    struct view *v = view_top(t);
    t->wake_ms = 0;
    t->stirred = true;
    if (v && v->ops->wake)
        v->ops->wake(v);
}

static void
resize(struct tui *t)
{
    tui_touch(t);
    for (int i = 0; i < t->depth; i++)
        if (t->stack[i]->ops->resized)
            t->stack[i]->ops->resized(t->stack[i]);
}

int
tui_run(struct tui *t)
{
    while (!t->quit) {
        show(t);
        term_wait(t->host->fd(t->ctx), t->host->events(t->ctx), next_timeout(t));
        if (term_resized())
            resize(t);
        read_keys(t);
        t->host->pump(t->ctx);
        bury(t);
        run_keys(t);
        wake(t);
        bury(t);
        if (term_ended())
            tui_quit(t, 0);
    }
    return t->status;
}

/* ---- views ---- */

/* So deep that the oldest screen above home goes; a form that is being filled in stays. */
static void
make_room(struct tui *t)
{
    int at = 1;
    while (at < t->depth - 1 && ((t->stack[at]->ops->context & IN_FORM) || t->stack[at]->ops->box))
        at++;
    struct view *v = t->stack[at];
    memmove(&t->stack[at], &t->stack[at + 1], sizeof t->stack[0] * (size_t)(t->depth - at - 1));
    t->depth--;
    v->dead = true;
    t->dead[t->ndead++] = v;
}

struct view *
view_push(struct tui *t, const struct view_ops *ops, size_t data_size)
{
    if (t->depth == TUI_DEPTH)
        make_room(t);
    struct view *v = calloc(1, sizeof *v);
    ASSERT(v);
    v->ops = ops;
    v->tui = t;
    v->serial = ++t->last_serial;
    arena_init(&v->arena, SIZE_MAX, NULL, NULL);
    v->data = arena_alloc(&v->arena, data_size ? data_size : 1);
    t->stack[t->depth++] = v;
    tui_touch(t);
    return v;
}

void
view_pop(struct view *v)
{
    struct tui *t = v->tui;
    if (v->dead)
        return;
    while (t->depth > 0) {
        struct view *top = t->stack[--t->depth];
        top->dead = true;
        if (t->ndead == TUI_DEPTH * 2)
            return; /* never: buried every turn */
        t->dead[t->ndead++] = top;
        if (top == v)
            break;
    }
    struct view *now = view_top(t);
    if (now && now->ops->shown)
        now->ops->shown(now);
    tui_touch(t);
}

void
view_finish(struct view *v, struct outcome o)
{
    struct view *below = view_below(v);
    o.purpose = v->purpose;
    view_pop(v);
    if (below && below->ops->outcome)
        below->ops->outcome(below, &o);
}

struct view *
view_top(struct tui *t)
{
    return t->depth > 0 ? t->stack[t->depth - 1] : NULL;
}

bool
view_may(struct view *v, enum cmd c)
{
    if ((c == CMD_LOCK || c == CMD_SUSPEND) && !v->tui->host->may(v->tui->ctx, c))
        return false;
    return !v->ops->may || v->ops->may(v, c);
}

struct view *
view_below(struct view *v)
{
    for (int i = 1; i < v->tui->depth; i++)
        if (v->tui->stack[i] == v)
            return v->tui->stack[i - 1];
    return NULL;
}

struct view *
view_by_serial(struct tui *t, uint32_t serial)
{
    for (int i = 0; i < t->depth; i++)
        if (t->stack[i]->serial == serial)
            return t->stack[i];
    return NULL;
}

struct offer *
offer_add(struct offers *o, uint32_t code, int64_t arg, struct str label)
{
    if (o->n == OFFERS_MAX)
        return NULL;
    struct offer *row = &o->rows[o->n++];
    *row = (struct offer){.code = code, .arg = arg, .view = o->view};
    snprintf(row->label, sizeof row->label, "%.*s", STR_ARG(label));
    return row;
}

void
answer_keep(struct answer *a, struct kept *ret)
{
    kept_drop(ret);
    ret->arena = *a->arena;
    ret->live = true;
    arena_init(a->arena, SIZE_MAX, NULL, NULL);
}

void
kept_drop(struct kept *k)
{
    if (k->live)
        arena_done(&k->arena);
    k->live = false;
}
