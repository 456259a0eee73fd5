#include <string.h>

#include "common/base/limits.h"
#include "server/op/ops.h"
#include "server/op/parts.h"
#include "server/platform/platform.h"
#include "server/rule/entry/fold.h"
#include "server/rule/token.h"
#include "server/store/sql.h"

/* Tokens looked at: bounds what a common first letter costs, and what is held against the other words; of
   several words, how far their tokens are counted to begin with the rarest. */
enum { CANDIDATES = 400, COUNTED = 1000, GUESSES = 3, GUESS_MIN = 3, NUMBER_MIN = 3 };
/* What was typed is looked for as a sealed number, as one word and word by word, in this order. */
enum { PASSES = 3 };
/* A text and the first after all that begin with it: of the number, of all together, of each word. */
enum { PARAMS_MAX = 2 * (TOKEN_WORDS_MAX + 2) };

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

/* A statement under construction, with its parameters. */
struct search {
    struct op_ctx *ctx;
    struct buf sql;
    struct value params[PARAMS_MAX];
    size_t nparams;
    size_t words[TOKEN_WORDS_MAX]; /* which parameter each word is */
    const char *only;
};

/* The text, and behind it the end of its range. Returns which parameter the text is. */
static size_t
param(struct search *s, struct str text)
{
    ASSERT(s->nparams + 2 <= PARAMS_MAX);
    s->params[s->nparams++] = VALUE_TEXT(text);
    s->params[s->nparams++] = past(s->ctx->arena, text);
    return s->nparams - 1;
}

/* " token begins with the text", of the tokens `alias`. */
static void
add_range(struct search *s, const char *alias, size_t text)
{
    buf_printf(&s->sql, " %s.token >= $%zu and %s.token < $%zu", alias, text, alias, text + 1);
}

/* For each word but one a token that begins with it. */
static void
add_other_words(struct search *s, const struct token_query *q, size_t but)
{
    for (size_t i = 0; i < q->nwords; i++) {
        if (i == but)
            continue;
        buf_add_str(&s->sql, STR(" and exists (select from app.search_token s where s.entity = t.entity"
                                 " and s.row_id = t.row_id and"));
        add_range(s, "s", s->words[i]);
        buf_printf(&s->sql, "%s)", s->only);
    }
}

/* Records with a token in the range that stands in the statement from here on; `end` closes them. */
static const char candidates[] = "(select c.entity, c.row_id, min(c.why) as why, bool_or(c.token = c.typed) "
                                 "as whole from (select t.entity,"
                                 " t.row_id, t.why, t.token, ";

static void
end_candidates(struct search *s, size_t most)
{
    buf_printf(
        &s->sql,
        "%s order by t.token limit %zu) c group by c.entity, c.row_id order by 4 desc, 1, 2 limit %d) x",
        s->only, most, LIMIT_HITS);
}

static void
add_candidates(struct search *s, int pass, size_t text)
{
    buf_printf(&s->sql, "%sselect %d as pass, x.* from %s$%zu as typed from app.search_token t where",
               pass > 1 ? " union all " : "", pass, candidates, text);
    add_range(s, "t", text);
    end_candidates(s, CANDIDATES);
}

/* Which of several words the fewest tokens begin with; and which of those beside the longest, when they are
 * so few that all of them can be held against a guess of that one. */
static void
add_rarest(struct search *s, const struct token_query *q)
{
    buf_add_str(&s->sql, STR("counted as materialized (select * from (values "));
    for (size_t i = 0; i < q->nwords; i++) {
        buf_printf(&s->sql, "%s(%zu, $%zu, $%zu, (select count(*) from (select from app.search_token t where",
                   i ? ", " : "", i, s->words[i], s->words[i] + 1);
        add_range(s, "t", s->words[i]);
        buf_printf(&s->sql, "%s limit %d) n))", s->only, COUNTED);
    }
    buf_printf(&s->sql,
               ") w(word, token, past, tokens)), rarest as materialized (select word from counted order by"
               " tokens, word limit 1), few as materialized (select token collate \"C\" as token,"
               " past collate \"C\" as past from counted where word <> %zu and tokens < %d"
               " order by tokens, word limit 1), ",
               q->longest, CANDIDATES);
}

