#include "server/ctl/demo_table.h"

#include "server/catalog/customer.h"
#include "server/catalog/vehicle.h"
#include "server/ctl/demo_seal.h"
#include "server/rule/entry/fold.h"
#include "server/rule/entry/phone.h"
#include "server/rule/entry/plate.h"
#include "server/rule/entry/vin.h"
#include "server/rule/number.h"
#include "server/rule/token.h"

#define COUNTRY STR("255")

/* ------------------------------------------------------------------ the records of a story */

static enum rc
each_term(struct demo_item item, demo_visit visit, void *ctx, struct err *reterr)
{
    item.entity = ENTITY_TERM;
    enum rc rc = visit(ctx, &item, reterr);
    item.entity = ENTITY_COVER;
    rc = rc ? rc : visit(ctx, &item, reterr);
    item.entity = ENTITY_RECEIPT;
    for (size_t i = 0; !rc && i < item.term->nreceipts; i++) {
        item.receipt = &item.term->receipts[i];
        rc = visit(ctx, &item, reterr);
    }
    item.entity = ENTITY_CERTIFICATE;
    if (!rc && item.term->has_certificate)
        rc = visit(ctx, &item, reterr);
    return rc;
}

static enum rc
each_vehicle(struct demo_item item, demo_visit visit, void *ctx, struct err *reterr)
{
    item.entity = ENTITY_VEHICLE;
    enum rc rc = visit(ctx, &item, reterr);
    item.entity = ENTITY_OWNERSHIP;
    item.former = item.vehicle->former >= 0;
    if (!rc && item.former)
        rc = visit(ctx, &item, reterr);
    item.former = false;
    rc = rc ? rc : visit(ctx, &item, reterr);
    if (rc || !item.vehicle->insured)
        return rc;
    item.entity = ENTITY_POLICY;
    item.policy = &item.vehicle->policy;
    rc = visit(ctx, &item, reterr);
    for (size_t i = 0; !rc && i < item.policy->nterms; i++) {
        item.term = &item.policy->terms[i];
        rc = each_term(item, visit, ctx, reterr);
    }
    return rc;
}

enum rc
demo_each(const struct demo_story *s, demo_visit visit, void *ctx, struct err *reterr)
{
    struct demo_item item = {.entity = ENTITY_CUSTOMER, .story = s};
    enum rc rc = visit(ctx, &item, reterr);
    for (size_t i = 0; !rc && i < s->nvehicles; i++) {
        item.vehicle = &s->vehicles[i];
        rc = each_vehicle(item, visit, ctx, reterr);
    }
    return rc;
}

int64_t
demo_item_id(const struct demo_item *i)
{
    switch ((int)i->entity) {
    case ENTITY_CUSTOMER:
        return i->story->id;
    case ENTITY_VEHICLE:
        return i->vehicle->id;
    case ENTITY_OWNERSHIP:
        return i->former ? i->vehicle->former_ownership_id : i->vehicle->ownership_id;
    case ENTITY_POLICY:
        return i->policy->id;
    case ENTITY_TERM:
        return i->term->id;
    case ENTITY_COVER:
        return i->term->cover_id;
    case ENTITY_RECEIPT:
        return i->receipt->id;
    default:
        return i->term->certificate_id;
    }
}

stamp_t
demo_item_made(const struct demo_item *i)
{
    switch ((int)i->entity) {
    case ENTITY_CUSTOMER:
        return i->story->made_at;
    case ENTITY_VEHICLE:
        return i->vehicle->made_at;
    case ENTITY_OWNERSHIP:
        return i->former ? i->vehicle->made_at : i->vehicle->bought_at;
    case ENTITY_POLICY:
        return i->policy->number.at;
    case ENTITY_TERM:
    case ENTITY_COVER:
        return i->term->made_at;
    case ENTITY_RECEIPT:
        return i->receipt->number.at;
    default:
        return i->term->certificate.at;
    }
}

/* Who made the cover count: whoever verified the money. */
static const struct demo_user *
verifier(const struct demo_term *t)
{
    return t->receipts[t->nreceipts - 1].verified_by;
}

const struct demo_user *
demo_item_maker(const struct demo_item *i)
{
    if (i->entity == ENTITY_RECEIPT)
        return i->receipt->taken_by;
    if (i->entity == ENTITY_CERTIFICATE)
        return verifier(i->term);
    return &i->story->company->branches[i->story->branch].agent;
}

