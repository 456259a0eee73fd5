#include "server/report/zip.h"

#include <zlib.h>

#include "common/base/arena.h"

/* APPNOTE 4.3: all numbers little-endian. */
enum {
    LOCAL_MARK = 0x04034b50,
    SIZES_MARK = 0x08074b50,
    TABLE_MARK = 0x02014b50,
    END_MARK = 0x06054b50,
    VERSION = 20,
    SIZES_BEHIND = 1 << 3, /* length and sum of a member stand behind it */
    UTF8_NAMES = 1 << 11,
    STORED = 0,
    DEFLATED = 8,
    DAY = 0x21, /* 1980-01-01, the first there is: when it was made is nobody's business */
    WINDOW = -15,
    MEMORY = 8,
    PACKED_FIRST = 4096
};

static void
put(struct buf *out, uint64_t n, int bytes)
{
    for (int i = 0; i < bytes; i++)
        buf_add_char(out, (char)(unsigned char)(n >> 8 * i));
}

static void
put2(struct buf *out, uint64_t n)
{
    put(out, n, 2);
}

static void
put4(struct buf *out, uint64_t n)
{
    put(out, n, 4);
}

static uint32_t
sum_of(uint32_t before, struct str s)
{
    return (uint32_t)crc32_z(before, (const unsigned char *)s.p, s.n);
}

/* One entry as it stands before the member and in the table of contents. */
struct entry {
    struct str name;
    bool streamed;
    uint32_t sum;
    uint64_t packed, plain;
};

static void
put_entry(struct buf *out, const struct entry *e)
{
    put2(out, VERSION);
    put2(out, UTF8_NAMES | (e->streamed ? SIZES_BEHIND : 0));
    put2(out, e->streamed ? DEFLATED : STORED);
    put2(out, 0);
    put2(out, DAY);
    put4(out, e->sum);
    put4(out, e->packed);
    put4(out, e->plain);
    put2(out, e->name.n);
    put2(out, 0);
}

static void
put_local(struct buf *out, const struct entry *e)
{
    put4(out, LOCAL_MARK);
    put_entry(out, e);
    buf_add_str(out, e->name);
}

static struct entry
entry_of(const struct zip_member *m)
{
    return (struct entry){str_from(m->name), false, sum_of(0, m->text), m->text.n, m->text.n};
}

void
zip_begin(struct buf *out, const struct zip_member *members, size_t n, const char *stream)
{
    for (size_t i = 0; i < n; i++) {
        const struct entry e = entry_of(&members[i]);
        put_local(out, &e);
        buf_add_str(out, members[i].text);
    }
    const struct entry e = {.name = str_from(stream), .streamed = true};
    put_local(out, &e);
}

enum rc
zip_add(struct buf *out, struct zip_stream *stream, struct str piece, bool last, struct err *reterr)
{
    z_stream z = {0};
    const size_t before = out->n;
    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, WINDOW, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        return err_log(reterr, RC_INTERNAL, "deflate could not be started");
    z.next_in = (unsigned char *)(uintptr_t)piece.p;
    z.avail_in = (unsigned)piece.n;
    unsigned char packed[PACKED_FIRST];
    int code = Z_OK;
    do {
        z.next_out = packed;
        z.avail_out = sizeof packed;
        code = deflate(&z, last ? Z_FINISH : Z_FULL_FLUSH);
        buf_add(out, packed, sizeof packed - z.avail_out);
    } while (z.avail_out == 0 && code == Z_OK);
    (void)deflateEnd(&z);
    if (code != (last ? Z_STREAM_END : Z_OK) && code != Z_BUF_ERROR)
        return err_log(reterr, RC_INTERNAL, "deflate ended with %d", code);
    stream->sum = sum_of(stream->sum, piece);
    stream->plain += (int64_t)piece.n;
    stream->packed += (int64_t)(out->n - before);
    if (stream->plain > UINT32_MAX / 2 || stream->packed > UINT32_MAX / 2)
        return err_set(reterr, RC_TOO_LARGE, NULL,
                       "the file would be too large: export it as CSV, or filter the list");
    return RC_OK;
}

static void
put_table_entry(struct buf *out, const struct entry *e, uint64_t at)
{
    put4(out, TABLE_MARK);
    put2(out, VERSION);
    put_entry(out, e);
    put2(out, 0); /* comment */
    put2(out, 0); /* disk */
    put2(out, 0); /* attributes */
    put4(out, 0);
    put4(out, at);
    buf_add_str(out, e->name);
}

void
zip_end(struct buf *out, const struct zip_member *members, size_t n, const struct zip_stream *stream)
{
    enum { LOCAL_BYTES = 30, SIZES_BYTES = 16 };
    struct buf table;
    uint64_t at = 0;
    buf_init(&table, out->a, PACKED_FIRST);
    for (size_t i = 0; i < n; i++) {
        const struct entry e = entry_of(&members[i]);
        put_table_entry(&table, &e, at);
        at += LOCAL_BYTES + e.name.n + e.packed;
    }
    const struct entry e = {str_from(stream->name), true, stream->sum, (uint64_t)stream->packed,
                            (uint64_t)stream->plain};
    put_table_entry(&table, &e, at);
    at += LOCAL_BYTES + e.name.n + e.packed + SIZES_BYTES;
    put4(out, SIZES_MARK);
    put4(out, e.sum);
    put4(out, e.packed);
    put4(out, e.plain);
    buf_add_str(out, buf_str(&table));
    put4(out, END_MARK);
    put4(out, 0); /* disks */
    put2(out, n + 1);
    put2(out, n + 1);
    put4(out, table.n);
    put4(out, at);
    put2(out, 0);
}
