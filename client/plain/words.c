#include <string.h>

#include "client/cli/command.h"
#include "client/cli/describe.h"
#include "client/cli/suggest.h"
#include "client/plain/private.h"
#include "common/base/words.h"
#include "common/value/number.h"

/* What can be done from everywhere, said in words: the commands of the screens' palette, and the grammar of
   the command line, whose verbs open what the screens open. */

enum { OFFERS = 200 };
enum what { DO_LIST = 1, DO_ADD, DO_ACTION, DO_SELL, DO_SETTINGS };

struct offer {
    enum what what;
    const struct schema_entity *e;
    const struct schema_action *act;
    struct str label;
};

struct offers {
    struct offer rows[OFFERS];
    size_t n;
};

/* ---- the commands ---- */

static void
add_offer(struct offers *o, struct offer offer)
{
    if (o->n < OFFERS)
        o->rows[o->n++] = offer;
}

static void
offers_of(struct arena *a, struct offers *o, const struct schema_entity *e)
{
    if (e->single)
        add_offer(o, (struct offer){.what = DO_LIST, .e = e, .label = e->label});
    else if (e->may_list)
        add_offer(o, (struct offer){.what = DO_LIST, .e = e, .label = e->plural});
    if (e->may_add)
        add_offer(o, (struct offer){
                         .what = DO_ADD, .e = e, .label = str_printf(a, _("New %.*s"), STR_ARG(e->label))});
    for (size_t i = 0; i < e->nactions; i++)
        if (!e->actions[i].on_record)
            add_offer(o, (struct offer){.what = DO_ACTION,
                                        .e = e,
                                        .act = &e->actions[i],
                                        .label = str_printf(a, "%.*s: %.*s", STR_ARG(e->label),
                                                            STR_ARG(e->actions[i].label))});
}

static void
collect(struct plain *p, struct arena *a, struct offers *o)
{
    const struct schema *s = plain_schema(p);
    if (s->sell & FLOW_NEW_BUSINESS)
        add_offer(o, (struct offer){.what = DO_SELL, .label = str_from(_("New business"))});
    for (int menu = 1; menu >= 0; menu--)
        for (size_t i = 0; i < s->nentities; i++)
            if (s->entities[i].in_menu == (menu == 1))
                offers_of(a, o, &s->entities[i]);
    if (plain_own_account(p) != NULL)
        add_offer(o, (struct offer){.what = DO_SETTINGS, .label = str_from(_("My settings"))});
}

static enum go
run_offer(struct plain *p, const struct offer *o)
{
    struct list_of of = {.e = o->e};
    switch (o->what) {
    case DO_LIST:
        return o->e->single ? plain_record(p, o->e, 0) : plain_list(p, &of);
    case DO_ADD:
        return plain_add(p, o->e, NULL, NULL);
    case DO_ACTION:
        return plain_act(p, o->e, o->act, NULL, NULL);
    case DO_SELL:
        return plain_sell(p, STR_NONE);
    case DO_SETTINGS:
        return plain_settings(p);
    }
    return GO_ON;
}

/* Every word typed begins a word of the label. */
static bool
has_words(struct str label, struct str typed)
{
    while (typed.n > 0) {
        struct str word = take_word(&typed), rest = label;
        bool found = word.n == 0;
        while (!found && rest.n > 0)
            found = begins_like(take_word(&rest), word);
        if (!found)
            return false;
    }
    return true;
}

/* "do", "do new cust": the commands with these words, to pick from. */
static enum go
choose_command(struct plain *p, struct str typed)
{
    struct arena a;
    enum go go = GO_ON;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct offers *o = arena_new(&a, struct offers, 1);
    struct str rows[OFFERS];
    const struct offer *fits[OFFERS];
    size_t n = 0;
    collect(p, &a, o);
    for (size_t i = 0; i < o->n; i++)
        if (has_words(o->rows[i].label, typed)) {
            fits[n] = &o->rows[i];
            rows[n++] = o->rows[i].label;
        }
    size_t chosen = n == 1 && typed.n > 0 ? 1 : 0;
    if (n == 0)
        say_usage(p, _("No command has the words %.*s."), STR_ARG(typed));
    else if (chosen == 0)
        chosen = plain_choose(p, _("Which? Number:"), rows, n);
    if (chosen > 0)
        go = run_offer(p, fits[chosen - 1]);
    arena_done(&a);
    return go;
}

