#ifndef CATALOG_ENTITY_H
#define CATALOG_ENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/str.h"
#include "server/catalog/field.h"

/* Numbers on the wire and in search_token: never reused. */
enum entity_number {
    ENTITY_CUSTOMER = 1,
    ENTITY_VEHICLE = 2,
    ENTITY_OWNERSHIP = 3,
    ENTITY_PRODUCT = 4,
    ENTITY_RATE = 5,
    ENTITY_POLICY = 6,
    ENTITY_TERM = 7,
    ENTITY_COVER = 8,
    ENTITY_RECEIPT = 9,
    ENTITY_CERTIFICATE = 10,
    ENTITY_BRANCH = 11,
    ENTITY_USER = 12,
    ENTITY_VEHICLE_TYPE = 13,
    ENTITY_ID_TYPE = 14,
    ENTITY_PLATE_PATTERN = 15,
    ENTITY_USER_KEY = 16,
    ENTITY_ROLE = 17,
    ENTITY_SESSION = 18,
    ENTITY_ACCOUNT = 19,
    ENTITY_SETTING = 20,
    ENTITY_AUDIT = 21,
    ENTITY_PERSON_KEY = 22,
    ENTITY_ALERT = 23,
    ENTITY_RENEWAL = 24,
    ENTITY_TERM_VEHICLE = 25,
    ENTITY_COMPANY = 32,
    ENTITY_COMPANY_REQUEST = 33,
    ENTITY_COMPANY_DOMAIN = 34,
    ENTITY_FIELD_TEMPLATE = 35,
    ENTITY_PLATFORM_DEFAULT = 36,
    ENTITY_COMPANY_USAGE = 37,
    ENTITY_SERVICE_ERROR = 38,
    ENTITY_PLATFORM_AUDIT = 39,
    ENTITY_COMPANY_HEALTH = 40,
    ENTITY_COMPLIANCE = 41,
    ENTITY_PLATFORM_USER = 42,
};

enum entity_flag {
    EF_ADD = 1u << 0,             /* can be added by hand (others come about by actions) */
    EF_SET = 1u << 1,             /* can be changed by hand */
    EF_MENU = 1u << 2,            /* stands in the menu of lists */
    EF_ADMIN = 1u << 3,           /* set up by administrators: read by all, shown last */
    EF_SEARCH = 1u << 4,          /* has search tokens */
    EF_PRIVATE = 1u << 5,         /* not among "every entity" of a role: must be granted by name */
    EF_PLATFORM = 1u << 6,        /* the platform's; a company doesn't know it */
    EF_SHARED = 1u << 7,          /* the platform's and a company's alike */
    EF_NO_PAST = 1u << 10,        /* versions of it are not kept: it has no history */
    EF_SINGLE = 1u << 8,          /* there is one record for whoever asks: no list, opened by its key "me" */
    EF_FLEET = 1u << 11,          /* of fleets: no tab of it where the company sells none */
    EF_DETAIL_PERSONAL = 1u << 9, /* detail_sql shows personal fields */
    EF_HELD = 1u << 12, /* a row that is locked changes only through op_insert, op_update and, along with rows of
                           other entities, as `follows` says: it is read once in a transaction and written with what
                           is asked next. Its ids come from app.<table>_seq */
};

/* A named list. `where` is SQL over the table's alias @, without parameters; (select app.today()) is the
   company's day, looked up once for all rows.
 */
struct view {
    uint32_t number;
    const char *name, *label;
    const uint32_t *columns;
    size_t ncolumns;
    uint32_t sort; /* tag of a SCHEMA_SORT field */
    bool desc;
    const char *where; /* NULL: all rows */
};

enum action_flag {
    AF_ON_RECORD = 1u << 0, /* needs a record; its row is locked before the action runs */
    AF_REASON = 1u << 1,    /* needs a reason */
    AF_PRINTS = 1u << 2,    /* gives a file, called with print; changes nothing */
    AF_FLEET = 1u << 4,     /* of fleets: not offered where the company sells none */
    AF_SECRET = 1u << 3, /* its answer may hold a file that is shown once: not kept for a repeated request */
};

