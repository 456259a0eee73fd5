#include "client/cli/command.h"

#include "client/cli/suggest.h"
#include "client/cli/words.h"
#include "client/text.h"
#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/utf8.h"

/* The verbs every entity may have. */
static const struct verb_row {
    const char *name;
    enum command_kind kind;
    enum method method;
    const char *help;
} verbs[] = {
    {"list",    COMMAND_LIST, METHOD_LIST,    N_("rows, by field=value, field>=value, field~prefix, view=NAME")},
    {"show",    COMMAND_CALL, METHOD_GET,     N_("one record")                                                 },
    {"add",     COMMAND_CALL, METHOD_ADD,     N_("a new record from field=value …")                          },
    {"set",     COMMAND_SET,  METHOD_SET,     N_("change fields of a record")                                  },
    {"history", COMMAND_CALL, METHOD_HISTORY, N_("who changed what, and when")                                 },
};

/* Words without an entity. */
static const struct plain_row {
    const char *name;
    enum command_kind kind;
    enum method method;
} plain[] = {
    {"find",     COMMAND_CALL,     METHOD_FIND    },
    {"describe", COMMAND_DESCRIBE, METHOD_DESCRIBE},
    {"me",       COMMAND_CALL,     METHOD_ME      },
    {"home",     COMMAND_CALL,     METHOD_HOME    },
    {"status",   COMMAND_CALL,     METHOD_STATUS  },
    {"help",     COMMAND_HELP,     METHOD_DESCRIBE},
};

static bool
may(const struct schema_entity *e, enum method method)
{
    switch ((unsigned)method) {
    case METHOD_LIST:
        return e->may_list;
    case METHOD_ADD:
        return e->may_add;
    case METHOD_SET:
        return e->may_set;
    case METHOD_HISTORY:
        return e->has_history;
    default:
        return true;
    }
}

bool
verb_at(const struct schema_entity *e, size_t i, struct str *ret_name, struct str *ret_help)
{
    for (size_t v = 0; v < COUNTOF(verbs); v++) {
        if (!may(e, verbs[v].method) || i-- > 0)
            continue;
        *ret_name = str_from(verbs[v].name);
        *ret_help = str_from(_(verbs[v].help));
        return true;
    }
    if (i >= e->nactions)
        return false;
    *ret_name = e->actions[i].name;
    *ret_help = e->actions[i].help;
    return true;
}

const struct schema_entity *
entity_meant(const struct schema *s, struct str word)
{
    for (size_t i = 0; i < s->nentities; i++) {
        const struct schema_entity *e = &s->entities[i];
        if (same_word(word, e->name) || same_word(word, e->plural) || same_word(word, e->label))
            return e;
    }
    return NULL;
}

static enum rc
unknown_entity(struct reading *r, struct str word)
{
    struct suggestion near = {.typed = word};
    for (size_t i = 0; i < COUNTOF(plain); i++)
        suggest(&near, str_from(plain[i].name));
    for (size_t i = 0; i < r->s->nentities; i++) {
        suggest(&near, r->s->entities[i].name);
        suggest(&near, r->s->entities[i].plural);
    }
    return unknown_word(r, _("the word"), word, &near);
}

static enum rc
unknown_verb(struct reading *r, struct str word)
{
    struct suggestion near = {.typed = word};
    struct str name, help;
    for (size_t i = 0; verb_at(r->c->entity, i, &name, &help); i++)
        suggest(&near, name);
    return unknown_word(r, str_printf(r->a, _("for %.*s the verb"), STR_ARG(r->c->entity->name)).p, word,
                        &near);
}

/* --- the command --- */

static const struct verb_row *
verb_named(struct str word)
{
    for (size_t i = 0; i < COUNTOF(verbs); i++)
        if (same_word(word, str_from(verbs[i].name)))
            return &verbs[i];
    return NULL;
}

static const struct schema_action *
action_meant(const struct schema_entity *e, struct str word)
{
    for (size_t i = 0; i < e->nactions; i++)
        if (same_word(word, e->actions[i].name) || same_word(word, e->actions[i].label))
            return &e->actions[i];
    return NULL;
}

