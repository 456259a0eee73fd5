#ifndef RULE_TOKEN_H
#define RULE_TOKEN_H

#include "common/base/str.h"
#include "server/rule/rule.h"

/*
 * The words a record is found by, and the same treatment of what a person types to find it. Pure: used by the
 * rules, by find and by the demo data generator, so that all three agree on every spelling.
 *
 * Tokens are folded lower case, but for the marks of sealed numbers. A search is a prefix search; what people
 * type from the middle of a number is reached by the suffixes kept here (plate without its first letters,
 * last six of a chassis or phone, …).
 */

/* app.search_token.why: numbers in the table, never reused. */
enum token_why {
    TOKEN_PLATE = 1,
    TOKEN_PHONE = 2,
    TOKEN_ID = 3,
    TOKEN_CHASSIS = 4,
    TOKEN_NAME = 5,
    TOKEN_POLICY = 6,
    TOKEN_RECEIPT = 7,
    TOKEN_CERTIFICATE = 8,
    TOKEN_ENGINE = 9,
};
const char *token_why_text(uint32_t why); /* "plate", "phone" …; "" when unknown */

/* Adders: token texts live in `a`; the same token is kept once; what does not fit RULE_TOKENS_MAX is left
 * out. */

/* T337DSE: t337dse, 337dse, dse */
void token_plate(struct arena *a, struct rule_tokens *set, struct str plate);
/* Any chassis or frame number: whole, last six */
void token_chassis(struct arena *a, struct rule_tokens *set, struct str chassis);
/* Whole, last six */
void token_engine(struct arena *a, struct rule_tokens *set, struct str engine);
/* A phone_key and its country: 255712345678, 0712345678, 712345678, 345678 */
void token_phone(struct arena *a, struct rule_tokens *set, struct str key, struct str country);
/* A number that stands nowhere in plain: its mark, behind a sign nobody can type. */
struct str token_mark(struct arena *a, struct str mark);
void token_id(struct arena *a, struct rule_tokens *set, struct str mark);
/* Each word */
void token_name(struct arena *a, struct rule_tokens *set, struct str name);
/* KK/2026/001841: kk2026001841, 001841, 1841. `why` says which kind of number it is. */
void token_number(struct arena *a, struct rule_tokens *set, enum token_why why, struct str number);

/* The transaction, cheque or slip number of a receipt, as one word. */
struct str token_reference(struct arena *a, struct str reference);
void token_add_reference(struct arena *a, struct rule_tokens *set, struct str reference);

/* What was typed into find. A record fits when one of its tokens starts with `joined`, or when for every word
   one of its tokens starts with it. */
enum { TOKEN_WORDS_MAX = 8 };
struct token_query {
    struct str joined; /* all letters and digits together: "t 337-dse" -> "t337dse"; empty: nothing to find */
    struct str words[TOKEN_WORDS_MAX];
    size_t nwords;
    size_t longest; /* index of the word worth looking up first */
};
/* Texts live in `a`. */
void token_query(struct arena *a, struct str typed, struct token_query *ret);

#endif
