#include "common/base/utf8.h"

#include "common/base/attr.h"

/* Length of the sequence a lead byte begins, and the least code point that needs it; 0: no lead byte. */
static size_t
lead(unsigned char c, uint32_t *ret_bits, uint32_t *ret_least)
{
    if (c < 0x80) {
        *ret_bits = c;
        *ret_least = 0;
        return 1;
    }
    if (c >= 0xC2 && c < 0xE0) {
        *ret_bits = c & 0x1Fu;
        *ret_least = 0x80;
        return 2;
    }
    if (c >= 0xE0 && c < 0xF0) {
        *ret_bits = c & 0x0Fu;
        *ret_least = 0x800;
        return 3;
    }
    if (c >= 0xF0 && c < 0xF5) {
        *ret_bits = c & 0x07u;
        *ret_least = 0x10000;
        return 4;
    }
    return 0;
}

static bool
is_scalar(uint32_t cp)
{
    return cp <= 0x10FFFF && !(cp >= 0xD800 && cp <= 0xDFFF);
}

/* One code point at pos; false, moving nothing, on bad input. */
static bool
decode(struct str s, size_t *pos, uint32_t *ret_cp)
{
    uint32_t cp = 0, least = 0;
    size_t n = lead((unsigned char)s.p[*pos], &cp, &least);
    if (n == 0 || s.n - *pos < n)
        return false;
    for (size_t i = 1; i < n; i++) {
        unsigned char c = (unsigned char)s.p[*pos + i];
        if ((c & 0xC0u) != 0x80)
            return false;
        cp = cp << 6 | (c & 0x3Fu);
    }
    if (cp < least || !is_scalar(cp))
        return false;
    *pos += n;
    *ret_cp = cp;
    return true;
}

bool
utf8_valid(struct str s)
{
    uint32_t cp = 0;
    for (size_t pos = 0; pos < s.n;) {
        if (!decode(s, &pos, &cp))
            return false;
    }
    return true;
}

uint32_t
utf8_next(struct str s, size_t *pos)
{
    uint32_t cp = 0xFFFD;
    if (*pos < s.n && !decode(s, pos, &cp))
        (*pos)++;
    return cp;
}

size_t
utf8_put(uint32_t cp, char out[4])
{
    if (!is_scalar(cp))
        return 0;
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    size_t n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--) {
        out[i] = (char)(0x80u | (cp & 0x3Fu));
        cp >>= 6;
    }
    static const unsigned char marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(marks[n] | cp);
    return n;
}

size_t
utf8_width(struct str s)
{
    size_t width = 0;
    for (size_t pos = 0; pos < s.n;)
        width += (size_t)utf8_width_cp(utf8_next(s, &pos));
    return width;
}

struct str
utf8_fit(struct str s, size_t columns)
{
    size_t width = 0, pos = 0;
    while (pos < s.n) {
        size_t next = pos;
        width += (size_t)utf8_width_cp(utf8_next(s, &next));
        if (width > columns)
            break;
        pos = next;
    }
    return (struct str){s.p, pos};
}

struct str
utf8_cut(struct str s, size_t bytes)
{
    if (s.n <= bytes)
        return s;
    while (bytes > 0 && ((unsigned char)s.p[bytes] & 0xC0) == 0x80)
        bytes--;
    return (struct str){s.p, bytes};
}

bool
utf8_has_control(struct str s)
{
    for (size_t pos = 0; pos < s.n;) {
        uint32_t cp = utf8_next(s, &pos);
        if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0))
            return true;
    }
    return false;
}
