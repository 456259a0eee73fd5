#ifndef WORKER_PERMIT_H
#define WORKER_PERMIT_H

#include "common/wire/method.h"
#include "server/op/op.h"

/* Permissions are words, "entity.verb": read, add, set, or an action's name. A role is a named set of them.
 */
bool permit_may(enum user_role role, const char *entity, const char *verb);

/* May the role make this request, each step of a batch included? What names no entity that exists is left to
   the operation to refuse. Fails: RC_FORBIDDEN, saying what and for whom. */
enum rc permit_request(enum user_role role, const struct method_info *m, const struct params *p,
                       struct err *reterr) NODISCARD;

#endif
