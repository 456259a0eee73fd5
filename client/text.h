#ifndef CLIENT_TEXT_H
#define CLIENT_TEXT_H

#include <libintl.h>

/* Text for people goes through the catalogue of the person's language. */
#define _(s) gettext(s)
/* Marks a text in a table; what shows it translates it with _(). */
#define N_(s) (s)

#endif
