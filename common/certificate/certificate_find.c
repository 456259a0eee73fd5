/* Finding the sealed text: printed text may be broken over lines, a PDF carries it as one literal string in
   its document information. */
#include "common/base/arena.h"
#include "common/certificate/certificate.h"

#define MARK STR("BIMA1.")

enum { SIGNATURE_TEXT = 86 }; /* 64 bytes in base64url */

static bool
is_digit64(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Reads the text that starts with MARK at `at` into `out`, blanks and line ends inside it left out; its
   length, or 0 when it does not go on as a sealed text does. */
static size_t
read_at(struct str bytes, size_t at, char out[CERTIFICATE_TEXT_MAX])
{
    size_t n = MARK.n, seal = 0;
    bool in_seal = false;
    memcpy(out, MARK.p, MARK.n);
    for (size_t i = at + MARK.n; i < bytes.n && seal < SIGNATURE_TEXT && n < CERTIFICATE_TEXT_MAX; i++) {
        char c = bytes.p[i];
        if (is_blank(c))
            continue;
        if (c == '.' && !in_seal)
            in_seal = true;
        else if (!is_digit64(c))
            break;
        else if (in_seal)
            seal++;
        out[n++] = c;
    }
    return seal == SIGNATURE_TEXT ? n : 0;
}

enum rc
certificate_find(struct arena *a, struct str bytes, struct str *ret, struct err *reterr)
{
    struct str found = STR_NONE;
    char out[CERTIFICATE_TEXT_MAX];
    for (size_t i = 0; i + MARK.n < bytes.n; i++) {
        const char *p = memchr(bytes.p + i, 'B', bytes.n - i);
        if (!p)
            break;
        i = (size_t)(p - bytes.p);
        size_t n = str_starts(str_slice(bytes, i, bytes.n), MARK) ? read_at(bytes, i, out) : 0;
        if (n == 0)
            continue;
        if (found.n > 0 && !str_eq(found, (struct str){out, n}))
            return err_set(reterr, RC_REFUSED, NULL,
                           "the file holds more than one certificate; give one at a time");
        if (found.n == 0)
            found = str_dup(a, (struct str){out, n});
    }
    if (found.n == 0)
        return err_set(reterr, RC_BAD_PARAMS, NULL, "there is no certificate of Bima in it");
    *ret = found;
    return RC_OK;
}
