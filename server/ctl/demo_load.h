#ifndef CTL_DEMO_LOAD_H
#define CTL_DEMO_LOAD_H

#include <stdio.h>

#include "common/crypt/crypt.h"
#include "server/ctl/demo_book.h"
#include "server/store/admin.h"

/* Writes a book into the database, table by table, by COPY. Memory does not grow with the number of
 * customers. */
struct demo_load {
    struct admin *db;
    struct arena *a; /* reset after every story */
    struct demo_book *book;
    const struct signer *signer;
    FILE *payloads; /* what certificates say, line by line, to say the same again in the history */
    char *bytes, *json;
    struct pass *pass; /* what the reading under way keeps */
    int64_t rows;      /* written so far */
};

/* Takes the ids of all records off the sequences: a transaction of its own. Fills the book's bases and keys.
 */
enum rc demo_load_ids(struct admin *db, struct arena *a, struct demo_book *book,
                      struct err *reterr) NODISCARD;

/* Fails: RC_INTERNAL. `ret` is ended with demo_load_close. */
enum rc demo_load_open(struct admin *db, struct arena *a, struct demo_book *book, const struct signer *signer,
                       struct demo_load *ret, struct err *reterr) NODISCARD;
void demo_load_close(struct demo_load *l); /* for CLEANUP */

/* All records of one entity, 1 to 10. Certificates leave what they say in `payloads`. */
enum rc demo_load_record(struct demo_load *l, enum entity_number e, struct err *reterr) NODISCARD;
/* The key of every customer's personal data; after the customers. */
enum rc demo_load_keys(struct demo_load *l, struct err *reterr) NODISCARD;
/* The counters that go on behind the numbers given out. */
enum rc demo_load_counters(struct demo_load *l, struct err *reterr) NODISCARD;
/* What they are found by. */
enum rc demo_load_search(struct demo_load *l, struct err *reterr) NODISCARD;
/* One entry for each, in the order of time within each customer. After the certificates. */
enum rc demo_load_history(struct demo_load *l, struct err *reterr) NODISCARD;

#endif
