#ifndef PLAIN_SELL_H
#define PLAIN_SELL_H

#include "client/flow/sell.h"
#include "client/plain/form.h"

/*
 * New business: vehicle, customer, policy and receipt asked one after the other, saved in one batch. A plate,
 * phone, chassis or identity number that is known fills in the rest while nothing else was said of it; else
 * the record is offered and "=" takes it. The price is said as soon as the service knows it. Shared by sell.c
 * (what is asked), sell_known.c (what is known already) and sell_save.c (price and save).
 */
struct sell {
    struct plain *p;
    struct flow flow;
    struct form form;
    bool all; /* every field is asked */
    bool quoted;
    struct str price; /* said last */
    struct str doubt; /* why there is no price, said last */
    struct str reasons[PARTS];
    struct {
        enum part part;
        int64_t id; /* 0: nothing is offered */
    } offer;
};

enum sell_sent {
    SELL_SAVED,
    SELL_AGAIN,  /* the save is to be sent again */
    SELL_FIELDS, /* back to the fields */
    SELL_QUIT,
};

/* ---- sell.c ---- */
void psell_arrange(struct sell *d); /* which fields are asked, after every change of what applies */
struct flow_source psell_source(struct sell *d);

/* ---- sell_known.c ---- */
/* The record that the text of an item names: shown, or offered where something else was said already. */
void psell_look_up(struct sell *d, const struct item *i);
void psell_forget(struct sell *d, enum part part, const struct item *but);
/* A phone number where the plate is asked. True: it was one, and the plate is asked again. */
bool psell_phone_for_plate(struct sell *d, struct item *plate);
void psell_offer(struct sell *d, const struct body_ref *ref);
bool psell_take_offer(struct sell *d);
bool psell_fetch(struct sell *d, enum part part, int64_t id);
bool psell_take(struct sell *d, enum part part, int64_t id); /* the same, as what was asked for */

/* ---- sell_save.c ---- */
/* Asks for the price when all it needs is there; says it when it is another one. `aloud`: also says what
   stands in its way. */
void psell_price(struct sell *d, bool aloud);
/* Sends everything at once; on SELL_SAVED go on with what came of it. */
enum sell_sent psell_send(struct sell *d, enum go *ret);

#endif
