#include "server/catalog/vehicle.h"

#include "server/catalog/certificate.h"
#include "server/catalog/cover.h"
#include "server/catalog/ownership.h"
#include "server/catalog/policy.h"
#include "server/catalog/term_vehicle.h"

static const struct choice usages[] = {
    {USAGE_PRIVATE, "private", "private", TONE_PLAIN},
    {USAGE_COMMERCIAL, "commercial", "commercial", TONE_PLAIN},
    {USAGE_HIRE, "hire", "for hire", TONE_PLAIN},
};
static const struct choice statuses[] = {
    {VEHICLE_REGISTERED, "registered", "registered", TONE_PLAIN},
    {VEHICLE_DEREGISTERED, "deregistered", "deregistered", TONE_OFF},
};

static const struct field fields[] = {
    {FIELD(vehicle, plate, VT_TEXT), VEHICLE_PLATE, "Plate",
     FF_FORM | FF_COLUMN | SCHEMA_KEY | SCHEMA_UPPER | SCHEMA_CHECK, 11, 20, .order = VEHICLE_PLATE_KEY,
     .help = "Registration number, any spelling: T 337 DSE. Empty for a vehicle in transit; the chassis "
             "number is "
             "then needed.",
     .group = "Vehicle"},
    {FIELD(vehicle, vehicle_type, VT_REF), VEHICLE_TYPE, "Type",
     SCHEMA_REQUIRED | FF_FORM | SCHEMA_LIST | SCHEMA_FILTER, 12, 0,
     .help = "Kind of vehicle: motorcycle, bajaji, car and so on. It decides the rate.",
     .ref = ENTITY_VEHICLE_TYPE},
    {FIELD(vehicle, make, VT_TEXT), VEHICLE_MAKE, "Make",
     SCHEMA_REQUIRED | FF_FORM | SCHEMA_LIST | SCHEMA_FILTER, 14, 60,
     .help = "Who built it: Toyota, TVS, Bajaj."},
    {FIELD(vehicle, model, VT_TEXT), VEHICLE_MODEL, "Model", FF_FORM | SCHEMA_LIST | SCHEMA_NARROW, 14, 60,
     .help = "Model as on the registration card: Noah, RAV4, King."},
    {FIELD(vehicle, year, VT_INT), VEHICLE_YEAR, "Year",
     FF_FORM | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_CHECK | SCHEMA_NARROW, 4, 9999,
     .help = "Year of manufacture, four digits."},
    {FIELD(vehicle, chassis, VT_TEXT), VEHICLE_CHASSIS, "Chassis",
     FF_FORM | SCHEMA_LIST | SCHEMA_UPPER | SCHEMA_CHECK | SCHEMA_NARROW, 19, 40,
     .help = "Chassis or frame number (VIN when it has 17 characters). One number belongs to one vehicle.",
     .group = "Numbers"},
    {FIELD(vehicle, engine_no, VT_TEXT), VEHICLE_ENGINE_NO, "Engine no.",
     FF_FORM | SCHEMA_UPPER | SCHEMA_CHECK, 18, 40, .help = "Number on the engine."},
    {FIELD(vehicle, colour, VT_TEXT), VEHICLE_COLOUR, "Colour", FF_FORM | SCHEMA_LIST | SCHEMA_NARROW, 10, 40,
     .help = "Main colour.", .group = "Other"},
    {FIELD(vehicle, seats, VT_INT), VEHICLE_SEATS, "Seats", FF_FORM | SCHEMA_NARROW, 5, 200,
     .help = "Seats with the driver's."},
    {FIELD(vehicle, usage, VT_CHOICE), VEHICLE_USAGE, "Usage",
     FF_FILLED | FF_FORM | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 11, 0,
     .help = "What it is used for. It decides the rate.", .fallback = "private", CHOICES(usages)},
    {FIELD(vehicle, owner, VT_REF), VEHICLE_OWNER, "Owner",
     SCHEMA_REQUIRED | FF_NEW | SCHEMA_LIST | SCHEMA_FILTER, 24, 0,
     .help = "Customer who owns it now. Later owners come by \"transfer\".", .ref = ENTITY_CUSTOMER},
    {FIELD(vehicle, covered_until, VT_DATE), VEHICLE_COVERED_UNTIL, "Covered until", SCHEMA_LIST, 13, 0,
     .help = "Last day of the cover in force; empty when the vehicle is not insured today.",
     .sql = "(select max(c.to_date) from app.cover c where c.tenant_id = @.tenant_id and c.vehicle_id = @.id"
            " and c.in_force and c.from_date <= (select app.today()) and c.to_date >= (select app.today()))"},
    {FIELD(vehicle, status, VT_CHOICE), VEHICLE_STATUS, "Status",
     FF_FILLED | SCHEMA_EDIT | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 12, 0,
     .help = "A deregistered vehicle can't be insured; its plate may be used again.", CHOICES(statuses)},
    {FIELD(vehicle, note, VT_TEXT), VEHICLE_NOTE, "Note", FF_FORM | SCHEMA_MULTILINE | FF_STAFF, 40, 1000,
     .help = "Anything worth knowing at the counter."},
    {FIELD(vehicle, created_at, VT_STAMP), VEHICLE_CREATED_AT, "Added", FF_FILLED | FF_COLUMN | SCHEMA_NARROW,
     16, 0, .help = "When the record was made."},
    {FIELD(vehicle, updated_at, VT_STAMP), VEHICLE_UPDATED_AT, "Changed",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 16, 0, .help = "When it was last changed."},
    {FIELD(vehicle, plate_key, VT_TEXT), VEHICLE_PLATE_KEY, "Plate key", FF_INTERNAL, 12, 20,
     .help = "The plate in the form it is found by."},
    {FIELD(vehicle, chassis_key, VT_TEXT), VEHICLE_CHASSIS_KEY, "Chassis key", FF_INTERNAL, 12, 40,
     .help = "The chassis number in the form it is found by."},
    {FIELD(vehicle, engine_key, VT_TEXT), VEHICLE_ENGINE_KEY, "Engine key", FF_INTERNAL, 12, 40,
     .help = "The engine number in the form it is found by."},
};

