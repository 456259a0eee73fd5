#ifndef LINK_UPLOAD_H
#define LINK_UPLOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/err.h"
#include "common/wire/params.h"
#include "common/wire/schema.h"

struct arena;

/* Fields of bytes are given the path of a file; a program that the service started has no files. */
struct upload {
    const struct schema_field *fields; /* of the form or command */
    size_t nfields;
    bool spawned;
    bool input; /* "-" is the standard input */
};

/* Puts the bytes of the files in place of their paths. Fails: RC_BAD_PARAMS with the field's name and what is
 * expected.
 */
enum rc upload_files(struct arena *a, const struct upload *u, struct params *p, struct err *reterr) NODISCARD;

#endif
