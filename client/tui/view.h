#ifndef TUI_VIEW_H
#define TUI_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/tui/cmd.h"
#include "client/tui/paint.h"
#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/base/str.h"
#include "common/wire/body.h"
#include "common/wire/event.h"

/*
 * A view is what stands on the screen: data and operations. Views are stacked; keys go to the top one; a box
 * is painted over the view below it. Each has an arena that ends with it, and an arena per answer it keeps.
 */
struct tui;
struct view;

/* One key of the key bar. label NULL: the command's own. */
struct bar_key {
    enum cmd cmd;
    const char *label;
};

/* Something one can do here that is no key of the table: shown by the palette, run by the view or the host.
 */
enum { OFFERS_MAX = 400, QUICK_CODE = 4, OFFER_STEM = 48 };
struct offer {
    char label[80];
    char help[160];
    char stem[OFFER_STEM];  /* its name in the description, same in every language: found by it too; or "" */
    char quick[QUICK_CODE]; /* its code (quick.h), or "" */
    enum cmd cmd;  /* a command of the table, or … */
    uint32_t code; /* … a word of the one that offered it, with `arg` */
    int64_t arg;
    struct view *view; /* NULL: the host */
};
struct offers {
    size_t n;
    struct view *view; /* whose offers are being collected */
    struct offer rows[OFFERS_MAX];
};
/* The new row, to fill in further; NULL when there are too many. */
struct offer *offer_add(struct offers *o, uint32_t code, int64_t arg, struct str label);

/* What a box hands to the view below when it closes. Texts live until the end of this turn of the loop. */
struct outcome {
    uint32_t purpose; /* as given when it was opened */
    int choice;       /* of a question: 0 none, 1 the first … */
    uint32_t entity;
    int64_t id;
    struct str text;
};

/* The answer to a call. `body` lives in *arena; a view that wants to keep it calls answer_keep. */
struct answer {
    uint32_t tag; /* as given with the call */
    enum rc code;
    const struct body *body;
    const struct err *err;
    struct arena *arena;
};
struct kept {
    struct arena arena;
    bool live;
};
void answer_keep(struct answer *a, struct kept *ret); /* drops what was kept there before */
void kept_drop(struct kept *k);

struct view_ops {
    const char *name; /* of the screen, for help and tests */
    enum context context;
    bool box;                                         /* painted over the view below */
    bool (*command)(struct view *v, enum cmd c);      /* false: not mine */
    bool (*key)(struct view *v, const struct key *k); /* false: not used here */
    void (*paste)(struct view *v, struct str text);   /* NULL: as typed, without its line ends */
    void (*answer)(struct view *v, struct answer *a);
    void (*outcome)(struct view *v, const struct outcome *o);
    void (*paint)(struct view *v, const struct area *a);
    void (*resized)(struct view *v); /* the terminal has another size; NULL: painting anew is enough */
    struct str (*title)(struct view *v, struct arena *a);        /* for the bar on top */
    struct str (*help)(struct view *v, struct arena *a);         /* of the focused thing; may be empty */
    struct str (*about)(struct view *v, struct arena *a);        /* of the screen; may be NULL */
    const struct bar_key *(*bar)(struct view *v, size_t *ret_n); /* may be NULL */
    void (*offers)(struct view *v, struct offers *o);            /* may be NULL */
    void (*run)(struct view *v, uint32_t code, int64_t arg);     /* one of its offers */
    bool (*may)(struct view *v, enum cmd c); /* is a command offered here and now? NULL: every one */
    bool (*may_leave)(struct view *v);       /* false: it asks something first */
    void (*wake)(struct view *v);            /* the time asked for with tui_wake has passed */
    void (*shown)(struct view *v);           /* on top again after another closed */
    /* A list goes one row on or back and says which record stands there, for the one opened from it; false
       at its end. NULL: no list. */
    bool (*neighbour)(struct view *v, int step, struct body_ref *ret);
    /* The service told something, whether the view is on top or not; NULL: the line is a new one, on which
       nothing is told before it is asked for. */
    void (*event)(struct view *v, const struct wire_event *e);
    void (*close)(struct view *v); /* drops what it kept */
};

struct view {
    const struct view_ops *ops;
    struct tui *tui;
    struct arena arena;
    void *data;
    uint32_t serial; /* never used twice */
    uint32_t purpose;
    bool dead;
};

/* A new view on top, its data zeroed. */
struct view *view_push(struct tui *t, const struct view_ops *ops, size_t data_size);
/* Takes v and all above it away; they are freed at the end of this turn. */
void view_pop(struct view *v);
/* Pops v and hands `o` (its purpose is set to v's) to the view below. */
void view_finish(struct view *v, struct outcome o);
struct view *view_top(struct tui *t);
bool view_may(struct view *v, enum cmd c);                   /* what key bar, palette and help show */
struct view *view_below(struct view *v);                     /* NULL for the lowest */
struct view *view_by_serial(struct tui *t, uint32_t serial); /* NULL when gone */

#endif
