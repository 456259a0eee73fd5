#ifndef CTL_DEMO_BOOK_H
#define CTL_DEMO_BOOK_H

#include "server/catalog/entity.h"
#include "server/ctl/demo_story.h"

/*
 * Gives out what depends on all customers: ids, and gap-free numbers per branch and year in the order of the
 * days. One reading counts how many numbers each branch gives out each day; every later reading deals the
 * same ones again, so each table can be written on its own and nothing is kept but the counts.
 */
enum demo_tally_kind { DEMO_POLICIES, DEMO_RECEIPTS_TAKEN, DEMO_CERTIFICATES, DEMO_TALLIES };

struct demo_tally {
    int32_t count, dealt;
    int32_t before; /* in the same year on earlier days */
};

enum { DEMO_ENTITIES = ENTITY_CERTIFICATE + 1, DEMO_ID_KEYS = 6 };

struct demo_book {
    struct demo_setting setting;
    int64_t counts[DEMO_ENTITIES]; /* records of each entity, by its number */
    int64_t bases[DEMO_ENTITIES];  /* value of the entity's sequence before its first record */
    uint64_t id_keys[DEMO_ID_KEYS];
    int64_t dealt[DEMO_ENTITIES];
    int64_t vehicles; /* of the customers read so far */
    date_t first_day;
    int ndays;
    struct demo_tally *tallies; /* [company][branch][kind][day] */
    struct demo_story *story;   /* the one read last */
};

/* Reads all stories once and counts. Fails: RC_INTERNAL. `ret` is ended with demo_book_close. */
enum rc demo_book_open(const struct demo_setting *s, struct demo_book *ret, struct err *reterr) NODISCARD;
void demo_book_close(struct demo_book *b); /* for CLEANUP */

/* Back to the first customer. */
void demo_book_rewind(struct demo_book *b);
/* The n-th customer's story, ids and numbers filled in, good until the next; n counts up from 0 after a
 * rewind. */
enum rc demo_book_read(struct demo_book *b, int64_t n, const struct demo_story **ret,
                       struct err *reterr) NODISCARD;

int64_t demo_book_records(const struct demo_book *b); /* of all entities */

/* How many numbers of a kind the branch gave out in a year. */
int64_t demo_book_counter(const struct demo_book *b, size_t company, size_t branch, enum demo_tally_kind kind,
                          int year);

/* app.permute of db/migrations: an entity's sequence value to its id. */
uint64_t demo_permute(uint64_t n, uint64_t entity, const uint64_t keys[DEMO_ID_KEYS]);

#endif
