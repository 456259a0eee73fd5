#ifndef WIRE_TWIN_H
#define WIRE_TWIN_H

#include "common/base/buf.h"
#include "common/base/err.h"
#include "common/wire/body.h"
#include "common/wire/message.h"

/*
 * The JSON twin of the wire: the same messages with names instead of numbers, one object a line. jansson does
 * the JSON; the mapping is ours. Dates "2026-02-14", stamps RFC 3339, money "619500.00", rates "3.5", choices
 * by code, references {"id":…, "label":…}, bytes base64, records as objects of field names.
 *
 *   request {"id":1, "method":"get", "params":{…}, "idem":"32 hex digits"}
 *   hello   {"hello":{"versions":[1], "client":"…"}}         (optional in JSON)
 *   reply   {"id":1, "code":"OK", "body":{…}, "replayed":true}
 */

/* One line into a request (params encoded to CBOR) or a hello. Fails: RC_BAD_FRAME, RC_BAD_PARAMS,
 *RC_TOO_LARGE. ret_id is set even on failure when the line had one, so that the error can be sent to it. */
enum rc twin_read(struct arena *a, struct str line, struct message *ret, uint64_t *ret_id,
                  struct err *reterr) NODISCARD;
/* A reply as one line without the newline. `s` names fields and choices; unknown tags become "f12". */
void twin_write(struct buf *out, const struct schema *s, const struct locale_info *l, uint64_t id,
                enum rc code, const struct body *body, const struct reply_meta *meta);
/* A body alone as pretty or compact JSON: what `bima … --json` prints. */
void twin_body(struct buf *out, const struct schema *s, const struct locale_info *l, const struct body *body);

#endif
