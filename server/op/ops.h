#ifndef OP_OPS_H
#define OP_OPS_H

#include "server/op/op.h"

/*
 * The operations: one verb per file, none knows an entity. Each fills the parts of `ret` it answers with and
 * sets their present bits. The permission has been checked; what a method must and may carry too (method.h).
 */
typedef enum rc op_fn(struct op_ctx *ctx, const struct params *p, struct body *ret, struct err *reterr);

op_fn op_me, op_home, op_status;
op_fn op_find, op_list, op_export, op_get, op_history, op_as_of;
op_fn op_check, op_add, op_set, op_act, op_batch;
op_fn op_print;

#endif
