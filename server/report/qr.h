#ifndef REPORT_QR_H
#define REPORT_QR_H

#include "common/base/err.h"
#include "common/base/str.h"

/* A QR code as a square of modules, row by row; 1 is dark. No quiet zone: leave 4 modules around it. */
struct qr {
    int size; /* modules a side */
    unsigned char *dark;
};

/* Lives in `a`. Fails: RC_TOO_LARGE when the text fits no code. */
enum rc qr_make(struct arena *a, struct str text, struct qr *ret, struct err *reterr) NODISCARD;

#endif
