#ifndef SCREEN_SELL_H
#define SCREEN_SELL_H

#include "client/flow/sell.h"
#include "client/screen/app.h"
#include "client/screen/draft.h"

/*
 * New business: vehicle, customer, policy and receipt in one form, saved in one batch. A plate, phone,
 * chassis or identity number that is known fills in the rest while nobody typed there; else the record is
 * offered beside the field, and one key takes it. The premium is asked for while it is typed; nothing that
 * comes from the service moves the focus or replaces what a person typed.
 */
enum {
    TAG_KEY = 1, /* + part: the record a key names */
    TAG_TAKE = 8,
    TAG_OWNER = 12,
    TAG_LAST,
    TAG_THEIRS,
    TAG_SAVE,
    TAG_CHECK = 16, /* + part */
    TAG_QUOTE = 1 << 16
};
enum { PURPOSE_LEAVE = 1, PURPOSE_REF, PURPOSE_OFFER };
enum { LEAVE_STAY = 1, LEAVE_DROP, LEAVE_KEEP };
enum { SELL_OFFERS = 12, SELL_PAUSE_MS = 350 };

/* A record the form could go on with, told beside a field. */
struct sell_offer {
    uint32_t entity;
    enum part part; /* that it would fill; PARTS: none, it is opened */
    size_t item;
    uint32_t gen; /* of the item when it was offered: typed over, the offer is gone */
    int64_t id;
    char label[96];
};

struct sell {
    struct flow flow;
    struct form form;
    struct sell_offer offers[SELL_OFFERS];
    size_t noffers;
    size_t asked[2];      /* the item a record is looked up by, of vehicle and customer */
    bool doubtful[PARTS]; /* the service wants to know why it is another one */
    bool wanted;          /* the record on its way was asked for, not just found */
    bool all;             /* every field is shown */
    bool quoted, save_after_quote, sent, saved;
    struct draft_slot slot;
    uint16_t quote_turn; /* answers of older quotes are dropped */
    uint16_t pricing;    /* turn of the price asked for by itself: one at a time … */
    bool price_again;    /* … and once more when something changed meanwhile */
    unsigned char idem[IDEM_BYTES];
};

/* sell.c: an empty form; NULL: not open to this person, who was told. */
struct view *sell_start(struct app *a);

/* sell_form.c: the items, which of them are shown, and what they say. */
void sell_add_parts(struct view *v);
void sell_arrange(struct sell *d); /* after every change of what applies */
bool sell_pays(struct sell *d);
/* A phone number typed where a plate is asked: looked up, and the plate asked again. False: it is none. */
bool sell_phone_for_plate(struct view *v, struct form_item *plate);
struct flow_source sell_source(struct sell *d);

/* sell_fleet.c: several vehicles under one policy. */
bool sell_typed_a_vehicle(const struct sell *d);
void sell_another(struct view *v); /* this one on the list, the next is asked */
void sell_fleet_offers(struct view *v, struct offers *o);
void sell_drop_line(struct view *v, size_t n);
struct str sell_fleet_heading(struct sell *d, struct arena *a);

/* sell_known.c: records that are known. */
void sell_look_up(struct view *v, size_t item);
void sell_forget(struct sell *d, enum part part);
void sell_known_answer(struct view *v, struct answer *a); /* TAG_KEY … TAG_THEIRS, TAG_CHECK */
void sell_take_record(struct view *v, enum part part, int64_t id);
/* The one key: takes what is offered where the focus is, or gives back what was taken. */
void sell_take(struct view *v);
bool sell_pick(struct view *v); /* F4: the records offered at this field; false: none */
const struct sell_offer *sell_offer_at(const struct sell *d, size_t n); /* that still stand; NULL: no more */
/* Records an issue is about, told and offered beside its field. */
void sell_issues(struct view *v, enum part part, const struct body_issue *issues, size_t n);
bool sell_offer_ref(struct view *v, struct form_item *i, const struct body_ref *ref);
void sell_note_offer(struct sell *d, struct form_item *i, int tone, struct str text);
void sell_drop_offers(struct sell *d, enum part part); /* beside fields of that part */

/* sell_draft.c: what is typed, and the save under way, into the journal. */
void sell_keep(struct view *v);

/* sell_save.c: the price and the save. */
void sell_quote(struct view *v, bool barrier); /* nothing when something is missing */
void sell_take_quote(struct view *v, struct answer *a);
void sell_save(struct view *v);
void sell_send(struct view *v);
void sell_saved(struct view *v, struct answer *a);
void sell_refused(struct view *v, struct answer *a);

#endif
