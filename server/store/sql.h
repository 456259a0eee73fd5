#ifndef STORE_SQL_H
#define STORE_SQL_H

#include "common/base/buf.h"
#include "server/catalog/entity.h"

/*
 * SQL text from the catalog. Names come from the tables of the catalog alone, never from a peer, so
 * identifiers need no quoting. The record's table is called t; a reference's is called r and its field's
 * place.
 */

/* `expr` with the alias in place of every @. */
void sql_alias(struct buf *b, const char *expr, const char *alias);

/*
 * "select t.id, t.version, <fields>  from <source> t left join …": a reference takes two columns (id, label),
 * every other field one, in the order of `fields`. source NULL: the entity's table. Continue with " where …".
 * sql_select_labelled: the record's own label is one column more, the last.
 */
void sql_select(struct buf *b, const struct entity *e, const char *source, const struct field *const *fields,
                size_t n);
void sql_select_labelled(struct buf *b, const struct entity *e, const char *source,
                         const struct field *const *fields, size_t n);

/* Every stored or computed field of the entity, in table order; *ret_n of them. In `a`. What is sealed has no
   column of its own: server/personal fills it in. */
const struct field **sql_fields(struct arena *a, const struct entity *e, size_t *ret_n);

/* "with t as (insert … returning *) select …" of all fields, labelled. The values of the stored fields whose tag is in
   `mask` are $1…, in table order; bit 0 stands for the id, before them. */
void sql_insert(struct buf *b, const struct entity *e, uint64_t mask);
/* The same for an update: $1 is the id, the values follow from $2. */
void sql_update(struct buf *b, const struct entity *e, uint64_t mask);

#endif
