#ifndef OP_RIGHTS_H
#define OP_RIGHTS_H

#include <stdbool.h>

#include "common/base/str.h"
#include "server/catalog/entity.h"

/*
 * What the person who asks may do. Permissions are words "entity.verb" between blanks; '*' stands for every
 * entity or every verb. As an entity it leaves out private ones (EF_PRIVATE). Verbs: read, add, set, an
 * action's name, `personal` (sees fields flagged personal), `secret` (sees sealed fields in full). A role is
 * a named set of words.
 *
 * Everybody may see and change his own account, keys and sessions: row-level security shows him no others.
 * The login of registration is nobody's own: it has its words alone.
 */
#define RIGHTS_CROWD "register" /* the role of it, of the platform */

struct rights {
    struct str words;       /* of the role, with what the company's settings add */
    struct str modules_off; /* words of modules the company switched off */
    bool platform; /* of tenant 0: entities of the platform and none of a company's, or the other way round */
    bool crowd;    /* of a login that anybody may use: registration */
    bool customers; /* of one customer's own people: sees nothing that is the company's among itself */
    bool fleets;    /* of a company that sells fleet policies: what is of fleets alone is offered */
    bool limited;   /* account set-up only: a session that must choose a password or enrol a second factor */
};

/* Is the entity there for this person at all, whatever his role: right side of the platform, module switched
 * on? */
bool rights_reach(const struct rights *r, const struct entity *e);
bool rights_may(const struct rights *r, const struct entity *e, const char *verb);
/* May this person see the field and ask about it? Personal ones are for who has `personal`; what a record is
   called is not hidden. */
bool rights_see(const struct rights *r, const struct entity *e, const struct field *f);
/* Sees of the field, which he may see, its last characters only? Sealed ones are whole for who has `secret`.
 */
bool rights_see_tail(const struct rights *r, const struct entity *e, const struct field *f);
/* Does `more` hold no right that `all` does not? Words alone, whatever is switched off. */
bool rights_cover(struct str all, struct str more);
/* Is every word one that means something: an entity and a verb of the catalog? *ret_word is the first that is
 * not. */
bool rights_known(struct str words, struct str *ret_word);

#endif
