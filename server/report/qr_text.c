#include "server/report/qr_text.h"

#include "common/base/buf.h"

enum { QUIET = 2, BLOCK = 3 /* bytes of a block in UTF-8 */ };

static bool
light(const struct qr *qr, int row, int column)
{
    if (row < 0 || column < 0 || row >= qr->size || column >= qr->size)
        return true;
    return !qr->dark[row * qr->size + column];
}

enum rc
qr_text(struct arena *a, struct str text, struct str *ret, struct err *reterr)
{
    static const char *const blocks[] = {" ", "▄", "▀", "█"}; /* bit 1: upper half, bit 0: lower half */
    struct qr qr;
    struct buf b;
    enum rc rc = qr_make(a, text, &qr, reterr);
    if (rc != RC_OK)
        return rc;
    int side = qr.size + 2 * QUIET;
    buf_init(&b, a, (size_t)side * (size_t)side * BLOCK / 2 + (size_t)side);
    for (int row = -QUIET; row < qr.size + QUIET; row += 2) {
        for (int column = -QUIET; column < qr.size + QUIET; column++) {
            bool lower = row + 1 < qr.size + QUIET && light(&qr, row + 1, column);
            buf_add_str(&b, str_from(blocks[2 * light(&qr, row, column) + lower]));
        }
        buf_add_char(&b, '\n');
    }
    *ret = buf_str(&b);
    return RC_OK;
}
