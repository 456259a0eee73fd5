#ifndef SCREEN_PAGES_H
#define SCREEN_PAGES_H

#include "common/base/str.h"
#include "common/wire/body.h"
#include "common/wire/params.h"

/*
 * The first pages of the lists seen last, as the service sent them: shown at once when a list is opened
 * again, and only named by their hash when it is asked whether they are still so. In memory, for one person;
 * wiped.
 */
enum { PAGES_KEPT = 24, PAGES_BYTES = 16 * 1024 };

struct page_kept {
    char key[BODY_HASH + 1], hash[BODY_HASH + 1];
    unsigned char *bytes;
    size_t n;
    uint64_t used; /* rises; 0: a free place */
};

struct pages {
    struct page_kept kept[PAGES_KEPT];
    uint64_t uses;
};

/* What is asked for, whatever the client has of it. */
void pages_key(const struct params *p, char key[BODY_HASH + 1]);
/* NULL when there is none. Valid until the next pages_keep. */
const struct page_kept *pages_find(struct pages *p, const char *key);
/* A copy of a body as it stood in its reply; of the oldest the place. What is too large is not kept. */
void pages_keep(struct pages *p, const char *key, struct str bytes);
void pages_clear(struct pages *p);

#endif
