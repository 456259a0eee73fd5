#ifndef TUI_KEY_H
#define TUI_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Keys: what the bytes of a terminal mean. Pure: no curses and no clock in here, so it can be fuzzed.
 *
 * Bytes go in with key_feed, whole keys come out. A lone ESC is known only when nothing follows it for
 * `esc_ms`; key_wait says how long the loop may sleep until then. ESC + digit is the function key of that
 * digit (0 - = are F10 F11 F12), for terminals that eat or lack them. An arrow torn apart by a slow line
 * (ESC, pause, "[A") is put together again when the rest comes within a second.
 */
enum key_code {
    K_NONE = 0,
    K_CHAR, /* cp is the character */
    K_ENTER,
    K_TAB,
    K_BACKTAB,
    K_BACKSPACE,
    K_DELETE,
    K_INSERT,
    K_LEFT,
    K_RIGHT,
    K_UP,
    K_DOWN,
    K_HOME,
    K_END,
    K_PGUP,
    K_PGDN,
    K_ESC,
    K_F1,
    K_F12 = K_F1 + 11,
    K_PASTE, /* a bracketed paste begins: what follows is text */
    K_PASTE_END,
    K_UNKNOWN,        /* a sequence nobody knows: swallowed, never typed */
    K_CTRL_BASE = 64, /* K_CTRL('G') */
    K_CODES = 128
};
#define K_CTRL(letter) ((enum key_code)(K_CTRL_BASE + ((letter)&31)))
#define K_F(n) ((enum key_code)(K_F1 + (n)-1))

struct key {
    enum key_code code;
    uint32_t cp;
};

enum { KEY_SEQ_MAX = 24, KEY_DEFS_MAX = 96, KEY_OUT_MAX = 32 };

struct key_def {
    char seq[KEY_SEQ_MAX];
    uint8_t n;
    enum key_code code;
};

struct key_decoder {
    struct key_def defs[KEY_DEFS_MAX];
    size_t ndefs;
    unsigned char seq[KEY_SEQ_MAX]; /* an unfinished escape sequence */
    size_t nseq;
    bool repaired; /* its ESC was already told as K_ESC */
    int esc_ms;
    int64_t since_ms;    /* when its last byte came */
    int64_t lone_esc_ms; /* when a lone ESC was told; negative: never */
    unsigned char utf8[4];
    size_t nutf8, want_utf8;
    bool latin1; /* the terminal speaks ISO-8859-1 */
    struct key out[KEY_OUT_MAX];
    size_t nout;
};

void key_init(struct key_decoder *d, int esc_ms);
/* Adds a sequence (from terminfo); "" and one-byte sequences are left alone. */
void key_define(struct key_decoder *d, const char *seq, enum key_code code);
/* One byte. The keys it completes stand in d->out[0 .. d->nout); the caller empties it. */
void key_feed(struct key_decoder *d, unsigned char c, int64_t now_ms);
/* Milliseconds until key_expire has something to do; -1 nothing pending. */
int key_wait(const struct key_decoder *d, int64_t now_ms);
void key_expire(struct key_decoder *d, int64_t now_ms);

/* "F1", "Ctrl-G", "Enter" into out; returns out. */
enum { KEY_NAME = 16 };
char *key_label(enum key_code code, char out[KEY_NAME]);
/* The inverse, any case; K_NONE when unknown. */
enum key_code key_by_name(const char *name);

#endif
