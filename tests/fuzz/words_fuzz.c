#include "common/base/limits.h"
#include "common/base/utf8.h"
#include "common/base/words.h"
#include "tests/fuzz/fuzz.h"

/* An exec command: what is split and quoted again splits to the same words. */

static void
quote(struct buf *b, struct str word)
{
    buf_add_char(b, '\'');
    for (size_t i = 0; i < word.n; i++) {
        if (word.p[i] == '\'')
            buf_add_str(b, STR("'\\''"));
        else
            buf_add_char(b, word.p[i]);
    }
    buf_add_str(b, STR("' "));
}

void
fuzz_one(struct arena *a, struct str data)
{
    struct str *words = NULL, *again = NULL;
    size_t count = 0, count_again = 0;
    struct err err = {0};
    if (words_split(a, data, &words, &count, &err)) {
        ASSERT(err.code == RC_USAGE && err.text[0]);
        return;
    }
    ASSERT(count <= LIMIT_EXEC_WORDS);
    struct buf b;
    buf_init(&b, a, 256);
    for (size_t i = 0; i < count; i++) {
        ASSERT(words[i].p[words[i].n] == '\0' && utf8_valid(words[i]) && !utf8_has_control(words[i]));
        quote(&b, words[i]);
    }
    if (b.n > LIMIT_EXEC)
        return;
    ASSERT(words_split(a, buf_str(&b), &again, &count_again, NULL) == RC_OK && count == count_again);
    for (size_t i = 0; i < count; i++)
        ASSERT(str_eq(words[i], again[i]));
}
