#ifndef CATALOG_TERM_STATES_H
#define CATALOG_TERM_STATES_H

#include "server/catalog/policy.h"

/* The states of a term, which a policy shows as its own. Included by the two tables that need it. */
static const struct choice term_states[] = {
    {TERM_DRAFT, "draft", "draft", TONE_PLAIN},
    {TERM_QUOTED, "quoted", "quoted", TONE_PLAIN},
    {TERM_AWAITING_PAYMENT, "awaiting_payment", "awaiting payment", TONE_WARN},
    {TERM_ACTIVE, "active", "active", TONE_GOOD},
    {TERM_SUSPENDED, "suspended", "suspended", TONE_BAD},
    {TERM_EXPIRED, "expired", "expired", TONE_OFF},
    {TERM_CANCELLED, "cancelled", "cancelled", TONE_OFF},
    {TERM_VOID, "void", "void", TONE_OFF},
};

#endif
