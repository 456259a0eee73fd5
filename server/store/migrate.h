#ifndef SERVER_STORE_MIGRATE_H
#define SERVER_STORE_MIGRATE_H

#include <stddef.h>

#include "common/base/err.h"

/*
 * Brings a database to the schema this program was built with. The files of db/migrations are in the binary,
 * numbered, forward only; each is applied once, in one transaction together with its row in meta.migration.
 * Several migrators at once: one applies, the others wait and find nothing to do.
 */
struct migrate_report {
    int applied; /* files applied by this call */
    int version; /* number of the newest file in the database */
};

/*
 * `conninfo` names a role that may create roles, extensions and schemas in the database.
 * Fails: RC_UNAVAILABLE no connection, or another migrator took longer than `wait_ms`;
 *        RC_INTERNAL   a file failed (its number and the database's words in err.log), a file that was
 * applied has changed since, or the database is newer than this program.
 */
enum rc migrate_run(const char *conninfo, int wait_ms, struct migrate_report *ret,
                    struct err *reterr) NODISCARD;

/* Changes nothing. RC_OK when the database is exactly at this program's version and nothing of an older one
   waits to be sealed; else as above. */
enum rc migrate_check(const char *conninfo, struct err *reterr) NODISCARD;

int migrate_version(void); /* the newest file in this binary */

#endif
