/* One policy: what became of it, built backwards from today. */
#include <stdio.h>

#include "server/catalog/policy.h"
#include "server/catalog/receipt.h"
#include "server/ctl/demo_story.h"

enum outcome {
    RUNS,
    RENEWAL_UNPAID,
    RENEWED_AHEAD,
    TO_VERIFY,
    UNPAID,
    QUOTED,
    DRAFT,
    OVER,
    OVER_UNPAID,
    SUSPENDED,
    CANCELLED,
    VOIDED,
    ENDS_TODAY,
    ENDS_SOON,
    STARTS_TODAY,
    OUTCOMES
};
static const int outcome_weights[OUTCOMES] = {
    [RUNS] = 770,     [RENEWAL_UNPAID] = 35, [RENEWED_AHEAD] = 15, [TO_VERIFY] = 12,  [UNPAID] = 28,
    [QUOTED] = 18,    [DRAFT] = 4,           [OVER] = 70,          [OVER_UNPAID] = 8, [SUSPENDED] = 7,
    [CANCELLED] = 20, [VOIDED] = 9,          [ENDS_TODAY] = 1,     [ENDS_SOON] = 2,   [STARTS_TODAY] = 1,
};

/* The first day the rate book has prices for, and a little. */
#define FIRST_DAY ((struct civil){2020, 2, 1})

struct sale {
    const struct demo_setting *s;
    struct demo_dice *d;
    const struct demo_story *story;
    struct demo_vehicle *v;
    struct demo_policy *p;
    const struct demo_branch *branch;
};

static date_t
later(date_t a, date_t b)
{
    return date_cmp(a, b) > 0 ? a : b;
}

static date_t
earlier(date_t a, date_t b)
{
    return date_cmp(a, b) < 0 ? a : b;
}

static int
days_between(date_t from, date_t to)
{
    return to.days - from.days;
}

/* A day from `from` to `to`, both inclusive; `from` when they are the wrong way round. */
static date_t
day_within(struct demo_dice *d, date_t from, date_t to)
{
    int days = days_between(from, to);
    return days > 0 ? date_add_days(from, demo_below(d, days + 1)) : from;
}

static int
months_of(struct demo_dice *d)
{
    static const int months[] = {12, 6, 3, 1}, weights[] = {86, 8, 4, 2};
    return months[demo_weighed(d, weights, COUNTOF(weights))];
}

/* ------------------------------------------------------------------ days of the terms */

static struct demo_term *
term_on(struct sale *x, date_t start, int months)
{
    struct demo_term *t = &x->p->terms[x->p->nterms++];
    *t = (struct demo_term){.start = start, .end = date_term_end(start, months), .months = months};
    return t;
}

/* The latest start of a term that is over by `last`. */
static date_t
start_ending_by(date_t last, int months)
{
    date_t start = date_add_months(date_add_days(last, 1), -months);
    while (date_cmp(date_term_end(start, months), last) > 0)
        start = date_add_days(start, -1);
    return start;
}

/* Starts of the years before the term that starts on `start`, earliest first, into x->p. */
static void
add_history(struct sale *x, date_t start)
{
    static const int counts[] = {58, 26, 11, 5};
    size_t n = demo_weighed(x->d, counts, COUNTOF(counts));
    date_t starts[COUNTOF(counts)];
    size_t made = 0;
    for (; made < n; made++) {
        int gap = demo_chance(x->d, 220) ? demo_between(x->d, 1, 70) : 0;
        date_t before = start_ending_by(date_add_days(start, -1 - gap), 12);
        if (date_cmp(before, date_of(FIRST_DAY)) < 0)
            break;
        starts[made] = start = before;
    }
    while (made > 0)
        term_on(x, starts[--made], 12)->state = TERM_EXPIRED;
}

/* The start of a term of `months` that runs today, ends included. */
static date_t
running_start(struct sale *x, enum outcome o, int months)
{
    date_t today = x->s->today;
    int left = o == ENDS_TODAY ? 0 : o == ENDS_SOON ? demo_between(x->d, 1, 6) : -1;
    if (o == RENEWAL_UNPAID || o == RENEWED_AHEAD)
        left = demo_below(x->d, 31);
    if (o == STARTS_TODAY)
        return today;
    if (left >= 0)
        return start_ending_by(date_add_days(today, left), months);
    date_t start =
        date_add_days(today, -demo_below(x->d, days_between(today, date_term_end(today, months)) + 1));
    while (date_cmp(date_term_end(start, months), today) < 0)
        start = date_add_days(start, 1);
    return start;
}

