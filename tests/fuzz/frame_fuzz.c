#include "common/wire/frame.h"
#include "tests/fuzz/fuzz.h"

/*
 * A stream of frames: what opens must survive being put into a frame again. The same stream on a line that
 * recalls: what one end remembers the other remembers.
 */

static void
put_and_open(struct arena *a, struct str message, bool may_deflate)
{
    struct buf b;
    buf_init(&b, a, 64);
    if (!frame_put(&b, message, may_deflate)) {
        ASSERT(message.n == 0 || message.n > LIMIT_FRAME);
        return;
    }
    bool whole = false;
    uint8_t flags = 0;
    struct str payload = STR_NONE, again = STR_NONE;
    size_t took = 0;
    ASSERT(frame_next(buf_str(&b), &whole, &flags, &payload, &took, NULL) == RC_OK);
    ASSERT(whole && took == b.n);
    ASSERT(frame_open(a, flags, payload, &again, NULL) == RC_OK);
    ASSERT(str_eq(message, again));
}

static void
send_recalling(struct arena *a, struct str message, struct recall *ours, struct recall *theirs)
{
    struct buf b;
    buf_init(&b, a, 64);
    if (!frame_put_recalling(&b, message, ours))
        return;
    bool whole = false;
    uint8_t flags = 0;
    struct str payload = STR_NONE, again = STR_NONE;
    size_t took = 0;
    ASSERT(frame_next(buf_str(&b), &whole, &flags, &payload, &took, NULL) == RC_OK && whole);
    ASSERT(frame_open_recalling(a, flags, payload, theirs, &again, NULL) == RC_OK);
    ASSERT(str_eq(message, again) && str_eq(recall_view(ours), recall_view(theirs)));
}

/* Frames of the other end first, then lines of them as messages of ours. */
static void
read_recalling(struct arena *a, struct str data, struct recall *ours, struct recall *theirs)
{
    struct str rest = data;
    bool whole = true;
    while (whole) {
        uint8_t flags = 0;
        struct str payload = STR_NONE, message = STR_NONE;
        size_t took = 0;
        if (frame_next(rest, &whole, &flags, &payload, &took, NULL) || !whole)
            break;
        if (frame_open_recalling(a, flags, payload, theirs, &message, NULL) == RC_OK)
            ASSERT(message.n <= LIMIT_INFLATED && theirs->n <= LIMIT_RECALL);
        rest = str_slice(rest, took, rest.n);
    }
    recall_done(theirs);
    while (data.n)
        send_recalling(a, str_split(&data, '\n'), ours, theirs);
}

void
fuzz_one(struct arena *a, struct str data)
{
    static struct recall ours, theirs;
    put_and_open(a, data, true);
    recall_done(&ours);
    recall_done(&theirs);
    read_recalling(a, data, &ours, &theirs);
    for (;;) {
        bool whole = false;
        uint8_t flags = 0;
        struct str payload = STR_NONE, message = STR_NONE;
        size_t took = 0;
        if (frame_next(data, &whole, &flags, &payload, &took, NULL))
            return;
        ASSERT(took <= data.n);
        if (!whole)
            return;
        if (frame_open(a, flags, payload, &message, NULL) == RC_OK) {
            put_and_open(a, message, true);
            put_and_open(a, message, false);
        }
        data = str_slice(data, took, data.n);
    }
}
