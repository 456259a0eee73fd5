#ifndef CTL_DEMO_BULK_H
#define CTL_DEMO_BULK_H

#include "server/store/admin.h"

/*
 * Loading many rows in one transaction: triggers and row-level security step aside (what they keep is loaded
 * too, and checked at the end), and indexes of empty tables are made after the rows. All of it comes back
 * before the commit. `tables` is an array literal of names in schema app: "{customer,vehicle}".
 */

/* A superuser switches triggers off for its session, the owner for its tables. Fails: RC_INTERNAL. */
enum rc demo_bulk_begin(struct admin *db, struct arena *a, const char *tables, struct err *reterr) NODISCARD;
enum rc demo_bulk_end(struct admin *db, struct arena *a, const char *tables, struct err *reterr) NODISCARD;

/* Takes the indexes off that no foreign key needs, unless the tables are full already; demo_bulk_index makes
 * them again. */
enum rc demo_bulk_unindex(struct admin *db, struct arena *a, const char *tables,
                          struct err *reterr) NODISCARD;
enum rc demo_bulk_index(struct admin *db, struct arena *a, const char *tables, struct err *reterr) NODISCARD;

/* Rows of the tables that point at nothing: foreign keys were not looked at while loading. Fails: RC_INTERNAL
   naming the first broken one. */
enum rc demo_bulk_check_references(struct admin *db, struct arena *a, const char *tables,
                                   struct err *reterr) NODISCARD;

#endif
