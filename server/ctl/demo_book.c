#include "server/ctl/demo_book.h"

#include <stdlib.h>

enum {
    OFFSET_MINUTES = 180, /* East Africa, all year */
    FIRST_YEAR = 2020,
    PERMUTE_LOW = 0xFFFF,
};
#define SECOND INT64_C(1000000)

uint64_t
demo_permute(uint64_t n, uint64_t entity, const uint64_t keys[DEMO_ID_KEYS])
{
    uint32_t hi = (uint32_t)(n >> 16) & PERMUTE_LOW, lo = (uint32_t)n & PERMUTE_LOW;
    uint32_t tab = (uint32_t)(entity * UINT64_C(2654435761));
    for (uint32_t r = 0; r < DEMO_ID_KEYS; r++) {
        uint32_t x = lo + (uint32_t)keys[r] + tab + r;
        x = (x ^ (x >> 16)) * UINT32_C(73244475);
        x = (x ^ (x >> 16)) * UINT32_C(73244475);
        x ^= x >> 16;
        x = hi ^ (x & PERMUTE_LOW);
        hi = lo;
        lo = x;
    }
    return (uint64_t)hi << 16 | lo;
}

/* One value of the sequence is passed over: the one whose id would be nobody's zero. */
static int64_t
id_of(const struct demo_book *b, enum entity_number e, int64_t n)
{
    uint64_t id = demo_permute((uint64_t)(b->bases[e] + 1 + n), e, b->id_keys);
    return (int64_t)(id ? id : demo_permute((uint64_t)(b->bases[e] + 1 + b->counts[e]), e, b->id_keys));
}

static int64_t
next_id(struct demo_book *b, enum entity_number e)
{
    return id_of(b, e, b->dealt[e]++);
}

static struct demo_tally *
tally(const struct demo_book *b, size_t company, size_t branch, enum demo_tally_kind kind)
{
    return b->tallies + ((company * DEMO_BRANCHES + branch) * DEMO_TALLIES + kind) * (size_t)b->ndays;
}

/* ------------------------------------------------------------------ counting */

static void
count_term(struct demo_book *b, const struct demo_story *s, const struct demo_policy *p,
           const struct demo_term *t)
{
    b->counts[ENTITY_TERM]++;
    b->counts[ENTITY_COVER]++;
    b->counts[ENTITY_RECEIPT] += (int64_t)t->nreceipts;
    for (size_t i = 0; i < t->nreceipts; i++)
        tally(b, s->company_index, p->branch,
              DEMO_RECEIPTS_TAKEN)[t->receipts[i].taken.days - b->first_day.days]
            .count++;
    if (t->has_certificate) {
        b->counts[ENTITY_CERTIFICATE]++;
        tally(b, s->company_index, p->branch, DEMO_CERTIFICATES)[t->active.days - b->first_day.days].count++;
    }
}

static void
count_story(struct demo_book *b, const struct demo_story *s)
{
    b->counts[ENTITY_CUSTOMER]++;
    b->counts[ENTITY_VEHICLE] += (int64_t)s->nvehicles;
    for (size_t i = 0; i < s->nvehicles; i++) {
        const struct demo_vehicle *v = &s->vehicles[i];
        b->counts[ENTITY_OWNERSHIP] += v->former >= 0 ? 2 : 1;
        if (!v->insured)
            continue;
        b->counts[ENTITY_POLICY]++;
        tally(b, s->company_index, v->policy.branch,
              DEMO_POLICIES)[v->policy.terms[0].made.days - b->first_day.days]
            .count++;
        for (size_t k = 0; k < v->policy.nterms; k++)
            count_term(b, s, &v->policy, &v->policy.terms[k]);
    }
}

static void
add_up(struct demo_book *b)
{
    for (size_t lane = 0; lane < (size_t)DEMO_COMPANIES * DEMO_BRANCHES * DEMO_TALLIES; lane++) {
        struct demo_tally *t = b->tallies + lane * (size_t)b->ndays;
        int32_t sum = 0;
        for (int day = 0, year = 0; day < b->ndays; day++) {
            int this_year = civil_of(date_add_days(b->first_day, day)).year;
            sum = this_year == year ? sum : 0;
            year = this_year;
            t[day].before = sum;
            sum += t[day].count;
        }
    }
}

enum rc
demo_book_open(const struct demo_setting *s, struct demo_book *ret, struct err *reterr)
{
    struct demo_book b = {.setting = *s, .first_day = date_of((struct civil){FIRST_YEAR, 1, 1})};
    b.ndays = s->today.days - b.first_day.days + 1;
    b.tallies =
        calloc((size_t)DEMO_COMPANIES * DEMO_BRANCHES * DEMO_TALLIES * (size_t)b.ndays, sizeof *b.tallies);
    b.story = calloc(1, sizeof *b.story);
    if (!b.tallies || !b.story) {
        demo_book_close(&b);
        return err_log(reterr, RC_INTERNAL, "out of memory");
    }
    for (int64_t n = 0; n < s->customers; n++) {
        enum rc rc = demo_story(s, n, b.counts[ENTITY_VEHICLE], b.story, reterr);
        if (rc) {
            demo_book_close(&b);
            return rc;
        }
        count_story(&b, b.story);
    }
    add_up(&b);
    *ret = b;
    return RC_OK;
}

void
demo_book_close(struct demo_book *b)
{
    free(b->tallies);
    free(b->story);
    b->tallies = NULL;
    b->story = NULL;
}

