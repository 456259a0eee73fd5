#include <string.h>

#include "server/op/parts.h"
#include "server/worker/state.h"

/* bytes; a context row is about one kilobyte */
enum { KNOWN_MEMORY = 64 * 1024 };

static struct known_user *
slot(struct worker *w, const struct identity *who)
{
    return &w->known[((uint64_t)who->user * UINT64_C(0x9e3779b97f4a7c15) >> 32) % KNOWN_USERS];
}

static bool
is_of(const struct known_user *k, const struct identity *who)
{
    return k->who.user == who->user && k->who.tenant == who->tenant && who->user != 0;
}

const struct pg_rows *
known_find(struct worker *w, const struct identity *who)
{
    struct known_user *k = slot(w, who);
    return is_of(k, who) ? &k->entered : NULL;
}

const struct pg_rows *
known_keep(struct worker *w, const struct identity *who, const struct pg_rows *entered)
{
    struct known_user *k = slot(w, who);
    size_t n = entered->nrows * entered->ncols;
    if (!k->memory.cap)
        arena_init(&k->memory, KNOWN_MEMORY, NULL, NULL);
    arena_reset(&k->memory);
    k->who = *who;
    k->entered = *entered;
    k->entered.names = arena_new(&k->memory, struct str, entered->ncols + 1);
    k->entered.cells = arena_new(&k->memory, struct value, n + 1);
    for (size_t i = 0; i < entered->ncols; i++)
        k->entered.names[i] = str_dup(&k->memory, entered->names[i]);
    for (size_t i = 0; i < n; i++) {
        k->entered.cells[i] = entered->cells[i];
        if (entered->cells[i].type == VT_TEXT)
            k->entered.cells[i].text = str_dup(&k->memory, entered->cells[i].text);
    }
    return &k->entered;
}

void
known_drop(struct worker *w, const struct identity *who)
{
    struct known_user *k = slot(w, who);
    if (is_of(k, who))
        k->who.user = 0;
}

bool
known_same(const struct pg_rows *a, const struct pg_rows *b)
{
    if (a->nrows != b->nrows || a->ncols != b->ncols)
        return false;
    for (size_t i = 0; i < a->nrows * a->ncols; i++)
        if (!value_eq(&a->cells[i], &b->cells[i]) && !str_eq_c(a->names[i % a->ncols], OP_CONTEXT_SESSION))
            return false;
    return true;
}
