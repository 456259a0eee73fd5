#ifndef WORKER_AUDIT_H
#define WORKER_AUDIT_H

#include "server/worker/call.h"

/*
 * What the company's audit is told of a request. Changes are written in the transaction that makes them, in
 * its last round trip. Reads of many people's data, documents and refusals are written before the answer goes
 * out. No personal data stands in the audit: it names records by id.
 */

/* The statements that end the transaction of a change: what the audit is told, then `store`. In the call's
 * arena. */
const struct pg_stmt *audit_changes(struct call *c, const struct pg_stmt *store, size_t *ret_n);

/* A request has come to its end with `rc`. Returns what is answered: `rc`, or why a read that must stand in
   the audit could not be written there; c->err and c->body follow. */
enum rc audit_request(struct worker *w, struct call *c, enum rc rc);

/* Refusals beyond so many a minute are counted for each session and written as one row when the minute is
 * over. */
void audit_flush(struct worker *w, bool all);
/* Until the front has a job, or counted refusals are due. */
void audit_wait(struct worker *w);

#endif
