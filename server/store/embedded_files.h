#ifndef SERVER_STORE_EMBEDDED_FILES_H
#define SERVER_STORE_EMBEDDED_FILES_H

#include "server/store/embedded.h"
#include "server/store/spawn.h"

/* What stands on disk before the embedded PostgreSQL starts. */

/* The newest /usr/lib/postgresql/N/bin with N >= 15. Fails: RC_INTERNAL. */
enum rc embedded_find_bin(char out[EMBEDDED_PATH], struct err *reterr) NODISCARD;

/* Makes the data directory with initdb, in one piece or not at all, unless it is there. Fails: RC_INTERNAL.
 */
enum rc embedded_make_data(const struct embedded *e, const struct run_as *as, struct err *reterr) NODISCARD;

/* Makes the socket directory, and writes who may connect as whom. Fails: RC_INTERNAL. */
enum rc embedded_write_access(const struct embedded_config *c, const struct run_as *as,
                              struct err *reterr) NODISCARD;

#endif
