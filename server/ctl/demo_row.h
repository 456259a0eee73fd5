#ifndef CTL_DEMO_ROW_H
#define CTL_DEMO_ROW_H

#include "common/base/arena.h"
#include "common/base/str.h"
#include "common/value/date.h"

/*
 * One description of a row, written three ways: the names of its columns ("id,tenant_id"), binary COPY, or
 * the JSON that to_jsonb gives of the stored row (times in UTC) for the history.
 */
enum demo_form { DEMO_COLUMNS, DEMO_BINARY, DEMO_JSON };

struct demo_row {
    enum demo_form form;
    struct arena *a; /* for what a row needs while it is written */
    char *p;
    size_t n, cap;
    size_t head; /* where the open row's count of fields stands */
    int fields;
};

/* `cap` bytes hold the largest row; writing past it ends the program. */
void demo_row_init(struct demo_row *r, enum demo_form form, char *p, size_t cap);
void demo_row_open(struct demo_row *r);
void demo_row_close(struct demo_row *r);

void demo_put_int2(struct demo_row *r, const char *name, int64_t v);
void demo_put_int4(struct demo_row *r, const char *name, int64_t v);
void demo_put_int8(struct demo_row *r, const char *name, int64_t v);
void demo_put_id(struct demo_row *r, const char *name, int64_t id); /* 0: null */
void demo_put_bool(struct demo_row *r, const char *name, bool v);
void demo_put_text(struct demo_row *r, const char *name, struct str v); /* p NULL: null */
void demo_put_bytes(struct demo_row *r, const char *name, struct str v);
void demo_put_date(struct demo_row *r, const char *name, date_t v);
void demo_put_stamp(struct demo_row *r, const char *name, stamp_t v);
void demo_put_null(struct demo_row *r, const char *name);
/* A jsonb column; not in JSON itself. */
void demo_put_json(struct demo_row *r, const char *name, struct str json);

/* Signature and end of a binary COPY. */
extern const char demo_copy_head[19], demo_copy_tail[2];

#endif