/* Records that have all words, found by the rarest. */
static void
add_all_words(struct search *s, const struct token_query *q)
{
    for (size_t i = 0; i < q->nwords; i++) {
        buf_printf(&s->sql,
                   " union all select %d as pass, x.* from %s$%zu as typed from app.search_token t where"
                   " (select word from rarest) = %zu and",
                   PASSES, candidates, s->words[i], i);
        add_range(s, "t", s->words[i]);
        add_other_words(s, q, i);
        end_candidates(s, LIMIT_HITS);
    }
}

/* Tokens of a guess `g`; of several words those that begin with the rarest of the others, where that is few,
 * and whose records have the guess. */
static void
add_guessed(struct search *s, const struct token_query *q)
{
    buf_printf(&s->sql,
               "(select * from app.search_token t where t.token >= g.word and t.token < g.past%s%s"
               " order by t.token limit %d)",
               s->only, q->nwords > 1 ? " and not exists (select from few)" : "", CANDIDATES);
    if (q->nwords > 1)
        buf_printf(
            &s->sql,
            " union all (select t.* from few cross join app.search_token t where t.token >= few.token"
            " and t.token < few.past%s and exists (select from app.search_token s where"
            " s.entity = t.entity and s.row_id = t.row_id and s.token >= g.word and s.token < g.past%s))",
            s->only, s->only);
}

/* What a guess finds, when none that is more alike has found anything. */
static void
add_guess(struct search *s, const struct token_query *q, int nth)
{
    buf_printf(&s->sql,
               "), guessed%d as materialized (select g.pass, g.word, x.* from guess g cross join lateral %s"
               "g.word as typed from (",
               nth, candidates);
    add_guessed(s, q);
    buf_add_str(&s->sql, STR(") t where true"));
    add_other_words(s, q, q->longest);
    end_candidates(s, CANDIDATES);
    buf_printf(&s->sql, " where g.pass = %d", PASSES + nth);
    for (int i = 1; i < nth; i++)
        buf_printf(&s->sql, " and not exists (select from guessed%d)", i);
}

/* Words of the company's own dictionary in place of the longest, when nothing begins with what was typed:
   "did you mean". The most alike that finds anything counts. */
static void
add_guesses(struct search *s, const struct token_query *q)
{
    buf_printf(&s->sql,
               "), guess as materialized (select w.word collate \"C\" as word,"
               " w.word || U&'\\+10FFFF' collate \"C\" as past, %d + w.nth as pass"
               " from app.similar_words($%zu, %d) with ordinality w(word, likeness, nth)"
               " where not exists (select from exact)",
               PASSES, s->words[q->longest], GUESSES);
    for (int nth = 1; nth <= GUESSES; nth++)
        add_guess(s, q, nth);
}

static bool
shows_detail(struct op_ctx *ctx, const struct entity *e)
{
    return e->detail_sql && (!(e->flags & EF_DETAIL_PERSONAL) || rights_may(&ctx->who.rights, e, "personal"));
}

/* What a found record is called, beside it. What is not within sight has no row and is left out. */
static void
add_labels(struct search *s)
{
    size_t n, used = 0;
    const struct entity *const *entities = entity_table(&n);
    struct buf joins, names[3];
    buf_init(&joins, s->ctx->arena, 1024);
    for (size_t i = 0; i < COUNTOF(names); i++)
        buf_init(&names[i], s->ctx->arena, 128);
    for (size_t i = 0; i < n; i++) {
        const struct entity *e = entities[i];
        if (!(e->flags & EF_SEARCH) || !rights_may(&s->ctx->who.rights, e, "read"))
            continue;
        const char *comma = used++ ? ", " : "";
        buf_printf(&names[0], "%se%u.id", comma, e->number);
        buf_printf(&names[1], "%se%u.label", comma, e->number);
        buf_printf(&names[2], "%se%u.detail", comma, e->number);
        buf_add_str(&joins, STR(" left join lateral (select t.id, "));
        sql_alias(&joins, e->label_sql, "t");
        buf_add_str(&joins, STR(" as label, "));
        sql_alias(&joins, shows_detail(s->ctx, e) ? e->detail_sql : "null::text", "t");
        buf_printf(
            &joins,
            " as detail from app.%s t where t.id = case f.entity when %u then f.row_id end) e%u on true",
            e->table, e->number, e->number);
    }
    for (size_t i = 0; i < COUNTOF(names); i++)
        buf_printf(&s->sql, ", coalesce(%.*s)", STR_ARG(buf_str(&names[i])));
    buf_printf(&s->sql, " from found f%.*s", STR_ARG(buf_str(&joins)));
}

