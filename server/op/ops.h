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

/*
 * The records that add, set, act and batch answer with are shown when everything was done: op_show_ask has
 * them asked with what is asked next, op_show_take puts them into the answer. op_finish is both, with all
 * that waits in between. Fails: as op_load, as op_settle.
 */
void op_show_ask(struct op_ctx *ctx, const struct body *answer);
enum rc op_show_take(struct op_ctx *ctx, struct body *answer, struct err *reterr) NODISCARD;
enum rc op_finish(struct op_ctx *ctx, struct body *answer, struct err *reterr) NODISCARD;
/* Names the step of a batch an error is about: "amount" -> "1.amount". */
void op_tell_step(const struct op_ctx *ctx, struct err *err);

#endif
