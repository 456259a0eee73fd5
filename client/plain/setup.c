#include "client/cli/suggest.h"
#include "client/plain/private.h"

/*
 * What comes before home for those who may do nothing else yet: setting the account up step by step, as its
 * field `wants` says; and the form with which a company asks to join.
 */

struct setup {
    struct plain *p;
    const struct schema_entity *account;
    struct arena a;
    struct str wants;
    bool has_factor; /* the authenticator was told: what comes next is its first code */
};

static bool
wants(const struct setup *d, const char *word)
{
    struct str rest = d->wants;
    while (rest.n > 0)
        if (same_word(take_word(&rest), str_from(word)))
            return true;
    return false;
}

/* The account itself; texts live in d->a. */
static bool
load_account(struct setup *d, struct body *ret)
{
    struct err err = {0};
    struct params params = params_of_entity(d->account->number);
    params.present |= 1u << PARAM_KEY;
    params.key = STR("me");
    struct wish r = {.method = METHOD_GET, .params = &params, .arena = &d->a};
    if (plain_call(d->p, &r, ret, &err) == RC_OK && body_has(ret, BODY_RECORD))
        return true;
    say_error(d->p, d->account, &err, ret);
    return false;
}

/* What is still to be done. */
static bool
load(struct setup *d)
{
    struct body body = {0};
    if (!load_account(d, &body))
        return false;
    const struct value *v = record_named(d->account, &body.record, "wants");
    d->wants = v != NULL && v->type == VT_TEXT ? v->text : STR_NONE;
    return true;
}

static const struct schema_action *
next_step(const struct setup *d)
{
    const char *name = wants(d, "password")  ? "password"
                       : !wants(d, "factor") ? NULL
                       : d->has_factor       ? "confirm"
                                             : "factor";
    return name != NULL ? schema_action_named(d->account, str_from(name)) : NULL;
}

static void
say_steps(const struct setup *d)
{
    say(d->p, "%s", _("Before you can begin, set your account up."));
    if (wants(d, "password"))
        say(d->p, "%s", _("Choose a password that only you know."));
    if (wants(d, "factor"))
        say(d->p, "%s", _("Take up a second factor: an authenticator app on your phone."));
}

/* The session is open now: who one is and what there is are told anew. */
static bool
renew(struct setup *d)
{
    static const enum method methods[] = {METHOD_ME, METHOD_DESCRIBE};
    for (size_t i = 0; i < COUNTOF(methods); i++) {
        struct body body = {0};
        struct err err = {0};
        struct wish r = {.method = methods[i], .arena = &d->a};
        if (plain_call(d->p, &r, &body, &err) != RC_OK) {
            say_error(d->p, NULL, &err, &body);
            return false;
        }
        link_renew(d->p->link, &body);
    }
    return link_me(d->p->link)->todo.n == 0;
}

/* A step was left or refused. */
static enum go
ask_on(struct setup *d)
{
    struct str typed = STR_NONE;
    struct str prompt =
        str_from(d->has_factor ? _("Enter goes on, n: another picture and text, quit leaves: ")
                               : _("Enter goes on, quit leaves: "));
    if (hear(d->p, &d->a, prompt, &typed) != HEARD_LINE || same_word(typed, STR("quit")))
        return GO_QUIT;
    if (same_word(typed, STR("n")))
        d->has_factor = false;
    return GO_ON;
}

static enum go
do_step(struct setup *d, const struct schema_action *act)
{
    struct body_record self = {.entity = d->account->number, .label = link_me(d->p->link)->login};
    bool factor = str_eq_c(act->name, "factor");
    const struct given g = {.without = "current", .key = "me"};
    enum go go = plain_act(d->p, d->account, act, &self, &g);
    if (go == GO_QUIT || d->p->over)
        return GO_QUIT;
    if (go == GO_BACK || d->p->failed != RC_OK)
        return ask_on(d);
    d->has_factor = d->has_factor || factor;
    return GO_ON;
}

enum go
plain_setup(struct plain *p)
{
    struct setup d = {.p = p, .account = schema_entity_named(plain_schema(p), STR("account"))};
    enum go go = GO_ON;
    bool first = true;
    arena_init(&d.a, SIZE_MAX, NULL, NULL);
    while (go == GO_ON && d.account != NULL && link_me(p->link)->todo.n > 0) {
        const struct schema_action *act = NULL;
        if (!load(&d)) {
            go = ask_on(&d);
            continue;
        }
        if (first)
            say_steps(&d);
        first = false;
        if ((act = next_step(&d)) != NULL)
            go = do_step(&d, act);
        else if (renew(&d))
            say(p, "%s", _("Your account is set up."));
        else
            go = ask_on(&d);
    }
    arena_done(&d.a);
    return p->over ? GO_QUIT : go;
}

const struct schema_entity *
plain_own_account(const struct plain *p)
{
    const struct schema_entity *e = schema_entity_named(plain_schema(p), STR("account"));
    return e != NULL && e->may_set ? e : NULL;
}

enum go
plain_settings(struct plain *p)
{
    struct setup d = {.p = p, .account = plain_own_account(p)};
    struct body body = {0};
    enum go go = GO_ON;
    arena_init(&d.a, SIZE_MAX, NULL, NULL);
    if (load_account(&d, &body))
        go = plain_set(p, &body.record, NULL);
    if (go == GO_ON && !p->over)
        (void)renew(&d); /* days, amounts and the language hold at once */
    arena_done(&d.a);
    return p->over ? GO_QUIT : go;
}

bool
plain_joins(const struct plain *p)
{
    const struct body_me *me = link_me(p->link);
    return str_eq_c(me->login, LINK_REGISTER) && me->platform;
}

void
plain_join(struct plain *p)
{
    const struct schema_entity *e = schema_entity_named(plain_schema(p), STR("company_request"));
    struct made made = {0};
    if (e == NULL || !e->may_add) {
        say_usage(p, "%s", _("This service takes no registrations."));
        return;
    }
    say(p, "%s",
        _("Here a company asks to work with this service: the company, how to reach it, the domain its "
          "logins end in, and who is to be its first administrator."));
    (void)plain_add(p, e, NULL, &made);
    if (made.saved)
        say(p, "%s",
            _("Thank you. Your request is with the people who run this service. They answer by phone or "
              "e-mail. When it is granted, your first administrator gets a one-time token to sign in "
              "with."));
}
