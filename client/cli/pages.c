#include "client/cli/pages.h"

#include <string.h>

#include "common/base/arena.h"
#include "common/base/limits.h"

/* Rows gathered so far, as one array; `size` is that of a row. */
struct gathered {
    char *rows;
    size_t n, cap;
};

static void
gather(struct arena *a, struct gathered *g, const void *rows, size_t n, size_t size)
{
    if (g->n + n > g->cap) {
        size_t cap = (g->n + n) * 2;
        char *grown = arena_alloc_array(a, cap, size);
        if (g->n > 0)
            memcpy(grown, g->rows, g->n * size);
        g->rows = grown;
        g->cap = cap;
    }
    if (n > 0)
        memcpy(g->rows + g->n * size, rows, n * size);
    g->n += n;
}

static void
ask_for(struct pages *p, size_t have)
{
    int64_t most = p->method == METHOD_HISTORY ? LIMIT_HISTORY : LIMIT_PAGE;
    int64_t left = p->limit > 0 ? p->limit - (int64_t)have : most;
    p->params.limit = left < most ? left : most;
    p->params.present |= 1u << PARAM_LIMIT;
}

static void
take(struct pages *p, struct gathered *g, const struct body *page, struct str *ret_next)
{
    if (p->method == METHOD_HISTORY) {
        gather(p->a, g, page->events.rows, page->events.nrows, sizeof(struct body_event));
        *ret_next = page->events.next;
        return;
    }
    gather(p->a, g, page->page.rows, page->page.nrows, sizeof(struct body_row));
    *ret_next = page->page.next;
}

static void
give(const struct pages *p, const struct gathered *g, struct body *body)
{
    if (p->method == METHOD_HISTORY) {
        body->events.rows = (struct body_event *)(void *)g->rows;
        body->events.nrows = g->n;
        return;
    }
    body->page.rows = (struct body_row *)(void *)g->rows;
    body->page.nrows = g->n;
}

enum rc
pages_read(struct pages *p, struct body *ret, bool *ret_more, struct err *reterr)
{
    struct gathered g = {0};
    struct str next = STR_NONE;
    do {
        ask_for(p, g.n);
        struct link_call call = {.method = p->method, .params = &p->params, .arena = p->a};
        enum rc rc = link_request(p->l, &call, ret, reterr);
        if (rc != RC_OK)
            return rc;
        take(p, &g, ret, &next);
        p->params.cursor = next;
        p->params.present |= 1u << PARAM_CURSOR;
    } while (next.n > 0 && (p->limit == 0 || g.n < (size_t)p->limit));
    give(p, &g, ret);
    *ret_more = next.n > 0;
    return RC_OK;
}
