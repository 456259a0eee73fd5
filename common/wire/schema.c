#include "common/wire/schema.h"

#include "common/base/arena.h"
#include "common/base/attr.h"
#include "common/base/buf.h"
#include "common/crypt/crypt.h"
#include "common/wire/cbor.h"
#include "common/wire/part.h"

enum schema_key { SCHEMA_KEY_HASH = 1, SCHEMA_KEY_ENTITIES = 2, SCHEMA_KEY_SELL = 3 };
enum entity_bit { MAY_ADD = 1, MAY_SET = 2, MAY_LIST = 4, HAS_HISTORY = 8, IN_MENU = 16, SINGLE = 32 };
enum action_bit { ON_RECORD = 1, NEEDS_REASON = 2, PRINTS = 4 };

/* Items of each positional array. */
enum {
    CHOICE_ITEMS = 4,
    FIELD_ITEMS = 12,
    VIEW_ITEMS = 6,
    ACTION_ITEMS = 9, /* and one more where there is something to show */
    TAB_ITEMS = 3,
    ENTITY_ITEMS = 10
};

static void
choice_encode(struct buf *b, const struct schema_choice *c)
{
    wbuf_array(b, CHOICE_ITEMS);
    wbuf_uint(b, c->number);
    wbuf_text(b, c->code);
    wbuf_text(b, c->label);
    wbuf_uint(b, c->tone);
}

static void
choice_decode(struct rbuf *r, struct schema_choice *ret)
{
    size_t extra = part_enter(r, CHOICE_ITEMS);
    ret->number = part_u32(r);
    ret->code = rbuf_text(r);
    ret->label = rbuf_text(r);
    ret->tone = (uint8_t)part_enum(r, TONE_OFF);
    part_leave(r, extra);
}

static void
field_encode(struct buf *b, const struct schema_field *f)
{
    wbuf_array(b, FIELD_ITEMS);
    wbuf_uint(b, f->tag);
    wbuf_text(b, f->name);
    wbuf_text(b, f->label);
    wbuf_text(b, f->help);
    wbuf_text(b, f->group);
    wbuf_uint(b, f->type);
    wbuf_uint(b, f->flags);
    wbuf_uint(b, f->max);
    wbuf_uint(b, f->width);
    wbuf_uint(b, f->ref);
    wbuf_text(b, f->fallback);
    wbuf_array(b, f->nchoices);
    for (size_t i = 0; i < f->nchoices; i++)
        choice_encode(b, &f->choices[i]);
}

static void
field_decode(struct arena *a, struct rbuf *r, struct schema_field *ret)
{
    size_t extra = part_enter(r, FIELD_ITEMS);
    ret->tag = part_u32(r);
    ret->name = rbuf_text(r);
    ret->label = rbuf_text(r);
    ret->help = rbuf_text(r);
    ret->group = rbuf_text(r);
    ret->type = (enum value_type)part_enum(r, VT_BYTES);
    ret->flags = part_u32(r);
    ret->max = part_u32(r);
    ret->width = part_u32(r);
    ret->ref = part_u32(r);
    ret->fallback = rbuf_text(r);
    ret->nchoices = part_count(r, 1 + CHOICE_ITEMS);
    ret->choices = arena_new(a, struct schema_choice, ret->nchoices);
    for (size_t i = 0; i < ret->nchoices; i++)
        choice_decode(r, &ret->choices[i]);
    rbuf_leave(r);
    part_leave(r, extra);
}

static void
fields_encode(struct buf *b, const struct schema_field *fields, size_t n)
{
    wbuf_array(b, n);
    for (size_t i = 0; i < n; i++)
        field_encode(b, &fields[i]);
}

static struct schema_field *
fields_decode(struct arena *a, struct rbuf *r, size_t *ret_n)
{
    size_t n = part_count(r, 1 + FIELD_ITEMS);
    struct schema_field *fields = arena_new(a, struct schema_field, n);
    for (size_t i = 0; i < n; i++)
        field_decode(a, r, &fields[i]);
    rbuf_leave(r);
    *ret_n = n;
    return fields;
}

static void
tags_encode(struct buf *b, const uint32_t *tags, size_t n)
{
    wbuf_array(b, n);
    for (size_t i = 0; i < n; i++)
        wbuf_uint(b, tags[i]);
}

