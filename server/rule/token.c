#include "server/rule/token.h"

#include "common/base/utf8.h"
#include "server/rule/entry/fold.h"

enum { TAIL = 6, TOKEN_BYTES = 40, SERIAL_MIN = 2 };

const char *
token_why_text(uint32_t why)
{
    static const char *const texts[] = {"",     "plate",  "phone",   "ID number",   "chassis",
                                        "name", "policy", "receipt", "certificate", "engine"};
    return why < COUNTOF(texts) ? texts[why] : "";
}

static void
add(struct rule_tokens *set, struct str token, enum token_why why)
{
    token = utf8_cut(token, TOKEN_BYTES);
    if (token.n == 0 || set->n == RULE_TOKENS_MAX)
        return;
    for (size_t i = 0; i < set->n; i++)
        if (str_eq(set->rows[i].token, token))
            return;
    set->rows[set->n++] = (struct rule_token){.token = token, .why = why};
}

static void
add_tail(struct rule_tokens *set, struct str token, enum token_why why)
{
    if (token.n > TAIL)
        add(set, str_slice(token, token.n - TAIL, token.n), why);
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

void
token_plate(struct arena *a, struct rule_tokens *set, struct str plate)
{
    struct str t = fold_joined(a, plate);
    size_t digits = 0, letters = t.n;
    while (digits < t.n && !is_digit(t.p[digits]))
        digits++;
    while (letters > 0 && !is_digit(t.p[letters - 1]))
        letters--;
    add(set, t, TOKEN_PLATE);
    if (digits > 0)
        add(set, str_slice(t, digits, t.n), TOKEN_PLATE);
    if (letters > 0)
        add(set, str_slice(t, letters, t.n), TOKEN_PLATE);
}

void
token_chassis(struct arena *a, struct rule_tokens *set, struct str chassis)
{
    struct str t = fold_joined(a, chassis);
    add(set, t, TOKEN_CHASSIS);
    add_tail(set, t, TOKEN_CHASSIS);
}

void
token_engine(struct arena *a, struct rule_tokens *set, struct str engine)
{
    struct str t = fold_joined(a, engine);
    add(set, t, TOKEN_ENGINE);
    add_tail(set, t, TOKEN_ENGINE);
}

void
token_phone(struct arena *a, struct rule_tokens *set, struct str key, struct str country)
{
    add(set, str_dup(a, key), TOKEN_PHONE);
    if (country.n > 0 && str_starts(key, country)) {
        struct str national = str_slice(key, country.n, key.n);
        add(set, str_printf(a, "0%.*s", STR_ARG(national)), TOKEN_PHONE);
        add(set, str_dup(a, national), TOKEN_PHONE);
    }
    add_tail(set, str_dup(a, key), TOKEN_PHONE);
}

struct str
token_mark(struct arena *a, struct str mark)
{
    return str_printf(a, "=%.*s", STR_ARG(mark));
}

void
token_id(struct arena *a, struct rule_tokens *set, struct str mark)
{
    add(set, token_mark(a, mark), TOKEN_ID);
}

void
token_name(struct arena *a, struct rule_tokens *set, struct str name)
{
    struct str rest = fold_words(a, name);
    while (rest.n > 0)
        add(set, str_split(&rest, ' '), TOKEN_NAME);
}

void
token_number(struct arena *a, struct rule_tokens *set, enum token_why why, struct str number)
{
    struct str t = fold_joined(a, number);
    size_t serial = number.n, strip;
    while (serial > 0 && is_digit(number.p[serial - 1]))
        serial--;
    add(set, t, why);
    if (serial == number.n || serial == 0)
        return;
    add(set, str_dup(a, str_slice(number, serial, number.n)), why);
    for (strip = serial; strip < number.n && number.p[strip] == '0';)
        strip++;
    if (number.n - strip >= SERIAL_MIN)
        add(set, str_dup(a, str_slice(number, strip, number.n)), why);
}

struct str
token_reference(struct arena *a, struct str reference)
{
    return utf8_cut(fold_joined(a, reference), TOKEN_BYTES);
}

void
token_add_reference(struct arena *a, struct rule_tokens *set, struct str reference)
{
    add(set, token_reference(a, reference), TOKEN_RECEIPT);
}

void
token_query(struct arena *a, struct str typed, struct token_query *ret)
{
    struct str rest = fold_words(a, typed);
    struct token_query q = {.joined = utf8_cut(fold_joined(a, typed), TOKEN_BYTES)};
    while (rest.n > 0 && q.nwords < TOKEN_WORDS_MAX) {
        struct str word = utf8_cut(str_split(&rest, ' '), TOKEN_BYTES);
        if (q.nwords > 0 && word.n > q.words[q.longest].n)
            q.longest = q.nwords;
        q.words[q.nwords++] = word;
    }
    *ret = q;
}
