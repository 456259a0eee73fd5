#ifndef TUI_FORM_H
#define TUI_FORM_H

#include "client/tui/field.h"
#include "client/tui/view.h"
#include "common/wire/params.h"
#include "common/wire/schema.h"

/*
 * The form engine: items made from the served description, laid out in one or two columns, scrolled by the
 * focus.
 *
 * A composed form (new business) holds items of several `parts`; each part is one step of the save. What is
 * typed is read locally when the focus leaves (for speed; the server decides) and shown as it was understood.
 * Marks:
 * `*` required, `+` has choices, `?` missing, `!!` wrong, `!` to confirm, `.` worth a look, `>` focus.
 */
struct form_item {
    const struct schema_field *field;
    uint32_t entity; /* whose field it is: for "same as last" and errors */
    uint32_t part;
    struct str group; /* heading above it, or none */
    struct field edit;
    int64_t ref_id;    /* REF: the record chosen or found; 0: the text decides */
    char ref_text[96]; /* the text that stands for it */
    char note[200];    /* beside it */
    char shown[200];   /* the note as it is painted: with the keys the person has */
    int note_tone;     /* enum schema_tone */
    bool readonly, hidden, missing;
    bool optional;             /* here it may stay empty, whatever its description says */
    bool aside;                /* filled by itself as a rule: Enter passes it by, Tab does not */
    bool told;                 /* the note came from the service */
    bool several;              /* REF: what is typed fits several records */
    uint32_t asked_gen;        /* edit.gen when the service was asked about it */
    bool by_hand;              /* a person typed here: nothing may overwrite it */
    int row, column, note_row; /* layout; note_row -1: on its own row's right */
    int note_rows;             /* below: one or two */
};

enum { FORM_ITEMS = 96, FORM_LAST = 96 };

/* Texts of the last record saved, for "same as last". One per program. */
struct form_last {
    struct {
        uint32_t entity, tag;
        char text[256];
    } rows[FORM_LAST];
    size_t n;
};

struct form {
    struct tui *tui;
    struct arena *a;
    unsigned context; /* whose keys its texts name: a form, until it is said otherwise */
    const struct locale_info *locale;
    struct form_last *last;
    struct form_item items[FORM_ITEMS];
    size_t n, at;
    size_t left;   /* the item the focus came from, with FORM_LEFT */
    int top, rows; /* scroll position; rows in all */
    int columns, half, label;
    bool save_tried;
};

enum form_event {
    FORM_UNUSED, /* not a key of a form */
    FORM_USED,
    FORM_LEFT, /* the focus went from `left` to `at` */
    FORM_SAVE,
    FORM_PROMPT,     /* the item's choices are wanted and they are the caller's (REF) */
    FORM_PAST_END,   /* the next error was asked for and there is none; told */
    FORM_PAST_START, /* the same of the one before */
};

/* Purposes of boxes the form opens itself; the view hands their outcomes to form_outcome. */
enum { FORM_PURPOSE_CHOICE = 900 };

struct form_source {
    uint32_t entity, part;
    struct str group; /* heading for all, or none: the fields' own groups */
    const struct schema_field *fields;
    size_t nfields;
    uint32_t flags;   /* takes fields with any of these; 0: all */
    uint32_t without; /* but none of these */
};

void form_init(struct form *f, struct tui *t, struct arena *a, const struct locale_info *l);
void form_add(struct form *f, const struct form_source *s); /* defaults are filled in */
void form_start(struct form *f);                            /* focus on the first open item */

struct form_item *form_find(struct form *f, uint32_t part, const char *name); /* NULL when none */
/* Takes it off the form; its heading goes to the item after it. */
void form_hide(struct form *f, struct form_item *i);
struct form_item *form_here(struct form *f);
void form_focus(struct form *f, size_t at);
/* Puts a value in, as what undo puts back (`original`) or as if typed. */
void form_put(struct form *f, struct form_item *i, const struct value *v, bool original);
void form_put_text(struct form_item *i, struct str text);
void form_put_ref(struct form_item *i, int64_t id, struct str label);
void form_note(struct form_item *i, int tone, struct str text); /* "" takes it away */
void form_clear_told(struct form *f, uint32_t part);            /* notes of an earlier check */
/* What the server said: beside the named field, which gets the focus. False: no such field. */
bool form_blame(struct form *f, struct str name, int tone, struct str text);
/* The same without moving the focus; fields still empty are let be. */
bool form_tell(struct form *f, uint32_t part, struct str name, int tone, struct str text);
/* Issues of a check, beside their fields; returns the worst level (0 none). */
int form_issues(struct form *f, uint32_t part, const struct body_issue *issues, size_t n);

bool form_dirty(const struct form *f);
bool form_filled(const struct form_item *i);
bool item_changed(const struct form_item *i);

enum form_event form_key(struct form *f, const struct key *k);
enum form_event form_command(struct form *f, enum cmd c);
void form_paste(struct form *f, struct str text);
void form_outcome(struct form *f, const struct outcome *o);
/* Takes the answer of a choice into the focused field and goes on to the next. */
enum form_event form_next(struct form *f);

/* Reads every item; focuses the first that is wrong or missing and tells. */
bool form_check(struct form *f);
/* What to send: items of `part` that are filled (or, with `changed`, changed). In `a`. */
size_t form_fields(struct form *f, struct arena *a, uint32_t part, bool changed, struct param_field **ret);
/* One item as it would be sent; false when empty or wrong. */
bool form_value(struct form *f, struct arena *a, const struct form_item *i, struct value *ret);
void form_remember(struct form *f);

void form_paint(struct form *f, const struct area *a);
/* For the hint line and F1. */
struct str form_help(struct form *f, struct arena *a);

/* A choice by number, code, label, or as much of one as is typed; NULL unless exactly one fits. */
const struct schema_choice *choice_typed(const struct schema_field *s, struct str typed);

/* Between the files of the form: reads an item, tidies its text, notes what is wrong. */
bool form_read(struct form *f, struct form_item *i);
int form_width(const struct form_item *i); /* columns its input wants */
void form_prompt_choices(struct form *f, struct form_item *i);

#endif
