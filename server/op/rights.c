#include "server/op/rights.h"

#include <string.h>

/* What everybody may do with what is his own; row-level security shows him no other rows. */
static const struct {
    uint32_t entity;
    const char *verb; /* "*": every verb */
} own[] = {
    {ENTITY_ACCOUNT,  "*"      },
    {ENTITY_USER_KEY, "read"   },
    {ENTITY_USER_KEY, "add"    },
    {ENTITY_USER_KEY, "set"    },
    {ENTITY_SESSION,  "read"   },
    {ENTITY_SESSION,  "end"    },
    {ENTITY_SESSION,  "end_all"},
};

/* What everybody who may read an entity may do with it: its rules keep it to what is his own. */
static const uint32_t readers[] = {ENTITY_ALERT};

/* Verbs every entity knows beside its actions. */
static const char *const common_verbs[] = {"read", "add", "set", "print", "personal", "secret", "*"};

static bool
is_own(const struct entity *e, const char *verb)
{
    for (size_t i = 0; i < COUNTOF(own); i++)
        if (own[i].entity == e->number && (own[i].verb[0] == '*' || strcmp(own[i].verb, verb) == 0))
            return true;
    return false;
}

/* The next word between blanks; false at the end. */
static bool
next_word(struct str *rest, struct str *ret_entity, struct str *ret_verb)
{
    *rest = str_trim(*rest);
    if (!rest->n)
        return false;
    struct str word = str_split(rest, ' ');
    *ret_entity = str_split(&word, '.');
    *ret_verb = word;
    return true;
}

static bool
is_star(struct str s)
{
    return s.n == 1 && s.p[0] == '*';
}

static bool
holds(struct str words, const struct entity *e, const char *verb)
{
    struct str entity, held;
    while (next_word(&words, &entity, &held)) {
        bool here = is_star(entity) ? !(e->flags & EF_PRIVATE) : str_eq_c(entity, e->name);
        if (here && (is_star(held) || str_eq_c(held, verb)))
            return true;
    }
    return false;
}

bool
rights_reach(const struct rights *r, const struct entity *e)
{
    bool there = (e->flags & EF_SHARED) || !(e->flags & EF_PLATFORM) == !r->platform;
    struct str off = r->modules_off, entity, verb;
    while (there && e->module && next_word(&off, &entity, &verb))
        there = !str_eq_c(entity, e->module);
    return there;
}

static bool
comes_with_reading(const struct rights *r, const struct entity *e, const char *verb)
{
    for (size_t i = 0; i < COUNTOF(readers); i++)
        if (readers[i] == e->number)
            return holds(r->words, e, "read") && entity_action_named(e, str_from(verb)) != NULL;
    return false;
}

bool
rights_may(const struct rights *r, const struct entity *e, const char *verb)
{
    if (!rights_reach(r, e))
        return false;
    if (strcmp(verb, "staff") == 0)
        return !r->customers;
    if (strcmp(verb, "fleets") == 0)
        return r->fleets;
    if (r->limited)
        return e->number == ENTITY_ACCOUNT || (e->number == ENTITY_USER_KEY && is_own(e, verb));
    return (!r->crowd && is_own(e, verb)) || holds(r->words, e, verb) || comes_with_reading(r, e, verb);
}

bool
rights_see(const struct rights *r, const struct entity *e, const struct field *f)
{
    if ((f->flags & FF_STAFF) && r->customers)
        return false;
    return !(f->flags & SCHEMA_PERSONAL) || (f->flags & SCHEMA_KEY) || rights_may(r, e, "personal");
}

bool
rights_see_tail(const struct rights *r, const struct entity *e, const struct field *f)
{
    return (f->flags & FF_SEALED) && !rights_may(r, e, "secret");
}

/* ------------------------------------------------------------------ sets of words */

bool
rights_cover(struct str all, struct str more)
{
    struct str entity, verb, held_entity, held_verb;
    while (next_word(&more, &entity, &verb)) {
        bool covered = false;
        struct str words = all;
        while (!covered && next_word(&words, &held_entity, &held_verb)) {
            const struct entity *e = entity_by_name(entity);
            bool here =
                str_eq(held_entity, entity) || (is_star(held_entity) && e && !(e->flags & EF_PRIVATE));
            covered = here && (is_star(held_verb) || str_eq(held_verb, verb));
        }
        if (!covered)
            return false;
    }
    return true;
}

static bool
verb_known(const struct entity *e, struct str verb)
{
    for (size_t i = 0; i < COUNTOF(common_verbs); i++)
        if (str_eq_c(verb, common_verbs[i]))
            return true;
    return e && entity_action_named(e, verb);
}

bool
rights_known(struct str words, struct str *ret_word)
{
    struct str entity, verb, rest = words;
    while (next_word(&rest, &entity, &verb)) {
        const struct entity *e = entity_by_name(entity);
        if ((!e && !is_star(entity)) || !verb_known(e, verb)) {
            *ret_word = (struct str){entity.p, entity.n + (verb.p ? verb.n + 1 : 0)};
            return false;
        }
    }
    return true;
}
