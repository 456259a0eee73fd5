#include "server/audit/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { COMPARED = 4096 };

/* microseconds; an entry of the audit is written within the longest transaction before it is sealed. Records
   that are loaded in bulk bring a history of their own. */
#define BACKDATED_BY (INT64_C(3600) * 1000000)

void
check_init(struct check *c, const unsigned char public_key[CRYPT_SIGN_PUBLIC], check_found *found, void *ctx)
{
    memset(c, 0, sizeof *c);
    c->public_key = public_key;
    c->found = found;
    c->ctx = ctx;
}

void
check_report(struct check *c, const struct finding *f)
{
    c->findings++;
    c->found(c->ctx, f);
}

static void
report(struct check *c, enum finding_kind kind, int64_t seq, int64_t other, int64_t row)
{
    const struct finding f = {kind, c->tenant, c->stream, seq, other, row};
    check_report(c, &f);
}

static bool
fits(const unsigned char before[CRYPT_HASH], const struct chain_link *l, int64_t seq,
     const unsigned char hash[CRYPT_HASH])
{
    unsigned char made[CRYPT_HASH];
    struct chain_link there = *l;
    there.seq = seq;
    chain_hash(before, &there, made);
    return memcmp(made, hash, CRYPT_HASH) == 0;
}

/* Did the link at `d` come from elsewhere: its row alone, or the link as a whole? */
static const struct check_doubt *
comes_from(const struct check *c, const struct check_doubt *d)
{
    for (size_t i = 0; i < c->ndoubts; i++) {
        const struct check_doubt *o = &c->doubts[i];
        if (o != d && (fits(d->before, &o->link, d->link.seq, d->hash) ||
                       fits(o->before, &d->link, o->link.seq, d->hash)))
            return o;
    }
    return NULL;
}

/* Is the link what it was, and only the one before it another? */
static bool
follows_moved(const struct check *c, const struct check_doubt *d)
{
    for (size_t i = 0; i < c->ndoubts; i++)
        if (&c->doubts[i] != d && fits(c->doubts[i].hash, &d->link, d->link.seq, d->hash))
            return true;
    return false;
}

static void
settle_doubts(struct check *c)
{
    bool compare = c->findings < COMPARED; /* with thousands of findings nobody asks which changed places */
    for (size_t i = 0; i < c->ndoubts; i++) {
        const struct check_doubt *d = &c->doubts[i], *other = compare ? comes_from(c, d) : NULL;
        if (other)
            report(c, FOUND_MOVED, d->link.seq, other->link.seq, d->link.row);
        else if (!compare || !follows_moved(c, d))
            report(c, FOUND_ALTERED, d->link.seq, 0, d->link.row);
    }
    c->ndoubts = 0;
}

/* The service signs the time it is: when the clock was set back the next checkpoint says so, and what is no
   older than that came when it says. */
static void
settle_late(struct check *c, int64_t signed_at)
{
    for (size_t i = 0; i < c->nlate; i++)
        if (c->late[i].at < signed_at - BACKDATED_BY)
            report(c, FOUND_BACKDATED, c->late[i].seq, 0, c->late[i].row);
    c->nlate = 0;
}

void
check_end(struct check *c)
{
    if (!c->open)
        return;
    settle_doubts(c);
    settle_late(c, INT64_MAX);
    if (c->signed_to < c->seq)
        report(c, FOUND_UNSIGNED, c->seq, c->signed_to + 1, 0);
    c->open = false;
}

void
check_piece(struct check *c, int32_t tenant, int stream, int64_t seq, const unsigned char before[CRYPT_HASH])
{
    check_end(c);
    c->open = c->known_before = true;
    c->tenant = tenant;
    c->stream = stream;
    c->seq = c->signed_to = seq;
    c->signed_at = INT64_MIN;
    memcpy(c->before, before, CRYPT_HASH);
}

static void
look_at_checkpoint(struct check *c, const struct check_link *l)
{
    const struct checkpoint *p = &l->checkpoint;
    c->checkpoints++;
    if (!checkpoint_valid(c->public_key, p)) {
        report(c, FOUND_FORGED, p->seq, 0, 0);
        return;
    }
    if (memcmp(p->hash, l->hash, CRYPT_HASH) != 0)
        report(c, FOUND_REWRITTEN, p->seq, c->signed_to + 1, 0);
    if (c->stream == STREAM_AUDIT && c->signed_at > INT64_MIN && p->at < c->signed_at - BACKDATED_BY)
        c->set_back++;
    settle_late(c, p->at);
    c->signed_to = p->seq;
    c->signed_at = p->at;
}