/* A verb the person may not use is sent all the same: the service says why. */
static enum rc
take_verb(struct reading *r, struct str word)
{
    struct cli_command *c = r->c;
    const struct verb_row *v = verb_named(word);
    const struct schema_action *action = action_meant(c->entity, word);
    c->params.entity.number = c->entity->number;
    params_mark(&c->params, PARAM_ENTITY);
    if (v != NULL && (may(c->entity, v->method) || action == NULL)) {
        c->kind = v->kind;
        c->method = v->method;
        return RC_OK;
    }
    if (action == NULL)
        return unknown_verb(r, word);
    c->action = action;
    c->kind = COMMAND_CALL;
    c->method = action->prints ? METHOD_PRINT : METHOD_ACT;
    if (!action->prints) {
        c->params.action.number = action->number;
        params_mark(&c->params, PARAM_ACTION);
    }
    return RC_OK;
}

static enum rc
read_find(struct reading *r)
{
    struct buf text;
    buf_init(&text, r->a, 64);
    for (size_t i = 1; i < r->args->nwords; i++) {
        if (i > 1)
            buf_add_char(&text, ' ');
        buf_add_str(&text, r->args->words[i]);
    }
    if (text.n == 0)
        return err_set(r->reterr, RC_USAGE, NULL, _("find what? A plate, phone, name or number"));
    r->c->params.text = buf_str(&text);
    params_mark(&r->c->params, PARAM_TEXT);
    if (r->args->limit > 0) {
        r->c->params.limit = r->args->limit;
        params_mark(&r->c->params, PARAM_LIMIT);
    }
    return RC_OK;
}

/* help and describe: as far as the words go. */
static enum rc
read_help(struct reading *r, size_t at)
{
    if (at >= r->args->nwords)
        return RC_OK;
    r->c->entity = entity_meant(r->s, r->args->words[at]);
    if (r->c->entity == NULL)
        return unknown_entity(r, r->args->words[at]);
    if (at + 1 >= r->args->nwords)
        return RC_OK;
    r->c->action = action_meant(r->c->entity, r->args->words[at + 1]);
    if (r->c->action == NULL && verb_named(r->args->words[at + 1]) == NULL)
        return unknown_verb(r, r->args->words[at + 1]);
    return RC_OK;
}

static enum rc
read_plain(struct reading *r, const struct plain_row *row)
{
    r->c->kind = row->kind;
    r->c->method = row->method;
    if (row->kind != COMMAND_CALL)
        return read_help(r, 1);
    if (row->method == METHOD_FIND)
        return read_find(r);
    if (r->args->nwords > 1)
        return err_set(r->reterr, RC_USAGE, NULL, _("%s stands alone"), row->name);
    return RC_OK;
}

static enum rc
read_entity(struct reading *r)
{
    const struct cli_args *args = r->args;
    r->c->entity = entity_meant(r->s, args->words[0]);
    if (r->c->entity == NULL)
        return unknown_entity(r, args->words[0]);
    if (args->nwords < 2) {
        r->c->kind = COMMAND_HELP;
        return RC_OK;
    }
    enum rc rc = take_verb(r, args->words[1]);
    if (rc == RC_OK)
        rc = take_words(r, 2);
    if (rc == RC_OK)
        rc = take_options(r);
    if (rc == RC_OK)
        add_secrets(r);
    return rc == RC_OK ? check_key(r) : rc;
}

/* Words of another character set would only make a damaged message of the request. */
static enum rc
check_words(const struct cli_args *args, struct err *reterr)
{
    const char *const options[] = {args->reason, args->sort, args->as_of, args->columns, args->print_format};
    bool good = true;
    for (size_t i = 0; i < args->nwords; i++)
        good = good && utf8_valid(args->words[i]);
    for (size_t i = 0; i < COUNTOF(options); i++)
        good = good && utf8_valid(str_from(options[i]));
    return good ? RC_OK : err_set(reterr, RC_USAGE, NULL, "%s", _("what was typed is no UTF-8 text"));
}

enum rc
command_read(struct arena *a, const struct schema *s, const struct locale_info *l,
             const struct cli_args *args, struct cli_command *ret, struct err *reterr)
{
    struct cli_command c = {.kind = COMMAND_HELP};
    struct reading r = {.a = a, .s = s, .l = l, .args = args, .c = &c, .reterr = reterr};
    buf_init(&r.key, a, 32);
    enum rc rc = check_words(args, reterr);
    const struct plain_row *row = NULL;
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < COUNTOF(plain) && args->nwords > 0; i++)
        if (same_word(args->words[0], str_from(plain[i].name)))
            row = &plain[i];
    if (args->help)
        rc = read_help(&r, row != NULL ? 1 : 0);
    else if (row != NULL)
        rc = read_plain(&r, row);
    else if (args->nwords > 0)
        rc = read_entity(&r);
    if (rc == RC_OK)
        *ret = c;
    return rc;
}
