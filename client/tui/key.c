#include "client/tui/key.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/base/attr.h"
#include "common/base/utf8.h"

/* Sequences that terminals send whatever their terminfo says. */
static const struct {
    const char *seq;
    enum key_code code;
} common_keys[] = {
    {"\033OP",    K_F(1)     },
    {"\033OQ",    K_F(2)     },
    {"\033OR",    K_F(3)     },
    {"\033OS",    K_F(4)     },
    {"\033[[A",   K_F(1)     },
    {"\033[[B",   K_F(2)     },
    {"\033[[C",   K_F(3)     },
    {"\033[[D",   K_F(4)     },
    {"\033[[E",   K_F(5)     },
    {"\033OA",    K_UP       },
    {"\033OB",    K_DOWN     },
    {"\033OC",    K_RIGHT    },
    {"\033OD",    K_LEFT     },
    {"\033OH",    K_HOME     },
    {"\033OF",    K_END      },
    {"\033OM",    K_ENTER    },
    {"\033[A",    K_UP       },
    {"\033[B",    K_DOWN     },
    {"\033[C",    K_RIGHT    },
    {"\033[D",    K_LEFT     },
    {"\033[H",    K_HOME     },
    {"\033[F",    K_END      },
    {"\033[Z",    K_BACKTAB  },
    {"\033\t",    K_BACKTAB  },
    {"\033[200~", K_PASTE    },
    {"\033[201~", K_PASTE_END},
};

/* CSI number ~ */
static enum key_code
tilde_key(int n)
{
    static const uint8_t of[35] = {
        [1] = K_HOME,  [2] = K_INSERT, [3] = K_DELETE, [4] = K_END,    [5] = K_PGUP,
        [6] = K_PGDN,  [7] = K_HOME,   [8] = K_END,    [11] = K_F(1),  [12] = K_F(2),
        [13] = K_F(3), [14] = K_F(4),  [15] = K_F(5),  [17] = K_F(6),  [18] = K_F(7),
        [19] = K_F(8), [20] = K_F(9),  [21] = K_F(10), [23] = K_F(11), [24] = K_F(12),
    };
    if (n == 200)
        return K_PASTE;
    if (n == 201)
        return K_PASTE_END;
    return n > 0 && n < (int)COUNTOF(of) && of[n] ? (enum key_code)of[n] : K_UNKNOWN;
}

void
key_init(struct key_decoder *d, int esc_ms)
{
    memset(d, 0, sizeof *d);
    d->esc_ms = esc_ms;
    d->lone_esc_ms = -1;
    for (size_t i = 0; i < COUNTOF(common_keys); i++)
        key_define(d, common_keys[i].seq, common_keys[i].code);
}

void
key_define(struct key_decoder *d, const char *seq, enum key_code code)
{
    size_t n = strlen(seq);
    if (n < 2 || n > KEY_SEQ_MAX || seq[0] != 27 || d->ndefs == KEY_DEFS_MAX)
        return;
    for (size_t i = 0; i < d->ndefs; i++)
        if (d->defs[i].n == n && !memcmp(d->defs[i].seq, seq, n)) {
            d->defs[i].code = code;
            return;
        }
    struct key_def *def = &d->defs[d->ndefs++];
    memcpy(def->seq, seq, n);
    def->n = (uint8_t)n;
    def->code = code;
}

static void
emit(struct key_decoder *d, enum key_code code, uint32_t cp)
{
    if (d->nout < KEY_OUT_MAX)
        d->out[d->nout++] = (struct key){code, cp};
}

static void
emit_char(struct key_decoder *d, uint32_t cp)
{
    emit(d, K_CHAR, cp);
}

/* A byte outside any escape sequence, below space. */
static void
feed_control(struct key_decoder *d, unsigned char c)
{
    if (c == '\r' || c == '\n')
        emit(d, K_ENTER, 0);
    else if (c == '\t')
        emit(d, K_TAB, 0);
    else if (c == 8 || c == 127)
        emit(d, K_BACKSPACE, 0);
    else if (c)
        emit(d, (enum key_code)(K_CTRL_BASE + c), 0);
}

