#include "common/wire/frame.h"

#include <string.h>
#include <zlib.h>

#include "common/base/arena.h"
#include "common/base/attr.h"

/* Messages this short don't get smaller. */
enum { DEFLATE_LEAST = 48, SIZE_BYTES = 4, RAW_WINDOW = 15 };

static uint32_t
read_be(const unsigned char *p, size_t n)
{
    uint32_t value = 0;
    for (size_t i = 0; i < n; i++)
        value = value << 8 | p[i];
    return value;
}

static void
write_be(unsigned char *p, size_t n, uint32_t value)
{
    for (size_t i = n; i > 0; i--) {
        p[i - 1] = (unsigned char)(value & 0xFFu);
        value >>= 8;
    }
}

enum rc
frame_next(struct str in, bool *ret_whole, uint8_t *ret_flags, struct str *ret_payload, size_t *ret_took,
           struct err *reterr)
{
    const unsigned char *p = (const unsigned char *)in.p;
    bool headed = in.n >= FRAME_HEADER;
    uint32_t length = headed ? read_be(p, 3) : 0;
    uint8_t flags = headed ? p[3] : 0;
    if (length > LIMIT_FRAME)
        return err_set(reterr, RC_TOO_LARGE, NULL, "a frame of %u bytes is larger than %u", length,
                       LIMIT_FRAME);
    bool recalls_alone = (flags & FRAME_RECALL) && !(flags & FRAME_DEFLATE);
    if (flags & ~(unsigned)(FRAME_DEFLATE | FRAME_RECALL) || recalls_alone || (length == 0 && flags))
        return err_set(reterr, RC_BAD_FRAME, NULL, "a frame has unknown flags");
    bool whole = headed && length <= in.n - FRAME_HEADER;
    *ret_whole = whole;
    *ret_took = whole ? FRAME_HEADER + length : 0;
    if (whole) {
        *ret_flags = flags;
        *ret_payload = (struct str){in.p + FRAME_HEADER, length};
    }
    return RC_OK;
}

/* zlib's input pointers are not const, though it never writes there. */
static void
set_input(z_stream *z, const void *p, size_t n)
{
    union {
        const void *in;
        Bytef *out;
    } u = {.in = p};
    z->next_in = u.out;
    z->avail_in = (uInt)n;
}

enum { WORDS_MOST = 3072 };

/* The words of the protocol, and behind them, nearest to the message, what is remembered. */
static struct str
dictionary(const struct recall *memory, unsigned char room[WORDS_MOST + LIMIT_RECALL])
{
    struct str words = frame_dictionary(), lately = memory != NULL ? recall_view(memory) : STR_NONE;
    if (lately.n == 0)
        return words;
    ASSERT(words.n <= WORDS_MOST && lately.n <= LIMIT_RECALL);
    memcpy(room, words.p, words.n);
    memcpy(room + words.n, lately.p, lately.n);
    return (struct str){(const char *)room, words.n + lately.n};
}

/* True when `in` inflates to exactly `size` bytes and ends there. Never writes past `size`. */
static bool
inflate_exactly(struct str in, const struct recall *memory, unsigned char *out, size_t size,
                bool *ret_no_memory)
{
    z_stream z = {0};
    unsigned char room[WORDS_MOST + LIMIT_RECALL];
    struct str words = dictionary(memory, room);
    int started = inflateInit2(&z, -RAW_WINDOW);
    *ret_no_memory = started == Z_MEM_ERROR;
    if (started != Z_OK)
        return false;
    set_input(&z, in.p, in.n);
    z.next_out = out;
    z.avail_out = (uInt)size;
    bool good = inflateSetDictionary(&z, (const Bytef *)words.p, (uInt)words.n) == Z_OK &&
                inflate(&z, Z_FINISH) == Z_STREAM_END && z.avail_out == 0 && z.avail_in == 0;
    inflateEnd(&z);
    return good;
}

