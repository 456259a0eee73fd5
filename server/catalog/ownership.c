#include "server/catalog/ownership.h"

static const struct field fields[] = {
    {FIELD(ownership, vehicle, VT_REF), OWNERSHIP_VEHICLE, "Vehicle",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_KEY, 14, 0, .help = "What is owned.",
     .ref = ENTITY_VEHICLE},
    {FIELD(ownership, customer, VT_REF), OWNERSHIP_CUSTOMER, "Owner", FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER,
     28, 0, .help = "Who owns it.", .ref = ENTITY_CUSTOMER},
    {FIELD(ownership, from_date, VT_DATE), OWNERSHIP_FROM_DATE, "From",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 10, 0, .help = "First day of the ownership."},
    {FIELD(ownership, to_date, VT_DATE), OWNERSHIP_TO_DATE, "Until", SCHEMA_LIST | SCHEMA_FILTER, 10, 0,
     .help = "First day of the next owner; empty for the owner now."},
    {FIELD(ownership, reason, VT_TEXT), OWNERSHIP_REASON, "Reason", SCHEMA_LIST | SCHEMA_NARROW, 24, 400,
     .help = "Why it changed hands."},
    {FIELD(ownership, created_at, VT_STAMP), OWNERSHIP_CREATED_AT, "Added",
     FF_FILLED | FF_COLUMN | SCHEMA_NARROW, 16, 0, .help = "When the record was made."},
    {FIELD(ownership, updated_at, VT_STAMP), OWNERSHIP_UPDATED_AT, "Changed",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 16, 0, .help = "When it was last changed."},
};

static const uint32_t all_columns[] = {OWNERSHIP_FROM_DATE, OWNERSHIP_TO_DATE, OWNERSHIP_VEHICLE,
                                       OWNERSHIP_CUSTOMER, OWNERSHIP_REASON};
static const struct view views[] = {
    {1, "all", "Owners, latest first", all_columns, COUNTOF(all_columns), OWNERSHIP_CREATED_AT, true, NULL},
};

const struct entity ownership_entity = {
    .number = ENTITY_OWNERSHIP,
    .name = "ownership",
    .label = "Ownership",
    .plural = "Ownerships",
    .help = "Who owned a vehicle from which day until which day. Without gap and without overlap.",
    .table = "ownership",
    .flags = EF_HELD,
    .size = sizeof(struct ownership),
    TABLE(fields, fields),
    .label_sql =
        "(select coalesce(v.plate, v.chassis, 'no plate') from app.vehicle v where v.tenant_id = @.tenant_id"
        " and v.id = @.vehicle_id) || ' from ' || @.from_date::text",
    TABLE(views, views),
};