static void
feed_text(struct key_decoder *d, unsigned char c)
{
    if (d->latin1 && c >= 0xa0) {
        emit_char(d, c);
        return;
    }
    if (d->nutf8 == 0) {
        if (c < 0x80) {
            emit_char(d, c);
            return;
        }
        d->want_utf8 = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 0;
        if (!d->want_utf8)
            return;
    } else if ((c & 0xc0) != 0x80) {
        d->nutf8 = 0; /* broken character: dropped, what follows stands for itself */
        key_feed(d, c, d->since_ms);
        return;
    }
    d->utf8[d->nutf8++] = c;
    if (d->nutf8 < d->want_utf8)
        return;
    struct str s = {(const char *)d->utf8, d->nutf8};
    d->nutf8 = 0;
    if (utf8_valid(s) && !utf8_has_control(s)) {
        size_t pos = 0;
        emit_char(d, utf8_next(s, &pos));
    }
}

enum match { MATCH_NO, MATCH_PART, MATCH_WHOLE };

static enum match
match_defs(const struct key_decoder *d, enum key_code *ret)
{
    enum match best = MATCH_NO;
    for (size_t i = 0; i < d->ndefs; i++) {
        const struct key_def *def = &d->defs[i];
        if (def->n < d->nseq || memcmp(def->seq, d->seq, d->nseq) != 0)
            continue;
        if (def->n == d->nseq) {
            *ret = def->code;
            return MATCH_WHOLE;
        }
        best = MATCH_PART;
    }
    return best;
}

/* ESC [ parameters final: known by number, whatever modifiers it carries. */
static enum match
match_csi(const struct key_decoder *d, enum key_code *ret)
{
    if (d->nseq < 2 || d->seq[1] != '[')
        return MATCH_NO;
    int number = 0;
    bool first = true;
    for (size_t i = 2; i < d->nseq; i++) {
        unsigned char c = d->seq[i];
        if (c >= 0x40 && c <= 0x7e && !(c == '[' && i == 2)) {
            static const char finals[] = "ABCDHFPQRSZ";
            static const uint8_t codes[] = {K_UP,   K_DOWN, K_RIGHT, K_LEFT, K_HOME,   K_END,
                                            K_F(1), K_F(2), K_F(3),  K_F(4), K_BACKTAB};
            const char *at = strchr(finals, c);
            *ret = c == '~' ? tilde_key(number) : at ? (enum key_code)codes[at - finals] : K_UNKNOWN;
            return MATCH_WHOLE;
        }
        if (c < 0x20 || c > 0x7e)
            return MATCH_NO;
        if (c == ';')
            first = false;
        else if (first && c >= '0' && c <= '9' && number < 1000)
            number = number * 10 + (c - '0');
    }
    return d->nseq < KEY_SEQ_MAX ? MATCH_PART : MATCH_NO;
}

static enum key_code
route_key(unsigned char c)
{
    if (c >= '1' && c <= '9')
        return K_F(c - '0');
    return c == '0' ? K_F(10) : c == '-' ? K_F(11) : c == '=' ? K_F(12) : K_NONE;
}

/* The sequence is no key: its ESC stands for itself (unless told already) and the rest is fed again. */
static void
give_up(struct key_decoder *d, int64_t now_ms)
{
    unsigned char rest[KEY_SEQ_MAX];
    size_t n = d->nseq - 1;
    bool repaired = d->repaired;
    memcpy(rest, d->seq + 1, n);
    d->nseq = 0;
    d->repaired = false;
    d->lone_esc_ms = -1;
    if (!repaired)
        emit(d, K_ESC, 0);
    for (size_t i = 0; i < n; i++)
        key_feed(d, rest[i], now_ms);
}

