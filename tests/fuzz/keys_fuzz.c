#include <string.h>

#include "client/tui/key.h"
#include "common/base/utf8.h"
#include "tests/fuzz/fuzz.h"

/*
 * What a terminal sends: torn sequences, pastes, foreign bytes, at any pace. The first byte says how the
 * terminal is; each further pair is a pause and a byte. No key is lost room for, no character is a control
 * character, and what is pending ends by itself.
 */
enum { LATIN1 = 1, DEFINED = 2, PAUSE_MS = 40, LONG_MS = 5000 };

static const struct {
    const char *seq;
    enum key_code code;
} known[] = {
    {"\033OP",    K_F(1)     },
    {"\033[11~",  K_F(1)     },
    {"\033[A",    K_UP       },
    {"\033OA",    K_UP       },
    {"\033[Z",    K_BACKTAB  },
    {"\033[5~",   K_PGUP     },
    {"\033[200~", K_PASTE    },
    {"\033[201~", K_PASTE_END},
};

static void
take(struct key_decoder *d)
{
    ASSERT(d->nout <= KEY_OUT_MAX && d->nseq <= KEY_SEQ_MAX && d->nutf8 <= sizeof d->utf8);
    for (size_t i = 0; i < d->nout; i++) {
        struct key k = d->out[i];
        char name[KEY_NAME];
        ASSERT(k.code > K_NONE && k.code < K_CODES);
        if (k.code == K_CHAR)
            ASSERT(k.cp >= 0x20 && k.cp != 0x7f && k.cp <= 0x10ffff && !(k.cp >= 0xd800 && k.cp <= 0xdfff));
        else
            ASSERT(strlen(key_label(k.code, name)) < KEY_NAME);
    }
    d->nout = 0;
}

void
fuzz_one(struct arena *a, struct str data)
{
    struct key_decoder *d = arena_new(a, struct key_decoder, 1);
    int64_t now = 0;
    if (!data.n)
        return;
    const unsigned char how = (unsigned char)data.p[0];
    key_init(d, PAUSE_MS);
    d->latin1 = how & LATIN1;
    for (size_t i = 0; (how & DEFINED) && i < COUNTOF(known); i++)
        key_define(d, known[i].seq, known[i].code);
    for (size_t i = 1; i + 1 < data.n; i += 2) {
        now += (unsigned char)data.p[i] / 2;
        key_expire(d, now);
        take(d);
        key_feed(d, (unsigned char)data.p[i + 1], now);
        take(d);
        ASSERT(key_wait(d, now) <= LONG_MS);
    }
    key_expire(d, now + LONG_MS);
    take(d);
    ASSERT(key_wait(d, now + LONG_MS) == -1);
}
