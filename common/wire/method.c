#include "common/wire/method.h"

#include "common/base/attr.h"

#define P(key) (1u << PARAM_##key)
#define WHICH (P(ENTITY) | P(ID) | P(KEY))
#define LISTED (P(ENTITY) | P(VIEW) | P(FILTERS) | P(SORT) | P(DESC) | P(COLUMNS) | P(CURSOR))

static const struct method_info table[] = {
  /* clang-format off */
    {METHOD_DESCRIBE, "describe", 0, P(HASH), 0,
     "the description of every entity this user may see; NOT_MODIFIED when the hash is the known one"},
    {METHOD_ME, "me", 0, 0, 0, "who is signed in, in which company and branch, and its day"},
    {METHOD_HOME, "home", 0, 0, 0, "the counters, figures and alerts of the first screen"},
    {METHOD_FIND, "find", 0, P(TEXT) | P(LIMIT), P(TEXT),
     "records by a plate, phone, name or number in any spelling"},
    {METHOD_LIST, "list", 0,
     LISTED | P(LIMIT) | P(TOTAL) | P(FROM) | P(BACK) | P(SUMS) | P(BARE) | P(HASH), P(ENTITY),
     "a page of an entity's rows, filtered and in order; NOT_MODIFIED when the hash is that of the page"},
    {METHOD_GET, "get", 0, WHICH, P(ENTITY) | P(ID), "one record with all its fields"},
    {METHOD_CHECK, "check", 0, WHICH | P(FIELDS), P(ENTITY) | P(FIELDS),
     "what would be said about these fields; saves nothing"},
    {METHOD_ADD, "add", METHOD_WRITES, P(ENTITY) | P(FIELDS) | P(REASON), P(ENTITY) | P(FIELDS),
     "adds a record"},
    {METHOD_SET, "set", METHOD_WRITES, WHICH | P(VERSION) | P(FIELDS) | P(REASON),
     P(ENTITY) | P(ID) | P(VERSION) | P(FIELDS), "changes fields of the record as it was at this version"},
    {METHOD_ACT, "act", METHOD_WRITES, WHICH | P(ACTION) | P(VERSION) | P(FIELDS) | P(REASON),
     P(ENTITY) | P(ACTION), "does an action of the entity: quote, issue, renew, verify and so on"},
    {METHOD_HISTORY, "history", 0, WHICH | P(LIMIT) | P(CURSOR), P(ENTITY) | P(ID),
     "who changed what on the record, newest first"},
    {METHOD_AS_OF, "as_of", 0, WHICH | P(AT), P(ENTITY) | P(ID) | P(AT), "the record as it was at a moment"},
    {METHOD_PRINT, "print", METHOD_BULK, WHICH | P(FORMAT), P(ENTITY) | P(ID) | P(FORMAT),
     "the record's document as a file"},
    {METHOD_BATCH, "batch", METHOD_WRITES, P(STEPS), P(STEPS),
     "adds, sets and actions in one transaction: all or nothing"},
    {METHOD_STATUS, "status", 0, 0, 0, "the service's version, day and health as this user may see them"},
    {METHOD_TRIAL, "trial", 0, P(STEPS), P(STEPS),
     "what a batch would answer: everything is done and undone again, so a price is seen before it is agreed"},
    {METHOD_SUBSCRIBE, "subscribe", 0, 0, 0,
     "the first screen, and from then on events when something on it changes, until it is cancelled"},
    {METHOD_EXPORT, "export", METHOD_BULK, LISTED | P(FORMAT), P(ENTITY) | P(FORMAT),
     "the rows of a list as a file, piece by piece: the cursor of one asks for the next"},
  /* clang-format on */
};

const struct method_info *
method_by_number(uint64_t number)
{
    for (size_t i = 0; i < COUNTOF(table); i++) {
        if ((uint64_t)table[i].number == number)
            return &table[i];
    }
    return NULL;
}

const struct method_info *
method_by_name(struct str name)
{
    for (size_t i = 0; i < COUNTOF(table); i++) {
        if (str_eq_c(name, table[i].name))
            return &table[i];
    }
    return NULL;
}

const struct method_info *
method_table(size_t *ret_count)
{
    *ret_count = COUNTOF(table);
    return table;
}

static enum rc
check_keys(const struct method_info *m, const struct params *p, struct err *reterr)
{
    for (unsigned key = PARAM_ENTITY; key < PARAM_END; key++) {
        const char *name = param_key_name((enum param_key)key);
        bool given = params_has(p, (enum param_key)key);
        bool needed = m->needs >> key & 1u;
        if (given && !(m->takes >> key & 1u))
            return err_set(reterr, RC_BAD_PARAMS, name, "%s does not take \"%s\"", m->name, name);
        if (!needed || given)
            continue;
        if (key != PARAM_ID)
            return err_set(reterr, RC_BAD_PARAMS, name, "%s needs \"%s\"", m->name, name);
        if (!params_has(p, PARAM_KEY))
            return err_set(reterr, RC_BAD_PARAMS, name, "%s needs \"id\" or \"key\" to say which record",
                           m->name);
    }
    if (params_has(p, PARAM_ID) && params_has(p, PARAM_KEY))
        return err_set(reterr, RC_BAD_PARAMS, "key", "%s takes \"id\" or \"key\", not both", m->name);
    return RC_OK;
}

static enum rc
check_step(const struct param_step *step, size_t number, struct err *reterr)
{
    const struct method_info *m =
        step->method.name.n ? method_by_name(step->method.name) : method_by_number(step->method.number);
    bool saves = m && (m->number == METHOD_ADD || m->number == METHOD_SET || m->number == METHOD_ACT);
    if (!saves)
        return err_set(reterr, RC_BAD_PARAMS, "steps", "step %zu: a step must be add, set or act", number);
    return check_keys(m, &step->params, reterr);
}

enum rc
method_check_params(const struct method_info *m, const struct params *p, struct err *reterr)
{
    enum rc rc = check_keys(m, p, reterr);
    if (rc || (m->number != METHOD_BATCH && m->number != METHOD_TRIAL))
        return rc;
    if (p->nsteps == 0)
        return err_set(reterr, RC_BAD_PARAMS, "steps", "a %s needs at least one step", m->name);
    for (size_t i = 0; i < p->nsteps && !rc; i++)
        rc = check_step(&p->steps[i], i, reterr);
    return rc;
}
