#include <string.h>

#include "common/base/limits.h"
#include "server/op/ops.h"
#include "server/op/parts.h"
#include "server/platform/platform.h"
#include "server/rule/entry/fold.h"
#include "server/rule/token.h"
#include "server/store/sql.h"

/* Tokens looked at: bounds what a common first letter costs. */
enum { CANDIDATES = 400, GUESSES = 3, GUESS_MIN = 3, NUMBER_MIN = 3 };

struct found {
    uint32_t entity;
    int64_t id;
    uint32_t why;
    bool whole; /* the token is what was typed, not only its beginning */
};
struct found_list {
    struct found rows[LIMIT_HITS];
    size_t n;
};

/* The first text after every text that begins with `prefix`. */
static struct value
past(struct arena *a, struct str prefix)
{
    return VALUE_TEXT(str_printf(a, "%.*s\xf4\x8f\xbf\xbf", STR_ARG(prefix)));
}

/* What this person may find: no token of an entity he may not read, none of a personal field he may not see.
 */
static const char *
allowed(struct op_ctx *ctx)
{
    size_t n;
    const struct entity *const *entities = entity_table(&n);
    struct buf b;
    buf_init(&b, ctx->arena, 256);
    for (size_t i = 0; i < n; i++) {
        const struct entity *e = entities[i];
        if (!(e->flags & EF_SEARCH))
            continue;
        if (!rights_may(&ctx->who.rights, e, "read"))
            buf_printf(&b, " and entity <> %u", e->number);
        else if (!rights_may(&ctx->who.rights, e, "personal"))
            buf_printf(&b, " and not (entity = %u and why in (%d, %d))", e->number, TOKEN_PHONE, TOKEN_ID);
    }
    buf_add_char(&b, '\0');
    return (const char *)b.p;
}

/* Records with a token that begins with `first`, and for each further word a token that begins with it. */
static struct pg_stmt
token_stmt(struct op_ctx *ctx, struct str first, const struct token_query *q, bool all_words)
{
    struct buf b;
    struct value *params = arena_new(ctx->arena, struct value, 2 * TOKEN_WORDS_MAX + 4);
    const char *only = allowed(ctx);
    size_t n = 0;
    params[n++] = VALUE_TEXT(first);
    params[n++] = past(ctx->arena, first);
    buf_init(&b, ctx->arena, 1024);
    buf_add_str(
        &b,
        STR("select c.entity, c.row_id, min(c.why), bool_or(c.token = $1) from (select entity, row_id, why,"
            " token from app.search_token t where token >= $1 and token < $2"));
    buf_add_str(&b, str_from(only));
    for (size_t i = 0; all_words && i < q->nwords; i++) {
        if (i == q->longest)
            continue;
        params[n++] = VALUE_TEXT(q->words[i]);
        params[n++] = past(ctx->arena, q->words[i]);
        buf_printf(
            &b,
            " and exists (select from app.search_token s where s.entity = t.entity and s.row_id = t.row_id"
            " and s.token >= $%zu and s.token < $%zu%s)",
            n - 1, n, only);
    }
    buf_printf(&b, " order by token limit %d) c", CANDIDATES);
    buf_printf(&b, " group by c.entity, c.row_id order by 4 desc, 1, 2 limit %d", LIMIT_HITS);
    buf_add_char(&b, '\0');
    return (struct pg_stmt){(const char *)b.p, params, n};
}

static void
collect(struct found_list *list, const struct pg_rows *rows, size_t limit)
{
    for (size_t r = 0; r < rows->nrows && list->n < limit; r++) {
        struct found f = {(uint32_t)pg_cell(rows, r, 0)->i, pg_cell(rows, r, 1)->i,
                          (uint32_t)pg_cell(rows, r, 2)->i, pg_cell(rows, r, 3)->yes};
        bool seen = false;
        for (size_t i = 0; i < list->n; i++)
            seen = seen || (list->rows[i].entity == f.entity && list->rows[i].id == f.id);
        if (!seen && entity_by_number(f.entity))
            list->rows[list->n++] = f;
    }
}

/* Numbers that stand nowhere in plain are found whole, by their mark. False: this is none, or there are no
 * keys. */
static bool
token_of_number(struct op_ctx *ctx, struct str joined, struct str *ret)
{
    struct err ignored;
    struct str mark;
    unsigned other = 0;
    struct str code = fold_code(ctx->arena, joined, &other);
    if (code.n < NUMBER_MIN || op_mark(ctx, MARK_CODE, code, &mark, &ignored) != RC_OK)
        return false;
    *ret = token_mark(ctx->arena, mark);
    return true;
}

static enum rc
by_tokens(struct op_ctx *ctx, const struct token_query *q, size_t limit, struct found_list *ret,
          struct err *reterr)
{
    struct pg_stmt stmts[3];
    struct pg_rows rows[3];
    size_t n = 0;
    struct str mark;
    if (token_of_number(ctx, q->joined, &mark))
        stmts[n++] = token_stmt(ctx, mark, q, false);
    stmts[n++] = token_stmt(ctx, q->joined, q, false);
    if (q->nwords > 1)
        stmts[n++] = token_stmt(ctx, q->words[q->longest], q, true);
    enum rc rc = tx_run(ctx->tx, ctx->arena, stmts, n, rows, reterr);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        collect(ret, &rows[i], limit);
    return rc;
}

