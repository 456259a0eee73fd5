#include "client/cli/words.h"

#include "client/text.h"
#include "common/base/arena.h"
#include "common/base/limits.h"
#include "common/value/number.h"
#include "common/wire/filter.h"

const struct schema_field *
field_meant(const struct schema_field *fields, size_t n, struct str word)
{
    for (size_t i = 0; i < n; i++)
        if (same_word(word, fields[i].name))
            return &fields[i];
    for (size_t i = 0; i < n; i++)
        if (same_word(word, fields[i].label))
            return &fields[i];
    return NULL;
}

enum rc
unknown_word(struct reading *r, const char *what, struct str word, const struct suggestion *near)
{
    if (near->best.n == 0)
        return err_set(r->reterr, RC_USAGE, NULL, _("%s \"%.*s\" is not known; see bima help"), what,
                       STR_ARG(word));
    return err_set(r->reterr, RC_USAGE, NULL, _("%s \"%.*s\" is not known; did you mean \"%.*s\"?"), what,
                   STR_ARG(word), STR_ARG(near->best));
}

static enum rc
unknown_field(struct reading *r, const struct schema_field *fields, size_t n, struct str word)
{
    struct suggestion near = {.typed = word};
    for (size_t i = 0; i < n; i++)
        suggest(&near, fields[i].name);
    return unknown_word(r, _("the field"), word, &near);
}

struct assignment {
    struct str name, value;
    enum filter_op op;
};

static bool
is_name_char(char c, bool first)
{
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    return letter || (!first && ((c >= '0' && c <= '9') || c == '-' || c == ' '));
}

/* False when the word is no assignment: then it is part of a key. */
static bool
read_assignment(struct str word, struct assignment *ret)
{
    size_t n = 0;
    while (n < word.n && is_name_char(word.p[n], n == 0))
        n++;
    struct str rest = str_slice(word, n, word.n);
    if (n == 0 || rest.n == 0)
        return false;
    size_t two = rest.n > 1 && rest.p[1] == '=' ? 2 : 1;
    int op = filter_op_by_name(str_slice(rest, 0, two));
    if (op < 0 && two == 2) {
        two = 1;
        op = filter_op_by_name(str_slice(rest, 0, 1));
    }
    if (op < 0)
        return false;
    *ret = (struct assignment){str_slice(word, 0, n), str_slice(rest, two, rest.n), (enum filter_op)op};
    return true;
}

void
params_mark(struct params *p, enum param_key key)
{
    p->present |= 1u << key;
}

static enum rc
take_number(struct reading *r, const struct assignment *as, enum param_key key, int64_t *ret)
{
    if (number_parse(as->value, 0, INT64_MAX, param_key_name(key), ret, r->reterr) != RC_OK)
        return RC_USAGE;
    params_mark(&r->c->params, key);
    return RC_OK;
}

/* id=, version=, reason= and view= say something about the request, unless the entity has such a field. */
static bool
take_special(struct reading *r, const struct assignment *as, enum rc *ret)
{
    struct params *p = &r->c->params;
    *ret = RC_OK;
    if (as->op != FILTER_EQ)
        return false;
    if (str_eq_c(as->name, "id") && r->c->method != METHOD_LIST)
        *ret = take_number(r, as, PARAM_ID, &p->id);
    else if (str_eq_c(as->name, "version") && (r->c->method == METHOD_SET || r->c->method == METHOD_ACT))
        *ret = take_number(r, as, PARAM_VERSION, &p->version);
    else if (str_eq_c(as->name, "reason")) {
        p->reason = as->value;
        params_mark(p, PARAM_REASON);
    } else if (str_eq_c(as->name, "view") && r->c->method == METHOD_LIST) {
        p->view.name = as->value;
        params_mark(p, PARAM_VIEW);
    } else
        return false;
    return true;
}

/* The fields a command takes: those of the action, else of the entity. */
static const struct schema_field *
fields_of(const struct cli_command *c, size_t *ret_n)
{
    if (c->action != NULL) {
        *ret_n = c->action->nfields;
        return c->action->fields;
    }
    *ret_n = c->entity->nfields;
    return c->entity->fields;
}