static uint32_t *
tags_decode(struct arena *a, struct rbuf *r, size_t *ret_n)
{
    size_t n = part_count(r, 1);
    uint32_t *tags = arena_new(a, uint32_t, n);
    for (size_t i = 0; i < n; i++)
        tags[i] = part_u32(r);
    rbuf_leave(r);
    *ret_n = n;
    return tags;
}

static void
view_encode(struct buf *b, const struct schema_view *v)
{
    wbuf_array(b, VIEW_ITEMS);
    wbuf_uint(b, v->number);
    wbuf_text(b, v->name);
    wbuf_text(b, v->label);
    tags_encode(b, v->columns, v->ncolumns);
    wbuf_uint(b, v->sort);
    wbuf_bool(b, v->desc);
}

static void
view_decode(struct arena *a, struct rbuf *r, struct schema_view *ret)
{
    size_t extra = part_enter(r, VIEW_ITEMS);
    ret->number = part_u32(r);
    ret->name = rbuf_text(r);
    ret->label = rbuf_text(r);
    ret->columns = tags_decode(a, r, &ret->ncolumns);
    ret->sort = part_u32(r);
    ret->desc = rbuf_bool(r);
    part_leave(r, extra);
}

static void
action_encode(struct buf *b, const struct schema_action *x)
{
    wbuf_array(b, ACTION_ITEMS + (x->nshows ? 1 : 0));
    wbuf_uint(b, x->number);
    wbuf_text(b, x->name);
    wbuf_text(b, x->label);
    wbuf_text(b, x->help);
    wbuf_uint(b, (x->on_record ? ON_RECORD : 0u) | (x->needs_reason ? NEEDS_REASON : 0u) |
                     (x->prints ? PRINTS : 0u));
    wbuf_uint(b, x->state_tag);
    wbuf_uint(b, x->state_mask);
    wbuf_uint(b, (unsigned char)x->option);
    fields_encode(b, x->fields, x->nfields);
    if (x->nshows)
        tags_encode(b, x->shows, x->nshows);
}

static void
action_decode(struct arena *a, struct rbuf *r, struct schema_action *ret)
{
    size_t extra = part_enter(r, ACTION_ITEMS);
    ret->number = part_u32(r);
    ret->name = rbuf_text(r);
    ret->label = rbuf_text(r);
    ret->help = rbuf_text(r);
    uint32_t bits = part_u32(r);
    ret->on_record = bits & ON_RECORD;
    ret->needs_reason = bits & NEEDS_REASON;
    ret->prints = bits & PRINTS;
    ret->state_tag = part_u32(r);
    ret->state_mask = rbuf_uint(r);
    ret->option = (char)part_enum(r, '~');
    ret->fields = fields_decode(a, r, &ret->nfields);
    if (extra) {
        ret->shows = tags_decode(a, r, &ret->nshows);
        extra--;
    }
    part_leave(r, extra);
}

static void
tab_encode(struct buf *b, const struct schema_tab *t)
{
    wbuf_array(b, TAB_ITEMS);
    wbuf_text(b, t->label);
    wbuf_uint(b, t->entity);
    wbuf_uint(b, t->via);
}

static void
tab_decode(struct rbuf *r, struct schema_tab *ret)
{
    size_t extra = part_enter(r, TAB_ITEMS);
    ret->label = rbuf_text(r);
    ret->entity = part_u32(r);
    ret->via = part_u32(r);
    part_leave(r, extra);
}

static void
entity_encode(struct buf *b, const struct schema_entity *e)
{
    wbuf_array(b, ENTITY_ITEMS);
    wbuf_uint(b, e->number);
    wbuf_text(b, e->name);
    wbuf_text(b, e->label);
    wbuf_text(b, e->plural);
    wbuf_text(b, e->help);
    wbuf_uint(b, (e->may_add ? MAY_ADD : 0u) | (e->may_set ? MAY_SET : 0u) | (e->may_list ? MAY_LIST : 0u) |
                     (e->has_history ? HAS_HISTORY : 0u) | (e->in_menu ? IN_MENU : 0u) |
                     (e->single ? SINGLE : 0u));
    fields_encode(b, e->fields, e->nfields);
    wbuf_array(b, e->nviews);
    for (size_t i = 0; i < e->nviews; i++)
        view_encode(b, &e->views[i]);
    wbuf_array(b, e->nactions);
    for (size_t i = 0; i < e->nactions; i++)
        action_encode(b, &e->actions[i]);
    wbuf_array(b, e->ntabs);
    for (size_t i = 0; i < e->ntabs; i++)
        tab_encode(b, &e->tabs[i]);
}