enum rc
frame_open_recalling(struct arena *a, uint8_t flags, struct str payload, struct recall *memory,
                     struct str *ret, struct err *reterr)
{
    if (!(flags & FRAME_DEFLATE)) {
        *ret = payload;
        return RC_OK;
    }
    bool recalls = flags & FRAME_RECALL;
    if (payload.n <= SIZE_BYTES || (recalls && memory == NULL))
        return err_set(reterr, RC_BAD_FRAME, NULL, "a compressed frame is too short");
    uint32_t size = read_be((const unsigned char *)payload.p, SIZE_BYTES);
    if (size > LIMIT_INFLATED)
        return err_set(reterr, RC_TOO_LARGE, NULL, "a message of %u bytes is larger than %u", size,
                       LIMIT_INFLATED);
    unsigned char *out = arena_alloc(a, size);
    bool no_memory = false;
    struct str packed = str_slice(payload, SIZE_BYTES, payload.n);
    if (size && inflate_exactly(packed, recalls ? memory : NULL, out, size, &no_memory)) {
        *ret = (struct str){(const char *)out, size};
        if (recalls)
            recall_add(memory, *ret);
        return RC_OK;
    }
    if (no_memory)
        return err_log(reterr, RC_INTERNAL, "no memory to inflate a frame");
    return err_set(reterr, RC_BAD_FRAME, NULL, "a compressed frame is damaged");
}

enum rc
frame_open(struct arena *a, uint8_t flags, struct str payload, struct str *ret, struct err *reterr)
{
    return frame_open_recalling(a, flags, payload, NULL, ret, reterr);
}

/* The smallest window that reaches back over the dictionary and the message: less memory to clear per frame.
 */
static int
window_for(size_t reach)
{
    int bits = 9;
    while (bits < RAW_WINDOW && (size_t)1 << bits < reach)
        bits++;
    return bits;
}

/* Deflates into out[cap]; 0 when it does not fit or there is no memory. */
static size_t
deflate_into(unsigned char *out, size_t cap, struct str message, const struct recall *memory)
{
    z_stream z = {0};
    unsigned char room[WORDS_MOST + LIMIT_RECALL];
    struct str words = dictionary(memory, room);
    int bits = window_for(message.n + words.n);
    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -bits, bits > 12 ? 8 : 6, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        return 0;
    set_input(&z, message.p, message.n);
    z.next_out = out;
    z.avail_out = (uInt)cap;
    bool fits = deflateSetDictionary(&z, (const Bytef *)words.p, (uInt)words.n) == Z_OK &&
                deflate(&z, Z_FINISH) == Z_STREAM_END;
    size_t size = cap - z.avail_out;
    deflateEnd(&z);
    return fits ? size : 0;
}

static bool
put(struct buf *out, struct str message, bool may_deflate, struct recall *memory)
{
    if (message.n == 0 || message.n > LIMIT_INFLATED)
        return false;
    size_t at = out->n;
    static const unsigned char header[FRAME_HEADER] = {0};
    buf_add(out, header, sizeof(header));
    buf_add_str(out, message);
    unsigned char *payload = out->p + at + FRAME_HEADER;
    size_t length = message.n, packed = 0;
    if (may_deflate && message.n >= DEFLATE_LEAST)
        packed = deflate_into(payload + SIZE_BYTES, message.n - SIZE_BYTES - 1, message, memory);
    if (packed) {
        write_be(payload, SIZE_BYTES, (uint32_t)message.n);
        length = SIZE_BYTES + packed;
    } else {
        memcpy(payload, message.p, message.n);
    }
    if (length > LIMIT_FRAME) {
        out->n = at;
        return false;
    }
    write_be(out->p + at, 3, (uint32_t)length);
    out->p[at + 3] = (unsigned char)((packed ? FRAME_DEFLATE : 0) | (packed && memory ? FRAME_RECALL : 0));
    out->n = at + FRAME_HEADER + length;
    if (packed && memory)
        recall_add(memory, message);
    return true;
}

bool
frame_put(struct buf *out, struct str message, bool may_deflate)
{
    return put(out, message, may_deflate, NULL);
}

bool
frame_put_recalling(struct buf *out, struct str message, struct recall *memory)
{
    return put(out, message, true, message.n <= RECALL_MOST ? memory : NULL);
}
