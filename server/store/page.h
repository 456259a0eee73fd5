#ifndef STORE_PAGE_H
#define STORE_PAGE_H

#include "common/wire/body.h"
#include "common/wire/params.h"
#include "server/catalog/entity.h"
#include "server/store/tx.h"

/*
 * A page of a list: keyset paging over (sort field, id), so that page 10,000 costs what page 1 costs,
 * forward, backward and from a value on. The cursor is opaque: where a row stood, and a hash over it and the
 * list's shape, so that a cursor of another list, order or filter is refused rather than answered with
 * nonsense.
 *
 * Texts are put in order as people do, capitals beside small letters: by the collation "und-x-icu", which an
 * index for it names. Numbers and codes, which are kept in capitals, byte by byte.
 */
struct page_filter {
    const struct field *field;
    enum filter_op op;
    struct value value; /* of the field's type, or VT_NULL with EQ and NE */
};

struct page_query {
    const struct entity *entity;
    const struct field *const *fields; /* columns */
    size_t nfields;
    const char *where; /* of the view, over @; or NULL */
    const struct page_filter *filters;
    size_t nfilters;
    const struct field *sort; /* stored */
    bool desc;
    size_t limit;
    struct str cursor; /* of the page before; empty: the first */
    bool has_from;     /* begin at the first row that does not stand before `from`; then no cursor */
    struct value from; /* of the sort field's type, not NULL */
    bool back;         /* the page that ends before the cursor; without one the last */
    bool count;        /* give the total, capped at PAGE_COUNT_CAP */
    bool sums;         /* and what the amounts add up to, over PAGE_SUMS_CAP rows at most */
};
enum { PAGE_COUNT_CAP = 1000, PAGE_SUMS_CAP = 200 * 1000 };

/* Fails: RC_BAD_PARAMS for a cursor that is not of this list; as tx_run. */
enum rc page_run(struct tx *tx, struct arena *a, const struct page_query *q, struct body_page *ret,
                 struct err *reterr) NODISCARD;

#endif
