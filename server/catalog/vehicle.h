#ifndef CATALOG_VEHICLE_H
#define CATALOG_VEHICLE_H

#include "server/catalog/entity.h"

enum vehicle_usage { USAGE_PRIVATE = 1, USAGE_COMMERCIAL = 2, USAGE_HIRE = 3 };
enum vehicle_status { VEHICLE_REGISTERED = 1, VEHICLE_DEREGISTERED = 2 };

enum vehicle_tag {
    VEHICLE_PLATE = 1,
    VEHICLE_CHASSIS = 2,
    VEHICLE_ENGINE_NO = 3,
    VEHICLE_TYPE = 4,
    VEHICLE_MAKE = 5,
    VEHICLE_MODEL = 6,
    VEHICLE_YEAR = 7,
    VEHICLE_COLOUR = 8,
    VEHICLE_SEATS = 9,
    VEHICLE_USAGE = 10,
    VEHICLE_OWNER = 11,
    VEHICLE_STATUS = 12,
    VEHICLE_NOTE = 13,
    VEHICLE_CREATED_AT = 14,
    VEHICLE_UPDATED_AT = 15,
    VEHICLE_COVERED_UNTIL = 16,
    VEHICLE_PLATE_KEY = 50,
    VEHICLE_CHASSIS_KEY = 51,
    VEHICLE_ENGINE_KEY = 52,
};

enum vehicle_action { VEHICLE_TRANSFER = 1 };

struct vehicle {
    struct row_head row;
    struct str plate, plate_key;
    struct str chassis, chassis_key;
    struct str engine_no, engine_key;
    struct ref vehicle_type;
    struct str make, model;
    int64_t year;
    struct str colour;
    int64_t seats;
    choice_t usage;
    struct ref owner;
    choice_t status;
    struct str note;
    date_t covered_until; /* computed: last day of the cover in force */
    stamp_t created_at, updated_at;
};

enum vehicle_transfer_tag { TRANSFER_TO = 1, TRANSFER_DATE = 2 };
struct vehicle_transfer {
    struct row_head row;
    struct ref to; /* customer */
    date_t date;   /* the first day of the new owner; default today */
};

extern const struct entity vehicle_entity;

#endif
