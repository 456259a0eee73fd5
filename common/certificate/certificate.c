#include "common/certificate/certificate.h"

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/wire/cbor.h"

#define MARK STR("BIMA1.")

/* [number, company, class, plate, chassis, usage, holder, from, to]; days since 2000-01-01 */
enum { FACTS = 9, FACTS_BYTES = 256 };

static enum rc
no_certificate(struct err *reterr)
{
    return err_set(reterr, RC_BAD_PARAMS, NULL, "this is not a certificate of Bima");
}

static struct str
facts_encode(struct arena *a, const struct certificate_facts *f)
{
    struct buf b;
    buf_init(&b, a, FACTS_BYTES);
    wbuf_array(&b, FACTS);
    wbuf_text(&b, f->number);
    wbuf_text(&b, f->company);
    wbuf_text(&b, f->vehicle_class);
    wbuf_text(&b, f->plate);
    wbuf_text(&b, f->chassis);
    wbuf_text(&b, f->usage);
    wbuf_text(&b, f->holder);
    wbuf_int(&b, f->from.days);
    wbuf_int(&b, f->to.days);
    return buf_str(&b);
}

static bool
facts_decode(struct str bytes, struct certificate_facts *ret)
{
    struct certificate_facts f;
    struct rbuf r;
    rbuf_init(&r, bytes);
    if (rbuf_array(&r) != FACTS)
        return false;
    f.number = rbuf_text(&r);
    f.company = rbuf_text(&r);
    f.vehicle_class = rbuf_text(&r);
    f.plate = rbuf_text(&r);
    f.chassis = rbuf_text(&r);
    f.usage = rbuf_text(&r);
    f.holder = rbuf_text(&r);
    int64_t from = rbuf_int(&r), to = rbuf_int(&r);
    rbuf_leave(&r);
    date_t first = date_of((struct civil){DATE_MIN_YEAR, 1, 1});
    date_t last = date_of((struct civil){DATE_MAX_YEAR, 12, 31});
    if (!rbuf_done(&r) || from < first.days || to > last.days || from > to)
        return false;
    f.from.days = (int32_t)from;
    f.to.days = (int32_t)to;
    *ret = f;
    return true;
}

enum rc
certificate_seal(struct arena *a, const struct certificate_facts *facts, const struct signer *signer,
                 struct str *ret, struct err *reterr)
{
    unsigned char signature[CRYPT_SIGNATURE];
    struct str said = crypt_base64url(a, facts_encode(a, facts));
    said = str_printf(a, "%.*s%.*s", STR_ARG(MARK), STR_ARG(said));
    signer_sign(signer, said, signature);
    struct str seal = crypt_base64url(a, (struct str){(const char *)signature, sizeof signature});
    if (said.n + 1 + seal.n > CERTIFICATE_TEXT_MAX)
        return err_set(reterr, RC_TOO_LARGE, NULL,
                       "the names on the certificate are too long to fit its code");
    *ret = str_printf(a, "%.*s.%.*s", STR_ARG(said), STR_ARG(seal));
    return RC_OK;
}

/* Only the one spelling base64url has for these bytes: otherwise spare bits of the last digit could be
 * changed. */
static bool
unbase64_exact(struct arena *a, struct str text, struct str *ret)
{
    struct str bytes;
    if (text.n == 0 || crypt_unbase64(a, text, true, &bytes, NULL) ||
        !str_eq(crypt_base64url(a, bytes), text))
        return false;
    *ret = bytes;
    return true;
}

struct sealed {
    struct str said;      /* what was signed */
    struct str facts;     /* bytes */
    struct str signature; /* bytes */
};

static bool
split(struct arena *a, struct str text, struct sealed *ret)
{
    struct str facts, rest = str_slice(text, MARK.n, text.n);
    if (text.n > CERTIFICATE_TEXT_MAX || !str_starts(text, MARK))
        return false;
    facts = str_split(&rest, '.');
    ret->said = str_slice(text, 0, MARK.n + facts.n);
    return unbase64_exact(a, facts, &ret->facts) && unbase64_exact(a, rest, &ret->signature) &&
           ret->signature.n == CRYPT_SIGNATURE;
}

enum rc
certificate_open(struct arena *a, struct str text, const unsigned char key[CRYPT_SIGN_PUBLIC],
                 struct certificate_facts *ret, struct err *reterr)
{
    struct sealed s;
    if (!split(a, text, &s))
        return no_certificate(reterr);
    if (!signature_valid(key, s.said, (const unsigned char *)s.signature.p))
        return err_set(reterr, RC_REFUSED, NULL,
                       "the certificate is not genuine: it was changed, or another company's key signed it");
    return facts_decode(s.facts, ret) ? RC_OK : no_certificate(reterr);
}

enum rc
certificate_read(struct arena *a, struct str text, struct certificate_facts *ret, struct err *reterr)
{
    struct sealed s;
    return split(a, text, &s) && facts_decode(s.facts, ret) ? RC_OK : no_certificate(reterr);
}

enum rc
certificate_verify(struct arena *a, struct str bytes, const unsigned char key[CRYPT_SIGN_PUBLIC],
                   struct certificate_facts *ret, struct err *reterr)
{
    struct str text;
    enum rc rc = certificate_find(a, bytes, &text, reterr);
    return rc ? rc : certificate_open(a, text, key, ret, reterr);
}

enum rc
certificate_key(struct arena *a, struct str text, unsigned char ret[CRYPT_SIGN_PUBLIC], struct err *reterr)
{
    struct str bytes;
    text = str_trim(text);
    if (crypt_unhex(text, ret, CRYPT_SIGN_PUBLIC))
        return RC_OK;
    if (crypt_unbase64(a, text, true, &bytes, NULL) && crypt_unbase64(a, text, false, &bytes, NULL))
        bytes = STR_NONE;
    if (bytes.n != CRYPT_SIGN_PUBLIC)
        return err_set(reterr, RC_BAD_PARAMS, "key",
                       "the public key is given as 64 hex digits or as base64; ask the company for it");
    memcpy(ret, bytes.p, CRYPT_SIGN_PUBLIC);
    return RC_OK;
}
