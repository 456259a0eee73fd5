#include "server/report/qr.h"

#include <qrencode.h>

#include "common/base/arena.h"

enum rc
qr_make(struct arena *a, struct str text, struct qr *ret, struct err *reterr)
{
    struct str copy = str_dup(a, text);
    QRcode *code = QRcode_encodeString8bit(copy.p, 0, QR_ECLEVEL_L);
    if (!code)
        return err_set(reterr, RC_TOO_LARGE, NULL, "the text is too long for a QR code");
    size_t modules = (size_t)code->width * (size_t)code->width;
    struct qr qr = {code->width, arena_alloc(a, modules)};
    for (size_t i = 0; i < modules; i++)
        qr.dark[i] = code->data[i] & 1;
    QRcode_free(code);
    *ret = qr;
    return RC_OK;
}
