#ifndef FLOW_SELL_H
#define FLOW_SELL_H

#include "common/base/arena.h"
#include "common/base/attr.h"
#include "common/base/limits.h"
#include "common/wire/body.h"
#include "common/wire/method.h"
#include "common/wire/params.h"
#include "common/wire/schema.h"

/*
 * New business as screens and plain mode share it: which entities take part, which of their fields are asked
 * and in what order, what finds a record, and the steps of price and save. Here the entities are known by
 * name; what their fields are is what the description says.
 */
enum part {
    PART_VEHICLE,
    PART_CUSTOMER,
    PART_POLICY,
    PART_RECEIPT,
    PARTS,
    PART_TOTAL = PARTS, /* what is to pay, which nobody types */
    PART_WHY = 8,       /* + part: why it is another one than the record it looks like */
    PART_LINE = 64      /* + number: a vehicle of a fleet that is on the list */
};
enum { FLOW_STEPS = LIMIT_STEPS, FLOW_LINES = 64, FLOW_PHONE_DIGITS = 9 };

/* A vehicle of a fleet that is on the list already. Texts and fields live in the form's arena. */
struct flow_line {
    int64_t id; /* on record; 0: a new one, with … */
    struct param_field *fields;
    size_t nfields;
    struct str label, reason, sum; /* sum: what it is insured for, as typed; none: the form's */
};

struct flow {
    const struct schema_entity *e[PARTS];
    const struct schema_action *quote, *issue;
    bool fleets;               /* the company sells them */
    int64_t vehicle, customer; /* known records; 0: new ones */
    bool came_along;           /* the customer is known as the owner of the known vehicle only */
    struct flow_line lines[FLOW_LINES];
    size_t nlines;
    enum part step_part[FLOW_STEPS]; /* of the steps made last; PART_LINE + number: of the list */
};

/* False: this person does not sell. */
bool flow_start(struct flow *f, const struct schema *s);

/* The fields of a part in the order they are asked; those that a step fills in are not among them. In `a`. */
size_t flow_fields(const struct flow *f, enum part part, struct arena *a, const struct schema_field **ret);
/* One by its name, also of those a step fills in; NULL: none. */
const struct schema_field *flow_field(const struct flow *f, enum part part, struct str name);
/* Is it asked at all (F11 shows the rest)? Required ones always are. */
bool flow_usual(enum part part, const struct schema_field *f);
/* Filled by itself as a rule: shown, but passed by. */
bool flow_aside(enum part part, const struct schema_field *f);
/* Does it apply? `kind`: code of the customer's kind; `method`: of the payment's. */
bool flow_applies(enum part part, const struct schema_field *f, struct str kind, struct str method);
/* Does it find a record? */
bool flow_is_key(enum part part, const struct schema_field *f);
bool flow_is(enum part part, const struct schema_field *f, enum part of, const char *name);
/* Typed where a plate is asked: 0712 345 678, +255 712 345 678. */
bool flow_looks_like_phone(struct str typed);

/* ---- what is known ---- */

/* The policies of a vehicle or customer, newest first, with what a new one may take over. In `a`. */
struct params flow_last_policy(const struct flow *f, struct arena *a);
/* The vehicles of the known customer. In `a`. */
struct params flow_vehicles_of(const struct flow *f, struct arena *a);
/* The cell of a row under the entity's field of that name; NULL: not among the columns. */
const struct value *flow_cell(const struct schema_entity *e, const struct body_page *p, size_t row,
                              const char *name);

/* ---- sell_steps.c ---- */

/* Where the steps take what was typed from. */
struct flow_source {
    /* The filled fields of a part, with room for `extra` more. */
    size_t (*fields)(void *ctx, struct arena *a, enum part part, size_t extra, struct param_field **ret);
    struct str (*reason)(void *ctx, enum part part); /* why it is another one */
    void *ctx;
    bool vehicle; /* one is typed besides those on the list */
    bool pays;
};
/* `whole`: also issue and receipt; else as far as the price is known. Texts in `a`. */
struct params flow_steps(struct flow *f, struct arena *a, const struct flow_source *s, bool whole);
/* Puts the vehicle that is typed, or on record, on the list of a fleet; everything is copied into `a`. False:
   so many new ones don't fit one save. */
bool flow_add_line(struct flow *f, struct arena *a, const struct flow_source *s, struct str label,
                   struct str sum);
void flow_drop_line(struct flow *f, size_t n);
/* A line as a text for the journal, and back. In `a`. */
struct str flow_pack_line(struct arena *a, const struct flow_line *line);
bool flow_unpack_line(struct arena *a, struct str packed, struct flow_line *ret);
/* The part an error is about, and the field of it: "2.sum_insured". */
enum part flow_part_of_error(const struct flow *f, struct str field, struct str *ret_name);
/* What is to pay, of the answer to the steps; NULL: none. */
const struct value *flow_due(const struct flow *f, const struct body *body);

#endif
