#ifndef OP_PARTS_H
#define OP_PARTS_H

#include "server/op/op.h"
#include "server/store/page.h"

/* What several operations share: reading a request's parts, finding the record it names, showing records. */

/* ------------------------------------------------------------------ context.c */

/* Decodes the row app.enter returned. Fails: RC_INTERNAL when a column is missing. */
enum rc op_context_read(const struct pg_rows *rows, struct op_context *ret, struct err *reterr) NODISCARD;
/* The one column that differs between the sessions of a user; a context that was kept is another session's
   until the row for this request has come. */
#define OP_CONTEXT_SESSION "session_id"
void op_context_of_session(const struct pg_rows *rows, struct op_context *who);
struct body_me op_me_of(const struct op_ctx *ctx);
/* Asks how the person wants the screens, for op_me_of. Fails: as tx_run. */
enum rc op_read_screens(struct op_ctx *ctx, struct err *reterr) NODISCARD;

/* ------------------------------------------------------------------ ask.c */

/* What waits, and behind it `stmts`, in one round trip. Fails: as tx_run; as what was asked is judged. */
enum rc op_run(struct op_ctx *ctx, const struct pg_stmt *stmts, size_t n, struct pg_rows *ret,
               struct err *reterr) NODISCARD;

/* What waits, and behind it `stmts`, then the end of the transaction: in one round trip, unless what waits
   may refuse it. Fails: as op_run, as tx_commit. */
enum rc op_commit(struct op_ctx *ctx, const struct pg_stmt *stmts, size_t n, struct err *reterr) NODISCARD;

/* ------------------------------------------------------------------ resolve.c */

/* Fails: RC_BAD_PARAMS "no such entity". */
enum rc op_entity(const struct params *p, const struct entity **ret, struct err *reterr) NODISCARD;
/* Fails: RC_BAD_PARAMS. */
enum rc op_action(const struct entity *e, struct name_or_number action, const struct action **ret,
                  struct err *reterr) NODISCARD;
/* The field of a table by tag or name, internal ones never. NULL when unknown. */
const struct field *op_field(const struct field *fields, size_t n, struct name_or_number given);

/* The id of the record a request names by id or by key; an id is not looked up. Fails: RC_NOT_FOUND;
   RC_BAD_PARAMS when a key fits several records, with references to them. */
enum rc op_resolve(struct op_ctx *ctx, const struct entity *e, const struct params *p, int64_t *ret,
                   struct err *reterr) NODISCARD;

/* "$3": the id of the record that step 3 of this batch returned. False: no step did, or of another entity. */
bool op_step_made(const struct op_ctx *ctx, uint32_t entity, struct str s, int64_t *ret);

/* References given by id or key, looked up together in one round trip. A ref that is found gets id and label.
 */
struct op_lookup {
    const struct entity *entity;
    const char *field; /* for errors; NULL */
    bool by_id;
    int64_t id;
    struct str key;
    struct ref found;
    enum rc code; /* RC_OK, RC_NOT_FOUND, RC_BAD_PARAMS (several fit) */
    struct err why;
};
enum rc op_look_up(struct op_ctx *ctx, struct op_lookup *lookups, size_t n, struct err *reterr) NODISCARD;

/* Labels of records: refs[i].label is filled where the record is there. One round trip. */
enum rc op_labels(struct op_ctx *ctx, struct body_ref *refs, size_t n, struct err *reterr) NODISCARD;

/* ------------------------------------------------------------------ coerce.c */

/*
 * A value as it came into the field's own type; references are left to op_fields. Empty text is NULL. Fails:
 * RC_BAD_PARAMS naming the field and what is expected.
 */
enum rc op_coerce(struct op_ctx *ctx, const struct field *f, const struct value *given, struct value *ret,
                  struct err *reterr) NODISCARD;

/*
 * Reads the fields of a request into a record (or parameter) struct whose fields are `table`. Every finding
 * becomes a REFUSE issue; the first is also the error. Fields without `need` (SCHEMA_CREATE or SCHEMA_EDIT)
 * are refused unless they hold what `record` already has.
 */
struct op_table {
    const struct field *fields;
    size_t nfields;
    uint32_t need;
    const struct entity *entity; /* NULL: parameters of an action */
};
enum rc op_fields(struct op_ctx *ctx, const struct op_table *table, const struct params *p, void *record,
                  struct err *reterr) NODISCARD;
/* Fallbacks of the catalog for fields that were not given. */
enum rc op_fallbacks(struct op_ctx *ctx, const struct op_table *table, void *record,
                     struct err *reterr) NODISCARD;
/* Required fields that hold nothing, as issues; the first is also the error. */
enum rc op_required(struct op_ctx *ctx, const struct op_table *table, const void *record,
                    struct err *reterr) NODISCARD;

/* ------------------------------------------------------------------ record.c */

/* A record as the answer's record part; NULL, internal and pseudo fields left out. */
struct body_record op_record(struct op_ctx *ctx, const struct entity *e, const void *row, struct str label);
/* Puts the record as it is now into the answer. Fails: as op_load. */
enum rc op_show(struct op_ctx *ctx, const struct entity *e, int64_t id, struct body *ret,
                struct err *reterr) NODISCARD;
/* Puts only which record it is into the answer of something that changes more; op_show_ask and op_show_take
   show it, and those of a batch's steps, as the whole request left them. */
