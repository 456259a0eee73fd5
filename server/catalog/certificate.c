#include "server/catalog/certificate.h"

static const struct choice states[] = {
    {CERTIFICATE_VALID, "valid", "valid", TONE_GOOD},
    {CERTIFICATE_WITHDRAWN, "withdrawn", "withdrawn", TONE_BAD},
};

static const struct field fields[] = {
    {FIELD(certificate, number, VT_TEXT), CERTIFICATE_NUMBER, "Certificate",
     FF_FILLED | FF_COLUMN | SCHEMA_KEY | SCHEMA_UPPER, 18, 60, .help = "Its number."},
    {FIELD(certificate, state, VT_CHOICE), CERTIFICATE_STATE, "State",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 9, 0,
     .help = "A withdrawn certificate proves nothing any more.", CHOICES(states)},
    {FIELD(certificate, vehicle, VT_REF), CERTIFICATE_VEHICLE, "Vehicle",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 12, 0, .help = "Vehicle it is for.", .ref = ENTITY_VEHICLE},
    {FIELD(certificate, policy, VT_REF), CERTIFICATE_POLICY, "Policy",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 16, 0, .help = "Policy it is issued under.",
     .ref = ENTITY_POLICY},
    {FIELD(certificate, from_date, VT_DATE), CERTIFICATE_FROM_DATE, "From",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 10, 0, .help = "First day it is valid."},
    {FIELD(certificate, to_date, VT_DATE), CERTIFICATE_TO_DATE, "Until",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 10, 0, .help = "Last day it is valid."},
    {FIELD(certificate, term, VT_REF), CERTIFICATE_TERM, "Term",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW, 18, 0, .help = "Term that pays for the cover.",
     .ref = ENTITY_TERM},
    {FIELD(certificate, cover, VT_REF), CERTIFICATE_COVER, "Cover", FF_FILLED | SCHEMA_FILTER | SCHEMA_NARROW,
     24, 0, .help = "Cover it proves.", .ref = ENTITY_COVER},
    {FIELD(certificate, payload, VT_TEXT), CERTIFICATE_PAYLOAD, "QR text", FF_FILLED, 40, 0,
     .help = "What the QR code says, with the company's signature."},
    {FIELD(certificate, issued_by, VT_REF), CERTIFICATE_ISSUED_BY, "Issued by",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER | SCHEMA_NARROW | FF_STAFF, 18, 0,
     .help = "Whose verification made it.", .column = "issued_by", .ref = ENTITY_USER},
    {FIELD(certificate, created_at, VT_STAMP), CERTIFICATE_CREATED_AT, "Added",
     FF_FILLED | FF_COLUMN | SCHEMA_NARROW, 16, 0, .help = "When the record was made."},
    {FIELD(certificate, updated_at, VT_STAMP), CERTIFICATE_UPDATED_AT, "Changed",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 16, 0, .help = "When it was last changed."},
};

static const struct entity_key keys[] = {{KEY_UPPER, "@.number = $1"}};

static const uint32_t all_columns[] = {CERTIFICATE_NUMBER,   CERTIFICATE_VEHICLE,   CERTIFICATE_POLICY,
                                       CERTIFICATE_STATE,    CERTIFICATE_FROM_DATE, CERTIFICATE_TO_DATE,
                                       CERTIFICATE_ISSUED_BY};
static const struct view views[] = {
    {1, "all", "All certificates, newest first", all_columns, COUNTOF(all_columns), CERTIFICATE_CREATED_AT,
     true, NULL},
};

static const struct action actions[] = {
    {CERTIFICATE_PRINT, "print", "Print", "The certificate as PDF or plain text.", AF_ON_RECORD | AF_PRINTS,
     .option = '6'},
};

const struct entity certificate_entity = {
    .number = ENTITY_CERTIFICATE,
    .name = "certificate",
    .label = "Certificate",
    .plural = "Certificates",
    .help = "What the customer carries: proves the cover, and anyone can check its QR code offline.",
    .table = "certificate",
    .module = "certificates",
    .flags = EF_MENU | EF_SEARCH | EF_HELD,
    .size = sizeof(struct certificate),
    TABLE(fields, fields),
    .label_sql = "@.number",
    TABLE(keys, keys),
    TABLE(views, views),
    TABLE(actions, actions),
    .detail_sql =
        "concat_ws(' · ', (select coalesce(v.plate, v.chassis) from app.vehicle v where v.tenant_id ="
        " @.tenant_id and v.id = @.vehicle_id), 'until ' || @.to_date::text)",
};
