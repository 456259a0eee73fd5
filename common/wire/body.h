#ifndef WIRE_BODY_H
#define WIRE_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/err.h"
#include "common/value/value.h"
#include "common/wire/schema.h"

/*
 * What a reply says. One struct for every method; `present` tells which parts are there. On the wire a map
 * with the keys below. Server operations fill these structs; encoder and decoder stand side by side in
 * body.c.
 */
enum body_key {
    BODY_RECORD = 1,
    BODY_PAGE = 2,
    BODY_ISSUES = 3,
    BODY_EVENTS = 4,
    BODY_HITS = 5,
    BODY_HOME = 6,
    BODY_FILE = 7,
    BODY_SCHEMA = 8,
    BODY_ME = 9,
    BODY_RESULTS = 10, /* of a batch: array of bodies */
    BODY_ERROR = 11,   /* of a reply that is not OK */
    BODY_HELLO = 12,
    BODY_STATUS = 13, /* ordered name/value texts */
};

struct body_field {
    uint32_t tag;
    struct value value;
};

struct body_record {
    uint32_t entity;
    int64_t id;
    int64_t version;
    struct str label;          /* what a person calls it */
    struct body_field *fields; /* fields that are NULL are left out */
    size_t nfields;
};

struct body_row {
    int64_t id;
    int64_t version;
    struct value *cells; /* ncolumns of them */
};

/* What a column adds up to over all rows of the list, not only those of the page. */
struct body_sum {
    uint32_t tag;
    int64_t sum; /* minor units */
};

struct body_page {
    uint32_t entity;
    uint32_t *columns; /* tags */
    size_t ncolumns;
    struct body_row *rows;
    size_t nrows;
    struct str next;   /* cursor of the next page; empty on the last */
    int64_t total;     /* -1 not counted */
    bool total_capped; /* total is a lower bound: show "1000+" */
    struct str prev;   /* cursor for going back; empty where the list begins, or nobody asked */
    struct body_sum *sums;
    size_t nsums;
    bool ids_apart; /* on the wire: behind the rest, 4 bytes each, where they don't spoil what compresses */
};

struct body_ref {
    uint32_t entity;
    int64_t id;
    struct str label;
};

/* Something to tell about what was entered. */
enum issue_level { ISSUE_WARN = 1, ISSUE_CONFIRM = 2, ISSUE_REFUSE = 3 };
struct body_issue {
    enum issue_level level;
    struct str field; /* name */
    struct str text;
    struct body_ref *refs; /* records it looks like */
    size_t nrefs;
};

struct body_change {
    uint32_t tag;             /* of the event's entity */
    struct str name;          /* label, for entities or fields the client does not know */
    struct str before, after; /* as people read them; "" for none */
};

struct body_event {
    int64_t id;
    stamp_t at;
    struct str who, address, client, op, reason; /* op: "added", "changed", or an action's word */
    struct body_ref record;
    struct body_change *changes;
    size_t nchanges;
};

struct body_events {
    struct body_event *rows;
    size_t nrows;
    struct str next;
};

struct body_hit {
    struct body_ref record;
    struct str detail; /* "Salma Ibrahim · comprehensive until 2026-11-30" */
    struct str why;    /* which of its words matched: "plate", "phone" */
};

struct body_hits {
    struct body_hit *rows;
    size_t nrows;
};