void op_show_later(const struct entity *e, int64_t id, struct body *ret);
/* The label of a record this transaction holds; false: it holds none of that id, or does not know it yet. */
bool op_held_label(const struct op_ctx *ctx, const struct entity *e, int64_t id, struct str *ret);
/* An id for a new record. They are drawn some at a time and kept in ctx->ids. Fails: as op_query. */
enum rc op_new_id(struct op_ctx *ctx, const struct entity *e, int64_t *ret, struct err *reterr) NODISCARD;
/* As op_load, and the record's label. */
enum rc op_load_labelled(struct op_ctx *ctx, const struct entity *e, int64_t id, enum op_lock lock,
                         void *ret_row, struct str *ret_label, struct err *reterr) NODISCARD;

/* ------------------------------------------------------------------ sealed.c */

/* All of these do nothing for an entity of which nothing is sealed. Fails: RC_INTERNAL, saying whose data
   can't be read and, in err.log, why; as pg_run. */

/* Fills in what stands in the sealed document of a record that was read. Whose key was destroyed has none of
 * it. */
enum rc op_unseal(struct op_ctx *ctx, const struct entity *e, void *row, struct err *reterr) NODISCARD;
/* Asks ahead what op_seal_new needs. */
void op_seal_ahead(struct op_ctx *ctx, const struct entity *e);
/* Before an insert of a row with its id: draws a key, seals the personal fields. *ret_key: to be kept after
 * it. */
enum rc op_seal_new(struct op_ctx *ctx, const struct entity *e, void *row, struct str *ret_key,
                    struct err *reterr) NODISCARD;
void op_seal_keep_key(struct op_ctx *ctx, const void *row, struct str key);
/* Puts it into a row that was read before the key was kept. */
void op_seal_put_key(const struct entity *e, void *row, struct str key);
/* Before an update: seals them anew when one differs. Fails also: RC_REFUSED for who was forgotten. */
enum rc op_seal_again(struct op_ctx *ctx, const struct entity *e, const void *was, void *row,
                      struct err *reterr) NODISCARD;
/* A value as this person sees it: whole, or its last characters. Which fields he sees at all: rights_see. */
struct value op_seen(struct op_ctx *ctx, const struct entity *e, const struct field *f,
                     const struct value *v);
/* Does a value that came in say no more than what this person was shown of it? Then the field is left alone.
 */
bool op_seen_is(struct op_ctx *ctx, const struct entity *e, const struct field *f, const void *row,
                const struct value *given);
/* The document of a version of a record, from the record's key and what was sealed then; empty when the key
   was destroyed. */
enum rc op_sealed_document(struct op_ctx *ctx, const struct entity *e, int64_t id, struct str key,
                           struct str sealed, struct str *ret, struct err *reterr) NODISCARD;
/* The key of a record; empty when it was destroyed, or of an entity that has none. */
enum rc op_sealed_key(struct op_ctx *ctx, const struct entity *e, int64_t id, struct str *ret,
                      struct err *reterr) NODISCARD;

/* ------------------------------------------------------------------ issue.c */

/* Closes up where nothing was found, or nothing is looked for any more. */
void op_issues_close(struct op_ctx *ctx);
/* Asks what waits if an issue may come of it. Fails: as op_settle. */
enum rc op_issues_known(struct op_ctx *ctx, struct err *reterr) NODISCARD;
/* Puts the issues, which are known, into the answer. */
void op_issues_show(const struct op_ctx *ctx, struct body *ret);
/* An error as a REFUSE issue: for `check`, where a finding is the answer. */
void op_issue_of(struct op_ctx *ctx, const struct err *e);
/* What the issues mean for a write. Fails: RC_DUPLICATE, RC_REFUSED, RC_CONFIRM; as op_settle. */
enum rc op_verdict(struct op_ctx *ctx, struct err *reterr) NODISCARD;

/* ------------------------------------------------------------------ tokens.c */

/* Replaces the search words of a record, with what is asked next. */
void op_tokens(struct op_ctx *ctx, const struct entity *e, const void *row, bool is_new);

/* ------------------------------------------------------------------ json.c */

/* A field's value out of a history document ({"column": value, …}); VT_NULL when it has none. */
struct json_t;
struct value op_json_value(struct op_ctx *ctx, const struct field *f, const struct json_t *doc);

/* ------------------------------------------------------------------ list.c */

/* Which rows, in which order, with which columns: what list and export are asked for alike. Fails:
   RC_BAD_PARAMS, and as op_look_up. */
enum rc op_list_query(struct op_ctx *ctx, const struct params *p, struct page_query *ret,
                      struct err *reterr) NODISCARD;
/* The page, sealed fields opened and shown as this person may see them. Fails: as page_run. */
enum rc op_list_run(struct op_ctx *ctx, const struct page_query *q, struct body_page *ret,
                    struct err *reterr) NODISCARD;

/* ------------------------------------------------------------------ past.c */

/* The key that versions of one record are opened with; read when first needed. */
struct op_past_key {
    const struct entity *entity;
    int64_t id;
    bool read;
    struct str key; /* empty: destroyed */
};
/* One version of a record. Borrows the JSON. */
struct op_past {
    const struct json_t *doc; /* NULL: there was none */
    struct str sealed;        /* what stood there for the personal fields */
    struct str document;      /* that opened */
    struct str instead; /* what to say in place of personal values that can't be opened; empty: they can */
};
enum rc op_past(struct op_ctx *ctx, struct op_past_key *of, const struct json_t *doc, struct op_past *ret,
                struct err *reterr) NODISCARD;
/* The value a field had; VT_NULL when it had none, or it can't be opened. */
struct value op_past_value(struct op_ctx *ctx, const struct field *f, const struct op_past *past);
/* What stands for the value of a field that can't be opened; empty for one that can. */
struct str op_past_instead(const struct field *f, const struct op_past *past);

#endif