struct action {
    uint32_t number; /* within the entity, never reused */
    const char *name, *label, *help;
    unsigned flags;
    uint32_t state_tag;  /* 0, or the field whose choice decides … */
    uint64_t state_mask; /* … bit (1 << choice number) set where it is offered */
    char option;         /* list option digit, or 0 */
    const struct field *params;
    size_t nparams;
    size_t params_size; /* of the parameter struct, which starts with a row_head */
    /* What a person looks at before it is done to several records: fields of the record it answers with. A
       client tries it first, shows these and asks. */
    const uint32_t *shows;
    size_t nshows;
};

/* A tab of a record: the rows of `entity` whose reference `via` points here. */
struct tab {
    const char *label;
    uint32_t entity, via;
};

/* How what a person types is turned into what a key column holds. */
enum key_form {
    KEY_PLAIN, /* as typed, blanks trimmed */
    KEY_UPPER,
    KEY_LOWER,
    KEY_CODE,  /* upper case letters and digits only: plate, chassis, identity number */
    KEY_PHONE, /* 255712345678 */
    KEY_MARK,  /* as KEY_CODE, then the mark by which a number is found that stands nowhere in plain */
};

/* A way to name one record. `where` is SQL over the alias @ with $1; forms are tried in order until one hits.
 */
struct entity_key {
    enum key_form form;
    const char *where;
};

/* What the database does to a row when one of another entity is written. */
enum follow {
    FOLLOW_SHOWN,   /* fields that are computed for who looks at it are others */
    FOLLOW_CHANGED, /* and so is the row */
    FOLLOW_UPDATED, /* the row, only when the other existed before */
};
struct follows {
    uint32_t entity;
    enum follow how;
};

struct entity {
    uint32_t number;
    const char *name, *label, *plural, *help;
    const char *table;         /* without the schema: "customer"; may be a view */
    const char *history_table; /* what app.history calls it, when `table` is a view of it; NULL: table */
    const char *module;        /* word by which a company can switch it off; NULL: always there */
    unsigned flags;
    size_t size; /* of the record struct */
    const struct field *fields;
    size_t nfields;
    const char *label_sql; /* what a person calls it: SQL over the alias @, text, never NULL */
    const struct entity_key *keys;
    size_t nkeys;
    uint32_t sealed_document, sealed_key; /* tags of the fields with its personal fields, sealed, and with the
                                             key of that; 0: nothing of it is sealed. See server/personal */
    unsigned personal_keys; /* bit i: keys[i] is a personal field and opens nothing for who may not see it */
    const struct view *views; /* the first is the default */
    size_t nviews;
    const struct action *actions;
    size_t nactions;
    const struct tab *tabs;
    size_t ntabs;
    const char *const
        *locks; /* statements with $1 = id that lock what stands before it in the order of locks */
    size_t nlocks;
    const struct follows *follows;
    size_t nfollows;
    const char
        *history_column;    /* app.history column that gathers the rows around it (policy_id …), or NULL */
    const char *detail_sql; /* a few words for a search hit: SQL over @, may be NULL text */
};

#define TABLE(member, table) .member = (table), .n##member = COUNTOF(table)
#define PARAMS(T, table) .params = (table), .nparams = COUNTOF(table), .params_size = sizeof(struct T)

/* What app.history calls its rows. */
static inline const char *
entity_history(const struct entity *e)
{
    return e->history_table ? e->history_table : e->table;
}

const struct entity *entity_by_number(uint64_t number); /* NULL when unknown */
const struct entity *entity_by_name(struct str name);
const struct entity *entity_by_table(struct str table);
const struct entity *const *entity_table(size_t *ret_count);
const struct field *entity_field(const struct entity *e, uint32_t tag);
const struct field *entity_field_named(const struct entity *e, struct str name);
/* The same over any table of fields, such as an action's parameters. */
const struct field *fields_by_tag(const struct field *fields, size_t n, uint32_t tag);
const struct field *fields_by_name(const struct field *fields, size_t n, struct str name);
const struct view *entity_view(const struct entity *e, uint32_t number);
const struct view *entity_view_named(const struct entity *e, struct str name);
const struct action *entity_action(const struct entity *e, uint32_t number);
const struct action *entity_action_named(const struct entity *e, struct str name);

#endif
