/* What a thin line does without: the ids behind the labels of a list, and a page that is there already. */
#include "common/base/limits.h"
#include "server/worker/call.h"

static void
make_bare(struct arena *a, struct body_page *p)
{
    p->ids_apart = p->nrows <= LIMIT_PAGE;
    for (size_t r = 0; r < p->nrows; r++) {
        p->ids_apart = p->ids_apart && p->rows[r].id >= 0 && p->rows[r].id <= UINT32_MAX;
        for (size_t i = 0; i < p->ncolumns; i++) {
            struct value *v = &p->rows[r].cells[i];
            if (v->type == VT_REF)
                *v = VALUE_TEXT(value_text(a, NULL, v, NULL));
        }
    }
}

enum rc
call_thin(struct call *c)
{
    if (c->method->number != METHOD_LIST || !body_has(&c->body, BODY_PAGE))
        return RC_OK;
    if (c->params.bare)
        make_bare(c->ctx.arena, &c->body.page);
    if (!params_has(&c->params, PARAM_HASH))
        return RC_OK;
    char hash[BODY_HASH + 1];
    body_hash(call_body(c->ctx.arena, &c->body), hash);
    if (!str_eq_c(c->params.hash, hash))
        return RC_OK;
    c->body.present = 0;
    return RC_NOT_MODIFIED;
}
