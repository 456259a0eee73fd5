#ifndef WIRE_TWIN_PUT_H
#define WIRE_TWIN_PUT_H

#include "common/base/buf.h"
#include "common/wire/body.h"

/*
 * JSON out, written straight into the buffer: a tree of JSON values would have to be freed when the arena is
 * full. Private to the twin.
 */
struct writer {
    struct buf *b;
    const struct schema *s; /* may be NULL: numbers stand for names then */
    const struct locale_info *l;
    bool follows; /* a comma is due before the next item */
};

void put_item(struct writer *w);
void put_open(struct writer *w, char bracket);
void put_close(struct writer *w, char bracket);
void put_text(struct writer *w, struct str s);
void put_key(struct writer *w, const char *name);
void put_int(struct writer *w, int64_t n);
void put_bool(struct writer *w, bool yes);
void put_bytes(struct writer *w, struct str bytes);
void put_text_member(struct writer *w, const char *name, struct str s);
void put_int_member(struct writer *w, const char *name, int64_t n);
void put_bool_member(struct writer *w, const char *name, bool yes);
const struct schema_entity *put_entity_of(const struct writer *w, uint32_t number);
struct str put_entity_name(const struct writer *w, uint32_t number);
struct str put_field_name(const struct writer *w, const struct schema_field *f, uint32_t tag);
const struct schema_field *put_field_of(const struct schema_entity *e, uint32_t tag);
void put_money(struct writer *w, money_t m);
void put_date(struct writer *w, date_t d);
void put_value(struct writer *w, const struct schema_field *f, const struct value *v);
void put_ref(struct writer *w, const struct body_ref *ref);
void put_refs_member(struct writer *w, const struct body_ref *refs, size_t n);
void put_next_member(struct writer *w, struct str next);

/* The larger parts, in twin_parts.c */
void put_home(struct writer *w, const struct body_home *h);
void put_schema(struct writer *w, const struct schema *s);
void put_me(struct writer *w, const struct body_me *me);

#endif