static void
entity_decode(struct arena *a, struct rbuf *r, struct schema_entity *ret)
{
    size_t extra = part_enter(r, ENTITY_ITEMS);
    ret->number = part_u32(r);
    ret->name = rbuf_text(r);
    ret->label = rbuf_text(r);
    ret->plural = rbuf_text(r);
    ret->help = rbuf_text(r);
    uint32_t bits = part_u32(r);
    ret->may_add = bits & MAY_ADD;
    ret->may_set = bits & MAY_SET;
    ret->may_list = bits & MAY_LIST;
    ret->has_history = bits & HAS_HISTORY;
    ret->in_menu = bits & IN_MENU;
    ret->single = bits & SINGLE;
    ret->fields = fields_decode(a, r, &ret->nfields);
    ret->nviews = part_count(r, 1 + VIEW_ITEMS);
    ret->views = arena_new(a, struct schema_view, ret->nviews);
    for (size_t i = 0; i < ret->nviews; i++)
        view_decode(a, r, &ret->views[i]);
    rbuf_leave(r);
    ret->nactions = part_count(r, 1 + ACTION_ITEMS);
    ret->actions = arena_new(a, struct schema_action, ret->nactions);
    for (size_t i = 0; i < ret->nactions; i++)
        action_decode(a, r, &ret->actions[i]);
    rbuf_leave(r);
    ret->ntabs = part_count(r, 1 + TAB_ITEMS);
    ret->tabs = arena_new(a, struct schema_tab, ret->ntabs);
    for (size_t i = 0; i < ret->ntabs; i++)
        tab_decode(r, &ret->tabs[i]);
    rbuf_leave(r);
    part_leave(r, extra);
}

void
schema_encode(struct buf *b, const struct schema *s)
{
    wbuf_map(b, 3);
    wbuf_uint(b, SCHEMA_KEY_HASH);
    wbuf_text(b, s->hash);
    wbuf_uint(b, SCHEMA_KEY_ENTITIES);
    wbuf_array(b, s->nentities);
    for (size_t i = 0; i < s->nentities; i++)
        entity_encode(b, &s->entities[i]);
    wbuf_uint(b, SCHEMA_KEY_SELL);
    wbuf_uint(b, s->sell);
}

static void
entities_decode(struct arena *a, struct rbuf *r, struct schema *ret)
{
    ret->nentities = part_count(r, 1 + ENTITY_ITEMS);
    ret->entities = arena_new(a, struct schema_entity, ret->nentities);
    for (size_t i = 0; i < ret->nentities; i++)
        entity_decode(a, r, &ret->entities[i]);
    rbuf_leave(r);
}

enum rc
schema_decode(struct arena *a, struct rbuf *r, struct schema *ret, struct err *reterr)
{
    struct schema s = {0};
    size_t pairs = rbuf_map(r);
    int64_t last = -1;
    for (size_t i = 0; i < pairs && !r->bad; i++) {
        switch (rbuf_key(r, &last)) {
        case SCHEMA_KEY_HASH:
            s.hash = rbuf_text(r);
            break;
        case SCHEMA_KEY_ENTITIES:
            entities_decode(a, r, &s);
            break;
        case SCHEMA_KEY_SELL:
            s.sell = part_u32(r);
            break;
        default:
            rbuf_skip(r);
        }
    }
    rbuf_leave(r);
    if (r->bad)
        return err_set(reterr, RC_BAD_FRAME, NULL, "the description is not well formed");
    *ret = s;
    return RC_OK;
}

struct str
schema_hash(struct arena *a, const struct schema *s)
{
    struct schema plain = *s;
    plain.hash = STR_NONE;
    struct buf b;
    buf_init(&b, a, 16 * 1024);
    schema_encode(&b, &plain);
    unsigned char hash[CRYPT_HASH];
    crypt_hash(buf_str(&b), hash);
    char *hex = arena_alloc(a, SCHEMA_HASH_TEXT + 1);
    return str_from(crypt_hex(hash, SCHEMA_HASH_TEXT / 2, hex));
}
