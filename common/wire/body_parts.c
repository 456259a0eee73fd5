#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/wire/body_part.h"
#include "common/wire/part.h"

enum {
    CHANGE_ITEMS = 4,
    EVENT_ITEMS = 9,
    EVENTS_ITEMS = 2,
    HIT_ITEMS = 3,
    COUNTER_ITEMS = 6,
    FIGURE_ITEMS = 3,
    ALERT_ITEMS = 6,
    ALERT_LATER = 1, /* items that services of before did not send */
    HOME_ITEMS = 6,
    HOME_LATER = 2,
    FILE_ITEMS = 3,
    ME_ITEMS = 16,
    ME_LATER = 1,
    SCREEN_ITEMS = 5,
    ERROR_ITEMS = 7,
    HELLO_ITEMS = 3,
    STATUS_PAIR = 2
};

/* ISO 4217 knows 0 to 4; a day's offsets stay below a day. */
enum { EXPONENT_LAST = 4, OFFSET_LAST = 24 * 60 };

static void
change_encode(struct buf *b, const struct body_change *c)
{
    wbuf_array(b, CHANGE_ITEMS);
    wbuf_uint(b, c->tag);
    wbuf_text(b, c->name);
    wbuf_text(b, c->before);
    wbuf_text(b, c->after);
}

static void
change_decode(struct rbuf *r, struct body_change *ret)
{
    size_t extra = part_enter(r, CHANGE_ITEMS);
    ret->tag = part_u32(r);
    ret->name = rbuf_text(r);
    ret->before = rbuf_text(r);
    ret->after = rbuf_text(r);
    part_leave(r, extra);
}

static void
event_encode(struct buf *b, const struct body_event *e)
{
    wbuf_array(b, EVENT_ITEMS);
    wbuf_int(b, e->id);
    wbuf_int(b, e->at.usec);
    wbuf_text(b, e->who);
    wbuf_text(b, e->address);
    wbuf_text(b, e->client);
    wbuf_text(b, e->op);
    wbuf_text(b, e->reason);
    ref_encode(b, &e->record);
    wbuf_array(b, e->nchanges);
    for (size_t i = 0; i < e->nchanges; i++)
        change_encode(b, &e->changes[i]);
}

static void
event_decode(struct arena *a, struct rbuf *r, struct body_event *ret)
{
    size_t extra = part_enter(r, EVENT_ITEMS);
    ret->id = rbuf_int(r);
    ret->at.usec = rbuf_int(r);
    ret->who = rbuf_text(r);
    ret->address = rbuf_text(r);
    ret->client = rbuf_text(r);
    ret->op = rbuf_text(r);
    ret->reason = rbuf_text(r);
    ref_decode(r, &ret->record);
    ret->nchanges = part_count(r, 1 + CHANGE_ITEMS);
    ret->changes = arena_new(a, struct body_change, ret->nchanges);
    for (size_t i = 0; i < ret->nchanges; i++)
        change_decode(r, &ret->changes[i]);
    rbuf_leave(r);
    part_leave(r, extra);
}

void
events_encode(struct buf *b, const struct body_events *e)
{
    wbuf_array(b, EVENTS_ITEMS);
    wbuf_array(b, e->nrows);
    for (size_t i = 0; i < e->nrows; i++)
        event_encode(b, &e->rows[i]);
    wbuf_bytes(b, e->next);
}

void
events_decode(struct arena *a, struct rbuf *r, struct body_events *ret)
{
    size_t extra = part_enter(r, EVENTS_ITEMS);
    ret->nrows = part_count(r, 1 + EVENT_ITEMS);
    ret->rows = arena_new(a, struct body_event, ret->nrows);
    for (size_t i = 0; i < ret->nrows; i++)
        event_decode(a, r, &ret->rows[i]);
    rbuf_leave(r);
    ret->next = rbuf_bytes(r);
    part_leave(r, extra);
}

void
hits_encode(struct buf *b, const struct body_hits *h)
{
    wbuf_array(b, h->nrows);
    for (size_t i = 0; i < h->nrows; i++) {
        wbuf_array(b, HIT_ITEMS);
        ref_encode(b, &h->rows[i].record);
        wbuf_text(b, h->rows[i].detail);
        wbuf_text(b, h->rows[i].why);
    }
}

