#include "server/front/abuse.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/limits.h"
#include "common/crypt/crypt.h"
#include "server/front/bytes.h"

enum {
    WAYS = 8, /* places one key may take */
    TOKEN = 1000,
    HOUR_MS = 3600 * 1000,
    TRUST_MS = 24 * HOUR_MS,
    BAR_MS = 15 * 1000, /* so much penalty bars an address */
    BAR_TRUSTED_MS = 150 * 1000,
    PENALTY_MOST_MS = 600 * 1000,
    MORE = 10, /* times as much for who is trusted */
    MOST_KEY = 16
};

struct abuse_row {
    uint64_t key; /* 0: free */
    uint64_t seen;
    uint64_t trusted_until;
    uint64_t penalty_until; /* what is left of it is the penalty: it decays by itself */
    bool barred;            /* until it is gone */
    struct bucket connects, tries, registrations;
};

static const struct rate source_tries[] = {
    {.burst = 40,   .per_hour = 240  },
    {.burst = 400,  .per_hour = 2400 },
    {.burst = 2000, .per_hour = 20000}
};
static const struct rate pair_tries[] = {
    {.burst = 12, .per_hour = 60 },
    {.burst = 12, .per_hour = 60 },
    {.burst = 60, .per_hour = 600}
};

/* ---- buckets ---- */

static void
fill(struct bucket *b, const struct rate *r, uint64_t now)
{
    if (b->missing == 0 || now <= b->at) {
        b->at = now;
        return;
    }
    uint64_t came = (now - b->at) * r->per_hour * TOKEN / HOUR_MS;
    if (came >= b->missing) {
        b->missing = 0;
        b->at = now;
    } else if (came > 0) { /* the time of a part of a thousandth is kept for later */
        b->missing -= came;
        b->at += came * HOUR_MS / ((uint64_t)r->per_hour * TOKEN);
    }
}

bool
bucket_take(struct bucket *b, const struct rate *r, uint64_t now)
{
    fill(b, r, now);
    if (b->missing + TOKEN > (uint64_t)r->burst * TOKEN) {
        return false;
    }
    b->missing += TOKEN;
    return true;
}

void
bucket_give_back(struct bucket *b, uint32_t n)
{
    uint64_t given = (uint64_t)n * TOKEN;
    b->missing = given > b->missing ? 0 : b->missing - given;
}

/* ---- rows ---- */

void
abuse_open(struct abuse *a)
{
    memset(a, 0, sizeof *a);
    a->sources = front_new(ABUSE_ROWS * sizeof *a->sources);
    a->pairs = front_new(ABUSE_ROWS * sizeof *a->pairs);
    crypt_random(a->salt, sizeof a->salt);
}

void
abuse_close(struct abuse *a)
{
    free(a->sources);
    free(a->pairs);
    memset(a, 0, sizeof *a);
}

static uint64_t
key_of(const struct abuse *a, const void *what, size_t n, struct str login)
{
    unsigned char hash[CRYPT_HASH];
    char text[sizeof a->salt + MOST_KEY + LIMIT_LOGIN];
    uint64_t key;
    ASSERT(n <= MOST_KEY && login.n <= LIMIT_LOGIN);
    memcpy(text, a->salt, sizeof a->salt);
    memcpy(text + sizeof a->salt, what, n);
    if (login.n > 0) {
        memcpy(text + sizeof a->salt + n, login.p, login.n);
    }
    crypt_hash((struct str){text, sizeof a->salt + n + login.n}, hash);
    memcpy(&key, hash, sizeof key);
    return key == 0 ? 1 : key;
}

/* NULL: not remembered. */
static struct abuse_row *
find(struct abuse_row *rows, uint64_t key)
{
    struct abuse_row *set = &rows[key % (ABUSE_ROWS / WAYS) * WAYS];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].key == key) {
            return &set[i];
        }
    }
    return NULL;
}

static struct abuse_row *
row_of(struct abuse_row *rows, uint64_t key, uint64_t now)
{
    struct abuse_row *set = &rows[key % (ABUSE_ROWS / WAYS) * WAYS], *oldest = set;
    struct abuse_row *row = find(rows, key);
    for (size_t i = 1; row == NULL && i < WAYS; i++) {
        oldest = set[i].seen < oldest->seen ? &set[i] : oldest;
    }
    if (row == NULL) {
        row = oldest;
        *row = (struct abuse_row){.key = key};
    }
    row->seen = now;
    return row;
}