struct str
fields_with(struct arena *a, const struct schema_entity *e, uint32_t flag)
{
    struct buf b;
    buf_init(&b, a, 64);
    for (size_t i = 0; i < e->nfields; i++) {
        if ((e->fields[i].flags & flag) == 0)
            continue;
        if (b.n > 0)
            buf_add_str(&b, STR(", "));
        buf_add_str(&b, e->fields[i].name);
    }
    return buf_str(&b);
}

/* As typed: the service reads it as a person would. "" clears; a reference may be given as id=NUMBER. */
static struct value
value_meant(const struct schema_field *f, struct str typed)
{
    int64_t id = 0;
    if (typed.n == 0)
        return VALUE_NULL;
    if (f->type == VT_REF && str_starts(typed, STR("id=")) &&
        number_parse(str_slice(typed, 3, typed.n), 0, INT64_MAX, "id", &id, NULL) == RC_OK)
        return VALUE_INT(id);
    return VALUE_TEXT(typed);
}

static enum rc
take_filter(struct reading *r, const struct schema_field *f, const struct assignment *as)
{
    struct params *p = &r->c->params;
    if ((f->flags & SCHEMA_FILTER) == 0)
        return err_set(r->reterr, RC_USAGE, NULL, _("%.*s is no condition for a list; these are: %.*s"),
                       STR_ARG(f->name), STR_ARG(fields_with(r->a, r->c->entity, SCHEMA_FILTER)));
    if (f->type == VT_STAMP && r->l->today.days == 0) /* which day it is there comes with the greeting */
        return err_set(r->reterr, RC_USAGE, NULL, _("a moment can't be read before the line stands"));
    struct param_filter days[FILTER_DAYS_MOST];
    size_t n = filter_days(f, as->op, as->value, r->l, days);
    if (p->nfilters + (n > 0 ? n : 1) > LIMIT_FILTERS)
        return err_set(r->reterr, RC_USAGE, NULL, _("a list takes at most %d conditions"), LIMIT_FILTERS);
    params_mark(p, PARAM_FILTERS);
    for (size_t i = 0; i < n; i++)
        p->filters[p->nfilters++] = days[i];
    if (n > 0)
        return RC_OK;
    p->filters[p->nfilters++] = (struct param_filter){
        .field = {.number = f->tag},
        .op = as->op,
        .value = value_meant(f, as->value),
    };
    return RC_OK;
}

static enum rc
take_field(struct reading *r, const struct schema_field *f, const struct assignment *as)
{
    struct params *p = &r->c->params;
    if (as->op != FILTER_EQ)
        return err_set(r->reterr, RC_USAGE, NULL, _("%.*s: write field=value; other signs are for lists"),
                       STR_ARG(as->name));
    if ((f->flags & SCHEMA_SECRET) != 0 && !str_eq_c(as->value, "-"))
        return err_set(r->reterr, RC_USAGE, str_dup(r->a, f->name).p,
                       _("is secret: not on the command line, where others see it. Write %.*s=- to be asked"),
                       STR_ARG(f->name));
    for (size_t i = 0; i < p->nfields; i++)
        if (p->fields[i].field.number == f->tag)
            return err_set(r->reterr, RC_USAGE, str_dup(r->a, f->name).p, _("is given twice"));
    if (p->nfields >= LIMIT_FIELDS)
        return err_set(r->reterr, RC_USAGE, NULL, _("a request takes at most %d fields"), LIMIT_FIELDS);
    p->fields[p->nfields++] = (struct param_field){
        .field = {.number = f->tag},
        .value = value_meant(f, as->value),
    };
    params_mark(p, PARAM_FIELDS);
    return RC_OK;
}

