#include "server/catalog/term_vehicle.h"

static const struct field fields[] = {
    {FIELD(term_vehicle, policy, VT_REF), LINE_POLICY, "Policy",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_KEY, 16, 0, .help = "Fleet policy the vehicle is in.",
     .group = "Vehicle", .ref = ENTITY_POLICY},
    {FIELD(term_vehicle, term, VT_REF), LINE_TERM, "Term",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 18, 0, .help = "Term it is insured in.",
     .ref = ENTITY_TERM},
    {FIELD(term_vehicle, seq, VT_INT), LINE_SEQ, "No.", FF_FILLED | SCHEMA_LIST | SCHEMA_SORT, 3, 0,
     .help = "1 for the vehicle that was given first."},
    {FIELD(term_vehicle, vehicle, VT_REF), LINE_VEHICLE, "Vehicle", FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER,
     12, 0, .help = "What is insured.", .ref = ENTITY_VEHICLE},
    {FIELD(term_vehicle, sum_insured, VT_MONEY), LINE_SUM_INSURED, "Sum insured", FF_FILLED | SCHEMA_LIST, 14,
     0, .help = "What this vehicle is insured for.", .group = "Money"},
    {FIELD(term_vehicle, rate, VT_REF), LINE_RATE, "Rate", FF_FILLED, 24, 0,
     .help = "Row of the rate book it was priced by.", .ref = ENTITY_RATE},
    {FIELD(term_vehicle, premium, VT_MONEY), LINE_PREMIUM, "Premium", FF_FILLED | SCHEMA_LIST, 12, 0,
     .help = "Price of the cover itself."},
    {FIELD(term_vehicle, levy, VT_MONEY), LINE_LEVY, "Levy", FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 12, 0,
     .help = "Levy on the premium."},
    {FIELD(term_vehicle, tax, VT_MONEY), LINE_TAX, "Tax", FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 12, 0,
     .help = "Tax on premium and levy."},
    {FIELD(term_vehicle, total, VT_MONEY), LINE_TOTAL, "Total", FF_FILLED | SCHEMA_LIST, 12, 0,
     .help = "Premium, levy and tax together."},
    {FIELD(term_vehicle, created_at, VT_STAMP), LINE_CREATED_AT, "Added",
     FF_FILLED | FF_COLUMN | SCHEMA_NARROW, 16, 0, .help = "When the record was made.", .group = "Life"},
    {FIELD(term_vehicle, updated_at, VT_STAMP), LINE_UPDATED_AT, "Changed",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 16, 0, .help = "When it was last changed."},
};

static const uint32_t all_columns[] = {LINE_SEQ,   LINE_VEHICLE, LINE_SUM_INSURED, LINE_PREMIUM,
                                       LINE_TOTAL, LINE_POLICY,  LINE_TERM};
static const struct view views[] = {
    {1, "all", "Vehicles of fleets", all_columns, COUNTOF(all_columns), LINE_SEQ, false, NULL},
    {2, "latest", "Vehicles of fleets, latest first", all_columns, COUNTOF(all_columns), LINE_CREATED_AT,
     true, NULL},
};

const struct entity term_vehicle_entity = {
    .number = ENTITY_TERM_VEHICLE,
    .name = "term_vehicle",
    .label = "Vehicle of a fleet",
    .plural = "Vehicles of fleets",
    .help = "A vehicle of a fleet policy's term: what it is insured for and what that costs.",
    .table = "term_vehicle",
    .flags = EF_FLEET | EF_HELD,
    .size = sizeof(struct term_vehicle),
    TABLE(fields, fields),
    .label_sql =
        "coalesce((select coalesce(v.plate, v.chassis) from app.vehicle v where v.tenant_id ="
        " @.tenant_id and v.id = @.vehicle_id), 'vehicle') || ' in ' || coalesce((select p.number from"
        " app.policy p where p.tenant_id = @.tenant_id and p.id = @.policy_id), 'a fleet')",
    TABLE(views, views),
};
