#ifndef OP_OP_H
#define OP_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/crypt/crypt.h"
#include "common/wire/body.h"
#include "common/wire/params.h"
#include "server/catalog/entity.h"
#include "server/op/rights.h"
#include "server/personal/personal.h"
#include "server/store/pg.h"
#include "server/store/tx.h"

/*
 * What every operation and every rule is given, and the only ways they reach the database. Everything an
 * operation makes lives in ctx->arena and is gone after the reply. A rule runs inside the request's
 * transaction: it may run several statements; if it fails, all of them are undone.
 */
struct op_loaded;

/* Who asks, for which company, on which day: the row app.enter returns. */
struct op_context {
    int32_t tenant;
    int64_t user;    /* 0: a job */
    struct ref role; /* label is its code */
    struct str role_name;
    struct rights rights;
    int64_t session;   /* public id of the session; nothing but a write may use it: worker/known.c */
    int64_t customer;  /* not 0: sees the records of this customer only */
    bool branch_only;  /* sees the records of his branch only */
    struct ref branch; /* of the user; label is its code */
    struct str branch_name;
    struct str login, user_name; /* login without @ */
    struct str language;
    struct str tenant_code, tenant_name;
    struct str currency;
    int exponent;
    struct str timezone;
    int offset_minutes; /* east of UTC */
    date_t today;
    struct str country_prefix;
    bool has_four_eyes;
    money_t four_eyes; /* receipts above this need a second person */
    bool collect_in_parts, over_payment_credit;
    int backdate_days, renew_ahead_days;
    struct str policy_pattern, receipt_pattern, certificate_pattern;
    struct str certificate_header;
    struct str reminder_days; /* before a cover ends, the most first: "60 30 14 7 1" */
    bool fleet_policies;
    struct str brand, colour;
    struct me_screens screens; /* asked for when somebody is told about himself: op_read_screens */
};

struct op_ctx {
    struct arena *arena;
    struct tx *tx;
    struct op_context who;
    struct str request_id, address, client;
    struct str reason;           /* given with the request; empty when none */
    struct str action;           /* word kept in history: "issue"; empty for add and set */
    const struct signer *signer; /* of certificates; NULL where none is configured */
    struct keyring *keys;        /* of personal data; NULL where none is configured */
    struct op_ahead {
        const char *sql; /* NULL: nothing, or something was written since */
        int64_t of;
        struct pg_rows rows;
    } ahead; /* asked before it is needed: op_ask_ahead */
    bool has_now;
    stamp_t now; /* when the transaction began: op_now */
    struct err
        *unreadable; /* why personal data of a row could not be read while the others were; NULL: none */
    struct body_issue *issues; /* found so far: op_issue */
    size_t nissues;
    struct op_loaded *loaded; /* rows as they stand in the database: op_update writes only what differs */
    struct op_asked *asked;   /* what waits to be asked: op_ask */
    size_t nasked, asked_room;
    size_t issue_at;       /* the issue that was added last */
    bool seeks;            /* an issue may wait for an answer */
    size_t step;           /* of a batch: the one at hand, or that an error is about */
    struct op_ids *ids;    /* drawn before they are needed, the worker's; NULL: each is asked for */
    uint64_t connection; /* that ids were taken of: it must stand still; 0: none were */
    struct body_ref *made; /* records returned by the steps of a batch so far: "$K" */
    size_t nmade;
};

/* ------------------------------------------------------------------ records */

enum op_lock {
    OP_READ,
    OP_LOCK, /* for no key update, until the transaction ends */
};

/* Reads one record into the entity's struct, reference labels included. One of an EF_HELD entity that this
   transaction has locked or written is not read again. Fails: RC_NOT_FOUND (also for the ids of other
   companies), with the entity's label. */
enum rc op_load(struct op_ctx *ctx, uint32_t entity, int64_t id, enum op_lock lock, void *ret_row,
                struct err *reterr) NODISCARD;
/* Reads it with what is asked next; then op_load of it asks nothing. */
void op_load_ahead(struct op_ctx *ctx, uint32_t entity, int64_t id, enum op_lock lock);
/* Records were written by other statements than op_insert and op_update: none is what it was. */
void op_look_again(struct op_ctx *ctx);

