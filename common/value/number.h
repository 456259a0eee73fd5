#ifndef VALUE_NUMBER_H
#define VALUE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/err.h"
#include "common/base/str.h"

/* The only places where text becomes a number or a yes/no. Whole text or nothing. */
enum rc number_parse(struct str text, int64_t min, int64_t max, const char *field, int64_t *ret,
                     struct err *reterr) NODISCARD;
/* yes/no, y/n, true/false, on/off, 1/0, ndiyo/hapana; any case */
enum rc bool_parse(struct str text, const char *field, bool *ret, struct err *reterr) NODISCARD;

#endif
