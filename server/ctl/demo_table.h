#ifndef CTL_DEMO_TABLE_H
#define CTL_DEMO_TABLE_H

#include "server/ctl/demo_row.h"
#include "server/ctl/demo_story.h"
#include "server/rule/rule.h"

/* One record of a story: which entity, and the parts of the story it is told by. */
struct demo_item {
    enum entity_number entity;
    const struct demo_story *story;
    const struct demo_vehicle *vehicle;
    const struct demo_policy *policy;
    const struct demo_term *term;
    const struct demo_receipt *receipt;
    bool former; /* of an ownership: the one that is over */
};

/* Every record of a story, in the order in which they were made within each policy. */
typedef enum rc (*demo_visit)(void *ctx, const struct demo_item *item, struct err *reterr);
enum rc demo_each(const struct demo_story *s, demo_visit visit, void *ctx, struct err *reterr) NODISCARD;

int64_t demo_item_id(const struct demo_item *i);
stamp_t demo_item_made(const struct demo_item *i);
const struct demo_user *demo_item_maker(const struct demo_item *i);
/* The word of the action that made it; NULL when it was simply added. */
const char *demo_item_action(const struct demo_item *i);

/* The whole row, every column. `payload` is a certificate's, else not looked at. */
void demo_item_write(struct demo_row *r, const struct demo_item *i, struct str payload);
/* The key of the customer's personal data, a row of app.person_key. */
void demo_item_write_key(struct demo_row *r, const struct demo_story *s);
/* What the record is found by, as the rules of server/rule tell it. */
void demo_item_tokens(struct arena *a, const struct demo_item *i, struct rule_tokens *ret);
/* Number of a policy, receipt or certificate by its company's pattern; lives in `a`. */
struct str demo_item_number(struct arena *a, const struct demo_item *i);

#endif
