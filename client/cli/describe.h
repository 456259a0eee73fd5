#ifndef CLI_DESCRIBE_H
#define CLI_DESCRIBE_H

#include "client/cli/command.h"
#include "client/cli/write.h"

/* What there is, from the description: all entities, or one with its verbs, fields and choices. */
void describe_text(struct buf *out, const struct style *st, const struct schema_entity *e);
void describe_csv(struct buf *out, const struct style *st, const struct schema_entity *e);
/* How to say it: the grammar, an entity's verbs, or an action's fields. `s` may be NULL (not connected). */
void help_text(struct buf *out, const struct style *st, const struct cli_command *c);
/* The grammar and the options: what can be told without a service. */
void usage_text(struct buf *out);

#endif
