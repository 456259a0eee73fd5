#include "client/cli/describe.h"

#include "client/text.h"
#include "common/base/arena.h"
#include "common/base/utf8.h"

static struct str
verbs_of(struct arena *a, const struct schema_entity *e)
{
    struct buf b;
    struct str name, help;
    buf_init(&b, a, 64);
    for (size_t i = 0; verb_at(e, i, &name, &help); i++) {
        if (i > 0)
            buf_add_char(&b, ' ');
        buf_add_str(&b, name);
    }
    return buf_str(&b);
}

static void
entities_text(struct buf *out, const struct style *st)
{
    struct table *t = table_new(out->a, 2);
    table_head(t, 0, str_from(_("Entity")), false);
    table_head(t, 1, str_from(_("Verbs")), false);
    for (size_t i = 0; i < st->schema->nentities; i++) {
        table_cell(t, st->schema->entities[i].name);
        table_cell(t, verbs_of(out->a, &st->schema->entities[i]));
    }
    (void)table_write(out, st, t);
}

/* "text, needed, when added, changeable" */
static struct str
nature(struct arena *a, const struct style *st, const struct schema_field *f)
{
    struct buf b;
    buf_init(&b, a, 64);
    const struct schema_entity *ref = f->type == VT_REF ? schema_entity(st->schema, f->ref) : NULL;
    if (ref != NULL)
        buf_add_str(&b, ref->name);
    else
        buf_add_str(&b, str_from(value_type_name(f->type)));
    if ((f->flags & SCHEMA_REQUIRED) != 0)
        buf_add_str(&b, str_from(_(", needed")));
    if ((f->flags & SCHEMA_CREATE) != 0 && (f->flags & SCHEMA_EDIT) == 0)
        buf_add_str(&b, str_from(_(", once")));
    if ((f->flags & (SCHEMA_CREATE | SCHEMA_EDIT)) == 0)
        buf_add_str(&b, str_from(_(", read only")));
    return buf_str(&b);
}

static struct str
meaning(struct arena *a, const struct schema_field *f)
{
    struct buf b;
    buf_init(&b, a, 64);
    buf_add_str(&b, f->help.n > 0 ? f->help : f->label);
    for (size_t i = 0; i < f->nchoices; i++) {
        buf_add_str(&b, i == 0 ? STR(" [") : STR(" "));
        buf_add_str(&b, f->choices[i].code);
    }
    if (f->nchoices > 0)
        buf_add_char(&b, ']');
    if (f->fallback.n > 0)
        buf_printf(&b, _(" (else %.*s)"), STR_ARG(f->fallback));
    return buf_str(&b);
}

static void
fields_text(struct buf *out, const struct style *st, const struct schema_field *fields, size_t n)
{
    struct table *t = table_new(out->a, 3);
    for (size_t i = 0; i < n; i++) {
        table_cell(t, str_printf(out->a, "  %.*s", STR_ARG(fields[i].name)));
        table_cell(t, nature(out->a, st, &fields[i]));
        table_cell(t, meaning(out->a, &fields[i]));
    }
    (void)table_write(out, st, t);
}

static void
verbs_text(struct buf *out, const struct style *st, const struct schema_entity *e)
{
    struct table *t = table_new(out->a, 2);
    struct str name, help;
    for (size_t i = 0; verb_at(e, i, &name, &help); i++) {
        table_cell(t, str_printf(out->a, "  bima %.*s %.*s", STR_ARG(e->name), STR_ARG(name)));
        table_cell(t, help);
    }
    (void)table_write(out, st, t);
}

