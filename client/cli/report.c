#include "client/cli/report.h"

#include <stdarg.h>
#include <stdio.h>

#include "client/text.h"
#include "common/base/arena.h"

static void
tell_ref(const struct style *st, uint32_t entity, struct str label, int64_t id)
{
    const struct schema_entity *e = st->schema != NULL ? schema_entity(st->schema, entity) : NULL;
    struct str name = e != NULL ? e->label : STR("record");
    (void)fprintf(stderr, "  %.*s %.*s (id=%lld)\n", STR_ARG(name), STR_ARG(label), (long long)id);
}

static void
tell_issue(const struct style *st, const char *what, const struct body_issue *issue)
{
    (void)fprintf(stderr, "bima: %s%.*s%s%.*s\n", what, STR_ARG(issue->field), issue->field.n > 0 ? ": " : "",
                  STR_ARG(issue->text));
    for (size_t i = 0; i < issue->nrefs; i++)
        tell_ref(st, issue->refs[i].entity, issue->refs[i].label, issue->refs[i].id);
}

void
report_error(const struct style *st, const struct err *err, const struct body *body)
{
    const char *text = err->text[0] != '\0' ? err->text : rc_text(err->code);
    (void)fprintf(stderr, "bima: %s%s%s\n", err->field, err->field[0] != '\0' ? ": " : "", text);
    for (uint32_t i = 0; i < err->nrefs && i < ERR_REFS_MAX; i++)
        tell_ref(st, err->refs[i].entity, str_from(err->refs[i].label), err->refs[i].id);
    if (body == NULL || !body_has(body, BODY_ERROR))
        return;
    for (size_t i = 0; i < body->error.nissues; i++)
        if (!str_eq_c(body->error.issues[i].text, err->text))
            tell_issue(st, "", &body->error.issues[i]);
    if (err->code == RC_INTERNAL && body->error.trace.n > 0)
        (void)fprintf(stderr, _("bima: tell the operator: request %.*s\n"), STR_ARG(body->error.trace));
}

void
report_warnings(const struct style *st, const struct body *body)
{
    for (size_t i = 0; i < body->nissues; i++)
        tell_issue(st, _("warning: "), &body->issues[i]);
}

static const struct value *
value_of(const struct body_record *r, uint32_t tag)
{
    static const struct value none = {.type = VT_NULL};
    for (size_t i = 0; i < r->nfields; i++)
        if (r->fields[i].tag == tag)
            return &r->fields[i].value;
    return &none;
}

void
report_conflict(struct arena *a, const struct style *st, const struct params *mine, const struct body *body)
{
    if (!body_has(body, BODY_RECORD))
        return;
    const struct schema_entity *e = schema_entity(st->schema, body->record.entity);
    for (size_t i = 0; i < mine->nfields && e != NULL; i++) {
        const struct schema_field *f = schema_field(e, mine->fields[i].field.number);
        if (f == NULL || (f->flags & SCHEMA_SECRET) != 0)
            continue;
        struct str theirs = value_text(a, f, value_of(&body->record, f->tag), st->locale);
        struct str ours = mine->fields[i].value.type == VT_TEXT ? mine->fields[i].value.text : STR_NONE;
        (void)fprintf(stderr, _("  %.*s: yours \"%.*s\", now \"%.*s\"\n"), STR_ARG(f->name), STR_ARG(ours),
                      STR_ARG(theirs));
    }
    (void)fprintf(stderr, _("  the record is at version %lld now; to save yours over it add version=%lld\n"),
                  (long long)body->record.version, (long long)body->record.version);
}

void
report_note(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)fputs("bima: ", stderr);
    (void)vfprintf(stderr, fmt, ap);
    (void)fputc('\n', stderr);
    va_end(ap);
}
