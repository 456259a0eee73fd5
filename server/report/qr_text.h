#ifndef REPORT_QR_TEXT_H
#define REPORT_QR_TEXT_H

#include "server/report/qr.h"

/*
 * A QR code for a terminal: two modules a character, in half blocks, with a quiet zone of two. Light modules
 * are drawn, dark ones left blank: as it stands it is right on a dark screen, and most cameras take the other
 * way round as well. Each row ends in a newline; it lives in `a`. Fails: RC_TOO_LARGE when the text fits no
 * code.
 */
enum rc qr_text(struct arena *a, struct str text, struct str *ret, struct err *reterr) NODISCARD;

#endif
