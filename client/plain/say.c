#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "client/cli/command.h"
#include "client/cli/suggest.h"
#include "client/plain/private.h"
#include "common/value/number.h"

/* What is said on every screen, and small things about words. */

enum { LONG_CODE = 64 /* signs without a blank */ };

struct str
plain_value(struct plain *p, struct arena *a, const struct schema_field *f, const struct value *v)
{
    struct schema_field unknown = {.type = v->type};
    return value_text(a, f != NULL ? f : &unknown, v, plain_locale(p));
}

const struct value *
record_value(const struct body_record *r, uint32_t tag)
{
    for (size_t i = 0; i < r->nfields; i++)
        if (r->fields[i].tag == tag && r->fields[i].value.type != VT_NULL)
            return &r->fields[i].value;
    return NULL;
}

const struct value *
record_named(const struct schema_entity *e, const struct body_record *r, const char *name)
{
    const struct schema_field *f = schema_field_named(e, str_from(name));
    return f != NULL ? record_value(r, f->tag) : NULL;
}

bool
plain_fits(const struct schema_action *act, const struct value *state)
{
    if (!act->on_record)
        return false;
    if (act->state_tag == 0 || state == NULL)
        return true;
    return state->i >= 0 && state->i < 64 && (act->state_mask >> state->i & 1u) != 0;
}

static struct str
ref_text(struct plain *p, struct arena *a, uint32_t entity, struct str label)
{
    const struct schema *s = p->link != NULL ? plain_schema(p) : NULL;
    const struct schema_entity *e = s != NULL ? schema_entity(s, entity) : NULL;
    return str_printf(a, "%.*s %.*s", STR_ARG(e != NULL ? e->label : STR_NONE), STR_ARG(label));
}

/* "2.owner" of a batch is the owner. */
static struct str
bare_name(struct str name)
{
    size_t from = name.n;
    while (from > 0 && name.p[from - 1] != '.')
        from--;
    return str_slice(name, from, name.n);
}

static struct str
field_label(const struct schema_entity *e, struct str name)
{
    name = bare_name(name);
    const struct schema_field *f = e != NULL ? field_meant(e->fields, e->nfields, name) : NULL;
    return f != NULL ? f->label : name;
}

/* "Sum insured: too much." and "Sum insured must be …." for a text that begins with the field's own name. */
struct str
plain_sentence(struct arena *a, struct str label, struct str name, struct str text)
{
    bool ended = text.n > 0 && strchr(".?!", text.p[text.n - 1]) != NULL;
    const char *stop = ended ? "" : ".";
    name = bare_name(name);
    if (label.n > 0 && name.n > 0 && str_starts(text, name) && text.n > name.n && text.p[name.n] == ' ')
        return str_printf(a, "%.*s%.*s%s", STR_ARG(label), STR_ARG(str_slice(text, name.n, text.n)), stop);
    return str_printf(a, "%.*s%s%.*s%s", STR_ARG(label), label.n > 0 ? ": " : "", STR_ARG(text), stop);
}

void
say_issues(struct plain *p, const struct schema_entity *e, const struct body_issue *issues, size_t n)
{
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    for (size_t i = 0; i < n; i++) {
        struct buf b;
        struct str label = field_label(e, issues[i].field);
        buf_init(&b, &a, 128);
        buf_printf(&b, "%s", _("Note: "));
        buf_add_str(&b, plain_sentence(&a, label, issues[i].field, issues[i].text));
        for (size_t k = 0; k < issues[i].nrefs; k++)
            buf_printf(&b, " %.*s.",
                       STR_ARG(ref_text(p, &a, issues[i].refs[k].entity, issues[i].refs[k].label)));
        struct str text = buf_str(&b);
        say(p, "%.*s", STR_ARG(text));
    }
    arena_done(&a);
}

void
say_error(struct plain *p, const struct schema_entity *e, const struct err *err, const struct body *body)
{
    struct arena a;
    struct buf b;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    buf_init(&b, &a, 128);
    struct str label = field_label(e, str_from(err->field));
    buf_printf(&b, "%s", err->code == RC_USAGE ? _("Not understood: ") : _("Not done. "));
    buf_add_str(&b, plain_sentence(&a, label, str_from(err->field),
                                   str_from(err->text[0] != '\0' ? err->text : rc_text(err->code))));
    for (uint32_t i = 0; i < err->nrefs && i < ERR_REFS_MAX; i++)
        buf_printf(&b, " %.*s.", STR_ARG(ref_text(p, &a, err->refs[i].entity, str_from(err->refs[i].label))));
    struct str text = buf_str(&b);
    say(p, "%.*s", STR_ARG(text));
    for (size_t i = 0; body != NULL && body_has(body, BODY_ERROR) && i < body->error.nissues; i++)
        if (!str_eq_c(body->error.issues[i].text, err->text))
            say_issues(p, e, &body->error.issues[i], 1);
    if (err->code == RC_INTERNAL && body != NULL && body->error.trace.n > 0)
        say(p, _("Tell the operator: request %.*s."), STR_ARG(body->error.trace));
    p->failed = err->code;
    arena_done(&a);
}

void
say_usage(struct plain *p, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    say(p, "%s", text);
    p->failed = RC_USAGE;
}

/* Nothing anybody would listen to. */
static bool
is_code(struct str text)
{
    return text.n > LONG_CODE && memchr(text.p, ' ', text.n) == NULL;
}

void
say_fields(struct plain *p, const struct body_record *r)
{
    const struct schema_entity *e = schema_entity(plain_schema(p), r->entity);
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    for (size_t i = 0; e != NULL && i < r->nfields; i++) {
        const struct schema_field *f = schema_field(e, r->fields[i].tag);
        if (f == NULL || r->fields[i].value.type == VT_NULL)
            continue;
        struct str text = plain_value(p, &a, f, &r->fields[i].value);
        if (is_code(text)) {
            say(p, _("%.*s: a code of %zu signs; say %.*s says it."), STR_ARG(f->label), text.n,
                STR_ARG(f->label));
            continue;
        }
        bool named = (f->flags & SCHEMA_KEY) != 0 && str_eq(text, r->label); /* said already */
        if (text.n > 0 && !named)
            say(p, "%.*s: %.*s", STR_ARG(f->label), STR_ARG(text));
    }
    arena_done(&a);
}

/* ---- words ---- */

struct str
take_word(struct str *line)
{
    *line = str_trim(*line);
    struct str word = str_split(line, ' ');
    *line = str_trim(*line);
    return word;
}

bool
begins_like(struct str text, struct str typed)
{
    return typed.n > 0 && typed.n <= text.n && same_word(str_slice(text, 0, typed.n), typed);
}

size_t
number_typed(struct str word, size_t max)
{
    int64_t n = 0;
    return number_parse(word, 1, (int64_t)max, "number", &n, NULL) == RC_OK ? (size_t)n : 0;
}

size_t
plain_number(struct plain *p, const char *question, size_t n)
{
    size_t chosen = 0;
    struct arena a;
    struct str answer = STR_NONE;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct str prompt = str_printf(&a, "%s ", question);
    while (chosen == 0 && hear(p, &a, prompt, &answer) == HEARD_LINE && answer.n > 0 &&
           !str_eq_c(answer, "<")) {
        chosen = number_typed(answer, n);
        if (chosen == 0)
            say_usage(p, _("A number from 1 to %zu, or Enter for none."), n);
    }
    arena_done(&a);
    return chosen;
}

size_t
plain_choose(struct plain *p, const char *question, const struct str *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        say(p, "%zu %.*s", i + 1, STR_ARG(rows[i]));
    return plain_number(p, question, n);
}