/* Words of the company's own dictionary in place of the longest: "did you mean". */
static enum rc
by_guess(struct op_ctx *ctx, const struct token_query *q, size_t limit, struct found_list *ret,
         struct str *ret_word, struct err *reterr)
{
    struct str typed = q->words[q->longest];
    if (typed.n < GUESS_MIN)
        return RC_OK;
    const struct value params[] = {VALUE_TEXT(typed)};
    const struct pg_stmt stmt = {"select word from app.similar_words($1, 3)", params, 1};
    struct pg_rows words;
    enum rc rc = tx_run(ctx->tx, ctx->arena, &stmt, 1, &words, reterr);
    for (size_t i = 0; rc == RC_OK && i < words.nrows && i < GUESSES && !ret->n; i++) {
        struct token_query guess = *q;
        guess.words[guess.longest] = pg_cell(&words, i, 0)->text;
        const struct pg_stmt again = token_stmt(ctx, guess.words[guess.longest], &guess, true);
        struct pg_rows rows;
        rc = tx_run(ctx->tx, ctx->arena, &again, 1, &rows, reterr);
        if (rc == RC_OK)
            collect(ret, &rows, limit);
        *ret_word = guess.words[guess.longest];
    }
    return rc;
}

/* ------------------------------------------------------------------ showing them */

static bool
shows_detail(struct op_ctx *ctx, const struct entity *e)
{
    return e->detail_sql && (!(e->flags & EF_DETAIL_PERSONAL) || rights_may(&ctx->who.rights, e, "personal"));
}

static struct pg_stmt
detail_stmt(struct op_ctx *ctx, const struct entity *e, const struct found_list *list)
{
    struct buf ids, b;
    buf_init(&ids, ctx->arena, 256);
    for (size_t i = 0; i < list->n; i++)
        if (list->rows[i].entity == e->number)
            buf_printf(&ids, "%s%lld", ids.n ? "," : "", (long long)list->rows[i].id);
    struct value *params = arena_new(ctx->arena, struct value, 1);
    params[0] = VALUE_TEXT(buf_str(&ids));
    buf_init(&b, ctx->arena, 512);
    buf_add_str(&b, STR("select t.id, "));
    sql_alias(&b, e->label_sql, "t");
    buf_add_str(&b, STR(", "));
    sql_alias(&b, shows_detail(ctx, e) ? e->detail_sql : "null::text", "t");
    buf_printf(&b, " from app.%s t where t.id = any (string_to_array($1, ',')::bigint[])", e->table);
    buf_add_char(&b, '\0');
    return (struct pg_stmt){(const char *)b.p, params, 1};
}

static struct str
cell_text(const struct pg_rows *rows, size_t row, size_t col)
{
    const struct value *v = pg_cell(rows, row, col);
    return v->type == VT_TEXT ? v->text : STR_NONE;
}

static void
show_rows(struct op_ctx *ctx, const struct found_list *list, uint32_t entity, const struct pg_rows *rows,
          struct str guess, struct body_hit *slots)
{
    for (size_t r = 0; r < rows->nrows; r++)
        for (size_t i = 0; i < list->n; i++) {
            const struct found *f = &list->rows[i];
            if (f->entity != entity || f->id != pg_cell(rows, r, 0)->i)
                continue;
            slots[i].record = (struct body_ref){entity, f->id, cell_text(rows, r, 1)};
            slots[i].detail = cell_text(rows, r, 2);
            slots[i].why = guess.n ? str_printf(ctx->arena, "like %.*s", STR_ARG(guess))
                                   : str_from(token_why_text(f->why));
        }
}

/* Labels and details in one round trip, a statement per kind of record. */
static enum rc
show(struct op_ctx *ctx, const struct found_list *list, struct str guess, struct body *ret,
     struct err *reterr)
{
    size_t count, used = 0;
    const struct entity *const *entities = entity_table(&count);
    struct pg_stmt *stmts = arena_new(ctx->arena, struct pg_stmt, count);
    struct pg_rows *rows = arena_new(ctx->arena, struct pg_rows, count);
    uint32_t *of = arena_new(ctx->arena, uint32_t, count);
    struct body_hit *slots = arena_new(ctx->arena, struct body_hit, list->n + 1);
    for (size_t e = 0; e < count; e++)
        for (size_t i = 0; i < list->n; i++)
            if (list->rows[i].entity == entities[e]->number) {
                of[used] = entities[e]->number;
                stmts[used++] = detail_stmt(ctx, entities[e], list);
                break;
            }
    enum rc rc = used ? tx_run(ctx->tx, ctx->arena, stmts, used, rows, reterr) : RC_OK;
    if (rc != RC_OK)
        return rc;
    for (size_t u = 0; u < used; u++)
        show_rows(ctx, list, of[u], &rows[u], guess, slots);
    ret->hits.rows = arena_new(ctx->arena, struct body_hit, list->n + 1);
    for (size_t i = 0; i < list->n; i++)
        if (slots[i].record.entity)
            ret->hits.rows[ret->hits.nrows++] = slots[i];
    ret->present |= 1u << BODY_HITS;
    return RC_OK;
}

enum rc
op_find(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    struct token_query q;
    struct found_list *list = arena_new(ctx->arena, struct found_list, 1);
    struct str guess = STR_NONE;
    size_t limit =
        params_has(p, PARAM_LIMIT) && p->limit > 0 && p->limit < LIMIT_HITS ? (size_t)p->limit : LIMIT_HITS;
    if (ctx->who.rights.platform)
        return platform_find(ctx, p, ret, reterr);
    token_query(ctx->arena, p->text, &q);
    enum rc rc = RC_OK;
    if (q.joined.n)
        rc = by_tokens(ctx, &q, limit, list, reterr);
    if (rc == RC_OK && q.joined.n && !list->n)
        rc = by_guess(ctx, &q, limit, list, &guess, reterr);
    return rc == RC_OK ? show(ctx, list, guess, ret, reterr) : rc;
}
