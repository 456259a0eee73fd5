#include "common/wire/cbor.h"
#include "common/wire/twin.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/fuzz.h"

/* A JSON line: what is taken must be a request that the strict reader takes as well, but for its limits. */
void
fuzz_one(struct arena *a, struct str data)
{
    struct message m, again;
    struct err err = {0};
    uint64_t id = 0;
    if (twin_read(a, data, &m, &id, &err)) {
        ASSERT(err.code != RC_OK && err.text[0]);
        return;
    }
    struct buf b;
    buf_init(&b, a, 256);
    if (m.kind == MESSAGE_HELLO)
        hello_encode(&b, &m.hello);
    else
        request_encode(&b, &m.request);
    ASSERT(message_decode(buf_str(&b), &again, NULL) == RC_OK);
    if (m.kind == MESSAGE_HELLO)
        return;
    ASSERT(id == again.request.id);
    struct params p;
    struct rbuf r;
    rbuf_init(&r, again.request.params_raw);
    ASSERT(params_decode(a, &r, &p, NULL) != RC_BAD_FRAME);
    check_params(a, again.request.params_raw);
}
