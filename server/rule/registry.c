#include "server/account/account.h"
#include "server/platform/platform.h"
#include "server/rule/rules.h"

const struct rule *
rule_for(uint32_t entity)
{
    static const struct rule *const rules[] = {
        &customer_rule,       &vehicle_rule,
        &policy_rule,         &receipt_rule,
        &renewal_rule,        &certificate_rule,
        &branch_rule,         &product_rule,
        &rate_rule,           &vehicle_type_rule,
        &id_type_rule,        &plate_pattern_rule,
        &user_rule,           &platform_user_rule,
        &session_rule,        &account_rule,
        &user_key_rule,       &role_rule,
        &audit_rule,          &setting_rule,
        &company_rule,        &company_request_rule,
        &field_template_rule, &platform_default_rule,
        &compliance_rule,     &alert_rule,
    };
    for (size_t i = 0; i < COUNTOF(rules); i++)
        if (rules[i]->entity == entity)
            return rules[i];
    return NULL;
}
