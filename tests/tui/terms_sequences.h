#ifndef TUI_TERMS_SEQUENCES_H
#define TUI_TERMS_SEQUENCES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What a terminal understands, as its description (infocmp) has it: control sequences by their final byte,
 * modes by their number, other escapes to the letter.
 */
enum { SEQUENCES = 400, SEQUENCE_TEXT = 24 };

struct sequences {
    char known[SEQUENCES][SEQUENCE_TEXT];
    size_t n;
    bool colours;
};

/* False: there is no such description. */
bool sequences_read(struct sequences *s, const char *term);
/* The first thing among the bytes that the terminal does not know, or NULL. Valid until the next call. */
const char *sequences_unknown(struct sequences *s, const char *bytes, size_t n);

/* What the terminal sends for a key, by the name of the capability ("kf2"). False: it has no such key. */
bool sequences_key(const char *term, const char *key, char out[SEQUENCE_TEXT]);

#endif
