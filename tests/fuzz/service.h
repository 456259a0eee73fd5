#ifndef FUZZ_SERVICE_H
#define FUZZ_SERVICE_H

#include <stdbool.h>

#include "common/base/str.h"

/*
 * The service a client talks to in its own process: the honest one of the tests of the screens, or, as long
 * as there are `lies`, one that means harm. A lie ends at the byte LIE_END, which no text has; its first byte
 * says what it is told as: the body of an answer, of a failure, a message, an event.
 */
enum { LIE_END = 0xfe };

/* Returns the descriptor of the client's end, for link_open to close. */
int service_start(struct str lies);
/* Does what can be done now. True when something was. */
bool service_pump(void);
void service_cut(void); /* the line breaks */
void service_stop(void);

#endif
