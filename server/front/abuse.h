#ifndef FRONT_ABUSE_H
#define FRONT_ABUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/str.h"
#include "server/address.h"

/*
 * What a front remembers of where connections come from, and how much each may ask of it. Whole branch
 * offices stand behind one address, so that an address alone says little: where people sign in, much more is
 * allowed; listed offices are never barred; wrong passwords count first against the pair of address and
 * login.
 *
 * Bounded: so many addresses and so many pairs, kept in small sets of places; a new one takes the place of
 * the one in its set that was seen longest ago. What is forgotten is forgiven. Times are milliseconds of one
 * clock.
 */
enum { ABUSE_ROWS = 65536 };

/* How much: at once, and again in an hour. */
struct rate {
    uint32_t burst, per_hour;
};

/* Tokens. Zeroed is full. */
struct bucket {
    uint64_t at;      /* when `missing` was right */
    uint64_t missing; /* thousandths of a token */
};

bool bucket_take(struct bucket *b, const struct rate *r, uint64_t now);
void bucket_give_back(struct bucket *b, uint32_t n);

struct abuse_row;
struct abuse {
    struct abuse_row *sources, *pairs; /* ABUSE_ROWS each */
    unsigned char salt[16];            /* or somebody could choose addresses that push others out */
    struct bucket registrations, handshakes;
};

/* Where one connection comes from. */
struct origin {
    uint64_t source; /* stands for its household of addresses */
    bool office;     /* listed */
};

/* What a connection did that others pay for. */
enum offence {
    OFFENCE_NOTHING, /* connected and left */
    OFFENCE_FAILED,  /* did not sign in */
    OFFENCE_SLOW,    /* let its time pass */
    OFFENCE_HOSTILE, /* did what no client does */
    OFFENCES
};

void abuse_open(struct abuse *a);
void abuse_close(struct abuse *a);

struct origin abuse_origin(const struct abuse *a, const struct address *from, const struct prefix *offices,
                           size_t noffices);
/* Somebody signed in from there lately, or it is an office: it gets more of everything. */
bool abuse_trusted(const struct abuse *a, const struct origin *o, uint64_t now);
/* A new connection. It is barred for what it did before; or it comes too fast. */
enum abuse_verdict { ABUSE_ADMITTED, ABUSE_BARRED, ABUSE_TOO_FAST };
enum abuse_verdict abuse_connects(struct abuse *a, const struct origin *o, uint32_t per_minute, uint64_t now);
/*
 * Of `open` connections that are not signed in, `most` may be: from half of them on, a growing part of the
 * new ones from unknown places is dropped by `chance` (a random number), and the last eighth is kept for
 * places that are trusted.
 */
bool abuse_drops_early(bool trusted, size_t open, size_t most, uint32_t chance);
/* A secret is offered for `login`; false: too many were wrong. Known and unknown logins are alike here. */
bool abuse_tries(struct abuse *a, const struct origin *o, struct str login, uint64_t now);
/* It was right: the tries of that login are forgotten, the `tries` this session took are given back to the address. */
void abuse_signed_in(struct abuse *a, const struct origin *o, struct str login, uint32_t tries, uint64_t now);
bool abuse_registers(struct abuse *a, const struct origin *o, const struct rate *all, const struct rate *each,
                     uint64_t now);
/* True: from now on it is barred. */
bool abuse_offends(struct abuse *a, const struct origin *o, enum offence what, uint64_t now);

#endif
