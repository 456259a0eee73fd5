#ifndef CLI_WORDS_H
#define CLI_WORDS_H

/* The words and options after ENTITY VERB; used by command.c. */

#include "client/cli/command.h"
#include "client/cli/suggest.h"
#include "common/base/buf.h"

/* What goes along through the reading of one command. */
struct reading {
    struct arena *a;
    const struct schema *s;
    const struct locale_info *l;
    const struct cli_args *args;
    struct cli_command *c;
    struct buf key; /* words of the key, joined by blanks */
    struct err *reterr;
};

/* Words from the from-th on: field=value, conditions, or the key. Fails: RC_USAGE. */
enum rc take_words(struct reading *r, size_t from) NODISCARD;
enum rc take_options(struct reading *r) NODISCARD;
/* The key is there when one is needed; of what each person has one it is one's own. */
enum rc check_key(struct reading *r) NODISCARD;
/* Secrets of an action that were not named are asked for all the same. */
void add_secrets(struct reading *r);

enum rc unknown_word(struct reading *r, const char *what, struct str word, const struct suggestion *near);
void params_mark(struct params *p, enum param_key key); /* says that the part is present */

#endif
