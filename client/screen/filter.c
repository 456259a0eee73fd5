#include "client/screen/filter.h"

#include <strings.h>

#include "client/text.h"
#include "client/tui/form.h"
#include "common/base/words.h"
#include "common/wire/filter.h"

static const struct {
    const char *text;
    enum filter_op op;
} ops[] = {
    {"!=", FILTER_NE    },
    {"<=", FILTER_LE    },
    {">=", FILTER_GE    },
    {"=",  FILTER_EQ    },
    {"<",  FILTER_LT    },
    {">",  FILTER_GT    },
    {"~",  FILTER_PREFIX}
};

struct found {
    struct param_filter filters[FILTER_DAYS_MOST];
    size_t n;
};

static bool
same_without_blanks(struct str label, struct str typed)
{
    size_t at = 0;
    for (size_t i = 0; i < label.n; i++) {
        if (label.p[i] == ' ')
            continue;
        if (at >= typed.n || strncasecmp(&label.p[i], &typed.p[at], 1) != 0)
            return false;
        at++;
    }
    return at == typed.n;
}

static const struct schema_field *
field_typed(const struct schema_entity *e, struct str typed)
{
    const struct schema_field *f = schema_field_named(e, typed);
    for (size_t i = 0; !f && i < e->nfields; i++)
        if (same_without_blanks(e->fields[i].label, typed))
            f = &e->fields[i];
    return f;
}

/* Where the operator stands in a word: the first of its characters. */
static size_t
find_op(struct str word, size_t *ret_len, enum filter_op *ret)
{
    for (size_t at = 1; at < word.n; at++)
        for (size_t k = 0; k < COUNTOF(ops); k++) {
            struct str op = str_from(ops[k].text);
            if (!str_starts(str_slice(word, at, word.n), op))
                continue;
            *ret_len = op.n;
            *ret = ops[k].op;
            return at;
        }
    return 0;
}

/* One word: one condition, or two where a day is meant as a whole. */
static enum rc
read_one(struct arena *a, const struct schema_entity *e, struct str word, const struct locale_info *l,
         struct found *ret, struct err *reterr)
{
    size_t len = 0;
    enum filter_op op = FILTER_EQ;
    size_t at = find_op(word, &len, &op);
    if (!at)
        return err_set(reterr, RC_BAD_PARAMS, NULL,
                       _("\"%.*s\" is no condition: write field=value, as in state=active"), STR_ARG(word));
    const struct schema_field *f = field_typed(e, str_slice(word, 0, at));
    if (!f || !(f->flags & SCHEMA_FILTER))
        return err_set(reterr, RC_BAD_PARAMS, NULL, _("\"%.*s\" can't be filtered by; F4 shows what can"),
                       (int)at, word.p);
    struct str text = str_slice(word, at + len, word.n);
    ret->n = filter_days(f, op, text, l, ret->filters);
    if (ret->n)
        return RC_OK;
    struct value v = VALUE_TEXT(text);
    const struct schema_choice *c = f->nchoices ? choice_typed(f, text) : NULL;
    if (c)
        v = VALUE_INT(c->number);
    else if (f->type != VT_TEXT && f->type != VT_REF) {
        enum rc rc = value_read(a, f, text, l, &v, reterr);
        if (rc != RC_OK)
            return rc;
    }
    ret->filters[0] = (struct param_filter){.field = {.number = f->tag}, .op = op, .value = v};
    ret->n = 1;
    return RC_OK;
}

enum rc
filter_read(struct arena *a, const struct schema_entity *e, struct str line, const struct locale_info *l,
            struct param_filter *out, size_t room, size_t *ret_n, struct err *reterr)
{
    struct str *words;
    size_t n;
    enum rc rc = words_split(a, line, &words, &n, reterr);
    if (rc != RC_OK)
        return rc;
    size_t filled = 0;
    for (size_t i = 0; i < n; i++) {
        struct found found = {.n = 0};
        if ((rc = read_one(a, e, words[i], l, &found, reterr)) != RC_OK)
            return rc;
        if (filled + found.n > room)
            return err_set(reterr, RC_BAD_PARAMS, NULL, _("at most %zu conditions"), room);
        for (size_t k = 0; k < found.n; k++)
            out[filled++] = found.filters[k];
    }
    *ret_n = filled;
    return RC_OK;
}
