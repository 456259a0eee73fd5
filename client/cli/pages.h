#ifndef CLI_PAGES_H
#define CLI_PAGES_H

#include "client/cli/command.h"
#include "client/link/link.h"

/* Asks for page after page of a list or a history until `limit` rows (0: all) are there, and gives them as
 *one body. ret_more: there are further rows. Memory: `a`. Fails as link_request; *ret then holds the failing
 *reply. */
struct pages {
    struct arena *a;
    struct link *l;
    enum method method; /* LIST or HISTORY */
    struct params params;
    int64_t limit;
};
enum rc pages_read(struct pages *p, struct body *ret, bool *ret_more, struct err *reterr) NODISCARD;

#endif