void
hits_decode(struct arena *a, struct rbuf *r, struct body_hits *ret)
{
    ret->nrows = part_count(r, 1 + HIT_ITEMS);
    ret->rows = arena_new(a, struct body_hit, ret->nrows);
    for (size_t i = 0; i < ret->nrows; i++) {
        size_t extra = part_enter(r, HIT_ITEMS);
        ref_decode(r, &ret->rows[i].record);
        ret->rows[i].detail = rbuf_text(r);
        ret->rows[i].why = rbuf_text(r);
        part_leave(r, extra);
    }
    rbuf_leave(r);
}

static void
counter_encode(struct buf *b, const struct body_counter *c)
{
    wbuf_array(b, COUNTER_ITEMS);
    wbuf_text(b, c->label);
    wbuf_int(b, c->today);
    wbuf_int(b, c->week);
    wbuf_int(b, c->month);
    wbuf_uint(b, c->entity);
    wbuf_uint(b, c->view);
}

static void
counter_decode(struct rbuf *r, struct body_counter *ret)
{
    size_t extra = part_enter(r, COUNTER_ITEMS);
    ret->label = rbuf_text(r);
    ret->today = rbuf_int(r);
    ret->week = rbuf_int(r);
    ret->month = rbuf_int(r);
    ret->entity = part_u32(r);
    ret->view = part_u32(r);
    part_leave(r, extra);
}

static void
figure_encode(struct buf *b, const struct body_figure *f)
{
    wbuf_array(b, FIGURE_ITEMS);
    wbuf_text(b, f->label);
    wbuf_int(b, f->count);
    if (f->has_amount)
        wbuf_int(b, f->amount.minor);
    else
        wbuf_null(b);
}

static void
figure_decode(struct rbuf *r, struct body_figure *ret)
{
    size_t extra = part_enter(r, FIGURE_ITEMS);
    ret->label = rbuf_text(r);
    ret->count = rbuf_int(r);
    struct value amount = value_decode(r, VT_MONEY);
    ret->has_amount = amount.type == VT_MONEY;
    if (ret->has_amount)
        ret->amount = amount.money;
    part_leave(r, extra);
}

static void
alert_encode(struct buf *b, const struct body_alert *x)
{
    wbuf_array(b, ALERT_ITEMS + ALERT_LATER);
    ref_encode(b, &x->record);
    wbuf_uint(b, x->tone);
    wbuf_text(b, x->text);
    wbuf_text(b, x->note);
    wbuf_int(b, x->due.days);
    wbuf_uint(b, x->action);
    wbuf_int(b, x->id);
}

static void
alert_decode(struct rbuf *r, struct body_alert *ret)
{
    size_t extra = part_enter(r, ALERT_ITEMS);
    ref_decode(r, &ret->record);
    ret->tone = (enum schema_tone)part_enum(r, TONE_OFF);
    ret->text = rbuf_text(r);
    ret->note = rbuf_text(r);
    ret->due.days = part_i32(r);
    ret->action = part_u32(r);
    if (extra > 0) {
        ret->id = rbuf_int(r);
        extra--;
    }
    part_leave(r, extra);
}

void
home_encode(struct buf *b, const struct body_home *h)
{
    wbuf_array(b, HOME_ITEMS + HOME_LATER);
    wbuf_array(b, h->ncounters);
    for (size_t i = 0; i < h->ncounters; i++)
        counter_encode(b, &h->counters[i]);
    wbuf_array(b, h->nfigures);
    for (size_t i = 0; i < h->nfigures; i++)
        figure_encode(b, &h->figures[i]);
    wbuf_array(b, h->nalerts);
    for (size_t i = 0; i < h->nalerts; i++)
        alert_encode(b, &h->alerts[i]);
    wbuf_int(b, h->more_alerts);
    wbuf_text(b, h->spark_label);
    wbuf_array(b, h->nspark);
    for (size_t i = 0; i < h->nspark; i++)
        wbuf_int(b, h->spark[i]);
    wbuf_int(b, h->fresh);
    wbuf_int(b, h->fresh_since.usec);
}

