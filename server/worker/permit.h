#ifndef WORKER_PERMIT_H
#define WORKER_PERMIT_H

#include "common/wire/method.h"
#include "server/op/op.h"

/* May the person make this request, each step of a batch included? The one place where that is decided before
   anything runs. What names no entity that exists for him is left to the operation to refuse. Fails:
   RC_FORBIDDEN, saying what and for whom; RC_BAD_PARAMS where an entity is not there for him. */
enum rc permit_request(const struct op_context *who, const struct method_info *m, const struct params *p,
                       struct err *reterr) NODISCARD;

/* rights_may as the catalog calls it. */
bool permit_may(const void *rights, const struct entity *e, const char *verb);

#endif
