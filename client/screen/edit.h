#ifndef SCREEN_EDIT_H
#define SCREEN_EDIT_H

#include "client/screen/app.h"
#include "client/screen/draft.h"
#include "client/screen/objection.h"

/* A form over one entity: a new record, changes to one, or the parameters of an action. Shared by edit.c
   (keys, paint, opening) and edit_answer.c (what the service says). */
enum { TAG_SAVE = 1, TAG_CHECK = 2, TAG_LOAD = 3, TAG_PARENT = 4 };
enum { PURPOSE_OBJECTION = 1, PURPOSE_REASON = 2, PURPOSE_LEAVE = 3, PURPOSE_REF = 4, PURPOSE_CONFLICT = 5 };
enum { LEAVE_STAY = 1, LEAVE_DROP, LEAVE_KEEP };
enum mode { MODE_ADD, MODE_SET, MODE_ACT };

struct edit {
    enum mode mode;
    const struct schema_entity *e;
    const struct schema_action *act;
    int64_t id, version;
    uint32_t via;     /* field that points to the parent of a new record */
    struct str label; /* of the record it is about */
    struct form form;
    struct kept conflict;
    const struct body_record *theirs;
    bool overtaken; /* theirs was looked at: what lies below shows an older version */
    struct objection objection;
    bool go_to_record, sent, saved;
    bool save_after_choice; /* it was being saved when a record had to be chosen */
    struct draft_slot slot;
    unsigned char idem[IDEM_BYTES];
};

enum { PART_FIELDS = 0, PART_REASON = 1, PART_AGAIN = 2 /* a secret, typed once more */ };

/* edit.c: an empty form, for edit_draft.c to fill. */
struct view *edit_start(struct app *a, const struct schema_entity *e, const struct schema_action *act,
                        enum mode mode);
void edit_add_reason(struct edit *d); /* a field for it, required */
/* edit_draft.c: what is typed, and the save under way, into the journal. */
void edit_keep(struct view *v);

void edit_send(struct view *v, struct str reason);
/* The records an item's text may mean, to choose one of; then the save goes on. */
void edit_choose_record(struct view *v, struct form_item *i);
void edit_save(struct view *v);
void edit_answer(struct view *v, struct answer *a);

/* edit_conflict.c: asks which of the two is taken of each field … */
void edit_ask_conflict(struct view *v, struct answer *a);
/* … puts that into the form ('m' or 't' for each) and saves it over their version. */
void edit_resolve_conflict(struct view *v, struct str taken);
/* The record into the form. */
void edit_put_record(struct edit *d, const struct body_record *r);
/* What an earlier version had, as if typed over what stands there; what stands there is noted beside it. */
void edit_restore_fields(struct view *v, const struct body_record *then);
/* The reference to the parent of a new record, and what is still to be paid for it. */
void edit_put_parent(struct view *v, const struct body_record *parent);

#endif