int64_t
demo_book_records(const struct demo_book *b)
{
    int64_t sum = 0;
    for (size_t e = 0; e < DEMO_ENTITIES; e++)
        sum += b->counts[e];
    return sum;
}

int64_t
demo_book_counter(const struct demo_book *b, size_t company, size_t branch, enum demo_tally_kind kind,
                  int year)
{
    const struct demo_tally *t = tally(b, company, branch, kind);
    int64_t sum = 0;
    for (int day = 0; day < b->ndays; day++)
        if (civil_of(date_add_days(b->first_day, day)).year == year)
            sum += t[day].count;
    return sum;
}

/* ------------------------------------------------------------------ dealing */

void
demo_book_rewind(struct demo_book *b)
{
    size_t n = (size_t)DEMO_COMPANIES * DEMO_BRANCHES * DEMO_TALLIES * (size_t)b->ndays;
    for (size_t i = 0; i < n; i++)
        b->tallies[i].dealt = 0;
    for (size_t i = 0; i < DEMO_ENTITIES; i++)
        b->dealt[i] = 0;
    b->vehicles = 0;
}

/* Parts of a working day, in the order in which a sale goes through them: entry, policy, money, cover. The
   last day is early: what is shown as done today must not lie ahead of the clock of somebody who starts in
   the morning. */
enum part { ENTRY, SELLING, PAYING, COVERING };

static stamp_t
at(const struct demo_book *b, date_t day, enum part part, int share_of_million)
{
    static const int starts[] = {27000, 28800, 39600, 50400}, lengths[] = {1500, 10800, 10800, 10800};
    bool last = date_cmp(day, b->setting.today) >= 0;
    int start = last ? 600 * (int)part : starts[part], length = last ? 600 : lengths[part];
    int64_t seconds = (int64_t)day.days * 86400 + start - OFFSET_MINUTES * 60;
    return (stamp_t){(seconds + (int64_t)length * share_of_million / 1000000) * SECOND};
}

/* For what has no number: a share of the part's time that only depends on the customer. */
static int
share(int64_t n)
{
    return (int)(n * 7919 % 999983);
}

static struct demo_number
deal(struct demo_book *b, const struct demo_story *s, size_t branch, enum demo_tally_kind kind, date_t day)
{
    static const enum part parts[] = {SELLING, PAYING, COVERING};
    struct demo_tally *t = &tally(b, s->company_index, branch, kind)[day.days - b->first_day.days];
    int64_t place = t->dealt++;
    return (struct demo_number){.year = civil_of(day).year,
                                .serial = t->before + (int)place + 1,
                                .at = at(b, day, parts[kind], (int)((2 * place + 1) * 500000 / t->count))};
}

static void
deal_term(struct demo_book *b, const struct demo_story *s, const struct demo_policy *p, struct demo_term *t)
{
    t->id = next_id(b, ENTITY_TERM);
    t->cover_id = next_id(b, ENTITY_COVER);
    t->made_at = t->seq == 1 ? p->number.at : at(b, t->made, SELLING, share(s->n));
    if (t->has_certificate) {
        t->certificate_id = next_id(b, ENTITY_CERTIFICATE);
        t->certificate = deal(b, s, p->branch, DEMO_CERTIFICATES, t->active);
        t->active_at = t->certificate.at;
    }
    for (size_t i = 0; i < t->nreceipts; i++) {
        struct demo_receipt *r = &t->receipts[i];
        bool settles = i + 1 == t->nreceipts && t->has_certificate;
        r->id = next_id(b, ENTITY_RECEIPT);
        r->number = deal(b, s, p->branch, DEMO_RECEIPTS_TAKEN, r->taken);
        r->verified_at = settles ? t->active_at : at(b, r->verified, COVERING, share(s->n));
        r->changed_at =
            date_cmp(r->changed, r->verified) > 0 ? at(b, r->changed, COVERING, share(s->n)) : r->verified_at;
        if (!r->verified_by)
            r->changed_at = r->number.at;
    }
}

static void
deal_vehicle(struct demo_book *b, const struct demo_story *s, struct demo_vehicle *v)
{
    v->id = next_id(b, ENTITY_VEHICLE);
    v->made_at = at(b, v->made, ENTRY, share(s->n));
    v->bought_at = at(b, v->bought, ENTRY, share(s->n));
    v->ownership_id = next_id(b, ENTITY_OWNERSHIP);
    if (v->former >= 0) {
        v->former_ownership_id = next_id(b, ENTITY_OWNERSHIP);
        v->former_owner_id = id_of(b, ENTITY_CUSTOMER, v->former);
    }
    if (!v->insured)
        return;
    v->policy.id = next_id(b, ENTITY_POLICY);
    v->policy.number = deal(b, s, v->policy.branch, DEMO_POLICIES, v->policy.terms[0].made);
    for (size_t k = 0; k < v->policy.nterms; k++)
        deal_term(b, s, &v->policy, &v->policy.terms[k]);
}

enum rc
demo_book_read(struct demo_book *b, int64_t n, const struct demo_story **ret, struct err *reterr)
{
    struct demo_story *s = b->story;
    enum rc rc = demo_story(&b->setting, n, b->vehicles, s, reterr);
    if (rc)
        return rc;
    b->vehicles += (int64_t)s->nvehicles;
    s->id = next_id(b, ENTITY_CUSTOMER);
    s->made_at = at(b, s->made, ENTRY, share(s->n));
    for (size_t i = 0; i < s->nvehicles; i++)
        deal_vehicle(b, s, &s->vehicles[i]);
    *ret = s;
    return RC_OK;
}
