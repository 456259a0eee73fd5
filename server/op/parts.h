#ifndef OP_PARTS_H
#define OP_PARTS_H

#include "server/op/op.h"

/* What several operations share: reading a request's parts, finding the record it names, showing records. */

/* ------------------------------------------------------------------ context.c */

/* Decodes the row app.enter returned. Fails: RC_INTERNAL when a column is missing. */
enum rc op_context_read(const struct pg_rows *rows, struct op_context *ret, struct err *reterr) NODISCARD;
struct body_me op_me_of(const struct op_ctx *ctx);

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
/* Reads the record anew and puts it into the answer. Fails: as op_load. */
enum rc op_show(struct op_ctx *ctx, const struct entity *e, int64_t id, struct body *ret,
                struct err *reterr) NODISCARD;
/* As op_load, and the record's label. */
enum rc op_load_labelled(struct op_ctx *ctx, const struct entity *e, int64_t id, enum op_lock lock,
                         void *ret_row, struct str *ret_label, struct err *reterr) NODISCARD;

/* ------------------------------------------------------------------ issue.c */

/* Puts the issues found so far into the answer. */
void op_issues_show(const struct op_ctx *ctx, struct body *ret);
/* An error as a REFUSE issue: for `check`, where a finding is the answer. */
void op_issue_of(struct op_ctx *ctx, const struct err *e);
/* What the issues mean for a write. Fails: RC_DUPLICATE, RC_REFUSED, RC_CONFIRM. */
enum rc op_verdict(const struct op_ctx *ctx, struct err *reterr) NODISCARD;

/* ------------------------------------------------------------------ tokens.c */

/* Replaces the search words of a record. */
enum rc op_tokens(struct op_ctx *ctx, const struct entity *e, const void *row, bool is_new,
                  struct err *reterr) NODISCARD;

/* ------------------------------------------------------------------ json.c */

/* A field's value out of a history document ({"column": value, …}); VT_NULL when it has none. */
struct json_t;
struct value op_json_value(struct op_ctx *ctx, const struct field *f, const struct json_t *doc);

#endif