const char *
demo_item_action(const struct demo_item *i)
{
    switch ((int)i->entity) {
    case ENTITY_OWNERSHIP:
        return i->vehicle->former >= 0 && !i->former ? "transfer" : NULL;
    case ENTITY_POLICY:
        return "quote";
    case ENTITY_TERM:
    case ENTITY_COVER:
        return i->term->seq > 1 ? "renew" : "quote";
    case ENTITY_CERTIFICATE:
        return "verify";
    default:
        return NULL;
    }
}

struct str
demo_item_number(struct arena *a, const struct demo_item *i)
{
    const struct demo_company *c = i->story->company;
    const struct demo_number *n = i->entity == ENTITY_POLICY    ? &i->policy->number
                                  : i->entity == ENTITY_RECEIPT ? &i->receipt->number
                                                                : &i->term->certificate;
    const char *pattern = i->entity == ENTITY_POLICY    ? c->policy_pattern
                          : i->entity == ENTITY_RECEIPT ? c->receipt_pattern
                                                        : c->certificate_pattern;
    struct number_parts parts = {.prefix = str_from(c->code),
                                 .branch = str_from(c->branches[i->policy->branch].code),
                                 .year = n->year,
                                 .seq = n->serial};
    struct str number = STR_NONE;
    ASSERT(number_make(a, str_from(pattern), &parts, &number, NULL) == RC_OK);
    return number;
}

/* ------------------------------------------------------------------ rows */

/* The empty string is null. */
static struct str
text_or_null(const char *text)
{
    return text && *text ? str_from(text) : STR_NONE;
}

/* What the entry checks make of what was typed; demo data always passes them. */
static struct str
key_of(struct arena *a, const char *typed,
       enum rc (*make)(struct arena *, struct str, struct str *, struct err *))
{
    struct str key = STR_NONE;
    if (*typed)
        ASSERT(make(a, str_from(typed), &key, NULL) == RC_OK);
    return key;
}

static struct str
phone_key_of(struct arena *a, const struct demo_person *p)
{
    struct str key = STR_NONE;
    ASSERT(phone_key(a, str_from(p->phone), COUNTRY, &key, NULL) == RC_OK);
    return key;
}

static struct str
engine_key_of(struct arena *a, const struct demo_car *c)
{
    unsigned other;
    return *c->engine ? fold_code(a, str_from(c->engine), &other) : STR_NONE;
}

static void
start(struct demo_row *r, const struct demo_item *i)
{
    demo_row_open(r);
    demo_put_int4(r, "tenant_id", i->story->company->tenant);
    demo_put_int8(r, "id", demo_item_id(i));
    demo_put_int4(r, "version", 1);
}

static void
end(struct demo_row *r, stamp_t made, stamp_t changed)
{
    demo_put_stamp(r, "created_at", made);
    demo_put_stamp(r, "updated_at", changed);
    demo_row_close(r);
}

/* What the history leaves out. */
static void
plain(struct demo_row *r, const struct demo_story *s)
{
    const struct demo_person *p = &s->person;
    demo_put_text(r, "name", str_from(p->name));
    demo_put_text(r, "phone", str_from(p->phone));
    demo_put_text(r, "phone_key", phone_key_of(r->a, p));
    demo_put_text(r, "city", text_or_null(s->city));
    demo_put_text(r, "id_key", demo_mark_number(r->a, s));
    demo_put_text(r, "birth_key", demo_mark_birth(r->a, s));
}

static void
customer(struct demo_row *r, const struct demo_item *i)
{
    const struct demo_story *s = i->story;
    const struct demo_person *p = &s->person;
    start(r, i);
    demo_put_int2(r, "kind", p->company ? CUSTOMER_COMPANY : CUSTOMER_INDIVIDUAL);
    if (r->form != DEMO_JSON)
        plain(r, s);
    demo_put_id(r, "id_type_id", p->paper != DEMO_NO_PAPER ? s->company->papers[p->paper] : 0);
    demo_put_bytes(r, "personal_sealed", demo_seal_person(r->a, s));
    demo_put_int8(r, "branch_id", s->company->branches[s->branch].id);
    demo_put_int2(r, "status", CUSTOMER_ACTIVE);
    end(r, s->made_at, s->made_at);
}

void
demo_item_write_key(struct demo_row *r, const struct demo_story *s)
{
    demo_row_open(r);
    demo_put_int4(r, "tenant_id", s->company->tenant);
    demo_put_int8(r, "customer_id", s->id);
    demo_put_int4(r, "generation", s->company->keys->generation);
    demo_put_bytes(r, "wrapped", demo_seal_key(r->a, s));
    demo_put_stamp(r, "created_at", s->made_at);
    demo_put_stamp(r, "updated_at", s->made_at);
    demo_row_close(r);
}

