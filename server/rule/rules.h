#ifndef RULE_RULES_H
#define RULE_RULES_H

#include "server/rule/rule.h"

/* One per entity that has rules; found through rule_for(). */
extern const struct rule customer_rule;
extern const struct rule vehicle_rule;
extern const struct rule policy_rule;
extern const struct rule receipt_rule;
extern const struct rule renewal_rule;
extern const struct rule certificate_rule;
extern const struct rule branch_rule;
extern const struct rule product_rule;
extern const struct rule rate_rule;
extern const struct rule vehicle_type_rule;
extern const struct rule id_type_rule;
extern const struct rule plate_pattern_rule;
extern const struct rule role_rule;
extern const struct rule setting_rule;
extern const struct rule audit_rule;
extern const struct rule alert_rule;

#endif
