#include "server/worker/permit.h"

#include <string.h>

/* One row a permission; '*' stands for every entity or every verb. */
static const struct {
    enum user_role role;
    const char *entity, *verb;
} grants[] = {
    {ROLE_ADMIN,   "*",             "read"  },
    {ROLE_ADMIN,   "branch",        "*"     },
    {ROLE_ADMIN,   "user",          "*"     },
    {ROLE_ADMIN,   "user_key",      "*"     },
    {ROLE_ADMIN,   "product",       "*"     },
    {ROLE_ADMIN,   "rate",          "*"     },
    {ROLE_ADMIN,   "vehicle_type",  "*"     },
    {ROLE_ADMIN,   "id_type",       "*"     },
    {ROLE_ADMIN,   "plate_pattern", "*"     },
    {ROLE_ADMIN,   "certificate",   "print" },

    {ROLE_MANAGER, "*",             "read"  },
    {ROLE_MANAGER, "customer",      "*"     },
    {ROLE_MANAGER, "vehicle",       "*"     },
    {ROLE_MANAGER, "policy",        "*"     },
    {ROLE_MANAGER, "receipt",       "*"     },
    {ROLE_MANAGER, "certificate",   "*"     },

    {ROLE_AGENT,   "*",             "read"  },
    {ROLE_AGENT,   "customer",      "*"     },
    {ROLE_AGENT,   "vehicle",       "*"     },
    {ROLE_AGENT,   "policy",        "quote" },
    {ROLE_AGENT,   "policy",        "issue" },
    {ROLE_AGENT,   "policy",        "renew" },
    {ROLE_AGENT,   "policy",        "void"  },
    {ROLE_AGENT,   "policy",        "set"   },
    {ROLE_AGENT,   "receipt",       "add"   },
    {ROLE_AGENT,   "certificate",   "print" },

    {ROLE_CASHIER, "*",             "read"  },
    {ROLE_CASHIER, "receipt",       "add"   },
    {ROLE_CASHIER, "receipt",       "verify"},
    {ROLE_CASHIER, "receipt",       "reject"},
    {ROLE_CASHIER, "certificate",   "print" },

    {ROLE_VIEWER,  "*",             "read"  },
    {ROLE_VIEWER,  "certificate",   "print" },
};

/* What "every entity" leaves out: only who manages it reads it. */
static bool
is_private(const char *entity)
{
    return strcmp(entity, "user_key") == 0;
}

static bool
fits(const char *pattern, const char *word)
{
    return pattern[0] == '*' ? !is_private(word) : strcmp(pattern, word) == 0;
}

bool
permit_may(enum user_role role, const char *entity, const char *verb)
{
    for (size_t i = 0; i < COUNTOF(grants); i++)
        if (grants[i].role == role && fits(grants[i].entity, entity) &&
            (grants[i].verb[0] == '*' || strcmp(grants[i].verb, verb) == 0))
            return true;
    return false;
}

static const struct entity *
entity_of(const struct params *p)
{
    return p->entity.name.n ? entity_by_name(p->entity.name) : entity_by_number(p->entity.number);
}

/* The verb a request needs on its entity; NULL when the method is open to everyone, or names no such action.
 */
static const char *
verb_of(const struct method_info *m, const struct params *p, const struct entity *e)
{
    const struct action *a;
    switch (m->number) {
    case METHOD_LIST:
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
        return "print";
    case METHOD_DESCRIBE:
    case METHOD_ME:
    case METHOD_HOME:
    case METHOD_FIND:
    case METHOD_BATCH:
    case METHOD_TRIAL:
    case METHOD_STATUS:
        break;
    }
    return NULL;
}

static enum rc
permit_one(enum user_role role, const struct method_info *m, const struct params *p, struct err *reterr)
{
    const struct entity *e = entity_of(p);
    const char *verb = e ? verb_of(m, p, e) : NULL;
    if (!verb || permit_may(role, e->name, verb))
        return RC_OK;
    const struct choice *c = field_choice(entity_field(entity_by_number(ENTITY_USER), USER_ROLE), role);
    return err_set(reterr, RC_FORBIDDEN, NULL, "your role (%s) does not allow \"%s %s\"",
                   c ? c->label : "none", e->name, verb);
}

enum rc
permit_request(enum user_role role, const struct method_info *m, const struct params *p, struct err *reterr)
{
    if (m->number != METHOD_BATCH && m->number != METHOD_TRIAL)
        return permit_one(role, m, p, reterr);
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < p->nsteps; i++) {
        const struct param_step *s = &p->steps[i];
        const struct method_info *step =
            s->method.name.n ? method_by_name(s->method.name) : method_by_number(s->method.number);
        if (step)
            rc = permit_one(role, step, &s->params, reterr);
    }
    return rc;
}