void
home_decode(struct arena *a, struct rbuf *r, struct body_home *ret)
{
    size_t extra = part_enter(r, HOME_ITEMS);
    ret->ncounters = part_count(r, 1 + COUNTER_ITEMS);
    ret->counters = arena_new(a, struct body_counter, ret->ncounters);
    for (size_t i = 0; i < ret->ncounters; i++)
        counter_decode(r, &ret->counters[i]);
    rbuf_leave(r);
    ret->nfigures = part_count(r, 1 + FIGURE_ITEMS);
    ret->figures = arena_new(a, struct body_figure, ret->nfigures);
    for (size_t i = 0; i < ret->nfigures; i++)
        figure_decode(r, &ret->figures[i]);
    rbuf_leave(r);
    ret->nalerts = part_count(r, 1 + ALERT_ITEMS);
    ret->alerts = arena_new(a, struct body_alert, ret->nalerts);
    for (size_t i = 0; i < ret->nalerts; i++)
        alert_decode(r, &ret->alerts[i]);
    rbuf_leave(r);
    ret->more_alerts = rbuf_int(r);
    ret->spark_label = rbuf_text(r);
    ret->nspark = part_count(r, 1);
    ret->spark = arena_new(a, int64_t, ret->nspark);
    for (size_t i = 0; i < ret->nspark; i++)
        ret->spark[i] = rbuf_int(r);
    rbuf_leave(r);
    if (extra >= HOME_LATER) {
        ret->fresh = rbuf_int(r);
        ret->fresh_since.usec = rbuf_int(r);
        extra -= HOME_LATER;
    }
    part_leave(r, extra);
}

void
file_encode(struct buf *b, const struct body_file *f)
{
    wbuf_array(b, FILE_ITEMS);
    wbuf_text(b, f->name);
    wbuf_text(b, f->media_type);
    wbuf_bytes(b, f->bytes);
}

void
file_decode(struct rbuf *r, struct body_file *ret)
{
    size_t extra = part_enter(r, FILE_ITEMS);
    ret->name = rbuf_text(r);
    ret->media_type = rbuf_text(r);
    ret->bytes = rbuf_bytes(r);
    part_leave(r, extra);
}

static void
screens_encode(struct buf *b, const struct me_screens *s)
{
    wbuf_array(b, SCREEN_ITEMS);
    wbuf_uint(b, s->theme);
    wbuf_uint(b, s->enter);
    wbuf_uint(b, s->hints);
    wbuf_uint(b, s->dates);
    wbuf_uint(b, s->amounts);
}

static void
screens_decode(struct rbuf *r, struct me_screens *ret)
{
    size_t extra = part_enter(r, SCREEN_ITEMS);
    ret->theme = part_u32(r);
    ret->enter = part_u32(r);
    ret->hints = part_u32(r);
    ret->dates = part_u32(r);
    ret->amounts = part_u32(r);
    part_leave(r, extra);
}

void
me_encode(struct buf *b, const struct body_me *me)
{
    wbuf_array(b, ME_ITEMS + ME_LATER);
    wbuf_int(b, me->user);
    wbuf_text(b, me->login);
    wbuf_text(b, me->name);
    wbuf_text(b, me->role);
    wbuf_text(b, me->branch);
    wbuf_text(b, me->company);
    wbuf_text(b, me->currency);
    wbuf_int(b, me->locale.exponent);
    wbuf_int(b, me->locale.offset_minutes);
    wbuf_int(b, me->locale.today.days);
    wbuf_text(b, me->timezone);
    wbuf_text(b, me->language);
    wbuf_text(b, me->brand);
    wbuf_text(b, me->colour);
    wbuf_text(b, me->todo);
    wbuf_bool(b, me->platform);
    screens_encode(b, &me->screens);
}

void
me_decode(struct rbuf *r, struct body_me *ret)
{
    size_t extra = part_enter(r, ME_ITEMS);
    ret->user = rbuf_int(r);
    ret->login = rbuf_text(r);
    ret->name = rbuf_text(r);
    ret->role = rbuf_text(r);
    ret->branch = rbuf_text(r);
    ret->company = rbuf_text(r);
    ret->currency = rbuf_text(r);
    ret->locale.exponent = (int)part_enum(r, EXPONENT_LAST);
    ret->locale.offset_minutes = part_i32(r);
    if (ret->locale.offset_minutes > OFFSET_LAST || ret->locale.offset_minutes < -OFFSET_LAST)
        r->bad = true;
    ret->locale.today.days = part_i32(r);
    ret->timezone = rbuf_text(r);
    ret->language = rbuf_text(r);
    ret->brand = rbuf_text(r);
    ret->colour = rbuf_text(r);
    ret->todo = rbuf_text(r);
    ret->platform = rbuf_bool(r);
    if (extra >= ME_LATER) {
        screens_decode(r, &ret->screens);
        extra -= ME_LATER;
    }
    part_leave(r, extra);
}