static enum rc
take_assignment(struct reading *r, const struct assignment *as)
{
    size_t n = 0;
    enum rc rc = RC_OK;
    const struct schema_field *fields = fields_of(r->c, &n);
    const struct schema_field *f = field_meant(fields, n, as->name);
    if (f == NULL && take_special(r, as, &rc))
        return rc;
    if (f == NULL)
        return unknown_field(r, fields, n, as->name);
    return r->c->method == METHOD_LIST ? take_filter(r, f, as) : take_field(r, f, as);
}

static bool
takes_key(const struct cli_command *c)
{
    if (c->method == METHOD_LIST || c->method == METHOD_ADD)
        return false;
    return c->method != METHOD_ACT || c->action->on_record;
}

static enum rc
take_key_word(struct reading *r, struct str word)
{
    if (!takes_key(r->c))
        return err_set(r->reterr, RC_USAGE, NULL, _("\"%.*s\": field=value is expected here"), STR_ARG(word));
    if (r->key.n > 0)
        buf_add_char(&r->key, ' ');
    buf_add_str(&r->key, word);
    return RC_OK;
}

/* What belongs to a record (policy=…) is all of it, unless a view is named. */
static void
all_of_record(struct reading *r)
{
    struct params *p = &r->c->params;
    const uint32_t all = schema_view_all(r->c->entity);
    for (size_t i = 0; i < p->nfilters && all > 0 && !params_has(p, PARAM_VIEW); i++) {
        if (p->filters[i].op != FILTER_EQ ||
            !schema_is_tab(r->s, r->c->entity->number, p->filters[i].field.number))
            continue;
        p->view.number = all;
        params_mark(p, PARAM_VIEW);
    }
}

enum rc
take_words(struct reading *r, size_t from)
{
    const struct cli_args *args = r->args;
    r->c->params.fields = arena_new(r->a, struct param_field, args->nwords + LIMIT_FIELDS);
    r->c->params.filters = arena_new(r->a, struct param_filter, LIMIT_FILTERS);
    for (size_t i = from; i < args->nwords; i++) {
        struct assignment as;
        bool assigns = read_assignment(args->words[i], &as);
        enum rc rc = assigns ? take_assignment(r, &as) : take_key_word(r, args->words[i]);
        if (rc != RC_OK)
            return rc;
    }
    if (r->c->method == METHOD_LIST)
        all_of_record(r);
    return RC_OK;
}

/* --- options that go along --- */

static enum rc
take_sort(struct reading *r)
{
    const struct schema_entity *e = r->c->entity;
    struct str word = str_from(r->args->sort);
    const struct schema_field *f = field_meant(e->fields, e->nfields, word);
    if (f == NULL)
        return unknown_field(r, e->fields, e->nfields, word);
    if ((f->flags & SCHEMA_SORT) == 0)
        return err_set(r->reterr, RC_USAGE, "sort", _("%.*s is no order for a list; these are: %.*s"),
                       STR_ARG(f->name), STR_ARG(fields_with(r->a, e, SCHEMA_SORT)));
    r->c->params.sort.number = f->tag;
    params_mark(&r->c->params, PARAM_SORT);
    return RC_OK;
}

static enum rc
take_as_of(struct reading *r)
{
    struct params *p = &r->c->params;
    if (r->c->method != METHOD_GET)
        return err_set(r->reterr, RC_USAGE, "as-of", _("goes with show"));
    if (stamp_parse(str_from(r->args->as_of), r->l->offset_minutes, "as-of", &p->at, r->reterr) != RC_OK)
        return RC_USAGE;
    r->c->method = METHOD_AS_OF;
    params_mark(p, PARAM_AT);
    return RC_OK;
}

static bool
ends_with(struct str s, const char *end)
{
    struct str e = str_from(end);
    return s.n >= e.n && str_eq(str_slice(s, s.n - e.n, s.n), e);
}

/* Named, or by the file's name, or what a terminal and a pipe can both show. */
static struct str
format_meant(const struct cli_args *args)
{
    if (args->print_format != NULL)
        return str_from(args->print_format);
    struct str out = str_from(args->out_path);
    return ends_with(out, ".pdf") || ends_with(out, ".PDF") ? STR("pdf") : STR("text");
}

