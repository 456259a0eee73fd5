#ifndef SCREEN_LOOKUP_H
#define SCREEN_LOOKUP_H

#include "client/screen/app.h"

/* What a form asks in the background when the focus leaves a field, without ever moving the focus. */
enum { LOOKUP_KEY = 0x1000, LOOKUP_FIND = 0x2000, LOOKUP_ROWS = 0x3000, LOOKUP_MASK = 0x3000 };

/* A reference typed by hand: which record is it? Nothing happens for fields that need no look-up. */
void lookup_ref(struct view *v, struct form *f, size_t item);
void lookup_refs(struct view *v, struct form *f); /* every one that was typed and not found yet */
/* True when the answer was one of a look-up and is dealt with. */
bool lookup_answer(struct view *v, struct form *f, struct answer *a);
/* Asks what the service thinks of a part of the form so far: its issues come with `tag`. */
void lookup_check(struct view *v, struct form *f, uint32_t part, uint32_t entity, int64_t id, uint32_t tag);

#endif
