#ifndef BASE_LANG_H
#define BASE_LANG_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Text for people in the person's language. The catalogues are gettext's (po/LANGUAGE.po, made and checked
 * with its tools) and compiled in, so that one program file is enough and a terminal in the C locale reads
 * them too. Texts are UTF-8.
 *
 * The language is one for the process: a client has one reader, and a worker sets it anew for each request.
 */

/* "en", or a language there is a catalogue of; any other is English. */
void lang_use(const char *code);
const char *lang_now(void);

/* The translation, or the text itself; NULL of NULL. */
const char *lang_text(const char *text) __attribute__((format_arg(1)));
/* As lang_text, of a text in two forms: for one and for any other number. */
const char *lang_plural(const char *one, const char *other, unsigned long n)
    __attribute__((format_arg(1), format_arg(2)));

/* The languages besides English; i from 0; NULL behind the last. */
const char *lang_known(size_t i);

/* Translates. The argument must be a text that stands here, or one marked with N_() elsewhere. */
#define _(s) lang_text(s)
/* Marks a text in a table; what shows it translates it with _(). */
#define N_(s) (s)

/* What the build makes of po/: .mo files of gettext, least significant byte first. */
struct lang_catalogue {
    const char *code;
    const unsigned char *mo;
    size_t n;
};
const struct lang_catalogue *lang_catalogues(size_t *ret_count);

#endif
