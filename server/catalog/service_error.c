#include "server/catalog/service_error.h"

static const struct field fields[] = {
    {FIELD(service_error, at, VT_STAMP), SERVICE_ERROR_AT, "Time", FF_FILLED | FF_COLUMN | SCHEMA_KEY, 16, 0,
     .help = "When it happened."},
    {FIELD(service_error, company, VT_REF), SERVICE_ERROR_COMPANY, "Company", SCHEMA_LIST | SCHEMA_FILTER, 24,
     0, .help = "Whose request failed.", .ref = ENTITY_COMPANY},
    {FIELD(service_error, code, VT_TEXT), SERVICE_ERROR_CODE, "Code", FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER,
     12, 24, .help = "What was answered."},
    {FIELD(service_error, cause, VT_TEXT), SERVICE_ERROR_CAUSE, "Cause",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 24, 80,
     .help = "Where it failed; the log of the service has the words, under the request's id."},
    {FIELD(service_error, method, VT_TEXT), SERVICE_ERROR_METHOD, "Method",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 12, 80, .help = "What was asked."},
    {FIELD(service_error, request_id, VT_TEXT), SERVICE_ERROR_REQUEST_ID, "Request",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 14, 32, .help = "Its id, as in the log and in the answer."},
};

static const struct entity_key keys[] = {{KEY_LOWER, "@.request_id = $1"}};

static const uint32_t all_columns[] = {SERVICE_ERROR_AT,    SERVICE_ERROR_COMPANY, SERVICE_ERROR_METHOD,
                                       SERVICE_ERROR_CAUSE, SERVICE_ERROR_CODE,    SERVICE_ERROR_REQUEST_ID};
static const struct view views[] = {
    {1, "all", "Errors, newest first", all_columns, COUNTOF(all_columns), SERVICE_ERROR_AT, true, NULL},
};

const struct entity service_error_entity = {
    .number = ENTITY_SERVICE_ERROR,
    .name = "service_error",
    .label = "Error",
    .plural = "Errors",
    .help = "A request that failed through a fault of the service, without anything of its content.",
    .table = "service_error",
    .flags = EF_MENU | EF_ADMIN | EF_PLATFORM | EF_NO_PAST,
    .size = sizeof(struct service_error),
    TABLE(fields, fields),
    .label_sql = "@.request_id",
    TABLE(keys, keys),
    TABLE(views, views),
};
