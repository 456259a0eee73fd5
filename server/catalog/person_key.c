#include "server/catalog/person_key.h"

static const struct field fields[] = {
    {FIELD(person_key, customer, VT_REF), PERSON_KEY_CUSTOMER, "Customer",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 28, 0, .help = "Whose personal data it opens.",
     .ref = ENTITY_CUSTOMER},
    {FIELD(person_key, legal_hold, VT_BOOL), PERSON_KEY_LEGAL_HOLD, "On hold",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 8, 0,
     .help = "Must be kept: the customer can't be forgotten until it is released."},
    {FIELD(person_key, hold_reason, VT_TEXT), PERSON_KEY_HOLD_REASON, "Held for", SCHEMA_LIST, 24, 400,
     .help = "Why it must be kept."},
    {FIELD(person_key, destroyed_at, VT_STAMP), PERSON_KEY_DESTROYED_AT, "Destroyed", SCHEMA_LIST, 16, 0,
     .help = "When it was destroyed: from then on nobody can read the personal data."},
    {FIELD(person_key, destroy_reason, VT_TEXT), PERSON_KEY_DESTROY_REASON, "Destroyed for", SCHEMA_LIST, 24,
     400, .help = "Why the customer was forgotten."},
    {FIELD(person_key, created_at, VT_STAMP), PERSON_KEY_CREATED_AT, "Added",
     FF_FILLED | FF_COLUMN | SCHEMA_NARROW, 16, 0, .help = "When the key was made."},
    {FIELD(person_key, updated_at, VT_STAMP), PERSON_KEY_UPDATED_AT, "Changed",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 16, 0, .help = "When it was last changed."},
    {FIELD(person_key, generation, VT_INT), PERSON_KEY_GENERATION, "Generation", FF_FILLED | FF_INTERNAL, 4,
     0, .help = "Of the company's key it is wrapped with."},
    {FIELD(person_key, wrapped, VT_BYTES), PERSON_KEY_WRAPPED, "Key", FF_INTERNAL, 12, 0,
     .help = "The key itself, sealed."},
};

static const struct entity_key keys[] = {{KEY_PLAIN, "@.customer_id::text = $1"}};

static const uint32_t all_columns[] = {PERSON_KEY_CUSTOMER,       PERSON_KEY_LEGAL_HOLD,
                                       PERSON_KEY_HOLD_REASON,    PERSON_KEY_DESTROYED_AT,
                                       PERSON_KEY_DESTROY_REASON, PERSON_KEY_CREATED_AT};
static const struct view views[] = {
    {1, "all", "All customers", all_columns, COUNTOF(all_columns), PERSON_KEY_CREATED_AT, true, NULL},
    {2, "held", "On legal hold", all_columns, COUNTOF(all_columns), PERSON_KEY_CREATED_AT, true,
     "@.legal_hold"},
    {3, "destroyed", "Forgotten", all_columns, COUNTOF(all_columns), PERSON_KEY_CREATED_AT, true,
     "@.wrapped is null"},
};

const struct entity person_key_entity = {
    .number = ENTITY_PERSON_KEY,
    .name = "person_key",
    .label = "Retention",
    .plural = "Retention",
    .help = "The key a customer's personal data is sealed with: held, or destroyed when the customer was "
            "forgotten. Change it "
            "by the actions of the customer.",
    .table = "person_key",
    .flags = EF_MENU | EF_ADMIN | EF_PRIVATE,
    .size = sizeof(struct person_key),
    TABLE(fields, fields),
    .label_sql =
        "(select c.name from app.customer c where c.tenant_id = @.tenant_id and c.id = @.customer_id)",
    TABLE(keys, keys),
    TABLE(views, views),
};
