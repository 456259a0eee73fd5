#include "server/catalog/session.h"

static const struct choice states[] = {
    {SESSION_STATE_CODE, "code", "signing in", TONE_SOON},
    {SESSION_STATE_OPEN, "open", "open", TONE_GOOD},
    {SESSION_STATE_LIMITED, "limited", "setting up", TONE_WARN},
    {SESSION_STATE_ENDED, "ended", "ended", TONE_OFF},
};

static const struct field fields[] = {
    {FIELD(session_record, user, VT_REF), SESSION_USER, "User", SCHEMA_LIST | SCHEMA_FILTER | FF_FILLED, 14,
     0, .help = "Who signed in.", .ref = ENTITY_USER},
    {FIELD(session_record, state, VT_CHOICE), SESSION_STATE, "State", SCHEMA_LIST | SCHEMA_FILTER | FF_FILLED,
     10, 0, .help = "Open, ended, or on its way.", CHOICES(states)},
    {FIELD(session_record, created_at, VT_STAMP), SESSION_CREATED_AT, "Since",
     FF_FILLED | FF_COLUMN | SCHEMA_KEY, 16, 0, .help = "When the user signed in."},
    {FIELD(session_record, seen_at, VT_STAMP), SESSION_SEEN_AT, "Last seen", FF_FILLED | SCHEMA_LIST, 16, 0,
     .help = "When it was last used, to the minute."},
    {FIELD(session_record, address, VT_TEXT), SESSION_ADDRESS, "From", SCHEMA_LIST | SCHEMA_FILTER, 18, 80,
     .help = "Address the connection came from."},
    {FIELD(session_record, client, VT_TEXT), SESSION_CLIENT, "Program", SCHEMA_LIST | SCHEMA_NARROW, 18, 80,
     .help = "What the program on the other side calls itself."},
    {FIELD(session_record, method, VT_TEXT), SESSION_METHOD, "By", SCHEMA_LIST | SCHEMA_NARROW | FF_FILLED,
     10, 20, .help = "Password, key or one-time token."},
    {FIELD(session_record, ends_at, VT_STAMP), SESSION_ENDS_AT, "Until",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 16, 0, .help = "When it ends at the latest."},
    {FIELD(session_record, ended_at, VT_STAMP), SESSION_ENDED_AT, "Ended", SCHEMA_LIST | SCHEMA_NARROW, 16, 0,
     .help = "When it ended."},
    {FIELD(session_record, end_reason, VT_TEXT), SESSION_END_REASON, "Why", SCHEMA_LIST | SCHEMA_NARROW, 24,
     200, .help = "Why it ended."},
    {FIELD(session_record, updated_at, VT_STAMP), SESSION_UPDATED_AT, "Changed", FF_FILLED | FF_INTERNAL, 16,
     0, .help = "When its state last changed."},
};

static const struct field end_all_fields[] = {
    {FIELD(session_end_all, user, VT_REF), SESSION_END_ALL_USER, "User", FF_NEW, 18, 0,
     .help = "Whose sessions end; your own when left empty. The one you are in stays.", .ref = ENTITY_USER},
};

static const struct action actions[] = {
    {SESSION_END, "end", "End", "Ends the session: its program is told why and closed.", AF_ON_RECORD,
     SESSION_STATE,
     ROW_BIT(SESSION_STATE_CODE) | ROW_BIT(SESSION_STATE_OPEN) | ROW_BIT(SESSION_STATE_LIMITED),
     .option = '4'},
    {SESSION_END_ALL, "end_all", "End all", "Ends all sessions of a user but the one you are in.", 0,
     PARAMS(session_end_all, end_all_fields)},
};

static const struct entity_key keys[] = {{KEY_PLAIN, "@.id::text = $1"}};

static const uint32_t all_columns[] = {SESSION_USER,    SESSION_STATE,  SESSION_CREATED_AT, SESSION_SEEN_AT,
                                       SESSION_ADDRESS, SESSION_CLIENT, SESSION_METHOD};
static const struct view views[] = {
    {1, "open", "Sessions now", all_columns, COUNTOF(all_columns), SESSION_CREATED_AT, true,
     "@.state in (1, 2, 3)"},
    {2, "all", "Sessions, newest first", all_columns, COUNTOF(all_columns), SESSION_CREATED_AT, true, NULL},
};

const struct entity session_entity = {
    .number = ENTITY_SESSION,
    .name = "session",
    .label = "Session",
    .plural = "Sessions",
    .help = "Somebody signed in: from where, with what, since when.",
    .table = "session",
    .flags = EF_MENU | EF_ADMIN | EF_PRIVATE | EF_SHARED,
    .size = sizeof(struct session_record),
    TABLE(fields, fields),
    .label_sql = "to_char(@.created_at, 'YYYY-MM-DD HH24:MI')",
    TABLE(keys, keys),
    TABLE(views, views),
    TABLE(actions, actions),
};