static void
plan_running(struct sale *x, enum outcome o)
{
    int months = o == RENEWAL_UNPAID || o == RENEWED_AHEAD ? 12 : months_of(x->d);
    date_t start = running_start(x, o, months);
    add_history(x, start);
    struct demo_term *t = term_on(x, start, months);
    t->state = o == SUSPENDED ? TERM_SUSPENDED : o == CANCELLED ? TERM_CANCELLED : TERM_ACTIVE;
    if (date_cmp(t->end, x->s->today) < 0) /* a day at the end of February */
        t->state = TERM_EXPIRED;
    else if (o == RENEWAL_UNPAID || o == RENEWED_AHEAD)
        term_on(x, date_add_days(t->end, 1), 12)->state =
            o == RENEWED_AHEAD ? TERM_ACTIVE : TERM_AWAITING_PAYMENT;
}

static void
plan_over(struct sale *x, enum outcome o)
{
    int ago = demo_chance(x->d, 550) ? demo_between(x->d, 1, 60) : demo_between(x->d, 1, 420);
    date_t start = start_ending_by(date_add_days(x->s->today, -ago), 12);
    add_history(x, start);
    term_on(x, start, 12)->state = TERM_EXPIRED;
    if (o == OVER_UNPAID)
        term_on(x, date_add_days(x->s->today, demo_below(x->d, 4)), 12)->state = TERM_AWAITING_PAYMENT;
}

static void
plan_open(struct sale *x, enum outcome o)
{
    static const int states[OUTCOMES] = {[TO_VERIFY] = TERM_AWAITING_PAYMENT,
                                         [UNPAID] = TERM_AWAITING_PAYMENT,
                                         [QUOTED] = TERM_QUOTED,
                                         [DRAFT] = TERM_DRAFT,
                                         [VOIDED] = TERM_VOID};
    int ago = demo_below(x->d, o == VOIDED ? 300 : o == TO_VERIFY ? 3 : 21);
    struct demo_term *t = term_on(x, date_add_days(x->s->today, demo_below(x->d, 6) - ago), months_of(x->d));
    t->state = states[o];
    t->made = date_add_days(x->s->today, -ago);
    t->start = later(t->start, t->made);
    t->end = date_term_end(t->start, t->months);
    if (o == VOIDED)
        t->reason = demo_chance(x->d, 500) ? "Entered twice" : "The customer insured elsewhere";
}

/* ------------------------------------------------------------------ money */

static void
take_money(struct sale *x, struct demo_term *t, date_t taken, date_t verified, int state)
{
    static const int methods[] = {PAID_CASH, PAID_MOBILE, PAID_BANK, PAID_CHEQUE, PAID_CARD};
    static const int weights[] = {30, 45, 14, 4, 7};
    static const char *const kinds[] = {"", "MP", "TRF", "CHQ", "POS"};
    struct demo_receipt *r = &t->receipts[t->nreceipts++];
    size_t m = demo_weighed(x->d, weights, COUNTOF(weights));
    *r = (struct demo_receipt){.state = state, .taken = taken, .verified = verified, .method = methods[m]};
    r->changed = verified;
    if (state == RECEIPT_REVERSED) {
        r->method = methods[m = 3];
        r->changed = day_within(x->d, verified, x->s->today);
    }
    if (m > 0)
        (void)snprintf(r->reference, sizeof r->reference, "%s%06X%02d", kinds[m],
                       (unsigned)demo_below(x->d, 1 << 24), demo_below(x->d, 100));
    r->taken_by = demo_chance(x->d, 800) ? &x->branch->agent : &x->branch->cashier;
    if (state != RECEIPT_RECORDED)
        r->verified_by =
            r->taken_by == &x->branch->cashier ? &x->story->company->manager : &x->branch->cashier;
    r->reason = state == RECEIPT_REJECTED   ? "Not found on the statement"
                : state == RECEIPT_REVERSED ? "The cheque came back unpaid"
                                            : NULL;
}

/* When the term was made and paid, between `from` and `by`; both days with cover before or at its start. */
static void
pay(struct sale *x, struct demo_term *t, date_t from, date_t by)
{
    t->made = day_within(x->d, from, by);
    date_t taken = day_within(x->d, t->made, by);
    t->active = day_within(x->d, taken, earlier(by, date_add_days(taken, 1)));
    if (date_cmp(t->made, taken) < 0 && demo_chance(x->d, 40))
        take_money(x, t, t->made, t->made, RECEIPT_REJECTED);
    take_money(x, t, taken, t->active, t->state == TERM_SUSPENDED ? RECEIPT_REVERSED : RECEIPT_VERIFIED);
    t->paid = t->state == TERM_SUSPENDED ? (money_t){0} : t->due.total;
    t->has_certificate = true;
}

static void
settle_ended(struct sale *x, struct demo_term *t)
{
    static const char *const reasons[] = {"The vehicle was sold", "The customer asked for it",
                                          "The vehicle was written off"};
    t->in_force = true;
    t->cover_end = t->end;
    if (t->state == TERM_CANCELLED) {
        t->cover_end = day_within(x->d, t->start, x->s->today);
        t->reason = reasons[demo_below(x->d, COUNTOF(reasons))];
        t->withdrawn = true;
    } else if (t->state == TERM_SUSPENDED) {
        t->in_force = false;
        t->reason = "Receipt reversed";
        t->withdrawn = true;
    }
}

