#ifndef ENTRY_FOLD_H
#define ENTRY_FOLD_H

#include "common/base/buf.h"
#include "common/base/str.h"

/*
 * Folding text to what people mean when they type it: the one place that decides which spellings are equal.
 *
 * Latin letters lose their accents and become ASCII lower case (É, é -> e; Ø -> o; ß -> ss); apostrophes and
 * combining marks vanish (Ng'ombe -> ngombe); letters of other scripts stay as they are; everything else
 * separates words.
 */

/* Words of `text`, folded, joined by one blank; empty when there is none. Lives in `a`. */
struct str fold_words(struct arena *a, struct str text);
/* As fold_words without the blanks: "t 337-dse" -> "t337dse". */
struct str fold_joined(struct arena *a, struct str text);
/* ASCII letters and digits of `text`, upper case; anything else but blanks and - . / _ makes *ret_other that
   character's code point (else 0). Lives in `a`. */
struct str fold_code(struct arena *a, struct str text, unsigned *ret_other);
/* Off with blanks at both ends, one blank for several inside. Lives in `a`. */
struct str fold_tidy(struct arena *a, struct str text);

#endif
