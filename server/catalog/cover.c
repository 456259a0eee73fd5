#include "server/catalog/cover.h"

#include "server/catalog/certificate.h"

static const struct field fields[] = {
    {FIELD(cover, policy, VT_REF), COVER_POLICY, "Policy",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_KEY, 16, 0, .help = "Policy the cover belongs to.",
     .ref = ENTITY_POLICY},
    {FIELD(cover, term, VT_REF), COVER_TERM, "Term", FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW,
     18, 0, .help = "Term that pays for it.", .ref = ENTITY_TERM},
    {FIELD(cover, vehicle, VT_REF), COVER_VEHICLE, "Vehicle", FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 12, 0,
     .help = "What is covered.", .ref = ENTITY_VEHICLE},
    {FIELD(cover, from_date, VT_DATE), COVER_FROM_DATE, "From", FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 10,
     0, .help = "First day."},
    {FIELD(cover, to_date, VT_DATE), COVER_TO_DATE, "Until", FF_FILLED | FF_COLUMN, 10, 0,
     .help = "Last day; that day is still covered."},
    {FIELD(cover, in_force, VT_BOOL), COVER_IN_FORCE, "In force", FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 8,
     0,
     .help = "Paid for and neither suspended nor cancelled. Covers in force of one vehicle never overlap."},
    {FIELD(cover, created_at, VT_STAMP), COVER_CREATED_AT, "Added", FF_FILLED | FF_COLUMN | SCHEMA_NARROW, 16,
     0, .help = "When the record was made."},
    {FIELD(cover, updated_at, VT_STAMP), COVER_UPDATED_AT, "Changed", FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW,
     16, 0, .help = "When it was last changed."},
};

static const uint32_t all_columns[] = {COVER_VEHICLE,  COVER_FROM_DATE, COVER_TO_DATE,
                                       COVER_IN_FORCE, COVER_POLICY,    COVER_TERM};
static const struct view views[] = {
    {1, "all", "Covers, latest first", all_columns, COUNTOF(all_columns), COVER_CREATED_AT, true, NULL},
    {2, "in_force", "In force today", all_columns, COUNTOF(all_columns), COVER_TO_DATE, false,
     "@.in_force and @.from_date <= (select app.today()) and @.to_date >= (select app.today())"},
};

static const struct tab tabs[] = {{"Certificates", ENTITY_CERTIFICATE, CERTIFICATE_COVER}};

const struct entity cover_entity = {
    .number = ENTITY_COVER,
    .name = "cover",
    .label = "Cover",
    .plural = "Covers",
    .help = "A vehicle and the days it is insured. One vehicle has one cover at a time.",
    .table = "cover",
    .flags = EF_HELD,
    .size = sizeof(struct cover),
    TABLE(fields, fields),
    .label_sql =
        "(select coalesce(v.plate, v.chassis, 'no plate') from app.vehicle v where v.tenant_id = @.tenant_id"
        " and v.id = @.vehicle_id) || ' ' || @.from_date::text || ' to ' || @.to_date::text",
    TABLE(views, views),
    TABLE(tabs, tabs),
};
