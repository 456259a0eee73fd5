#include "client/cli/complete.h"

static void
offer(struct run *r, struct str word, const char *end)
{
    buf_add_str(&r->out, word);
    buf_add_str(&r->out, str_from(end));
    buf_add_char(&r->out, '\n');
}

static void
offer_first(struct run *r, const struct schema *s)
{
    static const char *const words[] = {"find", "describe", "me", "home", "status", "help"};
    for (size_t i = 0; i < COUNTOF(words); i++)
        offer(r, str_from(words[i]), "");
    for (size_t i = 0; s != NULL && i < s->nentities; i++)
        offer(r, s->entities[i].name, "");
}

static void
offer_fields(struct run *r, const struct schema_entity *e, struct str verb, struct str typed)
{
    const struct schema_action *action = schema_action_named(e, verb);
    const struct schema_field *fields = action != NULL ? action->fields : e->fields;
    size_t n = action != NULL ? action->nfields : e->nfields;
    struct str rest = typed;
    const struct schema_field *f = field_meant(fields, n, str_split(&rest, '='));
    for (size_t i = 0; f != NULL && i < f->nchoices; i++)
        offer(r, f->choices[i].code, "");
    for (size_t i = 0; f == NULL && i < n; i++)
        offer(r, fields[i].name, "=");
}

void
complete_words(struct run *r)
{
    const struct schema *s = link_schema(r->l);
    const struct cli_args *args = r->args;
    struct str name, help;
    if (args->nwords <= 1) {
        offer_first(r, s);
        return;
    }
    const struct schema_entity *e = s != NULL ? entity_meant(s, args->words[0]) : NULL;
    if (e == NULL)
        return;
    if (args->nwords == 2)
        for (size_t i = 0; verb_at(e, i, &name, &help); i++)
            offer(r, name, "");
    else
        offer_fields(r, e, args->words[1], args->words[args->nwords - 1]);
}
