#ifndef WIRE_FRAME_H
#define WIRE_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/buf.h"
#include "common/base/err.h"
#include "common/base/limits.h"
#include "common/base/str.h"
#include "common/wire/recall.h"

/*
 * A frame: u24 big-endian payload length, u8 flags, payload. A zero length is a filler and is skipped.
 * FRAME_DEFLATE: payload is u32 big-endian inflated length, then raw deflate with the preset dictionary
 * (frame_dictionary). FRAME_RECALL, only together with it: the dictionary is followed by what the receiver
 * remembers of this direction, and both ends remember the message. Other flag bits must be 0.
 */
enum { FRAME_HEADER = 4, FRAME_DEFLATE = 1, FRAME_RECALL = 2 };

/* Looks at the bytes received so far. RC_OK with *ret_whole false: more bytes are needed. On a whole frame
   gives flags, payload (borrowed; empty for a filler) and the bytes it took.
   Fails: RC_BAD_FRAME, RC_TOO_LARGE (close the line). */
enum rc frame_next(struct str in, bool *ret_whole, uint8_t *ret_flags, struct str *ret_payload,
                   size_t *ret_took, struct err *reterr) NODISCARD;
/* Payload as a message: inflates when flagged, capped at LIMIT_INFLATED. Result in `a` or borrowed. */
enum rc frame_open(struct arena *a, uint8_t flags, struct str payload, struct str *ret,
                   struct err *reterr) NODISCARD;
/* The same on a line that recalls: `memory` is that of the direction the frame came from. NULL: a frame with
   FRAME_RECALL is refused. */
enum rc frame_open_recalling(struct arena *a, uint8_t flags, struct str payload, struct recall *memory,
                             struct str *ret, struct err *reterr) NODISCARD;
/* Appends one whole frame; deflates when `may_deflate` and it gets smaller. False, appending nothing, when
   the message is empty or does not fit one frame. */
bool frame_put(struct buf *out, struct str message, bool may_deflate);
/* The same, deflated against `memory` when that makes it smaller; then the message is remembered. Frames must
   leave in the order of these calls. */
bool frame_put_recalling(struct buf *out, struct str message, struct recall *memory);

struct str frame_dictionary(void);

#endif