/* A command by all of its words. */
static bool
run_by_label(struct plain *p, struct str typed, enum go *ret)
{
    struct arena a;
    bool found = false;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct offers *o = arena_new(&a, struct offers, 1);
    collect(p, &a, o);
    for (size_t i = 0; i < o->n && !found; i++) {
        found = same_word(o->rows[i].label, typed) ||
                (o->rows[i].what == DO_LIST && same_word(o->rows[i].e->label, typed));
        if (found)
            *ret = run_offer(p, &o->rows[i]);
    }
    arena_done(&a);
    return found;
}

/* ---- the grammar of the command line ---- */

static enum go
say_answer(struct plain *p, struct arena *a, const struct cli_command *c)
{
    struct body body = {0};
    struct err err = {0};
    struct buf out;
    struct style st = {.schema = plain_schema(p), .locale = plain_locale(p), .utf8 = true};
    struct wish r = {.method = c->method, .params = &c->params, .arena = a};
    buf_init(&out, a, 1024);
    if (c->kind == COMMAND_DESCRIBE)
        describe_text(&out, &st, c->entity);
    else if (c->kind == COMMAND_HELP)
        help_text(&out, &st, c);
    else if (plain_call(p, &r, &body, &err) != RC_OK)
        say_error(p, c->entity, &err, &body);
    else
        write_text(&out, &st, &body);
    if (c->method == METHOD_STATUS)
        write_slow(&out, p->link);
    say_text(p, buf_str(&out));
    return p->over ? GO_QUIT : GO_ON;
}

/* What the command is about, for those that need the record itself. */
static enum go
with_record(struct plain *p, struct arena *a, const struct cli_command *c, const struct given *g)
{
    struct body body = {0};
    struct err err = {0};
    struct params params = c->params;
    params.present &= 1u << PARAM_ENTITY | 1u << PARAM_ID | 1u << PARAM_KEY;
    struct wish r = {.method = METHOD_GET, .params = &params, .arena = a};
    if (plain_call(p, &r, &body, &err) != RC_OK || !body_has(&body, BODY_RECORD)) {
        say_error(p, c->entity, &err, &body);
        return p->over ? GO_QUIT : GO_ON;
    }
    if (c->method == METHOD_SET)
        return plain_set(p, &body.record, g);
    if (c->method == METHOD_PRINT)
        return plain_document(p, c->entity, body.record.id);
    return plain_act(p, c->entity, c->action, &body.record, g);
}

static enum go
run_command(struct plain *p, struct arena *a, const struct cli_command *c)
{
    struct given g = {.fields = c->params.fields, .n = c->params.nfields, .reason = c->params.reason};
    struct list_of of = {.e = c->entity, .params = c->params};
    switch (c->method) {
    case METHOD_LIST:
        return plain_list(p, &of);
    case METHOD_GET:
    case METHOD_AS_OF:
        return plain_record_by(p, c->method, &c->params);
    case METHOD_HISTORY:
        return plain_history(p, &c->params);
    case METHOD_FIND:
        return plain_find(p, c->params.text);
    case METHOD_HOME:
        return GO_HOME;
    case METHOD_ADD:
        return plain_add(p, c->entity, &g, NULL);
    case METHOD_ACT:
        if (!c->action->on_record)
            return plain_act(p, c->entity, c->action, NULL, &g);
        return with_record(p, a, c, &g);
    case METHOD_SET:
    case METHOD_PRINT:
        return with_record(p, a, c, &g);
    default:
        return say_answer(p, a, c);
    }
}

/* Words that begin as a command of the command line does. */
static bool
is_command(struct plain *p, struct str first, size_t nwords)
{
    static const char *const alone[] = {"find", "describe", "me", "status"};
    for (size_t i = 0; i < COUNTOF(alone); i++)
        if (same_word(first, str_from(alone[i])))
            return true;
    return nwords > 1 && (same_word(first, STR("help")) || entity_meant(plain_schema(p), first) != NULL);
}

