#include "client/screen/draft.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "client/text.h"
#include "common/base/buf.h"
#include "common/wire/cbor.h"

enum { VERSION = 1, HEAD = 18, ITEM = 7, BY_HAND = 1, READONLY = 2, SECONDS_PER_DAY = 86400 };

/* ---- as bytes ---- */

static void
encode_item(struct buf *b, const struct draft_item *i)
{
    wbuf_array(b, ITEM);
    wbuf_uint(b, i->part);
    wbuf_text(b, i->name);
    wbuf_text(b, i->before);
    wbuf_text(b, i->text);
    wbuf_int(b, i->ref_id);
    wbuf_text(b, i->ref_text);
    wbuf_uint(b, (i->by_hand ? BY_HAND : 0u) | (i->readonly ? READONLY : 0u));
}

void
draft_encode(struct buf *b, const struct draft *d)
{
    wbuf_array(b, HEAD);
    wbuf_uint(b, VERSION);
    wbuf_bool(b, d->sells);
    wbuf_uint(b, d->mode);
    wbuf_text(b, d->entity);
    wbuf_text(b, d->action);
    wbuf_text(b, d->label);
    wbuf_int(b, d->id);
    wbuf_int(b, d->version);
    wbuf_uint(b, d->via);
    wbuf_bool(b, d->goes_to_record);
    wbuf_int(b, d->vehicle);
    wbuf_int(b, d->customer);
    wbuf_bool(b, d->came_along);
    wbuf_bytes(b, d->steps);
    wbuf_text(b, d->reason);
    wbuf_array(b, 4);
    wbuf_bytes(b, d->idem);
    wbuf_int(b, d->sent);
    wbuf_uint(b, d->method);
    wbuf_bytes(b, d->request);
    wbuf_uint(b, d->at);
    wbuf_array(b, d->nitems);
    for (size_t i = 0; i < d->nitems; i++)
        encode_item(b, &d->items[i]);
}

static void
decode_item(struct rbuf *r, struct draft_item *i)
{
    r->bad |= rbuf_array(r) != ITEM;
    i->part = (uint32_t)rbuf_uint(r);
    i->name = rbuf_text(r);
    i->before = rbuf_text(r);
    i->text = rbuf_text(r);
    i->ref_id = rbuf_int(r);
    i->ref_text = rbuf_text(r);
    uint64_t flags = rbuf_uint(r);
    i->by_hand = flags & BY_HAND;
    i->readonly = flags & READONLY;
    rbuf_leave(r);
}

static void
decode_sent(struct rbuf *r, struct draft *d)
{
    r->bad |= rbuf_array(r) != 4;
    d->idem = rbuf_bytes(r);
    d->sent = rbuf_int(r);
    d->method = (uint32_t)rbuf_uint(r);
    d->request = rbuf_bytes(r);
    rbuf_leave(r);
    r->bad |= d->idem.n != 0 && d->idem.n != IDEM_BYTES;
}

bool
draft_decode(struct str bytes, struct draft *d)
{
    struct rbuf r;
    memset(d, 0, sizeof *d);
    rbuf_init(&r, bytes);
    r.bad |= rbuf_array(&r) != HEAD;
    r.bad |= rbuf_uint(&r) != VERSION;
    d->sells = rbuf_bool(&r);
    d->mode = (uint32_t)rbuf_uint(&r);
    d->entity = rbuf_text(&r);
    d->action = rbuf_text(&r);
    d->label = rbuf_text(&r);
    d->id = rbuf_int(&r);
    d->version = rbuf_int(&r);
    d->via = (uint32_t)rbuf_uint(&r);
    d->goes_to_record = rbuf_bool(&r);
    d->vehicle = rbuf_int(&r);
    d->customer = rbuf_int(&r);
    d->came_along = rbuf_bool(&r);
    d->steps = rbuf_bytes(&r);
    d->reason = rbuf_text(&r);
    decode_sent(&r, d);
    d->at = rbuf_uint(&r);
    d->nitems = rbuf_array(&r);
    r.bad |= d->nitems > FORM_ITEMS;
    for (size_t i = 0; !r.bad && i < d->nitems; i++)
        decode_item(&r, &d->items[i]);
    rbuf_leave(&r);
    rbuf_leave(&r);
    return rbuf_done(&r);
}

/* ---- a form ---- */

static struct str
before_text(const struct field *f, struct arena *a)
{
    struct field before = *f;
    char text[FIELD_TEXT];
    before.cp = f->before;
    before.n = f->nbefore;
    return str_dup(a, field_text(&before, text));
}

void
draft_read_form(struct draft *d, struct form *f, struct arena *a)
{
    char text[FIELD_TEXT];
    d->at = f->at;
    for (size_t k = 0; k < f->n; k++) {
        const struct form_item *i = &f->items[k];
        if (i->edit.secret || (i->field->flags & SCHEMA_SECRET))
            continue;
        d->items[d->nitems++] = (struct draft_item){.part = i->part,
                                                    .name = i->field->name,
                                                    .before = before_text(&i->edit, a),
                                                    .text = str_dup(a, field_text(&i->edit, text)),
                                                    .ref_id = i->ref_id,
                                                    .ref_text = str_from(i->ref_text),
                                                    .by_hand = i->by_hand,
                                                    .readonly = i->readonly};
    }
}

