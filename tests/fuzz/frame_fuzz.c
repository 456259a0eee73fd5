#include "common/wire/frame.h"
#include "tests/fuzz/fuzz.h"

/* A stream of frames: what opens must survive being put into a frame again. */

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

void
fuzz_one(struct arena *a, struct str data)
{
    put_and_open(a, data, true);
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
