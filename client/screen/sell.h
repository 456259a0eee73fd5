#ifndef SCREEN_SELL_H
#define SCREEN_SELL_H

#include "client/screen/app.h"
#include "client/screen/draft.h"
#include "client/screen/objection.h"

/*
 * New business: vehicle, customer, policy and receipt in one form, saved in one batch. A plate, phone or
 * identity number that is known fills in the rest; the premium is quoted by the service as soon as it can be.
 * The screen knows the entities by name; their fields are what the description says.
 */
enum part { PART_VEHICLE, PART_CUSTOMER, PART_POLICY, PART_RECEIPT, PART_TOTAL, PARTS };
enum { TAG_VEHICLE = 1, TAG_CUSTOMER, TAG_OWNER, TAG_SAVE, TAG_CHECK = 16, TAG_QUOTE = 1 << 16 };
enum { PURPOSE_OBJECTION = 1, PURPOSE_REASON, PURPOSE_LEAVE, PURPOSE_REF };
enum { LEAVE_STAY = 1, LEAVE_DROP, LEAVE_KEEP };
enum { STEPS = 6 };

struct sell {
    const struct schema_entity *e[PARTS];
    const struct schema_action *quote, *issue;
    struct form form;
    int64_t vehicle, customer; /* known records; 0: new ones */
    bool came_along;           /* the customer is known as the owner of the known vehicle only */
    enum part step_part[STEPS];
    bool quoted, save_after_quote, sent, saved;
    struct draft_slot slot;
    uint16_t quote_turn; /* answers of older quotes are dropped */
    uint16_t pricing;    /* turn of the price asked for by itself: one at a time … */
    bool price_again;    /* … and once more when something changed meanwhile */
    struct objection objection;
    enum part objected;
    char reason[256];
    unsigned char idem[IDEM_BYTES];
};

/* sell.c: an empty form; NULL: not open to this person, who was told. */
struct view *sell_start(struct app *a);
void sell_heading(struct sell *d, enum part part); /* says whether it is on record */
/* sell_draft.c: what is typed, and the save under way, into the journal. */
void sell_keep(struct view *v);

/* sell_save.c: the steps of the save and the price. */
void sell_quote(struct view *v, bool barrier); /* nothing when something is missing */
void sell_take_quote(struct view *v, struct answer *a);
void sell_save(struct view *v);
void sell_send(struct view *v);
void sell_saved(struct view *v, struct answer *a);
void sell_refused(struct view *v, struct answer *a);
const struct value *sell_value(struct view *v, const struct body_record *r,
                               const char *name); /* NULL: none */

#endif
