#ifndef LINK_LAYOUT_H
#define LINK_LAYOUT_H

#include <stddef.h>

#include "common/base/str.h"
#include "common/wire/schema.h"

/*
 * Which columns a person wants to see of each list: lines "entity view column column …" by their names, so
 * that they mean the same for every service. One file for all lists, read once, written whole.
 */
enum { LAYOUT_BYTES = 8192, LAYOUT_COLUMNS = 16 };

struct layout {
    const char *dir; /* where the file is; NULL: nowhere */
    char text[LAYOUT_BYTES];
    size_t n;
};

/* `dir` lives as long as the layout. */
void layout_open(struct layout *l, const char *dir);
/* Tags of the columns chosen; those the description does not know are left out. 0: none chosen. */
size_t layout_columns(const struct layout *l, const struct schema_entity *e, struct str view,
                      uint32_t out[LAYOUT_COLUMNS]);
/* n 0: none any more. False: no room, or the file could not be written; what was chosen holds until the end.
 */
bool layout_keep(struct layout *l, const struct schema_entity *e, struct str view, const uint32_t *tags,
                 size_t n);

#endif
