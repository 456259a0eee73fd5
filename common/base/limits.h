#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* Every limit on something a peer or a user can grow: its unit and its reason. */

/* bytes; one frame's payload as it stands on the line */
#define LIMIT_FRAME (256u * 1024u)
/* bytes; a frame's payload after inflating: bounds what a small frame can cost us */
#define LIMIT_INFLATED (1024u * 1024u)
/* bytes; what each end of a line remembers of what the service said, to be pointed back to: two pages of a
 * list */
#define LIMIT_RECALL (12u * 1024u)
/* levels; nesting of arrays and maps in a message */
#define LIMIT_DEPTH 16
/* bytes of UTF-8; one text value from a user */
#define LIMIT_TEXT 4000
/* bytes; a file given as the value of a field: with its message inside one frame, as base64 too */
#define LIMIT_PICTURE (128u * 1024u)
/* bytes; a JSON line of the twin subsystem */
#define LIMIT_JSON_LINE (256u * 1024u)
/* bytes; the command of an exec request: more is not typed by a person */
#define LIMIT_EXEC (8u * 1024u)
/* words; an exec request after splitting */
#define LIMIT_EXEC_WORDS 128
/* rows; one page of a list: keeps a reply inside one frame */
#define LIMIT_PAGE 200
/* rows; default page when a client names no limit */
#define LIMIT_PAGE_DEFAULT 50
/* filters in one list request */
#define LIMIT_FILTERS 8
/* fields in one add, set or action */
#define LIMIT_FIELDS 64
/* steps in one batch: one transaction must stay short */
#define LIMIT_STEPS 16
/* hits of one find */
#define LIMIT_HITS 40
/* entries in one page of history */
#define LIMIT_HISTORY 100
/* bytes; a login name@domain */
#define LIMIT_LOGIN 254
/* bytes; a password: Argon2id hashes the whole of it */
#define LIMIT_PASSWORD 256
/* bytes; one request's arena in a worker; past it the request is refused, not the service hurt */
#define LIMIT_ARENA_REQUEST (32u * 1024u * 1024u)
/* requests in flight per session: enough to pipeline a screen, too few to starve others */
#define LIMIT_INFLIGHT 32

#endif