static void
vehicle(struct demo_row *r, const struct demo_item *i)
{
    const struct demo_car *c = &i->vehicle->car;
    start(r, i);
    demo_put_text(r, "plate", str_from(c->plate));
    demo_put_text(r, "plate_key", key_of(r->a, c->plate, plate_key));
    demo_put_text(r, "chassis", str_from(c->chassis));
    demo_put_text(r, "chassis_key", key_of(r->a, c->chassis, chassis_key));
    demo_put_text(r, "engine_no", text_or_null(c->engine));
    demo_put_text(r, "engine_key", engine_key_of(r->a, c));
    demo_put_int8(r, "vehicle_type_id", i->story->company->kinds[c->kind]);
    demo_put_text(r, "make", str_from(c->make));
    demo_put_text(r, "model", str_from(c->model));
    demo_put_int2(r, "year", c->year);
    demo_put_text(r, "colour", str_from(c->colour));
    demo_put_int2(r, "seats", c->seats);
    demo_put_int2(r, "usage", c->usage);
    demo_put_int8(r, "owner_id", i->story->id);
    demo_put_int2(r, "status", VEHICLE_REGISTERED);
    demo_put_null(r, "note");
    end(r, i->vehicle->made_at, i->vehicle->made_at);
}

static void
ownership(struct demo_row *r, const struct demo_item *i)
{
    const struct demo_vehicle *v = i->vehicle;
    start(r, i);
    demo_put_int8(r, "vehicle_id", v->id);
    demo_put_int8(r, "customer_id", i->former ? v->former_owner_id : i->story->id);
    demo_put_date(r, "from_date", i->former ? v->made : v->bought);
    if (i->former)
        demo_put_date(r, "to_date", v->bought);
    else
        demo_put_null(r, "to_date");
    demo_put_text(r, "reason", v->former >= 0 && !i->former ? STR("Sold") : STR_NONE);
    end(r, demo_item_made(i), demo_item_made(i));
}

static void
policy(struct demo_row *r, const struct demo_item *i)
{
    const struct demo_policy *p = i->policy;
    start(r, i);
    demo_put_text(r, "number", demo_item_number(r->a, i));
    demo_put_int8(r, "customer_id", i->story->id);
    demo_put_int8(r, "product_id", i->story->company->products[p->product]);
    demo_put_int8(r, "vehicle_id", i->vehicle->id);
    demo_put_int8(r, "branch_id", i->story->company->branches[p->branch].id);
    demo_put_int8(r, "sold_by", p->sold_by->id);
    demo_put_int2(r, "state", p->state);
    if (p->ran) {
        demo_put_date(r, "start_date", p->start);
        demo_put_date(r, "end_date", p->end);
    } else {
        demo_put_null(r, "start_date");
        demo_put_null(r, "end_date");
    }
    demo_put_null(r, "note");
    end(r, p->number.at, p->number.at);
}

static void
term(struct demo_row *r, const struct demo_item *i)
{
    const struct demo_term *t = i->term;
    start(r, i);
    demo_put_int8(r, "policy_id", i->policy->id);
    demo_put_int2(r, "seq", t->seq);
    demo_put_int2(r, "state", t->state);
    demo_put_date(r, "start_date", t->start);
    demo_put_date(r, "end_date", t->end);
    demo_put_int2(r, "months", t->months);
    demo_put_int8(r, "sum_insured", t->sum_insured.minor);
    demo_put_int8(r, "rate_id", t->rate_id);
    demo_put_int8(r, "premium", t->due.premium.minor);
    demo_put_int8(r, "levy", t->due.levy.minor);
    demo_put_int8(r, "tax", t->due.tax.minor);
    demo_put_int8(r, "total", t->due.total.minor);
    demo_put_int8(r, "paid", t->paid.minor);
    if (t->has_certificate)
        demo_put_stamp(r, "activated_at", t->active_at);
    else
        demo_put_null(r, "activated_at");
    demo_put_text(r, "reason", text_or_null(t->reason));
    end(r, t->made_at, t->made_at);
}

