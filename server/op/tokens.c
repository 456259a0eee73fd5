#include "common/base/buf.h"
#include "server/op/parts.h"
#include "server/rule/rule.h"

enum { WHY_NAME = 5, WORD_MIN = 3 };

/* Tokens travel as one text each, joined by blanks: they are letters and digits only. */
static void
join(struct arena *a, const struct rule_tokens *set, struct str *ret_tokens, struct str *ret_whys,
     struct str *ret_words)
{
    struct buf tokens, whys, words;
    buf_init(&tokens, a, 256);
    buf_init(&whys, a, 64);
    buf_init(&words, a, 128);
    for (size_t i = 0; i < set->n; i++) {
        buf_printf(&tokens, "%s%.*s", i ? " " : "", STR_ARG(set->rows[i].token));
        buf_printf(&whys, "%s%u", i ? " " : "", set->rows[i].why);
        if (set->rows[i].why == WHY_NAME && set->rows[i].token.n >= WORD_MIN)
            buf_printf(&words, "%s%.*s", words.n ? " " : "", STR_ARG(set->rows[i].token));
    }
    *ret_tokens = buf_str(&tokens);
    *ret_whys = buf_str(&whys);
    *ret_words = buf_str(&words);
}

void
op_tokens(struct op_ctx *ctx, const struct entity *e, const void *row, bool is_new)
{
    static const char insert[] =
        "insert into app.search_token (tenant_id, token, entity, row_id, why)"
        " select current_setting('app.tenant_id')::int, x.token, $1, $2, x.why::smallint"
        " from unnest(string_to_array($3, ' '), string_to_array($4, ' ')) as x(token, why)"
        " order by x.token on conflict do nothing";
    static const char insert_words[] =
        "insert into app.search_word (tenant_id, word) select current_setting('app.tenant_id')::int, w"
        " from unnest(string_to_array($1, ' ')) as w where not exists (select from app.search_word s where "
        "s.word = w)"
        " order by w on conflict do nothing";
    static const char drop_others[] = "delete from app.search_token where entity = $1 and row_id = $2"
                                      " and token <> all (string_to_array($3, ' '))";
    const struct rule *rule = rule_for(e->number);
    if (!rule || !rule->tokens)
        return;
    struct rule_tokens *set = arena_new(ctx->arena, struct rule_tokens, 1);
    rule->tokens(ctx, row, set);
    struct str tokens, whys, words;
    join(ctx->arena, set, &tokens, &whys, &words);
    const struct value params[] = {VALUE_INT(e->number), VALUE_INT(((const struct row_head *)row)->id),
                                   VALUE_TEXT(tokens), VALUE_TEXT(whys)};
    op_ask(ctx, insert, params, 4, NULL);
    if (words.n)
        op_ask(ctx, insert_words, &VALUE_TEXT(words), 1, NULL);
    if (!is_new)
        op_ask(ctx, drop_others, params, 3, NULL);
}
