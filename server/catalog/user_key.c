#include "server/catalog/user_key.h"

static const struct field fields[] = {
    {FIELD(user_key, user, VT_REF), USER_KEY_USER, "User", FF_FILLED | FF_NEW | SCHEMA_LIST | SCHEMA_FILTER,
     18, 0, .help = "Who may sign in with it; yourself when left empty.", .ref = ENTITY_USER},
    {FIELD(user_key, name, VT_TEXT), USER_KEY_NAME, "Name", FF_FILLED | FF_FORM | FF_COLUMN | SCHEMA_KEY, 20,
     80, .help = "What the key is called; its comment when left empty."},
    {FIELD(user_key, public_key, VT_TEXT), USER_KEY_PUBLIC_KEY, "Public key", SCHEMA_REQUIRED | FF_NEW, 60,
     2000, .help = "One line of a .pub file: ssh-ed25519 AAAA... comment."},
    {FIELD(user_key, fingerprint, VT_TEXT), USER_KEY_FINGERPRINT, "Fingerprint",
     FF_FILLED | SCHEMA_LIST | SCHEMA_FILTER, 50, 80, .help = "As ssh-keygen -l prints it."},
    {FIELD(user_key, is_active, VT_BOOL), USER_KEY_IS_ACTIVE, "Active",
     FF_FILLED | FF_FORM | SCHEMA_LIST | SCHEMA_FILTER, 6, 0, .help = "Whether it opens the door.",
     .fallback = "yes"},
    {FIELD(user_key, last_used_at, VT_STAMP), USER_KEY_LAST_USED_AT, "Last used", SCHEMA_LIST, 16, 0,
     .help = "When it last opened a session, to the minute."},
    {FIELD(user_key, created_at, VT_STAMP), USER_KEY_CREATED_AT, "Added",
     FF_FILLED | FF_COLUMN | SCHEMA_NARROW, 16, 0, .help = "When the record was made."},
    {FIELD(user_key, updated_at, VT_STAMP), USER_KEY_UPDATED_AT, "Changed",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 16, 0, .help = "When it was last changed."},
};

static const struct entity_key keys[] = {{KEY_PLAIN, "@.fingerprint = $1"}};

static const uint32_t all_columns[] = {USER_KEY_USER,      USER_KEY_NAME,         USER_KEY_FINGERPRINT,
                                       USER_KEY_IS_ACTIVE, USER_KEY_LAST_USED_AT, USER_KEY_CREATED_AT};
static const struct view views[] = {
    {1, "all", "Keys, newest first", all_columns, COUNTOF(all_columns), USER_KEY_CREATED_AT, true, NULL},
};

const struct entity user_key_entity = {
    .number = ENTITY_USER_KEY,
    .name = "user_key",
    .label = "Key",
    .plural = "Keys",
    .help = "An SSH public key a user signs in with.",
    .table = "user_key",
    .flags = EF_ADD | EF_SET | EF_ADMIN | EF_SHARED | EF_PRIVATE,
    .size = sizeof(struct user_key),
    TABLE(fields, fields),
    .label_sql = "@.name",
    TABLE(keys, keys),
    TABLE(views, views),
};
