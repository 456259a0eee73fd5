#include "server/catalog/entity.h"

#include "server/catalog/account.h"
#include "server/catalog/alert.h"
#include "server/catalog/audit.h"
#include "server/catalog/branch.h"
#include "server/catalog/certificate.h"
#include "server/catalog/company.h"
#include "server/catalog/company_domain.h"
#include "server/catalog/company_health.h"
#include "server/catalog/company_request.h"
#include "server/catalog/company_usage.h"
#include "server/catalog/compliance.h"
#include "server/catalog/cover.h"
#include "server/catalog/customer.h"
#include "server/catalog/field_template.h"
#include "server/catalog/id_type.h"
#include "server/catalog/ownership.h"
#include "server/catalog/person_key.h"
#include "server/catalog/plate_pattern.h"
#include "server/catalog/platform_audit.h"
#include "server/catalog/platform_default.h"
#include "server/catalog/policy.h"
#include "server/catalog/product.h"
#include "server/catalog/rate.h"
#include "server/catalog/receipt.h"
#include "server/catalog/renewal.h"
#include "server/catalog/role.h"
#include "server/catalog/service_error.h"
#include "server/catalog/session.h"
#include "server/catalog/setting.h"
#include "server/catalog/term.h"
#include "server/catalog/term_vehicle.h"
#include "server/catalog/user.h"
#include "server/catalog/user_key.h"
#include "server/catalog/vehicle.h"
#include "server/catalog/vehicle_type.h"

/* Every entity, in the order menus and pages show them. */
static const struct entity *const entities[] = {
    /* clang-format off */
    &customer_entity,
    &vehicle_entity,
    &policy_entity,
    &renewal_entity,
    &receipt_entity,
    &certificate_entity,
    &alert_entity,
    &term_entity,
    &term_vehicle_entity,
    &cover_entity,
    &ownership_entity,
    &product_entity,
    &rate_entity,
    &branch_entity,
    &user_entity,
    &user_key_entity,
    &vehicle_type_entity,
    &id_type_entity,
    &plate_pattern_entity,
    &role_entity,
    &session_entity,
    &account_entity,
    &setting_entity,
    &audit_entity,
    &person_key_entity,
    &platform_user_entity,
    &company_entity,
    &company_request_entity,
    &company_health_entity,
    &compliance_entity,
    &company_domain_entity,
    &company_usage_entity,
    &service_error_entity,
    &platform_audit_entity,
    &field_template_entity,
    &platform_default_entity,
    /* clang-format on */
};

const struct entity *const *
entity_table(size_t *ret_count)
{
    *ret_count = COUNTOF(entities);
    return entities;
}

const struct entity *
entity_by_number(uint64_t number)
{
    for (size_t i = 0; i < COUNTOF(entities); i++)
        if (entities[i]->number == number)
            return entities[i];
    return NULL;
}

const struct entity *
entity_by_name(struct str name)
{
    for (size_t i = 0; i < COUNTOF(entities); i++)
        if (str_eq_c(name, entities[i]->name))
            return entities[i];
    return NULL;
}

const struct entity *
entity_by_table(struct str table)
{
    for (size_t i = 0; i < COUNTOF(entities); i++)
        if (str_eq_c(table, entities[i]->table))
            return entities[i];
    return NULL;
}

const struct field *
fields_by_tag(const struct field *fields, size_t n, uint32_t tag)
{
    for (size_t i = 0; i < n; i++)
        if (fields[i].tag == tag)
            return &fields[i];
    return NULL;
}

const struct field *
fields_by_name(const struct field *fields, size_t n, struct str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq_c(name, fields[i].name))
            return &fields[i];
    return NULL;
}

const struct field *
entity_field(const struct entity *e, uint32_t tag)
{
    return fields_by_tag(e->fields, e->nfields, tag);
}

const struct field *
entity_field_named(const struct entity *e, struct str name)
{
    return fields_by_name(e->fields, e->nfields, name);
}

const struct view *
entity_view(const struct entity *e, uint32_t number)
{
    for (size_t i = 0; i < e->nviews; i++)
        if (e->views[i].number == number)
            return &e->views[i];
    return NULL;
}

const struct view *
entity_view_named(const struct entity *e, struct str name)
{
    for (size_t i = 0; i < e->nviews; i++)
        if (str_eq_c(name, e->views[i].name))
            return &e->views[i];
    return NULL;
}

const struct action *
entity_action(const struct entity *e, uint32_t number)
{
    for (size_t i = 0; i < e->nactions; i++)
        if (e->actions[i].number == number)
            return &e->actions[i];
    return NULL;
}

const struct action *
entity_action_named(const struct entity *e, struct str name)
{
    for (size_t i = 0; i < e->nactions; i++)
        if (str_eq_c(name, e->actions[i].name))
            return &e->actions[i];
    return NULL;
}