static const struct entity_key keys[] = {
    {KEY_CODE, "@.plate_key = $1 and @.status = 1"},
    {KEY_CODE, "@.chassis_key = $1"},
};

static const uint32_t all_columns[] = {VEHICLE_PLATE, VEHICLE_MAKE,          VEHICLE_MODEL, VEHICLE_TYPE,
                                       VEHICLE_OWNER, VEHICLE_COVERED_UNTIL, VEHICLE_YEAR,  VEHICLE_CHASSIS};
static const struct view views[] = {
    {1, "all", "All vehicles, newest first", all_columns, COUNTOF(all_columns), VEHICLE_CREATED_AT, true,
     NULL},
    {2, "uninsured", "Without cover today", all_columns, COUNTOF(all_columns), VEHICLE_CREATED_AT, true,
     "@.status = 1 and not exists (select 1 from app.cover c where c.tenant_id = @.tenant_id"
     " and c.vehicle_id = @.id and c.in_force and c.from_date <= (select app.today()) and c.to_date >= "
     "(select app.today()))"},
    {3, "transit", "In transit, without a plate", all_columns, COUNTOF(all_columns), VEHICLE_CREATED_AT, true,
     "@.plate_key is null"},
};

static const struct field transfer_params[] = {
    {FIELD(vehicle_transfer, to, VT_REF), TRANSFER_TO, "New owner", SCHEMA_REQUIRED | FF_NEW, 24, 0,
     .help = "Customer who owns the vehicle from then on.", .ref = ENTITY_CUSTOMER},
    {FIELD(vehicle_transfer, date, VT_DATE), TRANSFER_DATE, "From", FF_NEW, 10, 0,
     .help = "First day of the new owner; today when left empty.", .fallback = "t"},
};
static const struct action actions[] = {
    {VEHICLE_TRANSFER, "transfer", "Transfer to a new owner", "Ends the ownership and starts the next one's.",
     AF_ON_RECORD, VEHICLE_STATUS, ROW_BIT(VEHICLE_REGISTERED), '8',
     PARAMS(vehicle_transfer, transfer_params)},
};

static const struct tab tabs[] = {
    {"Policies", ENTITY_POLICY, POLICY_VEHICLE},
    {"Fleets", ENTITY_TERM_VEHICLE, LINE_VEHICLE},
    {"Covers", ENTITY_COVER, COVER_VEHICLE},
    {"Owners", ENTITY_OWNERSHIP, OWNERSHIP_VEHICLE},
    {"Certificates", ENTITY_CERTIFICATE, CERTIFICATE_VEHICLE},
};

static const struct follows follows[] = {
    {ENTITY_COVER, FOLLOW_SHOWN},
};

const struct entity vehicle_entity = {
    .number = ENTITY_VEHICLE,
    .name = "vehicle",
    .label = "Vehicle",
    .plural = "Vehicles",
    .help = "Anything on wheels that can be insured. At any instant it has exactly one owner.",
    .table = "vehicle",
    .flags = EF_ADD | EF_SET | EF_MENU | EF_SEARCH | EF_HELD,
    .size = sizeof(struct vehicle),
    TABLE(fields, fields),
    .label_sql = "coalesce(@.plate, @.chassis, 'no plate')",
    TABLE(keys, keys),
    TABLE(views, views),
    TABLE(actions, actions),
    TABLE(tabs, tabs),
    TABLE(follows, follows),
    .history_column = "vehicle_id",
    .detail_sql =
        "concat_ws(' · ', concat_ws(' ', @.make, @.model), (select o.name from app.customer o"
        " where o.tenant_id = @.tenant_id and o.id = @.owner_id),"
        " (select 'covered until ' || max(c.to_date)::text from app.cover c where c.tenant_id = @.tenant_id"
        " and c.vehicle_id = @.id and c.in_force and c.to_date >= (select app.today())))",
};