/* Everything in one statement: what was typed, what it may have been meant for, and what is shown of it. */
static struct pg_stmt
build(struct search *s, const struct token_query *q)
{
    struct str mark;
    const bool guesses = q->words[q->longest].n >= GUESS_MIN,
               sealed = token_of_number(s->ctx, q->joined, &mark);
    const size_t number = sealed ? param(s, mark) : 0, joined = param(s, q->joined);
    buf_init(&s->sql, s->ctx->arena, 8192);
    s->only = allowed(s->ctx);
    for (size_t i = 0; i < q->nwords; i++)
        s->words[i] = param(s, q->words[i]);
    buf_add_str(&s->sql, STR("with "));
    if (q->nwords > 1)
        add_rarest(s, q);
    buf_add_str(&s->sql, STR("exact as materialized ("));
    if (sealed)
        add_candidates(s, 1, number);
    add_candidates(s, sealed ? 2 : 1, joined);
    if (q->nwords > 1)
        add_all_words(s, q);
    if (guesses)
        add_guesses(s, q);
    buf_add_str(
        &s->sql,
        STR("), found as materialized (select * from (select y.*, row_number() over (partition by"
            " y.entity, y.row_id order by y.pass) as nth from (select pass, null::text as word, entity,"
            " row_id, why, whole from exact"));
    for (int nth = 1; guesses && nth <= GUESSES; nth++)
        buf_printf(&s->sql, " union all select pass, word, entity, row_id, why, whole from guessed%d", nth);
    buf_printf(&s->sql,
               ") y) z where nth = 1 order by pass, whole desc, entity, row_id limit %d)"
               " select f.entity, f.row_id, f.why, f.word",
               LIMIT_HITS);
    add_labels(s);
    buf_add_str(&s->sql, STR(" order by f.pass, f.whole desc, f.entity, f.row_id"));
    buf_add_char(&s->sql, '\0');
    return (struct pg_stmt){(const char *)s->sql.p, s->params, s->nparams};
}

enum { C_ENTITY, C_ROW, C_WHY, C_WORD, C_ID, C_LABEL, C_DETAIL };

static struct str
cell_text(const struct pg_rows *rows, size_t row, size_t col)
{
    const struct value *v = pg_cell(rows, row, col);
    return v->type == VT_TEXT ? v->text : STR_NONE;
}

static void
show(struct op_ctx *ctx, const struct pg_rows *rows, size_t limit, struct body_hits *ret)
{
    ret->rows = arena_new(ctx->arena, struct body_hit, rows->nrows + 1);
    for (size_t r = 0; r < rows->nrows && ret->nrows < limit; r++) {
        const struct str guess = cell_text(rows, r, C_WORD);
        if (pg_cell(rows, r, C_ID)->type == VT_NULL)
            continue;
        ret->rows[ret->nrows++] = (struct body_hit){
            .record = {(uint32_t)pg_cell(rows, r, C_ENTITY)->i, pg_cell(rows, r, C_ROW)->i,
                       cell_text(rows, r, C_LABEL)},
            .detail = cell_text(rows, r, C_DETAIL),
            .why = guess.n ? str_printf(ctx->arena, "like %.*s", STR_ARG(guess))
                           : str_from(token_why_text((uint32_t)pg_cell(rows, r, C_WHY)->i)),
        };
    }
}

enum rc
op_find(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    struct token_query q;
    struct pg_rows rows = {0};
    const size_t limit =
        params_has(p, PARAM_LIMIT) && p->limit > 0 && p->limit < LIMIT_HITS ? (size_t)p->limit : LIMIT_HITS;
    if (ctx->who.rights.platform)
        return platform_find(ctx, p, ret, reterr);
    token_query(ctx->arena, p->text, &q);
    if (q.joined.n) {
        struct search *s = arena_new(ctx->arena, struct search, 1);
        s->ctx = ctx;
        const struct pg_stmt stmt = build(s, &q);
        enum rc rc = tx_run_settled(ctx->tx, ctx->arena, &stmt, 1, &rows, reterr);
        if (rc != RC_OK)
            return rc;
    }
    show(ctx, &rows, limit, &ret->hits);
    ret->present |= 1u << BODY_HITS;
    return RC_OK;
}
