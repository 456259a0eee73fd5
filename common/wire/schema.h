#ifndef WIRE_SCHEMA_H
#define WIRE_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/err.h"
#include "common/value/value.h"

/*
 * The description a server sends: everything a client knows of entities, fields, lists and actions. Filtered
 * by the user's rights. A client caches it by `hash` (32 hex digits) and sends the hash in hello.
 */
enum schema_flag {
    SCHEMA_REQUIRED = 1u << 0,
    SCHEMA_LIST = 1u << 1,   /* may stand in lists */
    SCHEMA_EDIT = 1u << 2,   /* may be changed by set */
    SCHEMA_CREATE = 1u << 3, /* may be given to add */
    SCHEMA_SORT = 1u << 4,
    SCHEMA_FILTER = 1u << 5,
    SCHEMA_KEY = 1u << 6,    /* the human key: shown as the record's label */
    SCHEMA_SECRET = 1u << 7, /* typed hidden, never shown */
    SCHEMA_PERSONAL = 1u << 8,
    SCHEMA_UPPER = 1u << 9,   /* the client may upper-case while typing */
    SCHEMA_CHECK = 1u << 10,  /* leaving the field is worth a `check` call (duplicates, VIN, phone …) */
    SCHEMA_NARROW = 1u << 11, /* of little weight: hidden first when columns do not fit */
    SCHEMA_MULTILINE = 1u << 12,
};

struct schema_choice {
    uint32_t number;
    struct str code, label;
    uint8_t tone; /* enum schema_tone: how urgent it looks */
};

enum schema_tone { TONE_PLAIN = 0, TONE_GOOD = 1, TONE_SOON = 2, TONE_WARN = 3, TONE_BAD = 4, TONE_OFF = 5 };

struct schema_field {
    uint32_t tag;
    struct str name, label, help;
    struct str group; /* heading on the form; "" goes on with the one before */
    enum value_type type;
    uint32_t flags;
    uint32_t max;        /* TEXT: bytes; INT, MONEY: largest value; 0: the type's own limit */
    uint32_t width;      /* columns it wants in lists and forms */
    uint32_t ref;        /* REF: number of the entity it points to */
    struct str fallback; /* default as a person would type it: "t" for today, "1" … */
    struct schema_choice *choices;
    size_t nchoices;
};

/* A named list: columns, order, fixed filter text shown to the user. */
struct schema_view {
    uint32_t number;
    struct str name, label;
    uint32_t *columns;
    size_t ncolumns;
    uint32_t sort;
    bool desc;
};

struct schema_action {
    uint32_t number;
    struct str name, label, help;
    bool on_record; /* needs a record; else stands beside "add" */
    bool needs_reason;
    bool prints;                 /* called with METHOD_PRINT, gives a file */
    uint32_t state_tag;          /* 0, or the field whose choice decides … */
    uint64_t state_mask;         /* … bit (1 << choice number) set where the action is offered */
    char option;                 /* list option digit, or 0 */
    struct schema_field *fields; /* parameters */
    size_t nfields;
    const uint32_t *shows; /* tags of the record it answers with, to be shown before it is done to several:
                              see METHOD_TRIAL. None: it is just done */
    size_t nshows;
};

/* A tab of a record: the `entity` rows whose field `via` points here. */
struct schema_tab {
    struct str label;
    uint32_t entity, via;
};

struct schema_entity {
    uint32_t number;
    struct str name, label, plural, help;
    bool may_add, may_set, may_list, has_history, in_menu;
    struct schema_field *fields;
    size_t nfields;
    struct schema_view *views;
    size_t nviews;
    struct schema_action *actions;
    size_t nactions;
    struct schema_tab *tabs;
    size_t ntabs;
    bool single; /* one record for whoever asks: no list, its key is "me" */
};

struct schema {
    struct str hash;
    struct schema_entity *entities;
    size_t nentities;
    uint32_t sell; /* bit set of enum schema_flow: composed forms this user may use */
};

enum schema_flow { FLOW_NEW_BUSINESS = 1 };

const struct schema_entity *schema_entity(const struct schema *s, uint32_t number);
/* The view that leaves no row out, where the first one does: what belongs to a record is shown by it. 0: the
   first view shows all. */
uint32_t schema_view_all(const struct schema_entity *e);
/* Are rows of the entity shown as belonging to a record, by this field of theirs? */
bool schema_is_tab(const struct schema *s, uint32_t entity, uint32_t via);
const struct schema_entity *schema_entity_named(const struct schema *s, struct str name);
const struct schema_field *schema_field(const struct schema_entity *e, uint32_t tag);
const struct schema_field *schema_field_named(const struct schema_entity *e, struct str name);
const struct schema_action *schema_action(const struct schema_entity *e, uint32_t number);
const struct schema_action *schema_action_named(const struct schema_entity *e, struct str name);
const struct schema_choice *schema_choice(const struct schema_field *f, int64_t number);
const struct schema_field *schema_key_field(const struct schema_entity *e); /* NULL when none */

/* `hash` is computed over the encoding of everything else: schema_encode fills nothing, schema_hash does. */
struct buf;
struct rbuf;
void schema_encode(struct buf *b, const struct schema *s);
enum rc schema_decode(struct arena *a, struct rbuf *r, struct schema *ret, struct err *reterr) NODISCARD;
/* What `hash` must be: the first 16 bytes of BLAKE2b-256 as hex digits, in `a`. */
enum { SCHEMA_HASH_TEXT = 32 };
struct str schema_hash(struct arena *a, const struct schema *s);

/* A value as people read it, by its field: "619,500", "comprehensive", "2026-02-14", "yes". Stamps take the
   offset; money the exponent. In `a`. */
/* How days and amounts are written for a person; 0 is as 1. */
enum { SCREEN_DATES_ISO = 1, SCREEN_DATES_SLASH, SCREEN_DATES_DOT };
enum { SCREEN_AMOUNTS_COMMA = 1, SCREEN_AMOUNTS_DOT, SCREEN_AMOUNTS_BLANK };
struct locale_info {
    int exponent;       /* of the currency */
    int offset_minutes; /* east of UTC */
    date_t today;
    uint32_t dates, amounts; /* what people read and type; machines and the command line have 0 */
};
/* As this person writes them; the typed ones bring what was typed into the one form that is parsed. */
char *locale_money(const struct locale_info *l, money_t m, char out[MONEY_TEXT]);
char *locale_date(const struct locale_info *l, date_t d, char out[DATE_TEXT]);
char *locale_stamp(const struct locale_info *l, stamp_t t, char out[STAMP_TEXT]);
struct str locale_money_typed(struct arena *a, const struct locale_info *l, struct str typed);
struct str locale_stamp_typed(struct arena *a, const struct locale_info *l, struct str typed);

struct str value_text(struct arena *a, const struct schema_field *f, const struct value *v,
                      const struct locale_info *l);
/* What a person typed into a field, checked locally for speed (the server checks again): the value to send
   (TEXT is sent as typed where only the server can decide, as for references given by key). Fails:
   RC_BAD_PARAMS with the field's name. */
enum rc value_read(struct arena *a, const struct schema_field *f, struct str typed,
                   const struct locale_info *l, struct value *ret, struct err *reterr) NODISCARD;

#endif