void
error_encode(struct buf *b, const struct body_error *e)
{
    wbuf_array(b, ERROR_ITEMS);
    wbuf_text(b, e->symbol);
    wbuf_text(b, e->message);
    wbuf_text(b, e->field);
    wbuf_bool(b, e->retryable);
    refs_encode(b, e->refs, e->nrefs);
    issues_encode(b, e->issues, e->nissues);
    wbuf_text(b, e->trace);
}

void
error_decode(struct arena *a, struct rbuf *r, struct body_error *ret)
{
    size_t extra = part_enter(r, ERROR_ITEMS);
    ret->symbol = rbuf_text(r);
    ret->message = rbuf_text(r);
    ret->field = rbuf_text(r);
    ret->retryable = rbuf_bool(r);
    ret->refs = refs_decode(a, r, &ret->nrefs);
    ret->issues = issues_decode(a, r, &ret->nissues);
    ret->trace = rbuf_text(r);
    part_leave(r, extra);
}

void
server_hello_encode(struct buf *b, const struct body_hello *h)
{
    wbuf_array(b, HELLO_ITEMS);
    wbuf_uint(b, h->version);
    wbuf_text(b, h->server);
    wbuf_text(b, h->schema_hash);
}

void
server_hello_decode(struct rbuf *r, struct body_hello *ret)
{
    size_t extra = part_enter(r, HELLO_ITEMS);
    ret->version = part_u32(r);
    ret->server = rbuf_text(r);
    ret->schema_hash = rbuf_text(r);
    part_leave(r, extra);
}

void
status_encode(struct buf *b, const struct body_pair *pairs, size_t n)
{
    wbuf_array(b, STATUS_PAIR * n);
    for (size_t i = 0; i < n; i++) {
        wbuf_text(b, pairs[i].name);
        wbuf_text(b, pairs[i].value);
    }
}

struct body_pair *
status_decode(struct arena *a, struct rbuf *r, size_t *ret_n)
{
    size_t items = part_count(r, 1);
    if (items % STATUS_PAIR)
        r->bad = true;
    size_t n = items / STATUS_PAIR;
    struct body_pair *pairs = arena_new(a, struct body_pair, n);
    for (size_t i = 0; i < n; i++) {
        pairs[i].name = rbuf_text(r);
        pairs[i].value = rbuf_text(r);
    }
    rbuf_leave(r);
    *ret_n = n;
    return pairs;
}

struct body_error
body_error_of(struct arena *a, const struct err *err)
{
    struct body_error e = {
        .symbol = str_from(rc_symbol(err->code)),
        .message = str_dup(a, str_from(err->text[0] ? err->text : rc_text(err->code))),
        .field = str_dup(a, str_from(err->field)),
        .retryable = rc_retryable(err->code),
        .refs = arena_new(a, struct body_ref, err->nrefs),
        .nrefs = err->nrefs,
    };
    for (size_t i = 0; i < e.nrefs; i++) {
        const struct err_ref *ref = &err->refs[i];
        e.refs[i] = (struct body_ref){ref->entity, ref->id, str_dup(a, str_from(ref->label))};
    }
    return e;
}

void
body_error_to(const struct body_error *e, enum rc code, struct err *ret)
{
    char label[sizeof(ret->refs[0].label)];
    char field[sizeof(ret->field)];
    size_t n = e->field.n < sizeof(field) ? e->field.n : sizeof(field) - 1;
    memcpy(field, n ? e->field.p : "", n);
    field[n] = '\0';
    (void)err_set(ret, code, field, "%.*s", STR_ARG(e->message));
    for (size_t i = 0; i < e->nrefs; i++) {
        n = e->refs[i].label.n < sizeof(label) ? e->refs[i].label.n : sizeof(label) - 1;
        memcpy(label, n ? e->refs[i].label.p : "", n);
        label[n] = '\0';
        err_add_ref(ret, e->refs[i].entity, e->refs[i].id, label);
    }
}
