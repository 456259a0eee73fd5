#ifndef CLIENT_TEXT_H
#define CLIENT_TEXT_H

/* Text for people goes through the catalogue of the person's language: _(), N_() and ngettext(). */
#include "common/base/lang.h"

#define ngettext(one, other, n) lang_plural(one, other, n)

#endif
