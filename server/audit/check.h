#ifndef AUDIT_CHECK_H
#define AUDIT_CHECK_H

#include "server/audit/chain.h"

/*
 * Walks a chain from its first link to its last and says what is wrong with it. Knows no database and no
 * file: it is fed links in the order of their places and names what it finds.
 */
enum finding_kind {
    FOUND_ALTERED,   /* the row is not what was sealed */
    FOUND_MISSING,   /* sealed, and no more there */
    FOUND_MOVED,     /* a place holds the row that was sealed at another */
    FOUND_GAP,       /* places from seq to other are not in the chain */
    FOUND_INSERTED,  /* a row that no place of the chain holds */
    FOUND_BACKDATED, /* dated long before the checkpoints on both sides of it */
    FOUND_FORGED,    /* a checkpoint whose signature is not the service's */
    FOUND_REWRITTEN, /* places from other to seq are not those that were signed */
    FOUND_UNSIGNED,  /* no checkpoint covers places from other to seq */
    FOUND_CUT,       /* the chain once reached this place */
};

struct finding {
    enum finding_kind kind;
    int32_t tenant;
    int stream;
    int64_t seq, other; /* other: see above; 0 none */
    int64_t row;        /* 0: not known */
};

typedef void check_found(void *ctx, const struct finding *f);

struct check_link {
    struct chain_link link;         /* digest: of the row as it is now */
    bool there;                     /* the row exists; else the digest means nothing */
    int64_t at;                     /* of the row, microseconds since 1970 */
    unsigned char hash[CRYPT_HASH]; /* as it is stored */
    bool has_checkpoint;
    struct checkpoint checkpoint; /* of this place */
};

/* Links that don't fit are looked at together at the end: did two of them change places? */
enum { CHECK_DOUBTS = 256 };
struct check_doubt {
    struct chain_link link;
    unsigned char before[CRYPT_HASH], hash[CRYPT_HASH];
};

/* Rows that are older than the checkpoint before them: the one that covers them tells whether the clock was
   set back or they were dated back. As many as one checkpoint covers at most. */
enum { CHECK_LATE = 5000 };
struct check_late {
    int64_t seq, row, at;
};

struct check {
    const unsigned char *public_key;
    check_found *found;
    void *ctx;
    int64_t links, checkpoints, findings; /* of all chains so far */
    int64_t set_back; /* checkpoints before which the clock was set back by more than an hour */

    /* the chain at hand */
    bool open;
    int32_t tenant;
    int stream;
    int64_t seq, signed_to; /* last place seen, last place with a good checkpoint */
    int64_t signed_at;
    bool known_before; /* false behind a gap: the hash before is not known */
    unsigned char before[CRYPT_HASH];
    struct check_doubt doubts[CHECK_DOUBTS];
    size_t ndoubts;
    struct check_late late[CHECK_LATE];
    size_t nlate;
};

void check_init(struct check *c, const unsigned char public_key[CRYPT_SIGN_PUBLIC], check_found *found,
                void *ctx);
/* A piece that begins behind place `seq` with the hash `before`, as an exported file has. */
void check_piece(struct check *c, int32_t tenant, int stream, int64_t seq,
                 const unsigned char before[CRYPT_HASH]);
/* The next link; one of another chain ends the one before. */
void check_link(struct check *c, const struct check_link *l);
void check_end(struct check *c);
/* Anything found elsewhere: rows outside the chain, heads that are gone. */
void check_report(struct check *c, const struct finding *f);

/* A finding as a sentence, into `out`; returns it. */
enum { FINDING_TEXT = 240 };
const char *finding_text(const struct finding *f, char out[FINDING_TEXT]);

#endif