/* Inserts a record the caller has made whole: present members only, others take the table's default. `row`
   then has its id, and with an entity that is not EF_HELD holds what was stored. Writes its search tokens.
   `prepare` is not called. Fails: RC_DUPLICATE and RC_REFUSED from constraints; of an EF_HELD entity when
   what waits is asked. */
enum rc op_insert(struct op_ctx *ctx, uint32_t entity, void *row, struct err *reterr) NODISCARD;

/* Writes what differs from the row as op_load (or op_insert) last saw it; nothing when nothing does. What
   `row` then holds, and when it fails: as op_insert. Writes its search tokens. `prepare` is not called. The
   record must have been loaded or inserted through this ctx. */
enum rc op_update(struct op_ctx *ctx, uint32_t entity, void *row, struct err *reterr) NODISCARD;

/* ------------------------------------------------------------------ SQL a rule needs beyond that */

/*
 * Runs one statement, prepared once per connection; `name` tells it in logs. Parameters and results as pg.h
 * describes them. Tables are written with their schema: app.policy. Row-level security keeps it inside the
 * company. Fails: as the constraints and SQLSTATEs map (pg_error.c).
 */
enum rc op_query(struct op_ctx *ctx, const char *name, const char *sql, const struct value *params,
                 size_t nparams, struct pg_rows *ret, struct err *reterr) NODISCARD;

/*
 * A statement that need not be answered now: it goes in front of the next that must be, in one round trip, in
 * the order they were given. Parameters are copied, what they point to is borrowed until then. *ret holds the
 * rows then. A judge is shown them; what it fails with is what that next statement fails with. Two statements
 * that don't need each other's answers should not wait for each other.
 */
typedef enum rc op_judge(struct op_ctx *ctx, void *about, const struct pg_rows *rows, struct err *reterr);
void op_ask(struct op_ctx *ctx, const char *sql, const struct value *params, size_t nparams,
            struct pg_rows *ret);
void op_ask_judged(struct op_ctx *ctx, const char *sql, const struct value *params, size_t nparams,
                   op_judge *judge, void *about);
/* Asks now what a rule will ask about record `of` with the same statement: it finds the answer with op_ahead,
   if nothing was written since. Of such only the last is kept. */
void op_ask_ahead(struct op_ctx *ctx, const char *sql, const struct value *params, size_t nparams,
                  int64_t of);
const struct pg_rows *op_ahead(const struct op_ctx *ctx, const char *sql, int64_t of);
/* The judge of what was asked last refuses nothing: it may be asked along with the end of the transaction. */
void op_ask_harmless(struct op_ctx *ctx);
/* When the transaction began. Fails: as op_query. */
enum rc op_now(struct op_ctx *ctx, stamp_t *ret, struct err *reterr) NODISCARD;
/* Asks all that waits. Fails: as op_query; as their judges. */
enum rc op_settle(struct op_ctx *ctx, struct err *reterr) NODISCARD;

/* The mark by which a text is found that stands nowhere in plain. `what` names the kind of text: MARK_CODE
   … of personal.h. */
enum rc op_mark(struct op_ctx *ctx, const char *what, struct str text, struct str *ret,
                struct err *reterr) NODISCARD;

/* ------------------------------------------------------------------ issues */

/* Adds something found about what was entered; field may be NULL. REFUSE ends add and set with the first such
   issue's text, CONFIRM ends them with RC_CONFIRM unless a reason was given, WARN is returned with the
   record. */
void op_issue(struct op_ctx *ctx, enum issue_level level, const char *field, const char *fmt, ...)
    PRINTF(4, 5);
/* Attaches a record to the issue added last. */
void op_issue_ref(struct op_ctx *ctx, uint32_t entity, int64_t id, struct str label);
/* The place of an issue that depends on an answer which is still to come: issues stand in the order in which
   they were looked for. op_issue_at puts it there; without that there is none. */
size_t op_issue_sought(struct op_ctx *ctx);
void op_issue_at(struct op_ctx *ctx, size_t place, enum issue_level level, const char *field, const char *fmt,
                 ...) PRINTF(5, 6);

/* How values read where the user sits. */
struct locale_info op_locale(const struct op_ctx *ctx);

/* ------------------------------------------------------------------ results */

/* Which record an action leaves on the screen: the one it is about, or the one it made (id 0: none). And what
   it gives to read beside it: a file without a name is none. */
struct op_result {
    uint32_t entity;
    int64_t id;
    struct body_file file;
};

#endif
