#ifndef SCREEN_DRAFT_H
#define SCREEN_DRAFT_H

#include "client/link/journal.h"
#include "client/screen/app.h"
#include "common/base/buf.h"

/*
 * A half-filled form as it is kept in the journal (client/link/journal.h), and a journal for the forms.
 *
 * Secrets are never in it: neither their fields nor a request that has any. What was being saved is kept as
 * it was sent, with its key, so that it can be sent once more and still happens once.
 */
struct draft_item {
    uint32_t part;
    struct str name;         /* of the field */
    struct str before, text; /* what undo puts back; what stands there */
    int64_t ref_id;
    struct str ref_text;
    bool by_hand, readonly;
};

struct draft {
    bool sells;    /* a new business; else: */
    uint32_t mode; /* enum mode of edit.h */
    struct str entity, action, label;
    int64_t id, version;
    uint32_t via;
    bool goes_to_record;
    int64_t vehicle, customer; /* a new business: those on record */
    bool came_along;
    struct str steps; /* a new business: the parts of what was sent, a byte each */
    struct str reason;
    struct str idem; /* IDEM_BYTES when a save was sent and not answered; else none */
    int64_t sent;    /* when, seconds since 1970 */
    uint32_t method;
    struct str request; /* its encoded parameters; none when they hold a secret */
    size_t at;          /* the field with the focus */
    struct draft_item items[FORM_ITEMS];
    size_t nitems;
};

/* Of a form that is open; zeroed: nothing is kept of it yet. */
struct draft_slot {
    char id[JOURNAL_ID + 1];
    bool told;          /* that it can't be kept */
    uint32_t method;    /* of the save under way */
    struct str request; /* in the view's arena */
    int64_t sent;
    uint32_t typed; /* draft_typed when it was sent: what was changed since is not in the request */
};

enum { DRAFT_RESEND_DAYS = 6 }; /* the service knows a key for a week */

void draft_encode(struct buf *b, const struct draft *d);
/* Texts borrowed from `bytes`. False: not one of ours, or of another version. */
bool draft_decode(struct str bytes, struct draft *ret);

/* The items of a form and where the focus is; texts in `a`. */
void draft_read_form(struct draft *d, struct form *f, struct arena *a);
/* Puts them back; fields that no longer exist are left out. */
void draft_fill_form(const struct draft *d, struct form *f);

/* The request that is about to be sent, into the slot. `secret`: not to be kept. */
void draft_sending(struct view *v, struct draft_slot *s, enum method m, const struct params *p, bool secret);
/* Nothing is under way any more. */
void draft_answered(struct draft_slot *s);
/* True when the answer says what became of the save; false: it may still have happened. */
bool draft_settles(enum rc code);
/* A form that was changed since is not sent again by itself: only the key is kept. */
void draft_of_slot(struct draft *d, const struct draft_slot *s, const unsigned char *idem,
                   const struct form *f);
uint32_t draft_typed(const struct form *f); /* rises with every change a person makes */

/* Into the journal, from it, back to those that are listed. All do nothing where no journal is kept. */
void draft_keep(struct view *v, struct draft_slot *s, const struct draft *d);
void draft_drop(struct view *v, struct draft_slot *s);
void draft_release(struct view *v, struct draft_slot *s);
/* Sends again what `d` says was sent. False: nothing was, or it is too long ago. */
bool draft_resend(struct view *v, struct draft_slot *s, const struct draft *d, uint32_t tag);

/* The journal of who is signed in; NULL where none is kept (the service started us, a limited session). */
void drafts_begin(struct app *a);
/* For home: how many there are, and what was left alone. */
void drafts_count(struct app *a);
/* F1 of a form: where drafts stand. */
const char *drafts_about(struct app *a);
void drafts_open(struct app *a);

/* A draft into its screen, as it was. False: it can't be opened here, the person was told. */
bool edit_open_draft(struct app *a, const struct draft *d, const char *id);
bool sell_open_draft(struct app *a, const struct draft *d, const char *id);

#endif
