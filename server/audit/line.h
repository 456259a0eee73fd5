#ifndef AUDIT_LINE_H
#define AUDIT_LINE_H

#include "common/base/buf.h"
#include "server/audit/check.h"

/*
 * An exported piece of a chain, as lines of JSON: a head that says of what, then a line each link.
 *
 *   {"bima_audit":1,"company":"SI","tenant":2,"stream":1,"after":0,"hash":"…","public_key":"…"}
 *   {"seq":1,"row":7,"hash":"…","text":[…]}
 *   {"seq":2,"row":8,"hash":"…","at":1773000000000000,"signature":"…","text":[…]}
 *
 * "hash" is that of the link, in the head that of the place before the piece. The row's digest is the SHA-256
 * of the bytes from "[" to "]" after "text". Lines with "at" and "signature" are checkpoints. The members
 * stand in this order.
 */
struct line_head {
    struct str company;
    int32_t tenant;
    int stream;
    int64_t after; /* the place before the first line; 0: the chain begins here */
    unsigned char hash[CRYPT_HASH], public_key[CRYPT_SIGN_PUBLIC];
    bool has_key;
};

void line_put_head(struct buf *b, const struct line_head *h);
/* Without a newline. Texts are borrowed. Fail: RC_BAD_PARAMS. */
enum rc line_read_head(struct str line, struct line_head *ret, struct err *reterr) NODISCARD;
enum rc line_read(struct str line, const struct line_head *of, struct check_link *ret,
                  struct err *reterr) NODISCARD;

#endif
