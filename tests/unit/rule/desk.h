#ifndef TEST_DESK_H
#define TEST_DESK_H

#include "common/base/arena.h"

#include "server/op/ops.h"

/*
 * A company of its own in the test database, and its people at the counter: every call is one request, as a
 * worker would run it, in one transaction. $BIMA_TEST_DB names the database.
 */
enum desk_user { AMINA, JUMA, NEEMA, DESK_USERS }; /* agent, cashier, manager; all at branch KK */

struct desk {
    struct arena arena;
    struct pg *pg, *boot;
    struct signer signer;
    struct keyring *keys;
    int32_t tenant;
    int64_t users[DESK_USERS];
    date_t today;
    const char *reason; /* of the next request; NULL: none */
    struct body body;   /* of the last one */
    struct err err;
};

void desk_open(struct desk *d, const char *today);
void desk_close(struct desk *d);
void desk_set_today(struct desk *d, const char *today);

/* `fields` are "name=value" texts, ended by NULL; "name=#7" is the record with that id. `key` NULL: an action
 * that needs no record. */
enum rc desk_add(struct desk *d, enum desk_user who, const char *entity, const char *const *fields);
enum rc desk_set(struct desk *d, enum desk_user who, const char *entity, int64_t id,
                 const char *const *fields);
enum rc desk_check(struct desk *d, enum desk_user who, const char *entity, const char *const *fields);
enum rc desk_act(struct desk *d, enum desk_user who, const char *what, const char *key,
                 const char *const *fields);
enum rc desk_print(struct desk *d, enum desk_user who, const char *key, const char *format);
/* Runs `fn` as a request's operation, within its transaction, with empty parameters. */
enum rc desk_inside(struct desk *d, enum desk_user who, op_fn *fn);
#define F(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NONE ((const char *const[]){NULL})

/* A text field of the record the last call answered with; "" when it has none. */
const char *desk_text(struct desk *d, const char *field);
/* One number or text straight from the database, as superuser; $t in the statement is the company's number.
 */
int64_t desk_number(struct desk *d, const char *sql);
const char *desk_words(struct desk *d, const char *sql);
void desk_run(struct desk *d, const char *sql);

/* Has an issue (or, of an error, a text) on `field`? */
bool desk_has_issue(const struct desk *d, enum issue_level level, const char *field);

/* The usual story so far; each returns the policy's or receipt's number. */
int64_t desk_customer(struct desk *d, const char *name, const char *phone);
int64_t desk_vehicle(struct desk *d, int64_t owner, const char *plate);
const char *desk_issue(struct desk *d, const char *plate, const char *const *more); /* quoted and issued */
const char *desk_receipt(struct desk *d, const char *policy, const char *amount);
const char *desk_sell(struct desk *d, const char *plate); /* customer, vehicle, policy, paid and verified */
const char *desk_state(struct desk *d, const char *policy, int seq); /* "active", of the term */

#endif
