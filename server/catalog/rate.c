#include "server/catalog/rate.h"

/* The numbers are those of vehicle.usage. */
static const struct choice usages[] = {
    {1, "private", "private", TONE_PLAIN},
    {2, "commercial", "commercial", TONE_PLAIN},
    {3, "hire", "for hire", TONE_PLAIN},
};

static const struct field fields[] = {
    {FIELD(rate, product, VT_REF), RATE_PRODUCT, "Product",
     SCHEMA_REQUIRED | FF_NEW | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_KEY, 20, 0,
     .help = "Product this row prices.", .group = "For", .ref = ENTITY_PRODUCT},
    {FIELD(rate, vehicle_type, VT_REF), RATE_VEHICLE_TYPE, "Type", FF_NEW | SCHEMA_LIST | SCHEMA_FILTER, 12,
     0, .help = "Kind of vehicle; empty for every kind no other row names.", .ref = ENTITY_VEHICLE_TYPE},
    {FIELD(rate, usage, VT_CHOICE), RATE_USAGE, "Usage", FF_NEW | SCHEMA_LIST | SCHEMA_FILTER, 11, 0,
     .help = "Usage; empty for any.", CHOICES(usages)},
    {FIELD(rate, from_date, VT_DATE), RATE_FROM_DATE, "From", SCHEMA_REQUIRED | FF_NEW | FF_COLUMN, 10, 0,
     .help = "First day a term may start at this price.", .group = "When"},
    {FIELD(rate, to_date, VT_DATE), RATE_TO_DATE, "Until", FF_FORM | SCHEMA_LIST | SCHEMA_FILTER, 10, 0,
     .help = "Last day a term may start at this price; empty until replaced."},
    {FIELD(rate, rate, VT_RATE), RATE_RATE, "Rate", FF_FILLED | FF_NEW | SCHEMA_LIST, 8, 0,
     .help = "Share of the sum insured, in percent: 3.5.", .group = "Price"},
    {FIELD(rate, flat, VT_MONEY), RATE_FLAT, "Flat", FF_FILLED | FF_NEW | SCHEMA_LIST, 12, 0,
     .help = "Amount added to it."},
    {FIELD(rate, minimum, VT_MONEY), RATE_MINIMUM, "Minimum", FF_FILLED | FF_NEW | SCHEMA_LIST, 12, 0,
     .help = "Least premium."},
    {FIELD(rate, levy, VT_RATE), RATE_LEVY, "Levy", FF_FILLED | FF_NEW | SCHEMA_LIST, 8, 0,
     .help = "Levy on the premium, in percent.", .group = "On top"},
    {FIELD(rate, tax, VT_RATE), RATE_TAX, "Tax", FF_FILLED | FF_NEW | SCHEMA_LIST, 8, 0,
     .help = "Tax on premium and levy, in percent: 18."},
    {FIELD(rate, created_at, VT_STAMP), RATE_CREATED_AT, "Added", FF_FILLED | FF_COLUMN | SCHEMA_NARROW, 16,
     0, .help = "When the record was made."},
    {FIELD(rate, updated_at, VT_STAMP), RATE_UPDATED_AT, "Changed", FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW,
     16, 0, .help = "When it was last changed."},
};

static const uint32_t all_columns[] = {RATE_PRODUCT, RATE_VEHICLE_TYPE, RATE_USAGE, RATE_FROM_DATE,
                                       RATE_TO_DATE, RATE_RATE,         RATE_FLAT,  RATE_MINIMUM,
                                       RATE_LEVY,    RATE_TAX};
static const struct view views[] = {
    {1, "all", "Rate book, latest first", all_columns, COUNTOF(all_columns), RATE_FROM_DATE, true, NULL},
    {2, "valid", "Valid today", all_columns, COUNTOF(all_columns), RATE_FROM_DATE, true,
     "@.from_date <= (select app.today()) and (@.to_date is null or @.to_date >= (select app.today()))"},
};

const struct entity rate_entity = {
    .number = ENTITY_RATE,
    .name = "rate",
    .label = "Rate",
    .plural = "Rates",
    .help = "What a product costs for a kind of vehicle and usage, from a day on. A price is never changed: "
            "add a "
            "row from the day the new one holds.",
    .table = "rate",
    .flags = EF_ADD | EF_SET | EF_MENU | EF_ADMIN,
    .size = sizeof(struct rate),
    TABLE(fields, fields),
    .label_sql = "(select p.name from app.product p where p.tenant_id = @.tenant_id and p.id = @.product_id)"
                 " || ' from ' || @.from_date::text",
    TABLE(views, views),
};
