#ifndef CTL_DEMO_CARS_H
#define CTL_DEMO_CARS_H

#include "server/ctl/demo_dice.h"

/* What drives in Tanzania: makes and models that fit the kind of vehicle. */
enum demo_kind { DEMO_MOTORCYCLE, DEMO_BAJAJI, DEMO_CAR, DEMO_TAXI, DEMO_BUS, DEMO_TRUCK, DEMO_KINDS };
/* Codes of app.vehicle_type, by enum demo_kind. */
extern const char *const demo_kind_codes[DEMO_KINDS];

struct demo_car {
    enum demo_kind kind;
    const char *make, *model, *colour;
    char plate[16];   /* "T 123 ABC", "MC 123 ABC" */
    char chassis[24]; /* VIN, or frame number with a dash */
    char engine[24];  /* may be empty */
    int year, seats, usage;
    int64_t value; /* whole shillings, rounded */
};

/* Plates run out above this many vehicles. */
enum { DEMO_CARS_MAX = 2592000 };

/* What the n-th vehicle is; two n never share a plate or a chassis number. */
void demo_car(struct demo_dice *d, int64_t n, bool company, int this_year, struct demo_car *ret);

#endif
