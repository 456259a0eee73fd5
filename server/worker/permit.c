#include "server/worker/permit.h"

bool
permit_may(const void *rights, const struct entity *e, const char *verb)
{
    return rights_may(rights, e, verb);
}

static const struct entity *
entity_of(const struct params *p)
{
    return p->entity.name.n ? entity_by_name(p->entity.name) : entity_by_number(p->entity.number);
}

/* What an entity's document is called: the word of the action that gives it. */
static const char *
print_verb(const struct entity *e)
{
    for (size_t i = 0; i < e->nactions; i++)
        if (e->actions[i].flags & AF_PRINTS)
            return e->actions[i].name;
    return "print";
}

/* The verb a request needs on its entity; NULL when the method is open to everyone, or names no such action.
 */
static const char *
verb_of(const struct method_info *m, const struct params *p, const struct entity *e)
{
    const struct action *a;
    switch (m->number) {
    case METHOD_LIST:
    case METHOD_EXPORT:
    case METHOD_GET:
    case METHOD_HISTORY:
    case METHOD_AS_OF:
        return "read";
    case METHOD_CHECK:
        return params_has(p, PARAM_ID) ? "set" : "add";
    case METHOD_ADD:
        return "add";
    case METHOD_SET:
        return "set";
    case METHOD_ACT:
        a = p->action.name.n ? entity_action_named(e, p->action.name) : entity_action(e, p->action.number);
        return a ? a->name : NULL;
    case METHOD_PRINT:
        return print_verb(e);
    case METHOD_DESCRIBE:
    case METHOD_ME:
    case METHOD_HOME:
    case METHOD_SUBSCRIBE:
    case METHOD_FIND:
    case METHOD_BATCH:
    case METHOD_TRIAL:
    case METHOD_STATUS:
        break;
    }
    return NULL;
}

/* Until the account is set up, one may look who one is and what there is, and nothing else. */
static enum rc
permit_limited(const struct method_info *m, struct err *reterr)
{
    if (m->number == METHOD_DESCRIBE || m->number == METHOD_ME || m->number == METHOD_STATUS)
        return RC_OK;
    return err_set(reterr, RC_FORBIDDEN, NULL,
                   "set up your account first: choose a password, or enrol your second factor");
}

static enum rc
permit_one(const struct op_context *who, const struct method_info *m, const struct params *p,
           struct err *reterr)
{
    const struct rights *r = &who->rights;
    const struct entity *e = entity_of(p);
    if (!e)
        return r->limited ? permit_limited(m, reterr) : RC_OK;
    if (!rights_reach(r, e))
        return err_set(reterr, RC_BAD_PARAMS, "entity", "there is nothing called \"%.*s\"; see describe",
                       STR_ARG(p->entity.name));
    const char *verb = verb_of(m, p, e);
    if (!verb || rights_may(r, e, verb))
        return RC_OK;
    if (r->limited)
        return permit_limited(m, reterr);
    return err_set(reterr, RC_FORBIDDEN, NULL, "your role (%.*s) does not allow \"%s %s\"",
                   STR_ARG(who->role_name), e->name, verb);
}

enum rc
permit_request(const struct op_context *who, const struct method_info *m, const struct params *p,
               struct err *reterr)
{
    if (m->number != METHOD_BATCH && m->number != METHOD_TRIAL)
        return permit_one(who, m, p, reterr);
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < p->nsteps; i++) {
        const struct param_step *s = &p->steps[i];
        const struct method_info *step =
            s->method.name.n ? method_by_name(s->method.name) : method_by_number(s->method.number);
        if (step)
            rc = permit_one(who, step, &s->params, reterr);
    }
    return rc;
}
