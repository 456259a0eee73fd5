#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/link/link.h"
#include "common/base/arena.h"

/*
 * Many sessions of our own client in one process, each with one request under way. What they ask for is drawn
 * from a file of samples: lines of COMPANY, KIND and VALUE, tabs between, made by what sets the service up;
 * who they are from a file of lines of COMPANY, LOGIN and KEY FILE, or =PASSWORD.
 */
enum kind { KIND_PLATE, KIND_PHONE, KIND_NAME, KIND_VEHICLE, KIND_POLICY, KINDS };

struct samples {
    struct str company;
    struct str *values[KINDS];
    size_t n[KINDS];
};

struct user {
    const char *login, *key_path; /* no key: the password */
    struct str password;
    const struct samples *samples;
};

struct people {
    struct arena arena;
    struct samples *companies;
    size_t ncompanies;
    struct user *users;
    size_t nusers;
};

/* Fails with a message on stderr. */
bool people_read(struct people *p, const char *samples_path, const char *users_path);

/* Latencies in microseconds: buckets that are 1/32 of their value wide. */
enum { HISTOGRAM_PER_OCTAVE = 32, HISTOGRAM = 40 * HISTOGRAM_PER_OCTAVE };
struct histogram {
    uint64_t n, buckets[HISTOGRAM], max;
};
void histogram_add(struct histogram *h, uint64_t us);
/* 0 to 100. Zero of nothing. */
uint64_t histogram_at(const struct histogram *h, double percent);

/* What a session asks, over and over. NULL: no work of that name. */
struct work;
const struct work *work_named(const char *name);
/* Also the names, for usage. */
const char *work_name(size_t i);
/* The next request of a session, parameters in `a`. `turn` differs with every request of the process. */
void work_call(const struct work *w, struct arena *a, const struct user *u, uint64_t turn,
               struct link_call *ret);
/* Each turn is a sign-in, not a request. */
bool work_is_sign_in(const struct work *w);

struct load_options {
    const char *host, *known_hosts, *cache_dir;
    int port;
    size_t sessions, idle, opening; /* opening: how many sign in at once */
    size_t storm;                   /* more of them, who all come at once while the others ask */
    bool subscribe;                 /* those who are idle want to be told what changes */
    int seconds;
    uint64_t requests; /* when not 0: so many instead of so long */
    size_t per_line;   /* when not 0: a session that asked so often signs in anew */
    uint64_t first_turn;
    const struct work *work;
};

struct load_result {
    struct histogram latency, sign_in;
    struct histogram told; /* from an answer to the last of the idle hearing that something changed */
    double seconds, storm_seconds;
    uint64_t done; /* in these seconds; what was under way at their end is waited for and in `latency` */
    uint64_t unanswered;         /* for so long that it was given up */
    uint64_t failures, up, down; /* bytes of the requests and replies, framed, before encryption; of lines
                                    that were closed meanwhile none */
    char failure[400];           /* the first one's sentence */
};

/* Opens every session, measures, closes them. False: they could not be opened; `failure` says why. */
bool load_run(const struct load_options *o, const struct people *p, struct load_result *ret);

#endif
