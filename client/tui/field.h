#ifndef TUI_FIELD_H
#define TUI_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/tui/cmd.h"
#include "client/tui/paint.h"
#include "common/base/arena.h"
#include "common/base/str.h"

/*
 * One line to type in. Code points in a fixed buffer (taken from an arena once), a position and a window.
 *
 * `fresh`: just entered; the first character typed replaces what stands there, the first movement keeps it.
 * `gen` rises with every change a person makes: an answer that was asked for an older text is not put in.
 */
struct field {
    uint32_t *cp, *before; /* `before`: what undo puts back */
    size_t n, nbefore, cap, pos, off;
    uint32_t gen;
    bool fresh, upper, secret, overwrite;
};

enum {
    FIELD_TEXT = 1024,   /* bytes; the longest text a field gives, with its NUL */
    FIELD_LONGEST = 1000 /* characters, where they are of one byte each: a public key */
};

void field_init(struct field *f, struct arena *a, size_t max_chars);
void field_set(struct field *f, struct str text);  /* from the program: becomes what undo puts back */
void field_fill(struct field *f, struct str text); /* as if typed: undo still puts back what stood before */
void field_enter(struct field *f);                 /* the focus comes: cursor at the end, fresh */
struct str field_text(const struct field *f, char out[FIELD_TEXT]); /* blanks at both ends cut off */
struct str field_before(const struct field *f, char out[FIELD_TEXT]); /* what undo puts back */
void field_wipe(struct field *f); /* empties it and leaves nothing of it in memory */
bool field_changed(const struct field *f);
/* A character or an editing key. False: not a key of a line editor, or refused (full, at the edge). */
bool field_key(struct field *f, const struct key *k);
bool field_command(struct field *f, enum cmd c);
void field_paste(struct field *f, struct str text); /* control characters become blanks */
/* Paints `width` columns, filled with '_' when `open`; returns the column of the cursor. */
int field_paint(struct field *f, const struct area *a, struct spot at, bool open);

#endif
