#ifndef CATALOG_FIELD_H
#define CATALOG_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/attr.h"
#include "common/value/value.h"
#include "common/wire/schema.h"

/*
 * One row of an entity's (or an action's parameters') table. Wire, SQL, forms, lists, history, import, export
 * and the reference page are read from these rows by loops; nothing else in the tree knows a field by name.
 *
 * Every record struct starts with a row_head. Presence (not NULL) is a bit by tag, so tags are 1..63.
 */
struct row_head {
    int64_t id;
    int64_t version;
    uint64_t present; /* bit (1 << tag): the member holds a value; else it is NULL */
};

/* A reference to another record. `label` is what a person calls it; filled by reads, ignored by writes. */
struct ref {
    int64_t id;
    struct str label;
};

/* A choice's number. */
typedef int32_t choice_t;

/* Which C type stands for which kind of value. */
typedef struct str VT_TEXT_c;
typedef int64_t VT_INT_c;
typedef bool VT_BOOL_c;
typedef money_t VT_MONEY_c;
typedef rate_t VT_RATE_c;
typedef date_t VT_DATE_c;
typedef stamp_t VT_STAMP_c;
typedef choice_t VT_CHOICE_c;
typedef struct ref VT_REF_c;
typedef struct str VT_BYTES_c;

/* Name, type and place of a member; does not compile when the member is of another type. */
#define FIELD(T, m, VT) #m, VT, offsetof(struct T, m) + FIELD_CHECK(T, m, VT)
#define FIELD_CHECK(T, m, VT)                                                                                \
    (0 * sizeof(struct {                                                                                     \
         _Static_assert(_Generic(((struct T *)0)->m, VT##_c : 1, default : 0),                               \
                        "member " #m " is not of the C type that " #VT " stands for");                       \
         char unused;                                                                                        \
     }))

/* Beside the flags a client sees (SCHEMA_…): what only the server needs to know. */
enum field_flag {
    FF_FILLED =
        1u << 20, /* never NULL in the table, though a person need not give it: a rule or a default does */
    FF_INTERNAL = 1u << 21, /* stored, never shown: search keys, counters, hashes */
    FF_PSEUDO = 1u << 22,   /* given by a person, not stored as such (password) */
    FF_SEALED = 1u << 23,   /* personal, and kept nowhere but in the record's sealed document */
    FF_STAFF = 1u << 24,    /* of the company's people among themselves: no customer or fleet user sees it */
    FF_FLEET = 1u << 25,    /* of fleets: not asked for where the company sells none */
    FF_SERVED = 0xfffffu,   /* the part of the flags that goes to clients */
};
#define FF_NEW (SCHEMA_CREATE)                /* may be given once, when the record is added */
#define FF_FORM (SCHEMA_CREATE | SCHEMA_EDIT) /* may be given and changed */
#define FF_COLUMN (SCHEMA_LIST | SCHEMA_SORT | SCHEMA_FILTER)

struct choice {
    uint32_t number;
    const char *code, *label;
    enum schema_tone tone;
};

struct field {
    const char *name;
    enum value_type type;
    size_t off;   /* of the member in the record struct */
    uint32_t tag; /* 1..63, never reused */
    const char *label;
    uint32_t flags; /* SCHEMA_… and FF_… */
    uint32_t width; /* columns in lists and forms */
    uint32_t max;   /* TEXT: bytes; INT, MONEY: largest value; 0: the type's own limit */
    const char *help;
    const char *group;    /* heading on the form; NULL goes on with the one before */
    const char *fallback; /* default as a person would type it */
    const char *column;   /* SQL column when it is not the name (references: name_id) */
    const char *sql;      /* computed, read only: an expression over the table's alias @ */
    uint32_t ref;         /* REF: entity it points to */
    uint32_t order; /* tag of the internal field with its letters and digits alone, which lists are put in
                       order and filtered by instead; 0: itself */
    const struct choice *choices;
    size_t nchoices;
};

#define CHOICES(table) .choices = (table), .nchoices = COUNTOF(table)

#define ROW_BIT(tag) (UINT64_C(1) << (tag))

static inline bool
row_has(const struct row_head *row, uint32_t tag)
{
    return (row->present & ROW_BIT(tag)) != 0;
}

/* Says that the member of `tag` now holds a value. */
static inline void
row_put(struct row_head *row, uint32_t tag)
{
    row->present |= ROW_BIT(tag);
}

/* Makes the member of `tag` NULL. */
static inline void
row_drop(struct row_head *row, uint32_t tag)
{
    row->present &= ~ROW_BIT(tag);
}

/* ROW_SET(&policy, POLICY_NUMBER, number, STR("…")): a value and its presence in one go. */
#define ROW_SET(record, tag, member, value) ((record)->member = (value), row_put(&(record)->row, (tag)))

/* The member as a value (VT_NULL when absent). A REF gets its label. */
struct value field_get(const struct field *f, const void *record);
/* Stores a value of the field's own type or VT_NULL; presence follows. */
void field_put(const struct field *f, void *record, const struct value *v);
/* True when both records hold the same value (or none) there. */
bool field_same(const struct field *f, const void *a, const void *b);
/* The column's name into out (63 bytes is PostgreSQL's own limit); returns out. */
enum { FIELD_COLUMN = 64 };
char *field_column(const struct field *f, char out[FIELD_COLUMN]);
/* Is it a column of the table (neither computed, sealed nor a pseudo field)? */
bool field_is_stored(const struct field *f);
const struct choice *field_choice(const struct field *f, int64_t number);

#endif
