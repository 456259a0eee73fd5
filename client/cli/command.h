#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "client/cli/args.h"
#include "common/wire/method.h"
#include "common/wire/params.h"
#include "common/wire/schema.h"

/* What the words mean, against the description of the service: one grammar for every entity. */
enum command_kind {
    COMMAND_CALL,     /* one request: find, me, home, status, show, history, add, print and the actions */
    COMMAND_LIST,     /* page after page */
    COMMAND_SET,      /* needs the version first, unless given */
    COMMAND_DESCRIBE, /* from the description alone; entity NULL: all of it */
    COMMAND_HELP,     /* entity and action as far as they were named */
};

struct cli_command {
    enum command_kind kind;
    enum method method;
    const struct schema_entity *entity; /* NULL for find, me … */
    const struct schema_action *action;
    struct params params;
};

/* ENTITY VERB [KEY …] [field=value …], "find TEXT …", "describe [ENTITY]", "me", "home", "status", "help …".
   Fails: RC_USAGE naming the word and the nearest known one. Memory: `a`, and borrowed from args and schema.
 */
enum rc command_read(struct arena *a, const struct schema *s, const struct locale_info *l,
                     const struct cli_args *args, struct cli_command *ret, struct err *reterr) NODISCARD;

const struct schema_entity *entity_meant(const struct schema *s, struct str word); /* name, plural or label */
const struct schema_field *field_meant(const struct schema_field *fields, size_t n, struct str word);

/* "state, owner, created_at": the fields with a flag (enum schema_flag). In `a`. */
struct str fields_with(struct arena *a, const struct schema_entity *e, uint32_t flag);
/* The i-th verb an entity has for this user; false past the last. */
bool verb_at(const struct schema_entity *e, size_t i, struct str *ret_name, struct str *ret_help);

#endif
