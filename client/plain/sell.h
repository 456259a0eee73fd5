#ifndef PLAIN_SELL_H
#define PLAIN_SELL_H

#include "client/plain/form.h"

/*
 * New business: vehicle, customer, policy and receipt asked one after the other, saved in one batch. A plate,
 * phone or identity number that is known fills in the rest; the price is said as soon as the service knows
 * it. The entities are known by name; their fields are what the description says. Shared by sell.c (what is
 * asked) and sell_save.c (price and save).
 */
enum part { PART_VEHICLE, PART_CUSTOMER, PART_POLICY, PART_RECEIPT, PARTS };
enum { STEPS = 6 };

struct sell {
    struct plain *p;
    const struct schema_entity *e[PARTS];
    const struct schema_action *quote, *issue;
    struct form form;
    int64_t vehicle, customer; /* known records; 0: new ones */
    bool came_along;           /* the customer is known as the owner of the known vehicle only */
    enum part step_part[STEPS];
    bool quoted;
    struct str price; /* said last */
    struct str doubt; /* why there is no price, said last */
    struct str reason;
};

enum sell_sent {
    SELL_SAVED,
    SELL_AGAIN,  /* the save is to be sent again */
    SELL_FIELDS, /* back to the fields */
    SELL_QUIT,
};

/* Asks for the price when all it needs is there; says it when it is another one. `aloud`: also says what
   stands in its way. */
void psell_price(struct sell *d, bool aloud);
/* Sends everything at once; on SELL_SAVED go on with what came of it. */
enum sell_sent psell_send(struct sell *d, enum go *ret);
/* Shows a record in its part; the vehicle's owner comes along. */
void psell_take(struct sell *d, enum part part, const struct body_record *r, bool with_owner);
bool psell_fetch(struct sell *d, enum part part, int64_t id, bool with_owner);

#endif