static void
feed_sequence(struct key_decoder *d, int64_t now_ms)
{
    enum key_code code = K_NONE;
    enum match m = match_defs(d, &code);
    if (m == MATCH_NO)
        m = match_csi(d, &code);
    if (m == MATCH_NO && d->nseq == 2 && !d->repaired && (code = route_key(d->seq[1])) != K_NONE)
        m = MATCH_WHOLE;
    if (m == MATCH_WHOLE) {
        d->nseq = 0;
        d->repaired = false;
        d->lone_esc_ms = -1;
        emit(d, code, 0);
    } else if (m == MATCH_NO) {
        give_up(d, now_ms);
    }
}

void
key_feed(struct key_decoder *d, unsigned char c, int64_t now_ms)
{
    d->since_ms = now_ms;
    if (d->nseq > 0) {
        d->seq[d->nseq++] = c;
        feed_sequence(d, now_ms);
        return;
    }
    bool torn = d->lone_esc_ms >= 0 && now_ms - d->lone_esc_ms < 1000 && (c == '[' || c == 'O');
    if (torn) {
        d->seq[0] = 27;
        d->seq[1] = c;
        d->nseq = 2;
        d->repaired = true;
        return;
    }
    d->lone_esc_ms = -1;
    if (c == 27) {
        d->seq[0] = c;
        d->nseq = 1;
        d->nutf8 = 0;
    } else if (c < 32 || c == 127) {
        feed_control(d, c);
    } else {
        feed_text(d, c);
    }
}

int
key_wait(const struct key_decoder *d, int64_t now_ms)
{
    if (d->nseq == 0)
        return -1;
    /* more than a lone ESC is hardly ever typed by hand: give the line time for the rest */
    int patience = d->nseq == 1 || d->esc_ms > 500 ? d->esc_ms : d->repaired ? 100 : 500;
    int64_t left = d->since_ms + patience - now_ms;
    return left > 0 ? (int)left : 0;
}

void
key_expire(struct key_decoder *d, int64_t now_ms)
{
    if (d->nseq == 0 || key_wait(d, now_ms) > 0)
        return;
    if (d->nseq == 1 && !d->repaired) {
        d->nseq = 0;
        emit(d, K_ESC, 0);
        d->lone_esc_ms = now_ms;
        return;
    }
    if (d->repaired) { /* it was typed after all */
        size_t n = d->nseq;
        d->nseq = 0;
        d->repaired = false;
        d->lone_esc_ms = -1;
        for (size_t i = 1; i < n; i++)
            key_feed(d, d->seq[i], now_ms);
        return;
    }
    give_up(d, now_ms);
}

static const struct {
    enum key_code code;
    const char *name;
} names[] = {
    {K_ENTER,     "Enter"    },
    {K_TAB,       "Tab"      },
    {K_BACKTAB,   "Shift-Tab"},
    {K_BACKSPACE, "Backspace"},
    {K_DELETE,    "Del"      },
    {K_INSERT,    "Ins"      },
    {K_LEFT,      "Left"     },
    {K_RIGHT,     "Right"    },
    {K_UP,        "Up"       },
    {K_DOWN,      "Down"     },
    {K_HOME,      "Home"     },
    {K_END,       "End"      },
    {K_PGUP,      "PgUp"     },
    {K_PGDN,      "PgDn"     },
    {K_ESC,       "Esc"      },
};

char *
key_label(enum key_code code, char out[KEY_NAME])
{
    out[0] = 0;
    for (size_t i = 0; i < COUNTOF(names); i++)
        if (names[i].code == code)
            snprintf(out, KEY_NAME, "%s", names[i].name);
    if (code >= K_F1 && code <= K_F12)
        snprintf(out, KEY_NAME, "F%d", (int)code - K_F1 + 1);
    else if (code > K_CTRL_BASE && code < K_CTRL_BASE + 27)
        snprintf(out, KEY_NAME, "Ctrl-%c", 'A' + (int)code - K_CTRL_BASE - 1);
    return out;
}

enum key_code
key_by_name(const char *name)
{
    char text[KEY_NAME];
    for (int c = 1; c < K_CODES; c++)
        if (key_label((enum key_code)c, text)[0] && !strcasecmp(text, name))
            return (enum key_code)c;
    return K_NONE;
}
