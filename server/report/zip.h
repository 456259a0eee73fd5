#ifndef REPORT_ZIP_H
#define REPORT_ZIP_H

#include "common/base/buf.h"
#include "common/base/err.h"
#include "common/base/str.h"

/*
 * A ZIP archive whose last member may be written piece by piece by processes that know nothing of each other:
 * each packs its piece so that it ends at a byte, without looking back, and hands on length and check sum.
 * The libraries that write archives want the whole of a member, or a place to keep it, in one process.
 */
struct zip_member {
    const char *name;
    struct str text;
};

/* The member that comes in pieces. */
struct zip_stream {
    const char *name;
    int64_t plain, packed; /* bytes so far */
    uint32_t sum;          /* CRC-32 of the plain ones */
};

/* The members that are there at once, and the head of the one that follows. */
void zip_begin(struct buf *out, const struct zip_member *members, size_t n, const char *stream);
/* Fails: RC_TOO_LARGE past 4 GB (the format's own limit), RC_INTERNAL. */
enum rc zip_add(struct buf *out, struct zip_stream *stream, struct str piece, bool last,
                struct err *reterr) NODISCARD;
/* After the last piece: the table of contents. The members are those of zip_begin. */
void zip_end(struct buf *out, const struct zip_member *members, size_t n, const struct zip_stream *stream);

#endif