/* Home: everything is words and numbers chosen by the server; a counter says which list it opens. */
struct body_counter {
    struct str label;
    int64_t today, week, month;
    uint32_t entity, view; /* list to open; 0 none */
};
struct body_figure {
    struct str label;
    int64_t count;
    bool has_amount;
    money_t amount;
};
struct body_alert {
    struct body_ref record;
    enum schema_tone tone; /* BAD overdue, WARN today, SOON */
    struct str text;       /* "Policy KK/26/001841  T 337 DSE  Salma Ibrahim" */
    struct str note;       /* "unpaid", "" */
    date_t due;
    uint32_t action; /* what one would do about it, of record.entity; 0 none */
    int64_t id;      /* of the alert as a record; 0: it is none */
};
struct body_home {
    struct body_counter *counters;
    size_t ncounters;
    struct body_figure *figures;
    size_t nfigures;
    struct body_alert *alerts;
    size_t nalerts;
    int64_t more_alerts;
    struct str spark_label;
    int64_t *spark;
    size_t nspark;
    int64_t fresh;     /* alerts that came since the person last looked at them */
    stamp_t fresh_since; /* when that was */
};

struct body_file {
    struct str name, media_type, bytes;
};

/* How somebody wants the screens. The numbers are those of the choices of the account. 0: not told. */
enum screen_theme {
    SCREEN_THEME_AUTO = 1,
    SCREEN_THEME_COLOUR,
    SCREEN_THEME_LEAN,
    SCREEN_THEME_MONO,
    SCREEN_THEME_CONTRAST
};
enum { SCREEN_ENTER_NEXT = 1, SCREEN_ENTER_SAVE };
enum { SCREEN_HINTS_SHOWN = 1, SCREEN_HINTS_HIDDEN };
struct me_screens {
    uint32_t theme, enter, hints, dates, amounts;
};

struct body_me {
    int64_t user;
    struct str login, name, role, branch, company, currency;
    struct locale_info locale;
    struct str timezone;
    struct str language;
    struct str brand;  /* the company's name as it wants to be seen */
    struct str colour; /* its accent: blue cyan green magenta red yellow white; empty: the theme's own */
    struct str
        todo; /* not empty: what the person must do before anything else; only account and keys are open */
    bool platform; /* a person of the platform: no company's screens */
    struct me_screens screens;
};

struct body_error {
    struct str symbol, message, field;
    bool retryable;
    struct body_ref *refs;
    size_t nrefs;
    struct body_issue *issues; /* CONFIRM and DUPLICATE: everything found, not only the first */
    size_t nissues;
    struct str trace; /* request id to tell the operator */
};

struct body_hello {
    uint32_t version;
    struct str server; /* "bimad 1.0" */
    struct str schema_hash;
};

struct body_pair {
    struct str name, value;
};

struct body {
    uint32_t present; /* bits (1 << body_key) */
    struct body_record record;
    struct body_page page;
    struct body_issue *issues;
    size_t nissues;
    struct body_events events;
    struct body_hits hits;
    struct body_home home;
    struct body_file file;
    struct schema *schema;
    struct str
        schema_raw; /* encoder: when set, written instead of `schema`; decoder: the raw item, to cache */
    struct body_me me;
    struct body *results;
    size_t nresults;
    struct body_error error;
    struct body_hello hello;
    struct body_pair *status;
    size_t nstatus;
};

static inline bool
body_has(const struct body *b, enum body_key k)
{
    return (b->present >> k) & 1u;
}

/* The names of the parts, for the twin and the protocol page. NULL when unknown. */
const char *body_key_name(enum body_key k);

struct buf;
struct rbuf;
void body_encode(struct buf *b, const struct body *body);
/* Fails: RC_BAD_FRAME. Texts are borrowed from r's bytes. */
enum rc body_decode(struct arena *a, struct rbuf *r, struct body *ret, struct err *reterr) NODISCARD;

/* What a client says it has: the hash of a body as it stands in a message. */
enum { BODY_HASH = 32 };
void body_hash(struct str encoded, char hex[BODY_HASH + 1]);

void value_encode(struct buf *b, const struct value *v);
/* Reads a value of a known type (REF: [id, label] or id). */
struct value value_decode(struct rbuf *r, enum value_type type);

/* struct err <-> error body */
struct body_error body_error_of(struct arena *a, const struct err *err);
void body_error_to(const struct body_error *e, enum rc code, struct err *ret);

#endif
