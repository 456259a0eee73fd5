#ifndef PLAIN_FORM_H
#define PLAIN_FORM_H

#include "client/plain/private.h"

/*
 * A form as questions: one a field, in their order. What is typed is read at once and said back where it is
 * understood as something else than was typed; the service decides. A composed form (new business) holds
 * fields of several `parts`; each part is one step of the save. Texts live in the arena of the form.
 */
enum { FORM_ITEMS = 96 };

struct item {
    const struct schema_field *field;
    uint32_t entity, part;
    struct str heading;        /* said before it on the way forward; usually none */
    struct str text, original; /* original: what counts as unchanged */
    int64_t ref_id;            /* REF: the record meant; 0: the text decides */
    bool readonly, hidden;
    bool optional; /* here it may stay empty, whatever its description says */
    bool by_hand;  /* a person typed here: nothing may overwrite it */
};

struct form {
    struct plain *p;
    struct arena *a;
    struct item items[FORM_ITEMS];
    size_t n, at;
    const struct item *headed; /* whose heading was said last */
    struct str *listed;        /* what "?" listed last, to be chosen by number; NULL: nothing */
    size_t nlisted;
    void (*left)(struct form *f, struct item *i, bool changed); /* a field was answered; may be NULL */
    bool (*sign)(struct form *f, char sign); /* signs of the form's own; true: dealt with; may be NULL */
    const char *signs;                       /* what "??" says of them; NULL: nothing */
    bool again;                              /* set by `left`: the same field is asked once more */
    void *ctx;
};

struct form_source {
    uint32_t entity, part;
    const struct schema_field *fields;
    size_t nfields;
    uint32_t flags;   /* takes fields with any of these; 0: all */
    uint32_t without; /* but none of these */
};

enum form_end {
    FORM_SAVE,
    FORM_LEAVE, /* what was typed is dropped, as the person wants it */
    FORM_QUIT,  /* the input is at its end */
};

/* ---- form.c ---- */
void pform_open(struct form *f, struct plain *p, struct arena *a);
void pform_done(struct form *f); /* wipes secrets */
void pform_source(struct form *f, const struct form_source *s);
struct item *pform_item(struct form *f, uint32_t part, const char *name); /* NULL when none */
/* By label or name, or the beginning of one. False: none is called so, which is said. */
bool pform_go_to(struct form *f, struct str typed);
bool pform_changed(const struct form *f);
/* The values given with the words. */
void pform_give(struct form *f, const struct given *g);
/* Asks field after field from the current one. */
enum form_end pform_ask(struct form *f);
/* What the service says of a field: said, and the field is asked next. False: there is no such field here. */
bool pform_blame(struct form *f, uint32_t part, struct str name, const char *text);
void pform_stand_at(struct form *f, uint32_t part, struct str name); /* the same, silently */
void pform_remember(struct form *f);                                 /* for "same as last" */

/* ---- field.c ---- */
bool pitem_open(const struct item *i);
bool pitem_changed(const struct item *i);
bool pitem_missing(const struct item *i);
/* Puts a value in; `original`: as what counts as unchanged. */
void pitem_put(struct form *f, struct item *i, const struct value *v, bool original);
void pitem_put_ref(struct form *f, struct item *i, int64_t id, struct str label);
/* What a person typed. False, saying why, when it can't be meant. */
bool pitem_take(struct form *f, struct item *i, struct str typed);
void pitem_help(struct form *f, struct item *i);
/* What to send for it; false when it is empty. */
bool pitem_value(struct form *f, struct arena *a, const struct item *i, struct value *ret);
/* What to send for a part: filled items, or with `changed` the changed ones. */
size_t pform_fields(struct form *f, struct arena *a, uint32_t part, bool changed, struct param_field **ret);

/* ---- objection.c ---- */

/* What the service says to a save that looks like something already there. */
enum objection {
    OBJECTION_NONE,   /* back to the fields */
    OBJECTION_USE,    /* the record that exists instead of a new one */
    OBJECTION_REASON, /* save it all the same; the reason is given */
    OBJECTION_QUIT,   /* the program ends */
};
struct objected {
    enum rc code;
    const struct body *body;
    const char *use; /* "Go on with"; NULL: not offered */
    struct body_ref ref;
    struct str reason; /* in the form's arena */
};
enum objection objection_hear(struct form *f, struct objected *o);
/* It is not known whether a save arrived. True: send it again under the same key. */
bool send_again(struct form *f, const struct err *err);
/* Whether a failure leaves open if something was saved. */
bool outcome_unknown(enum rc code);

#endif
