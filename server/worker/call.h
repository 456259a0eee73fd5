#ifndef WORKER_CALL_H
#define WORKER_CALL_H

#include "common/wire/method.h"
#include "server/worker/state.h"

enum { REQUEST_ID = 12 };

/* One request on its way. */
struct call {
    const struct job *job;
    const struct method_info *method;
    struct params params;
    struct request request;
    struct tx tx;
    struct op_ctx ctx;
    struct body body;
    struct err err;
    struct reply_meta meta;
    int64_t started; /* microseconds, monotonic */
    uint64_t rows;   /* read by this connection before it */
    uint64_t trips;  /* made by this connection before it */
    char id[REQUEST_ID + 1];
    int tries;
};

/* request.c: from the message to what is to be done */
void call_init(struct worker *w, struct call *c, const struct job *job);
/* Decodes and checks c->request. Fails: RC_UNKNOWN_METHOD, RC_BAD_PARAMS. */
enum rc call_read(struct call *c) NODISCARD;
/* Does the action these name answer with what is shown once (AF_SECRET)? */
bool call_is_secret(const struct params *p);

/* dispatch.c: the operation of c->method, with what was found by an earlier try forgotten first. */
void call_begin_again(struct call *c);
enum rc call_handle(struct call *c) NODISCARD;

/* write.c: a request that changes something: once, whatever happens to it. write_trial: to see what it would
   do. */
enum rc write_run(struct worker *w, struct call *c) NODISCARD;
enum rc write_trial(struct call *c) NODISCARD;

/* kept.c: the answer as it is kept with the request's key, and back into c->body. */
struct str kept_write(struct call *c);
enum rc kept_read(struct call *c, struct str stored) NODISCARD;

/* thin.c: leaves out what the client said it can do without. RC_NOT_MODIFIED: all of it. */
enum rc call_thin(struct call *c);

/* answer.c: from what was done to the message */
struct str call_body(struct arena *a, const struct body *body);
/* The catalog as the user sees it, or RC_NOT_MODIFIED when that is what the client has. */
enum rc call_put_schema(struct worker *w, struct call *c, struct str known_hash);
void call_put_error(struct call *c, enum rc code);
struct str call_reply(struct worker *w, struct call *c, uint64_t id, enum rc code);
void call_log(struct worker *w, struct call *c, enum rc code);
int64_t call_now(void); /* microseconds, monotonic */

#endif
