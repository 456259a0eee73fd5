#include "server/audit/line.h"

#include <inttypes.h>
#include <string.h>

#include "common/value/number.h"

void
line_put_head(struct buf *b, const struct line_head *h)
{
    char hash[2 * CRYPT_HASH + 1], key[2 * CRYPT_SIGN_PUBLIC + 1];
    buf_printf(b,
               "{\"bima_audit\":1,\"company\":\"%.*s\",\"tenant\":%" PRId32
               ",\"stream\":%d,\"after\":%" PRId64 ",\"hash\":\"%s\"",
               STR_ARG(h->company), h->tenant, h->stream, h->after, crypt_hex(h->hash, CRYPT_HASH, hash));
    if (h->has_key)
        buf_printf(b, ",\"public_key\":\"%s\"", crypt_hex(h->public_key, CRYPT_SIGN_PUBLIC, key));
    buf_add_str(b, STR("}\n"));
}

/* ------------------------------------------------------------------ reading */

/* The bytes a line goes on with; false when they are others. */
static bool
take(struct str *rest, const char *expected)
{
    struct str s = str_from(expected);
    if (!str_starts(*rest, s))
        return false;
    *rest = str_slice(*rest, s.n, rest->n);
    return true;
}

static bool
take_number(struct str *rest, int64_t most, int64_t *ret)
{
    size_t n = 0;
    while (n < rest->n && rest->p[n] >= '0' && rest->p[n] <= '9')
        n++;
    if (!n || number_parse(str_slice(*rest, 0, n), 0, most, "line", ret, NULL) != RC_OK)
        return false;
    *rest = str_slice(*rest, n, rest->n);
    return true;
}

static bool
take_hex(struct str *rest, unsigned char *ret, size_t n)
{
    if (rest->n < 2 * n || !crypt_unhex(str_slice(*rest, 0, 2 * n), ret, n))
        return false;
    *rest = str_slice(*rest, 2 * n, rest->n);
    return true;
}

enum rc
line_read_head(struct str line, struct line_head *ret, struct err *reterr)
{
    struct line_head h = {0};
    struct str rest = line;
    int64_t tenant = 0, stream = 0;
    bool good = take(&rest, "{\"bima_audit\":1,\"company\":\"");
    h.company = str_split(&rest, '"');
    good = good && take(&rest, ",\"tenant\":") && take_number(&rest, INT32_MAX, &tenant) &&
           take(&rest, ",\"stream\":") && take_number(&rest, STREAM_HISTORY, &stream) &&
           take(&rest, ",\"after\":") && take_number(&rest, INT64_MAX, &h.after) &&
           take(&rest, ",\"hash\":\"") && take_hex(&rest, h.hash, CRYPT_HASH) && take(&rest, "\"");
    if (good && take(&rest, ",\"public_key\":\""))
        good = h.has_key = take_hex(&rest, h.public_key, CRYPT_SIGN_PUBLIC) && take(&rest, "\"");
    if (!good || !str_eq_c(rest, "}"))
        return err_set(reterr, RC_BAD_PARAMS, NULL,
                       "this is no exported audit: the first line must begin {\"bima_audit\":1");
    h.tenant = (int32_t)tenant;
    h.stream = (int)stream;
    *ret = h;
    return RC_OK;
}

static bool
read_checkpoint(struct str *rest, struct check_link *l)
{
    struct checkpoint *p = &l->checkpoint;
    if (!take_number(rest, INT64_MAX, &p->at) || !take(rest, ",\"signature\":\"") ||
        !take_hex(rest, p->signature, CRYPT_SIGNATURE) || !take(rest, "\""))
        return false;
    l->has_checkpoint = true;
    p->tenant = l->link.tenant;
    p->stream = l->link.stream;
    p->seq = l->link.seq;
    memcpy(p->hash, l->hash, CRYPT_HASH);
    return true;
}

/* The time a row bears: the third member of its text. */
static int64_t
time_of(struct str text)
{
    int64_t at = INT64_MAX;
    struct str rest = str_slice(text, 1, text.n);
    (void)str_split(&rest, ',');
    (void)str_split(&rest, ',');
    return number_parse(str_trim(str_split(&rest, ',')), 0, INT64_MAX, "line", &at, NULL) == RC_OK
               ? at
               : INT64_MAX;
}

enum rc
line_read(struct str line, const struct line_head *of, struct check_link *ret, struct err *reterr)
{
    struct check_link l = {
        .link = {.tenant = of->tenant, .stream = of->stream},
          .there = true
    };
    struct str rest = line;
    bool good = take(&rest, "{\"seq\":") && take_number(&rest, INT64_MAX, &l.link.seq) &&
                take(&rest, ",\"row\":") && take_number(&rest, INT64_MAX, &l.link.row) &&
                take(&rest, ",\"hash\":\"") && take_hex(&rest, l.hash, CRYPT_HASH) && take(&rest, "\"");
    if (good && take(&rest, ",\"at\":"))
        good = read_checkpoint(&rest, &l);
    good = good && take(&rest, ",\"text\":") && rest.n > 2 && rest.p[0] == '[' && rest.p[rest.n - 1] == '}';
    if (!good)
        return err_set(reterr, RC_BAD_PARAMS, NULL,
                       "a line must begin {\"seq\": and end with the row's text");
    const struct str text = str_slice(rest, 0, rest.n - 1);
    crypt_sha256(text, l.link.digest);
    l.at = time_of(text);
    *ret = l;
    return RC_OK;
}
