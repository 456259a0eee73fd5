#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include "client/cli/run.h"

/* What may stand in place of the last word, one a line, for the shell: from the cached description alone, so
   that pressing Tab never waits for a line or a password. */
void complete_words(struct run *r);

#endif
