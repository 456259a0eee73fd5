#ifndef PLATFORM_PLATFORM_H
#define PLATFORM_PLATFORM_H

#include "server/rule/rule.h"

/*
 * The platform: companies, requests to join, what new companies begin with, what the regulator asks. What is
 * done to a company goes through functions of the database, which check the platform's user once more, note
 * it in both audits and touch nothing but what they are for (0014_platform.sql).
 */
extern const struct rule company_rule;
extern const struct rule company_request_rule;
extern const struct rule field_template_rule;
extern const struct rule platform_default_rule;
extern const struct rule compliance_rule;

/* home and find of tenant 0: no table of business is looked at. */
enum rc platform_home(struct op_ctx *ctx, struct body *ret, struct err *reterr) NODISCARD;
enum rc platform_find(struct op_ctx *ctx, const struct params *p, struct body *ret,
                      struct err *reterr) NODISCARD;

#endif