static enum rc
take_columns(struct reading *r)
{
    const struct schema_entity *e = r->c->entity;
    struct params *p = &r->c->params;
    struct str rest = str_from(r->args->columns);
    p->columns = arena_new(r->a, struct name_or_number, LIMIT_FIELDS);
    while (rest.n > 0 && p->ncolumns < LIMIT_FIELDS) {
        struct str word = str_trim(str_split(&rest, ','));
        const struct schema_field *f = field_meant(e->fields, e->nfields, word);
        if (f == NULL || (f->flags & SCHEMA_LIST) == 0)
            return err_set(r->reterr, RC_USAGE, "columns", _("\"%.*s\" is no column; there are: %.*s"),
                           STR_ARG(word), STR_ARG(fields_with(r->a, e, SCHEMA_LIST)));
        p->columns[p->ncolumns++] = (struct name_or_number){.number = f->tag};
    }
    params_mark(p, PARAM_COLUMNS);
    return RC_OK;
}

enum rc
take_options(struct reading *r)
{
    const struct cli_args *args = r->args;
    struct params *p = &r->c->params;
    enum rc rc = RC_OK;
    if (args->as_of != NULL)
        rc = take_as_of(r);
    if (rc == RC_OK && args->sort != NULL && r->c->method == METHOD_LIST)
        rc = take_sort(r);
    if (args->desc && r->c->method == METHOD_LIST) {
        p->desc = true;
        params_mark(p, PARAM_DESC);
    }
    if (rc == RC_OK && args->columns != NULL && r->c->method == METHOD_LIST)
        rc = take_columns(r);
    if (args->reason != NULL) {
        p->reason = str_from(args->reason);
        params_mark(p, PARAM_REASON);
    }
    if (r->c->method == METHOD_PRINT) {
        p->format = format_meant(args);
        params_mark(p, PARAM_FORMAT);
    }
    if (r->c->method == METHOD_ADD)
        params_mark(p, PARAM_FIELDS); /* none at all is the server's to refuse, field by field */
    return rc;
}

enum rc
check_key(struct reading *r)
{
    struct params *p = &r->c->params;
    if (r->key.n > 0 && params_has(p, PARAM_ID))
        return err_set(r->reterr, RC_USAGE, "key", _("give the record's name or id=, not both"));
    if (r->key.n > 0) {
        p->key = buf_str(&r->key);
        params_mark(p, PARAM_KEY);
    }
    if (takes_key(r->c) && r->key.n == 0 && !params_has(p, PARAM_ID) && r->c->entity->single) {
        p->key = STR("me");
        params_mark(p, PARAM_KEY);
    } else if (takes_key(r->c) && r->key.n == 0 && !params_has(p, PARAM_ID)) {
        const struct schema_field *f = schema_key_field(r->c->entity);
        struct str what = f != NULL ? f->label : STR("key");
        return err_set(r->reterr, RC_USAGE, "key", _("which %.*s? Name it by its %.*s, or id=NUMBER"),
                       STR_ARG(r->c->entity->label), STR_ARG(what));
    }
    bool nothing = r->c->method == METHOD_SET && p->nfields == 0;
    return nothing ? err_set(r->reterr, RC_USAGE, NULL, _("say what to change: field=value")) : RC_OK;
}

void
add_secrets(struct reading *r)
{
    struct params *p = &r->c->params;
    const struct schema_action *act = r->c->action;
    for (size_t i = 0; act != NULL && i < act->nfields; i++) {
        const struct schema_field *f = &act->fields[i];
        bool given = (f->flags & SCHEMA_SECRET) == 0;
        for (size_t k = 0; k < p->nfields; k++)
            given |= p->fields[k].field.number == f->tag;
        if (given || p->nfields >= LIMIT_FIELDS)
            continue;
        p->fields[p->nfields++] =
            (struct param_field){.field = {.number = f->tag}, .value = VALUE_TEXT(STR("-"))};
        params_mark(p, PARAM_FIELDS);
    }
}