static bool
run_line(struct plain *p, struct str typed, enum go *ret)
{
    struct arena a;
    struct str *words;
    struct cli_args args;
    struct cli_command c;
    struct err err = {0};
    size_t n = 0;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    bool is = words_split(&a, typed, &words, &n, NULL) == RC_OK && n > 0 && is_command(p, words[0], n);
    if (is) {
        char **argv = arena_new(&a, char *, n + 2);
        for (size_t i = 0; i < n; i++)
            argv[i + 1] = (char *)(uintptr_t)str_dup(&a, words[i]).p;
        enum rc rc = cli_args_read(&a, (int)n + 1, argv, &args, &err);
        if (rc == RC_OK)
            rc = command_read(&a, plain_schema(p), plain_locale(p), &args, &c, &err);
        *ret = GO_ON;
        if (rc == RC_OK)
            *ret = c.kind == COMMAND_DESCRIBE || c.kind == COMMAND_HELP ? say_answer(p, &a, &c)
                                                                        : run_command(p, &a, &c);
        else
            say_error(p, NULL, &err, NULL);
    }
    arena_done(&a);
    return is;
}

/* ---- everywhere ---- */

static enum go
open_it(struct plain *p)
{
    const struct schema_entity *e = p->it.saved ? schema_entity(plain_schema(p), p->it.entity) : NULL;
    if (e != NULL)
        return plain_record(p, e, p->it.id);
    say_usage(p, "%s", _("Nothing was saved yet."));
    return GO_ON;
}

static enum go
set_rows(struct plain *p, struct str typed)
{
    int64_t rows = 0;
    if (number_parse(typed, 0, 1000, "rows", &rows, NULL) != RC_OK || (rows > 0 && rows < IO_MORE_LEAST)) {
        say_usage(p, _("rows is 0, for no pages, or a number from %d on."), IO_MORE_LEAST);
        return GO_ON;
    }
    p->io.rows = (int)rows;
    p->failed = RC_OK;
    say(p, rows > 0 ? _("Pages of %d lines.") : _("No pages."), (int)rows);
    return GO_ON;
}

static enum go
quit(struct plain *p)
{
    if (p->io.tty_in)
        p->failed = RC_OK;
    return GO_QUIT;
}

/* The words with a meaning of their own. */
static bool
own_words(struct plain *p, struct str typed, enum go *ret)
{
    struct str rest = typed;
    struct str first = take_word(&rest);
    if (same_word(typed, STR("quit")) || same_word(typed, STR("exit")) || same_word(typed, STR("sign out")))
        *ret = quit(p);
    else if (same_word(first, STR("do")))
        *ret = choose_command(p, rest);
    else if (same_word(typed, STR("it")))
        *ret = open_it(p);
    else if (same_word(first, STR("rows")) && rest.n > 0)
        *ret = set_rows(p, rest);
    else if (begins_like(typed, STR("new business")) && typed.n > 13 && typed.p[12] == ' ')
        *ret = plain_sell(p, str_trim(str_slice(typed, 12, typed.n)));
    else if (same_word(first, STR("sell")))
        *ret = plain_sell(p, rest);
    else
        return false;
    return true;
}

bool
plain_words(struct plain *p, struct str typed, enum go *ret)
{
    bool known = own_words(p, typed, ret) || run_by_label(p, typed, ret) || run_line(p, typed, ret);
    if (known && *ret == GO_BACK)
        *ret = GO_ON;
    return known;
}

enum go
plain_common(struct plain *p, struct str typed, const char *help)
{
    enum go go = GO_ON;
    if (str_eq_c(typed, "?") || same_word(typed, STR("help")))
        say_text(p, str_from(help));
    else if (same_word(typed, STR("home")))
        go = GO_HOME;
    else if (same_word(typed, STR("back")) || str_eq_c(typed, "..") || str_eq_c(typed, "<"))
        go = GO_BACK;
    else if (!plain_words(p, typed, &go))
        say_usage(p, _("%.*s is not understood. help says what is; find TEXT searches."), STR_ARG(typed));
    return go;
}
