#ifndef STORE_ROW_H
#define STORE_ROW_H

#include "server/catalog/entity.h"
#include "server/store/pg.h"

/* Results of sql_select, read by walking the fields. */

/* A cell of PostgreSQL's type as a value of the field's (INT becomes CHOICE, MONEY, RATE …). Fails:
 * RC_INTERNAL. */
enum rc row_convert(const struct field *f, const struct value *cell, struct value *ret,
                    struct err *reterr) NODISCARD;

/* The fields of one row as values, n of them into ret (a reference with its label). */
enum rc row_values(const struct field *const *fields, size_t n, const struct pg_rows *rows, size_t row,
                   struct value *ret, struct err *reterr) NODISCARD;

/* One row into a record struct, which is overwritten: id, version, presence and members. */
enum rc row_decode(const struct field *const *fields, size_t n, const struct pg_rows *rows, size_t row,
                   void *ret_record, struct err *reterr) NODISCARD;

/* id and version of a row */
int64_t row_id(const struct pg_rows *rows, size_t row);
int64_t row_version(const struct pg_rows *rows, size_t row);

#endif