void
describe_text(struct buf *out, const struct style *st, const struct schema_entity *e)
{
    if (e == NULL) {
        entities_text(out, st);
        return;
    }
    buf_printf(out, "%.*s: %.*s\n\n", STR_ARG(e->label), STR_ARG(clean(out->a, st, e->help)));
    verbs_text(out, st, e);
    buf_printf(out, "\n%s\n", _("Fields"));
    fields_text(out, st, e->fields, e->nfields);
    buf_printf(out, _("\nConditions of a list: %.*s\n"), STR_ARG(fields_with(out->a, e, SCHEMA_FILTER)));
    buf_printf(out, _("Orders of a list: %.*s\n"), STR_ARG(fields_with(out->a, e, SCHEMA_SORT)));
    for (size_t i = 0; i < e->nviews; i++)
        buf_printf(out, "%s%.*s: %.*s\n", i == 0 ? _("\nLists (view=NAME)\n  ") : "  ",
                   STR_ARG(e->views[i].name), STR_ARG(clean(out->a, st, e->views[i].label)));
    for (size_t i = 0; i < e->nactions; i++) {
        if (e->actions[i].nfields == 0)
            continue;
        buf_printf(out, _("\nFields of %.*s\n"), STR_ARG(e->actions[i].name));
        fields_text(out, st, e->actions[i].fields, e->actions[i].nfields);
    }
}

static void
quoted(struct buf *out, struct str s, bool last)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            buf_add_char(out, '"');
        buf_add_char(out, s.p[i]);
    }
    buf_add_str(out, last ? STR("\"\r\n") : STR("\","));
}

void
describe_csv(struct buf *out, const struct style *st, const struct schema_entity *e)
{
    if (e == NULL) {
        buf_add_str(out, STR("entity,label,verbs\r\n"));
        for (size_t i = 0; i < st->schema->nentities; i++) {
            const struct schema_entity *row = &st->schema->entities[i];
            quoted(out, row->name, false);
            quoted(out, row->label, false);
            quoted(out, verbs_of(out->a, row), true);
        }
        return;
    }
    buf_add_str(out, STR("field,label,type,help\r\n"));
    for (size_t i = 0; i < e->nfields; i++) {
        quoted(out, e->fields[i].name, false);
        quoted(out, e->fields[i].label, false);
        quoted(out, nature(out->a, st, &e->fields[i]), false);
        quoted(out, meaning(out->a, &e->fields[i]), true);
    }
}

void
usage_text(struct buf *out)
{
    buf_add_str(
        out,
        str_from(_("usage: bima [-l LOGIN] [-p PORT] [-i KEY] [HOST]              open the screens\n"
                   "       bima [OPTION …] [HOST] ENTITY VERB [KEY] [FIELD=VALUE …]\n"
                   "       bima [OPTION …] [HOST] find TEXT | describe [ENTITY] | me | home | status\n"
                   "       bima certificate verify FILE-or-TEXT --key PUBLIC          without a service\n"
                   "\nVerbs: list show add set history, and what the entity offers besides.\n"
                   "A list takes FIELD=VALUE, FIELD>=VALUE, FIELD~PREFIX and so on.\n\nOptions:\n")));
    const char *syntax = NULL, *help = NULL;
    for (size_t i = 0; (help = cli_option_help(i, &syntax)) != NULL; i++)
        buf_printf(out, "  %-26s%s\n", syntax, help);
    buf_add_str(
        out,
        str_from(_("\nPassword and code are asked for, or read from the files that BIMA_PASSWORD_FILE and\n"
                   "BIMA_CODE_FILE name. Other secrets are asked for, or read from the standard input.\n")));
}

void
help_text(struct buf *out, const struct style *st, const struct cli_command *c)
{
    if (c->entity == NULL) {
        usage_text(out);
        buf_add_char(out, '\n');
        entities_text(out, st);
        return;
    }
    if (c->action == NULL) {
        describe_text(out, st, c->entity);
        return;
    }
    buf_printf(out, "bima %.*s %.*s%s%s\n", STR_ARG(c->entity->name), STR_ARG(c->action->name),
               c->action->on_record && !c->entity->single ? _(" KEY") : "",
               c->action->nfields > 0 ? _(" [FIELD=VALUE …]") : "");
    buf_printf(out, "%.*s\n", STR_ARG(clean(out->a, st, c->action->help)));
    if (c->action->needs_reason)
        buf_printf(out, "%s\n", _("Needs --reason TEXT."));
    fields_text(out, st, c->action->fields, c->action->nfields);
}
