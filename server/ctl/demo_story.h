#ifndef CTL_DEMO_STORY_H
#define CTL_DEMO_STORY_H

#include "server/catalog/rate.h"
#include "server/ctl/demo_cars.h"
#include "server/ctl/demo_people.h"
#include "server/rule/premium.h"

/*
 * The life of one customer of a demo company: vehicles, policies, terms, money, certificates, up to a given
 * day. Everything follows from seed, day and the customer's place in the line; numbers and ids are given out
 * later (demo_book.h), because they depend on all customers.
 */
enum { DEMO_COMPANIES = 2, DEMO_BRANCHES = 4, DEMO_TERMS = 6, DEMO_RECEIPTS = 2, DEMO_VEHICLES = 8 };
enum demo_product { DEMO_COMPREHENSIVE, DEMO_THIRD_PARTY, DEMO_PRODUCTS };

struct demo_user {
    int64_t id;
    char login[32], name[DEMO_TEXT];
};
struct demo_branch {
    int64_t id;
    char code[12];
    struct demo_user agent, cashier; /* sells and records; verifies */
};
/* What was there before the first customer: ids as the database gave them. */
struct demo_keys;
struct demo_company {
    int32_t tenant;
    const struct demo_keys *keys; /* demo_seal.h */
    char code[12], name[DEMO_TEXT];
    char policy_pattern[DEMO_TEXT], receipt_pattern[DEMO_TEXT], certificate_pattern[DEMO_TEXT];
    struct demo_branch branches[DEMO_BRANCHES];
    struct demo_user manager;
    int64_t products[DEMO_PRODUCTS], kinds[DEMO_KINDS], papers[DEMO_PAPERS];
    char kind_names[DEMO_KINDS][DEMO_TEXT];
    struct rate rates[DEMO_PRODUCTS][16];
    size_t nrates[DEMO_PRODUCTS];
};

struct demo_setting {
    uint64_t seed;
    int64_t customers;
    date_t today;
    const struct demo_company *companies; /* DEMO_COMPANIES */
};

/* A number that was given out: its place in the branch's year, and the minute. */
struct demo_number {
    int year, serial;
    stamp_t at;
};

struct demo_receipt {
    int64_t id;
    struct demo_number number;
    int state;                       /* enum receipt_state */
    date_t taken, verified, changed; /* `changed`: the day it was last touched */
    stamp_t verified_at, changed_at;
    int method;
    char reference[DEMO_TEXT]; /* may be empty */
    const char *reason;
    const struct demo_user *taken_by, *verified_by; /* the latter NULL while only recorded */
};

struct demo_term {
    int64_t id, cover_id, certificate_id, rate_id;
    struct demo_number certificate;
    int seq, state, months;
    date_t start, end;
    date_t made, active; /* `active`: when state says it ever was */
    stamp_t made_at, active_at;
    date_t cover_end;
    bool in_force, has_certificate, withdrawn;
    money_t sum_insured, paid;
    struct due due;
    const char *reason;
    struct demo_receipt receipts[DEMO_RECEIPTS];
    size_t nreceipts;
};

struct demo_policy {
    int64_t id;
    struct demo_number number;
    enum demo_product product;
    int state;
    size_t branch;
    bool ran; /* some term was ever active: start and end are the latest such term's */
    date_t start, end;
    const struct demo_user *sold_by;
    struct demo_term terms[DEMO_TERMS];
    size_t nterms;
};

struct demo_vehicle {
    int64_t id, ownership_id, former_ownership_id, former_owner_id;
    int64_t former; /* place of the customer who owned it before, or -1 */
    struct demo_car car;
    date_t made, bought;
    stamp_t made_at, bought_at;
    bool insured;
    struct demo_policy policy;
};

struct demo_story {
    int64_t n, id;
    const struct demo_company *company;
    size_t company_index, branch;
    struct demo_person person;
    const char *city;
    date_t made;
    stamp_t made_at;
    struct demo_vehicle vehicles[DEMO_VEHICLES];
    size_t nvehicles;
};

/* The n-th customer's story. `first_vehicle` counts the vehicles of all before. Fails: RC_INTERNAL when the
   rate book has no price. */
enum rc demo_story(const struct demo_setting *s, int64_t n, int64_t first_vehicle, struct demo_story *ret,
                   struct err *reterr) NODISCARD;

/* The place of the company of the n-th customer. */
size_t demo_company_of(int64_t n);

/* demo_sale.c: the policy of a vehicle of the story, its `made` included. */
enum rc demo_sale(const struct demo_setting *s, struct demo_dice *d, const struct demo_story *story,
                  struct demo_vehicle *v, int64_t vehicle_number, struct err *reterr) NODISCARD;

#endif