static void
look_at_row(struct check *c, const struct check_link *l)
{
    unsigned char hash[CRYPT_HASH];
    if (!l->there) {
        report(c, FOUND_MISSING, l->link.seq, 0, l->link.row);
        return;
    }
    if (c->stream == STREAM_AUDIT && c->signed_at > INT64_MIN && l->at < c->signed_at - BACKDATED_BY) {
        if (c->nlate == CHECK_LATE)
            settle_late(c, INT64_MAX);
        c->late[c->nlate++] = (struct check_late){l->link.seq, l->link.row, l->at};
    }
    if (!c->known_before)
        return;
    chain_hash(c->before, &l->link, hash);
    if (memcmp(hash, l->hash, CRYPT_HASH) == 0)
        return;
    if (c->ndoubts == CHECK_DOUBTS)
        settle_doubts(c);
    struct check_doubt *d = &c->doubts[c->ndoubts++];
    d->link = l->link;
    memcpy(d->before, c->before, CRYPT_HASH);
    memcpy(d->hash, l->hash, CRYPT_HASH);
}

void
check_link(struct check *c, const struct check_link *l)
{
    static const unsigned char none[CRYPT_HASH];
    if (!c->open || c->tenant != l->link.tenant || c->stream != l->link.stream)
        check_piece(c, l->link.tenant, l->link.stream, 0, none);
    if (l->link.seq != c->seq + 1) {
        report(c, FOUND_GAP, c->seq + 1, l->link.seq - 1, 0);
        c->known_before = false;
    }
    look_at_row(c, l);
    c->links++;
    c->seq = l->link.seq;
    c->known_before = true;
    memcpy(c->before, l->hash, CRYPT_HASH);
    if (l->has_checkpoint)
        look_at_checkpoint(c, l);
}

const char *
finding_text(const struct finding *f, char out[FINDING_TEXT])
{
    static const struct {
        const char *text;
        bool span; /* other .. seq are places */
    } texts[] = {
        [FOUND_ALTERED] = {"altered: the row is not what was sealed",                               false},
        [FOUND_MISSING] = {"missing: the row was sealed and is gone",                               false},
        [FOUND_MOVED] = {"reordered: the place holds the row that was sealed at another",         false},
        [FOUND_GAP] = {"missing: places were taken out of the chain",                           true },
        [FOUND_INSERTED] = {"inserted: the row is in no place of the chain though it is old enough", false},
        [FOUND_BACKDATED] = {"backdated: the row came more than an hour after the time it bears",     false},
        [FOUND_FORGED] = {"forged: the checkpoint was not signed with the service's key",          false},
        [FOUND_REWRITTEN] = {"rewritten: the chain is not the one that was signed",                   true },
        [FOUND_UNSIGNED] = {"unsigned: no checkpoint covers the end of the chain",                   true },
        [FOUND_CUT] = {"cut: the chain once reached this place with another hash",              false},
    };
    char place[64] = "", row[40] = "";
    int64_t first = f->seq, last = f->other ? f->other : f->seq;
    if (texts[f->kind].span && first > last) {
        first = f->other;
        last = f->seq;
    }
    if (texts[f->kind].span)
        (void)snprintf(place, sizeof place, " places=%" PRId64 "..%" PRId64, first, last);
    else if (f->kind == FOUND_MOVED)
        (void)snprintf(place, sizeof place, " place=%" PRId64 " sealed_row_of=%" PRId64, f->seq, f->other);
    else if (f->seq)
        (void)snprintf(place, sizeof place, " place=%" PRId64, f->seq);
    if (f->row)
        (void)snprintf(row, sizeof row, " id=%" PRId64, f->row);
    (void)snprintf(out, FINDING_TEXT, "company=%" PRId32 " stream=%s%s%s %s", f->tenant,
                   audit_stream_name(f->stream), place, row, texts[f->kind].text);
    return out;
}
