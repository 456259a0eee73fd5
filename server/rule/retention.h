#ifndef RULE_RETENTION_H
#define RULE_RETENTION_H

#include "server/rule/rule.h"

/* What is done with a customer's personal data as a whole; customer_rule's actions. */
enum { RETENTION_ACTIONS = 4 };
extern const struct rule_action retention_actions[RETENTION_ACTIONS];

/* access_report.c: everything that is held on a customer, as text. `row` is the record, loaded. */
enum rc access_report(struct op_ctx *ctx, const void *row, struct body_file *ret,
                      struct err *reterr) NODISCARD;

#endif
