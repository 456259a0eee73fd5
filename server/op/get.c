#include "server/op/ops.h"
#include "server/op/parts.h"

enum rc
op_get(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr)
{
    const struct entity *e;
    int64_t id;
    enum rc rc = op_entity(p, &e, reterr);
    if (rc == RC_OK)
        rc = op_resolve(ctx, e, p, &id, reterr);
    return rc == RC_OK ? op_show(ctx, e, id, ret, reterr) : rc;
}
