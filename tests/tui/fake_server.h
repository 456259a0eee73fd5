#ifndef TUI_FAKE_SERVER_H
#define TUI_FAKE_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/limits.h"
#include "common/wire/body.h"
#include "common/wire/message.h"
#include "common/wire/method.h"

/*
 * A service in a few hundred lines for the tests of the screens: the real wire over a socketpair, a small
 * schema (customer, vehicle, policy, receipt and their tables), records in memory, no rules but those the
 * screens must show. Its day is 2026-03-02, its money TZS.
 */
enum { FAKE_RECORDS = 400, FAKE_HELD = 64 };
enum fake_entity {
    FAKE_CUSTOMER = 1,
    FAKE_VEHICLE = 2,
    FAKE_PRODUCT = 4,
    FAKE_POLICY = 6,
    FAKE_RECEIPT = 9,
    FAKE_CERTIFICATE = 10,
    FAKE_USER = 12,
    FAKE_TYPE = 13,
    FAKE_ACCOUNT = 19,
    FAKE_AUDIT = 21,
    FAKE_COMPANY = 32,
    FAKE_REQUEST = 33,
    FAKE_COMPLIANCE = 41
};

struct fake_record {
    uint32_t entity;
    int64_t id, version;
    struct value values[16]; /* by tag */
};

struct fake_server {
    int fd;
    const char *as;     /* who is signed in: NULL an agent, else a role of fake_people.c */
    const char *wants;  /* what is still to be set up: "password factor" */
    struct arena arena; /* of everything */
    struct buf in;
    size_t taken;
    struct schema schema;
    struct fake_record records[FAKE_RECORDS];
    size_t nrecords;
    bool hold; /* replies wait until fake_release */
    struct str held[FAKE_HELD];
    size_t nheld;
    enum rc fail_next; /* answer the next request with this error … */
    const char *fail_text, *fail_field;
    size_t saves; /* batches, adds, sets and acts done */
    size_t requests;
    size_t homes; /* times that home was given */
    size_t cancels;
    unsigned char idem[IDEM_BYTES]; /* of the last write */
    char reason[80];                /* of the last change, when it had one */
    struct fake_record past;        /* what every record was, when it has an id; else as it is */
};

void fake_start(struct fake_server *s, int fd, const char *as);
void fake_stop(struct fake_server *s);
/* Reads what came and answers. False when the client has gone. */
bool fake_pump(struct fake_server *s);
void fake_release(struct fake_server *s);
/* What happened, told without being asked. */
void fake_tell(struct fake_server *s, const struct home_event *e);
void fake_goaway(struct fake_server *s, const char *reason);

struct fake_record *fake_find(struct fake_server *s, uint32_t entity, struct str key);
struct fake_record *fake_add(struct fake_server *s, uint32_t entity);
struct str fake_label(struct fake_server *s, const struct fake_record *r);

/* fake_schema.c */
void fake_schema(struct fake_server *s);
void fake_data(struct fake_server *s);
/* fake_people.c: the parts of them that are about people, and who one is. */
void fake_people_schema(struct fake_server *s);
void fake_people_data(struct fake_server *s);
void fake_people_home(struct fake_server *s, struct body *ret);
enum rc fake_people_act(struct fake_server *s, struct str action, const struct params *p, struct arena *a,
                        struct body *ret, struct err *err);
/* fake_lists.c */
void fake_list(struct fake_server *s, const struct params *p, struct arena *a, struct body *ret);
void fake_export(struct fake_server *s, const struct params *p, struct arena *a, struct body *ret);
struct body_me fake_me(const struct fake_server *s);
/* fake_ops.c: fills `ret`; the code is returned, for errors `err` is filled. */
enum rc fake_answer(struct fake_server *s, enum method m, const struct params *p, struct arena *a,
                    struct body *ret, struct err *err);

#endif