static void
settle_term(struct sale *x, struct demo_term *t, const struct demo_term *before, enum outcome o)
{
    date_t today = x->s->today;
    t->cover_end = t->end;
    if (t->state < TERM_ACTIVE) {
        date_t since = later(date_add_days(today, -20), before ? date_add_days(before->start, 1) : t->made);
        if (before)
            t->made = day_within(x->d, since, earlier(today, t->start));
        if (o == TO_VERIFY)
            take_money(x, t, day_within(x->d, t->made, today), today, RECEIPT_RECORDED);
        return;
    }
    if (t->state == TERM_VOID)
        return;
    if (!before)
        pay(x, t, date_add_days(t->start, -5), t->start);
    else if (days_between(before->end, t->start) == 1)
        pay(x, t, later(before->active, date_add_days(earlier(before->end, today), -24)),
            earlier(before->end, today));
    else
        pay(x, t, t->start, t->start);
    settle_ended(x, t);
}

static enum rc
price(struct sale *x, struct demo_term *t, money_t sum, struct err *reterr)
{
    const struct demo_company *c = x->story->company;
    struct rate_want want = {c->kinds[x->v->car.kind], (choice_t)x->v->car.usage, t->start};
    const struct rate *rate = rate_select(c->rates[x->p->product], c->nrates[x->p->product], &want);
    if (!rate)
        return err_log(reterr, RC_INTERNAL, "no price for %s", demo_kind_codes[x->v->car.kind]);
    t->rate_id = rate->row.id;
    t->sum_insured = sum;
    return premium_due(rate, sum, t->months, &t->due, reterr);
}

/* As the database tells it: the running term's state, else a suspended one's, else the latest not voided. */
static void
mirror(struct demo_policy *p)
{
    const struct demo_term *shown = NULL;
    for (size_t i = 0; i < p->nterms; i++) {
        const struct demo_term *t = &p->terms[i];
        bool less = shown && (shown->state == TERM_ACTIVE ||
                              (shown->state == TERM_SUSPENDED && t->state != TERM_ACTIVE) ||
                              (t->state == TERM_VOID && shown->state != TERM_VOID));
        if (!less)
            shown = t;
        if (t->has_certificate) {
            p->ran = true;
            p->start = t->start;
            p->end = t->end;
        }
    }
    p->state = shown ? shown->state : TERM_VOID;
}

static enum rc
settle(struct sale *x, enum outcome o, struct err *reterr)
{
    int64_t value = x->p->product == DEMO_COMPREHENSIVE ? x->v->car.value : 0;
    for (size_t i = 0; i < x->p->nterms; i++) {
        struct demo_term *t = &x->p->terms[i];
        int years_ago = (int)(x->p->nterms - 1 - i);
        t->seq = (int)i + 1;
        enum rc rc = price(x, t, (money_t){value / 100 * (100 + 6 * years_ago) * 100}, reterr);
        if (rc)
            return rc;
        settle_term(x, t, i > 0 ? t - 1 : NULL, o);
    }
    mirror(x->p);
    return RC_OK;
}

/* Full cover for cars that are worth it; third party for what must be on the road. */
static enum demo_product
product_of(struct demo_dice *d, const struct demo_car *car)
{
    static const int full[DEMO_KINDS] = {60, 110, 520, 300, 430, 560};
    return demo_chance(d, full[car->kind]) ? DEMO_COMPREHENSIVE : DEMO_THIRD_PARTY;
}

enum rc
demo_sale(const struct demo_setting *s, struct demo_dice *d, const struct demo_story *story,
          struct demo_vehicle *v, int64_t vehicle_number, struct err *reterr)
{
    struct sale x = {s, d, story, v, &v->policy, &story->company->branches[story->branch]};
    enum outcome o = (enum outcome)demo_weighed(d, outcome_weights, OUTCOMES);
    if (vehicle_number < 3 * OUTCOMES) /* however small the demo, everything is there */
        o = (enum outcome)(vehicle_number % OUTCOMES);
    x.p->branch = story->branch;
    x.p->sold_by = &x.branch->agent;
    x.p->product = product_of(d, &v->car);
    switch (o) {
    case RUNS:
    case RENEWAL_UNPAID:
    case RENEWED_AHEAD:
    case SUSPENDED:
    case CANCELLED:
    case ENDS_TODAY:
    case ENDS_SOON:
    case STARTS_TODAY:
        plan_running(&x, o);
        break;
    case OVER:
    case OVER_UNPAID:
        plan_over(&x, o);
        break;
    case TO_VERIFY:
    case UNPAID:
    case QUOTED:
    case DRAFT:
    case VOIDED:
    case OUTCOMES:
        plan_open(&x, o);
        break;
    }
    enum rc rc = settle(&x, o, reterr);
    v->made = x.p->terms[0].made;
    return rc;
}