static void
cover(struct demo_row *r, const struct demo_item *i)
{
    start(r, i);
    demo_put_int8(r, "policy_id", i->policy->id);
    demo_put_int8(r, "term_id", i->term->id);
    demo_put_int8(r, "vehicle_id", i->vehicle->id);
    demo_put_date(r, "from_date", i->term->start);
    demo_put_date(r, "to_date", i->term->cover_end);
    demo_put_bool(r, "in_force", i->term->in_force);
    end(r, i->term->made_at, i->term->made_at);
}

static void
receipt(struct demo_row *r, const struct demo_item *i)
{
    const struct demo_receipt *p = i->receipt;
    start(r, i);
    demo_put_text(r, "number", demo_item_number(r->a, i));
    demo_put_int8(r, "branch_id", i->story->company->branches[i->policy->branch].id);
    demo_put_int2(r, "year", p->number.year);
    demo_put_int4(r, "serial", p->number.serial);
    demo_put_int8(r, "policy_id", i->policy->id);
    demo_put_int8(r, "term_id", i->term->id);
    demo_put_int8(r, "amount", i->term->due.total.minor);
    demo_put_int2(r, "method", p->method);
    demo_put_text(r, "reference", text_or_null(p->reference));
    demo_put_int2(r, "state", p->state);
    demo_put_date(r, "paid_on", p->taken);
    demo_put_int8(r, "taken_by", p->taken_by->id);
    demo_put_id(r, "verified_by", p->verified_by ? p->verified_by->id : 0);
    if (p->verified_by)
        demo_put_stamp(r, "verified_at", p->verified_at);
    else
        demo_put_null(r, "verified_at");
    demo_put_text(r, "reason", text_or_null(p->reason));
    end(r, p->number.at, p->changed_at);
}

static void
certificate(struct demo_row *r, const struct demo_item *i, struct str payload)
{
    const struct demo_term *t = i->term;
    start(r, i);
    demo_put_text(r, "number", demo_item_number(r->a, i));
    demo_put_int8(r, "policy_id", i->policy->id);
    demo_put_int8(r, "term_id", t->id);
    demo_put_int8(r, "cover_id", t->cover_id);
    demo_put_int8(r, "vehicle_id", i->vehicle->id);
    demo_put_date(r, "from_date", t->start);
    demo_put_date(r, "to_date", t->end);
    demo_put_int2(r, "state", t->withdrawn ? 2 : 1);
    demo_put_text(r, "payload", payload);
    demo_put_int8(r, "issued_by", verifier(t)->id);
    end(r, t->certificate.at, t->certificate.at);
}

void
demo_item_write(struct demo_row *r, const struct demo_item *i, struct str payload)
{
    static void (*const writers[])(struct demo_row *, const struct demo_item *) = {
        [ENTITY_CUSTOMER] = customer, [ENTITY_VEHICLE] = vehicle, [ENTITY_OWNERSHIP] = ownership,
        [ENTITY_POLICY] = policy,     [ENTITY_TERM] = term,       [ENTITY_COVER] = cover,
        [ENTITY_RECEIPT] = receipt,
    };
    if (i->entity == ENTITY_CERTIFICATE)
        certificate(r, i, payload);
    else
        writers[i->entity](r, i);
}

/* ------------------------------------------------------------------ search */

/* As the rules of each entity say; the tests compare with what the service writes. */
void
demo_item_tokens(struct arena *a, const struct demo_item *i, struct rule_tokens *ret)
{
    ret->n = 0;
    switch ((int)i->entity) {
    case ENTITY_CUSTOMER:
        token_name(a, ret, str_from(i->story->person.name));
        token_phone(a, ret, phone_key_of(a, &i->story->person), COUNTRY);
        if (i->story->person.paper != DEMO_NO_PAPER)
            token_id(a, ret, demo_mark_number(a, i->story));
        break;
    case ENTITY_VEHICLE:
        token_plate(a, ret, key_of(a, i->vehicle->car.plate, plate_key));
        token_chassis(a, ret, key_of(a, i->vehicle->car.chassis, chassis_key));
        if (*i->vehicle->car.engine)
            token_engine(a, ret, engine_key_of(a, &i->vehicle->car));
        break;
    case ENTITY_POLICY:
        token_number(a, ret, TOKEN_POLICY, demo_item_number(a, i));
        break;
    case ENTITY_RECEIPT:
        token_number(a, ret, TOKEN_RECEIPT, demo_item_number(a, i));
        if (*i->receipt->reference)
            token_add_reference(a, ret, str_from(i->receipt->reference));
        break;
    case ENTITY_CERTIFICATE:
        token_number(a, ret, TOKEN_CERTIFICATE, demo_item_number(a, i));
        break;
    default:
        break;
    }
}
