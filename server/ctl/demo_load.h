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

#define DEMO_RECORD_TABLES "{customer,vehicle,ownership,policy,term,cover,receipt,certificate}"
#define DEMO_SEARCH_TABLES "{search_token,search_word}"
#define DEMO_HISTORY_TABLES "{history}"

/* Takes the ids of all records off the sequences: a transaction of its own. Fills the book's bases and keys.
 */
enum rc demo_load_ids(struct admin *db, struct arena *a, struct demo_book *book,
                      struct err *reterr) NODISCARD;

/* Fails: RC_INTERNAL. `ret` is ended with demo_load_close. */
enum rc demo_load_open(struct admin *db, struct arena *a, struct demo_book *book, const struct signer *signer,
                       struct demo_load *ret, struct err *reterr) NODISCARD;
void demo_load_close(struct demo_load *l); /* for CLEANUP */

/* All records, then the counters of their numbers. */
enum rc demo_load_records(struct demo_load *l, struct err *reterr) NODISCARD;
/* What they are found by. */
enum rc demo_load_search(struct demo_load *l, struct err *reterr) NODISCARD;
/* One entry for each, in the order of time within each customer. After demo_load_records. */
enum rc demo_load_history(struct demo_load *l, struct err *reterr) NODISCARD;

#endif