static void
fill_item(struct form_item *i, const struct draft_item *d)
{
    field_set(&i->edit, d->before);
    field_fill(&i->edit, d->text);
    i->edit.gen++;
    i->asked_gen = i->edit.gen; /* the service was asked about it then */
    i->ref_id = d->ref_id;
    snprintf(i->ref_text, sizeof i->ref_text, "%.*s", STR_ARG(d->ref_text));
    i->by_hand = d->by_hand;
    i->readonly = d->readonly;
}

void
draft_fill_form(const struct draft *d, struct form *f)
{
    for (size_t k = 0; k < d->nitems; k++) {
        char name[64];
        snprintf(name, sizeof name, "%.*s", STR_ARG(d->items[k].name));
        struct form_item *i = form_find(f, d->items[k].part, name);
        if (i && !i->edit.secret)
            fill_item(i, &d->items[k]);
    }
    bool open = d->at < f->n && !f->items[d->at].readonly && !f->items[d->at].hidden;
    if (open)
        form_focus(f, d->at);
    else
        form_start(f);
}

/* ---- what is under way ---- */

void
draft_sending(struct view *v, struct draft_slot *s, enum method m, const struct params *p, bool secret)
{
    s->method = m;
    s->request = STR_NONE;
    s->sent = (int64_t)time(NULL);
    if (secret || !app_of(v)->journal)
        return;
    struct buf b;
    buf_init(&b, &v->arena, 512);
    params_encode(&b, p);
    s->request = buf_str(&b);
}

void
draft_answered(struct draft_slot *s)
{
    s->method = 0;
    s->request = STR_NONE;
    s->sent = 0;
}

bool
draft_settles(enum rc code)
{
    switch (code) {
    case RC_RETRY:
    case RC_BUSY:
    case RC_SHUTTING_DOWN:
    case RC_UNAVAILABLE:
    case RC_UNAUTHENTICATED:
    case RC_BAD_FRAME:
        return false;
    default:
        return true;
    }
}

uint32_t
draft_typed(const struct form *f)
{
    uint32_t n = 0;
    for (size_t k = 0; k < f->n; k++)
        n += f->items[k].edit.gen;
    return n;
}

void
draft_of_slot(struct draft *d, const struct draft_slot *s, const unsigned char *idem, const struct form *f)
{
    d->idem = (struct str){(const char *)idem, IDEM_BYTES};
    d->sent = s->sent;
    d->method = s->method;
    d->request = s->typed == draft_typed(f) ? s->request : STR_NONE;
}

bool
draft_resend(struct view *v, struct draft_slot *s, const struct draft *d, uint32_t tag)
{
    struct params p;
    struct err err = {.code = RC_OK};
    struct rbuf r;
    s->method = d->method;
    s->request = str_dup(&v->arena, d->request);
    s->sent = d->sent;
    if (!d->idem.n)
        return false;
    rbuf_init(&r, s->request);
    const struct method_info *m = method_by_number(d->method);
    bool ours =
        m && (m->flags & METHOD_WRITES) && d->request.n && params_decode(&v->arena, &r, &p, &err) == RC_OK;
    if (!ours || time(NULL) - d->sent > (time_t)DRAFT_RESEND_DAYS * SECONDS_PER_DAY) {
        tui_say(v->tui, ROLE_WARN, "%s",
                _("This was sent to be saved and the answer never came: look whether it is on record before "
                  "you save it."));
        return false;
    }
    tui_say(v->tui, ROLE_DIM, "%s", _("The save that was not answered is sent again: it happens once."));
    return app_ask(v, &(struct ask){.method = (enum method)d->method,
                                    .params = &p,
                                    .tag = tag,
                                    .barrier = true,
                                    .idem = (const unsigned char *)d->idem.p});
}

/* ---- the journal ---- */

void
draft_keep(struct view *v, struct draft_slot *s, const struct draft *d)
{
    struct journal *j = app_of(v)->journal;
    if (!j)
        return;
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct buf b;
    buf_init(&b, &a, 4096);
    draft_encode(&b, d);
    if (!s->id[0])
        journal_new_id(s->id);
    if (!journal_put(j, s->id, buf_str(&b), d->request.n > 0) && !s->told) {
        s->told = true;
        tui_say(v->tui, ROLE_WARN, "%s",
                _("This form can't be kept as a draft: there is no room, or no right to write, where drafts "
                  "are kept."));
    }
    arena_done(&a);
}

void
draft_drop(struct view *v, struct draft_slot *s)
{
    if (app_of(v)->journal && s->id[0])
        journal_drop(app_of(v)->journal, s->id);
    s->id[0] = 0;
}

void
draft_release(struct view *v, struct draft_slot *s)
{
    if (app_of(v)->journal && s->id[0])
        journal_release(app_of(v)->journal, s->id);
    s->id[0] = 0;
}
