#include "server/address.h"

#include <arpa/inet.h>
#include <string.h>

enum { BITS = 128, BITS_V4 = 32, V4_AT = 12 };

static const unsigned char mapped[V4_AT] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool
is_v4(const struct address *a)
{
    return memcmp(a->bytes, mapped, sizeof mapped) == 0;
}

static struct address
from_v4(const struct in_addr *four)
{
    struct address a;
    memcpy(a.bytes, mapped, sizeof mapped);
    memcpy(a.bytes + V4_AT, four, sizeof *four);
    return a;
}

bool
address_of(const struct sockaddr_storage *from, struct address *ret)
{
    if (from->ss_family == AF_INET) {
        *ret = from_v4(&((const struct sockaddr_in *)(const void *)from)->sin_addr);
        return true;
    }
    if (from->ss_family == AF_INET6) {
        memcpy(ret->bytes, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, sizeof ret->bytes);
        return true;
    }
    return false;
}

void
address_text(const struct address *a, char out[ADDRESS_TEXT])
{
    out[0] = '\0';
    if (is_v4(a)) {
        (void)inet_ntop(AF_INET, a->bytes + V4_AT, out, ADDRESS_TEXT);
    } else {
        (void)inet_ntop(AF_INET6, a->bytes, out, ADDRESS_TEXT);
    }
}

struct address
address_household(const struct address *a)
{
    struct address h = *a;
    if (!is_v4(a)) {
        memset(h.bytes + 8, 0, 8);
    }
    return h;
}

/* -1: no number, or more than `most`. */
static int
small_number(struct str s, int most)
{
    int n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9' || n > most) {
            return -1;
        }
        n = n * 10 + (s.p[i] - '0');
    }
    return s.n == 0 || n > most ? -1 : n;
}

static bool
read_prefix(struct str word, struct prefix *ret)
{
    char text[ADDRESS_TEXT];
    struct in_addr four;
    struct prefix p = {.bits = BITS};
    struct str rest = word, name = str_split(&rest, '/');
    bool has_bits = name.n < word.n;
    if (name.n >= sizeof text) {
        return false;
    }
    memcpy(text, name.p, name.n);
    text[name.n] = '\0';
    bool v4 = inet_pton(AF_INET, text, &four) == 1;
    if (v4) {
        p.base = from_v4(&four);
    } else if (inet_pton(AF_INET6, text, p.base.bytes) != 1) {
        return false;
    }
    if (has_bits) {
        int most = v4 ? (int)BITS_V4 : (int)BITS, bits = small_number(rest, most);
        if (bits < 0) {
            return false;
        }
        p.bits = (unsigned)(v4 ? bits + BITS - BITS_V4 : bits);
    }
    *ret = p;
    return true;
}

enum rc
prefixes_read(struct str text, struct prefix ret[PREFIXES_MAX], size_t *ret_n, struct err *reterr)
{
    size_t n = 0;
    while ((text = str_trim(text)).n > 0) {
        struct str word = str_split(&text, ' ');
        if (n == PREFIXES_MAX) {
            return err_set(reterr, RC_BAD_PARAMS, NULL, "more than %d addresses", PREFIXES_MAX);
        }
        if (!read_prefix(word, &ret[n])) {
            return err_set(reterr, RC_BAD_PARAMS, NULL, "%.*s is no address or prefix such as 10.1.0.0/16",
                           STR_ARG(word));
        }
        n++;
    }
    *ret_n = n;
    return RC_OK;
}

bool
prefix_has(const struct prefix *p, const struct address *a)
{
    size_t whole = p->bits / 8;
    unsigned rest = p->bits % 8;
    if (memcmp(p->base.bytes, a->bytes, whole) != 0) {
        return false;
    }
    if (rest == 0) {
        return true;
    }
    unsigned mask = (0xffu << (8 - rest)) & 0xffu;
    return ((unsigned)(p->base.bytes[whole] ^ a->bytes[whole]) & mask) == 0;
}

bool
loopback_is(struct str text)
{
    enum { LEAST = 1, MOST = 65535 };
    char host[ADDRESS_TEXT];
    struct in_addr four;
    size_t n = text.n;
    while (n > 0 && text.p[n - 1] != ':') {
        n--;
    }
    int port = n == 0 ? 0 : small_number(str_slice(text, n, text.n), MOST);
    if (port < LEAST || --n >= sizeof host) {
        return false;
    }
    memcpy(host, text.p, n);
    host[n] = '\0';
    return strcmp(host, "[::1]") == 0 ||
           (inet_pton(AF_INET, host, &four) == 1 && ntohl(four.s_addr) >> 24 == IN_LOOPBACKNET);
}