struct origin
abuse_origin(const struct abuse *a, const struct address *from, const struct prefix *offices, size_t noffices)
{
    struct address home = address_household(from);
    struct origin o = {.source = key_of(a, home.bytes, sizeof home.bytes, STR_NONE)};
    for (size_t i = 0; i < noffices; i++) {
        o.office = o.office || prefix_has(&offices[i], from);
    }
    return o;
}

/* ---- who may ---- */

static bool
signed_in_lately(const struct abuse_row *row, uint64_t now)
{
    return row != NULL && now < row->trusted_until;
}

bool
abuse_trusted(const struct abuse *a, const struct origin *o, uint64_t now)
{
    return o->office || signed_in_lately(find(a->sources, o->source), now);
}

enum abuse_verdict
abuse_connects(struct abuse *a, const struct origin *o, uint32_t per_minute, uint64_t now)
{
    struct abuse_row *row = row_of(a->sources, o->source, now);
    uint32_t most = o->office || signed_in_lately(row, now) ? per_minute * MORE : per_minute;
    struct rate rate = {.burst = most, .per_hour = most * 60};
    row->barred = row->barred && now < row->penalty_until;
    if (row->barred) {
        return ABUSE_BARRED;
    }
    return bucket_take(&row->connects, &rate, now) ? ABUSE_ADMITTED : ABUSE_TOO_FAST;
}

bool
abuse_drops_early(bool trusted, size_t open, size_t most, uint32_t chance)
{
    size_t half = most / 2, last = most - most / 8;
    if (trusted || open < half) {
        return open >= most;
    }
    return open >= last || chance % 1000 < (open - half) * 1000 / (last - half);
}

static size_t
level(const struct abuse_row *row, const struct origin *o, uint64_t now)
{
    return o->office ? 2 : signed_in_lately(row, now) ? 1 : 0;
}

static uint64_t
pair_of(const struct abuse *a, const struct origin *o, struct str login)
{
    return key_of(a, &o->source, sizeof o->source, login);
}

bool
abuse_tries(struct abuse *a, const struct origin *o, struct str login, uint64_t now)
{
    struct abuse_row *source = row_of(a->sources, o->source, now);
    struct abuse_row *pair = row_of(a->pairs, pair_of(a, o, login), now);
    size_t l = level(source, o, now);
    return bucket_take(&pair->tries, &pair_tries[l], now) &&
           bucket_take(&source->tries, &source_tries[l], now);
}

void
abuse_signed_in(struct abuse *a, const struct origin *o, struct str login, uint32_t tries, uint64_t now)
{
    struct abuse_row *source = row_of(a->sources, o->source, now);
    struct abuse_row *pair = row_of(a->pairs, pair_of(a, o, login), now);
    source->trusted_until = now + TRUST_MS;
    bucket_give_back(&source->tries, tries);
    pair->tries.missing = 0;
}

bool
abuse_registers(struct abuse *a, const struct origin *o, const struct rate *all, const struct rate *each,
                uint64_t now)
{
    struct abuse_row *row = row_of(a->sources, o->source, now);
    return bucket_take(&row->registrations, each, now) && bucket_take(&a->registrations, all, now);
}

bool
abuse_offends(struct abuse *a, const struct origin *o, enum offence what, uint64_t now)
{
    static const uint32_t costs[OFFENCES] = {[OFFENCE_NOTHING] = 1000,
                                             [OFFENCE_FAILED] = 5 * 1000,
                                             [OFFENCE_SLOW] = 10 * 1000,
                                             [OFFENCE_HOSTILE] = 10 * 1000};
    if (o->office) {
        return false;
    }
    struct abuse_row *row = row_of(a->sources, o->source, now);
    uint64_t bar = signed_in_lately(row, now) ? BAR_TRUSTED_MS : BAR_MS;
    uint64_t left = now < row->penalty_until ? row->penalty_until - now : 0;
    bool before = row->barred && left > 0;
    left += costs[what];
    left = left > PENALTY_MOST_MS ? (uint64_t)PENALTY_MOST_MS : left;
    row->penalty_until = now + left;
    row->barred = before || left >= bar;
    return row->barred && !before;
}
