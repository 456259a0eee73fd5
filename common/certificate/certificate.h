#ifndef CERTIFICATE_CERTIFICATE_H
#define CERTIFICATE_CERTIFICATE_H

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/crypt/crypt.h"
#include "common/value/date.h"

/*
 * What a certificate says in a form anyone can verify without the service: BIMA1.<facts>.<signature>, both in
 * base64url without padding. The facts are one CBOR array (certificate.c); the signature is Ed25519 over the
 * text before the second dot, so that every character of it counts. Stands in the QR, in the printed text and
 * in the metadata of the PDF.
 */
struct certificate_facts {
    struct str number, company, vehicle_class, plate, chassis, usage,
        holder;      /* plate or chassis may be empty */
    date_t from, to; /* both inclusive */
};

enum { CERTIFICATE_TEXT_MAX = 1600 }; /* bytes; what still fits a QR that a phone reads off paper */

/* Lives in `a`. Fails: RC_TOO_LARGE when the texts are too long to fit. */
enum rc certificate_seal(struct arena *a, const struct certificate_facts *facts, const struct signer *signer,
                         struct str *ret, struct err *reterr) NODISCARD;

/* Reads exactly one sealed text. Facts live in `a`. Fails: RC_BAD_PARAMS when it is no such text, RC_REFUSED
   when the signature is not that of `key`. */
enum rc certificate_open(struct arena *a, struct str text, const unsigned char key[CRYPT_SIGN_PUBLIC],
                         struct certificate_facts *ret, struct err *reterr) NODISCARD;

/* What a sealed text says, whoever signed it: for those who keep it, not for those who are shown it. Fails:
   RC_BAD_PARAMS when it is no such text. */
enum rc certificate_read(struct arena *a, struct str text, struct certificate_facts *ret,
                         struct err *reterr) NODISCARD;

/* Finds the sealed text in any bytes: a PDF or text certificate of ours, or the text itself; it may be broken
   over lines. Lives in `a`. Fails: RC_BAD_PARAMS when there is none, RC_REFUSED when there are different
   ones. */
enum rc certificate_find(struct arena *a, struct str bytes, struct str *ret, struct err *reterr) NODISCARD;

/* certificate_find, then certificate_open. */
enum rc certificate_verify(struct arena *a, struct str bytes, const unsigned char key[CRYPT_SIGN_PUBLIC],
                           struct certificate_facts *ret, struct err *reterr) NODISCARD;

/* A public key as people pass it on: 64 hex digits or base64. Fails: RC_BAD_PARAMS naming "key". */
enum rc certificate_key(struct arena *a, struct str text, unsigned char ret[CRYPT_SIGN_PUBLIC],
                        struct err *reterr) NODISCARD;

#endif
