#ifndef SCREEN_FILTER_H
#define SCREEN_FILTER_H

#include "common/wire/params.h"
#include "common/wire/schema.h"

/*
 * Reads a filter line: conditions `field<op>value` separated by blanks; ops = != < <= > >= ~ (begins with); a
 * value with blanks in quotes. Fields by name, or by label without its blanks, any case. Choices by their
 * first letters. A day for a moment means the whole day. Fails: RC_BAD_PARAMS saying which condition is not
 * understood. Values live in `a`.
 */
enum rc filter_read(struct arena *a, const struct schema_entity *e, struct str line,
                    const struct locale_info *l, struct param_filter *out, size_t room, size_t *ret_n,
                    struct err *reterr) NODISCARD;

#endif
