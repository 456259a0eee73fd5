#ifndef SERVER_STORE_ADMIN_H
#define SERVER_STORE_ADMIN_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/base/str.h"

/* The operator's connection, for bimactl: works as the owner of the schema, one plain statement after the
 * other. */
struct admin;

/* As a superuser it stays one (bulk loading needs that), else it becomes bima_owner. Fails: RC_UNAVAILABLE.
 */
enum rc admin_open(const char *conninfo, struct admin **ret, struct err *reterr) NODISCARD;
void admin_close(struct admin **db); /* NULL-safe, for CLEANUP */
bool admin_is_superuser(const struct admin *db);

/* Row by row; a cell that is NULL has p == NULL. */
struct admin_rows {
    size_t nrows, ncols;
    struct str *cells;
};

/* Parameters are texts, or NULL. `ret` may be NULL; its cells live in `a`. Fails: RC_DUPLICATE (23505),
   RC_REFUSED with the sentence of a rule of the database, RC_INTERNAL with the database's words in err.log. */
enum rc admin_run(struct admin *db, struct arena *a, const char *sql, const char *const *params,
                  size_t nparams, struct admin_rows *ret, struct err *reterr) NODISCARD;

/* A result too large to hold: `each` is given one row after the other, as admin_rows of one row whose cells
   are borrowed until it returns. What it returns other than RC_OK ends the reading, and is the answer. Fails:
   as admin_run. */
typedef enum rc admin_each_fn(void *ctx, const struct admin_rows *row, struct err *reterr);
enum rc admin_each(struct admin *db, const char *sql, const char *const *params, size_t nparams,
                   admin_each_fn *each, void *ctx, struct err *reterr) NODISCARD;

/* Several statements in one text, no results. */
enum rc admin_script(struct admin *db, const char *sql, struct err *reterr) NODISCARD;

/* copy_start("copy app.customer (…) from stdin"), any number of puts, copy_end. Fails: RC_INTERNAL. */
enum rc admin_copy_start(struct admin *db, const char *sql, struct err *reterr) NODISCARD;
enum rc admin_copy_put(struct admin *db, const void *bytes, size_t n, struct err *reterr) NODISCARD;
enum rc admin_copy_end(struct admin *db, struct err *reterr) NODISCARD;

#endif
