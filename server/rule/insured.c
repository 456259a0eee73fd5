/* The vehicles of a term: one, or a fleet's. */
#include "server/rule/insured.h"

#include "server/catalog/term_vehicle.h"

#include "common/base/buf.h"
#include "common/value/number.h"
#include "server/op/parts.h"
#include "server/rule/cover_life.h"
#include "server/rule/entry/vehicle_list.h"
#include "server/rule/finding.h"
#include "server/rule/pricing.h"

/* What is wrong with one vehicle of a fleet, told with its name. References stay. */
static enum rc
of_vehicle(const struct insured_set *set, const struct insured *of, enum rc rc, struct err *reterr)
{
    if (!set->fleet || !reterr || (rc != RC_REFUSED && rc != RC_BAD_PARAMS && rc != RC_NOT_FOUND))
        return rc;
    struct err was = *reterr;
    (void)err_set(reterr, rc, "vehicles", "%.*s: %s", STR_ARG(of->vehicle.label), was.text);
    for (uint32_t i = 0; i < was.nrefs; i++)
        err_add_ref(reterr, was.refs[i].entity, was.refs[i].id, was.refs[i].label);
    return rc;
}

/* ------------------------------------------------------------------ which vehicles */

struct insured_set
insured_one(struct op_ctx *ctx, struct ref vehicle, money_t sum_insured)
{
    struct insured_set set = {.rows = arena_new(ctx->arena, struct insured, 1), .n = 1};
    set.rows[0] = (struct insured){.vehicle = vehicle, .sum_insured = sum_insured};
    return set;
}

static struct op_lookup
lookup_of(const struct op_ctx *ctx, struct str name)
{
    struct op_lookup l = {.entity = &vehicle_entity, .field = "vehicles", .key = name};
    struct err ignored;
    if (name.p[0] == '#')
        l.by_id = number_parse(str_slice(name, 1, name.n), 1, UINT32_MAX, NULL, &l.id, &ignored) == RC_OK;
    else
        l.by_id = op_step_made(ctx, ENTITY_VEHICLE, name, &l.id);
    return l;
}

static const struct insured *
find_vehicle(const struct insured_set *set, int64_t id)
{
    for (size_t i = 0; set && i < set->n; i++)
        if (set->rows[i].vehicle.id == id)
            return &set->rows[i];
    return NULL;
}

/* Adds the vehicle that was found for an entry. */
static enum rc
take_entry(struct op_ctx *ctx, const struct vehicle_entry *e, const struct op_lookup *found,
           money_t sum_insured, const struct insured_set *known, struct insured_set *set, struct err *reterr)
{
    struct insured *next = &set->rows[set->n];
    if (found->code) {
        if (reterr)
            *reterr = found->why;
        return found->code;
    }
    if (find_vehicle(set, found->found.id))
        return err_set(reterr, RC_BAD_PARAMS, "vehicles", "%.*s is named twice", STR_ARG(e->name));
    const struct insured *was = find_vehicle(known, found->found.id);
    *next = (struct insured){.vehicle = found->found, .sum_insured = was ? was->sum_insured : sum_insured};
    if (e->sum.n) {
        enum rc rc = money_parse(e->sum, ctx->who.exponent, "sum_insured", &next->sum_insured, reterr);
        if (!rc && (next->sum_insured.minor < 0 || next->sum_insured.minor > MONEY_MAX))
            rc = err_set(reterr, RC_BAD_PARAMS, "vehicles", "the sum insured is too large");
        if (rc)
            return of_vehicle(set, next, rc, reterr);
    }
    set->n++;
    return RC_OK;
}

enum rc
insured_named(struct op_ctx *ctx, struct str text, money_t sum_insured, const struct insured_set *known,
              struct insured_set *ret, struct err *reterr)
{
    struct vehicle_entry *entries;
    size_t n;
    enum rc rc = vehicle_list_read(ctx->arena, text, FLEET_MAX, &entries, &n, reterr);
    if (rc)
        return rc;
    struct op_lookup *lookups = arena_new(ctx->arena, struct op_lookup, n);
    for (size_t i = 0; i < n; i++)
        lookups[i] = lookup_of(ctx, entries[i].name);
    rc = op_look_up(ctx, lookups, n, reterr);
    struct insured_set set = {.rows = arena_new(ctx->arena, struct insured, n), .fleet = true};
    for (size_t i = 0; !rc && i < n; i++)
        rc = take_entry(ctx, &entries[i], &lookups[i], sum_insured, known, &set, reterr);
    if (!rc)
        *ret = set;
    return rc;
}

static enum rc
read_lines(struct op_ctx *ctx, int64_t term, struct insured_set *ret, struct err *reterr)
{
    static const char sql[] =
        "select l.vehicle_id, coalesce(v.plate, v.chassis), l.sum_insured"
        " from app.term_vehicle l join app.vehicle v on v.tenant_id = l.tenant_id and v.id = l.vehicle_id"
        " where l.tenant_id = $1::int and l.term_id = $2 order by l.seq";
    struct pg_rows rows;
    const struct value params[] = {tenant_value(ctx), VALUE_INT(term)};
    enum rc rc = op_query(ctx, "insured_lines", sql, params, COUNTOF(params), &rows, reterr);
    if (rc)
        return rc;
    struct insured_set set = {.rows = arena_new(ctx->arena, struct insured, rows.nrows + 1), .fleet = true};
    for (; set.n < rows.nrows; set.n++)
        set.rows[set.n] = (struct insured){
            .vehicle = {pg_cell(&rows, set.n, 0)->i, pg_cell(&rows, set.n, 1)->text},
            .sum_insured = {pg_cell(&rows,        set.n,     2)->i         },
        };
    *ret = set;
    return RC_OK;
}

enum rc
insured_of_term(struct op_ctx *ctx, const struct policy *policy, int64_t term, money_t sum_insured,
                struct insured_set *ret, struct err *reterr)
{
    if (!row_has(&policy->row, POLICY_VEHICLE))
        return read_lines(ctx, term, ret, reterr);
    *ret = insured_one(ctx, policy->vehicle, sum_insured);
    return RC_OK;
}

bool
insured_has(const struct insured_set *set, int64_t vehicle)
{
    return find_vehicle(set, vehicle) != NULL;
}

struct str
insured_ids(struct op_ctx *ctx, const struct insured_set *set)
{
    struct buf b;
    buf_init(&b, ctx->arena, 16 * (set->n + 1));
    for (size_t i = 0; i < set->n; i++)
        buf_printf(&b, "%s%lld", i ? "," : "", (long long)set->rows[i].vehicle.id);
    return buf_str(&b);
}

/* ------------------------------------------------------------------ may they be insured */

static enum rc
load_vehicle(struct op_ctx *ctx, const struct insured_set *set, struct insured *i, struct err *reterr)
{
    enum rc rc = op_load(ctx, ENTITY_VEHICLE, i->vehicle.id, OP_LOCK, &i->record, reterr);
    if (rc)
        return rc;
    const struct vehicle *v = &i->record;
    i->vehicle.label = row_has(&v->row, VEHICLE_PLATE) ? v->plate : v->chassis;
    if (v->status == VEHICLE_REGISTERED)
        return RC_OK;
    return err_set(reterr, RC_REFUSED, set->fleet ? "vehicles" : "vehicle",
                   "the vehicle %.*s is deregistered and can't be insured", STR_ARG(i->vehicle.label));
}

static void
ask_lock(struct op_ctx *ctx, const struct insured_set *set)
{
    static const char sql[] =
        "select v.id from app.vehicle v where v.tenant_id = $1::int"
        " and v.id = any (string_to_array($2, ',')::bigint[]) order by v.id for no key update of v";
    const struct value params[] = {tenant_value(ctx), VALUE_TEXT(insured_ids(ctx, set))};
    if (set->n > 1)
        op_ask(ctx, sql, params, COUNTOF(params), NULL);
    for (size_t i = 0; i < set->n; i++)
        op_load_ahead(ctx, ENTITY_VEHICLE, set->rows[i].vehicle.id, OP_LOCK);
}

enum rc
insured_lock(struct op_ctx *ctx, struct insured_set *set, struct err *reterr)
{
    enum rc rc = RC_OK;
    ask_lock(ctx, set);
    for (size_t i = 0; !rc && i < set->n; i++)
        rc = load_vehicle(ctx, set, &set->rows[i], reterr);
    return rc;
}

void
insured_lock_ahead(struct op_ctx *ctx, const struct policy *policy)
{
    if (row_has(&policy->row, POLICY_VEHICLE))
        op_load_ahead(ctx, ENTITY_VEHICLE, policy->vehicle.id, OP_LOCK);
}

void
insured_check_free(struct op_ctx *ctx, const struct insured_set *set, struct term_dates days,
                   int64_t but_policy)
{
    const struct cover_of of = {insured_ids(ctx, set), set->fleet};
    cover_check_free(ctx, &of, days, but_policy);
}

/* ------------------------------------------------------------------ what they cost */

static enum rc
add_up(struct insured_set *set, money_t sum_insured, const struct due *more, struct err *reterr)
{
    struct due d = set->due;
    money_t sum = set->sum;
    if (money_add(sum, sum_insured, &sum, NULL) || money_add(d.premium, more->premium, &d.premium, NULL) ||
        money_add(d.levy, more->levy, &d.levy, NULL) || money_add(d.tax, more->tax, &d.tax, NULL) ||
        money_add(d.total, more->total, &d.total, NULL) || sum.minor > MONEY_MAX || d.total.minor > MONEY_MAX)
        return err_set(reterr, RC_REFUSED, "vehicles", "together the vehicles are insured for too much");
    set->due = d;
    set->sum = sum;
    return RC_OK;
}

enum rc
insured_add_term(const struct term *term, struct insured_set *set, struct err *reterr)
{
    const struct due due = {term->premium, term->levy, term->tax, term->total};
    return add_up(set, term->sum_insured, &due, reterr);
}

enum rc
insured_price(struct op_ctx *ctx, struct insured_set *set, int64_t product, date_t start, int months,
              struct err *reterr)
{
    struct price_book book = {0};
    set->due = (struct due){0};
    set->sum = (money_t){0};
    for (size_t n = 0; n < set->n; n++) {
        struct insured *i = &set->rows[n];
        struct pricing price;
        const struct pricing_want want = {.product = product,
                                          .vehicle = &i->record,
                                          .start = start,
                                          .months = months,
                                          .sum_insured = i->sum_insured,
                                          .book = &book};
        enum rc rc = pricing_find(ctx, &want, &price, reterr);
        if (rc)
            return of_vehicle(set, i, rc, reterr);
        i->rate = price.rate;
        i->due = price.due;
        rc = add_up(set, i->sum_insured, &i->due, reterr);
        if (rc)
            return rc;
    }
    set->only_rate = set->fleet ? 0 : set->rows[0].rate;
    return RC_OK;
}

/* ------------------------------------------------------------------ their lines */

static enum rc
write_line(struct op_ctx *ctx, const struct insured *i, const struct term *term, int64_t seq,
           struct err *reterr)
{
    struct term_vehicle l = {0};
    ROW_SET(&l, LINE_POLICY, policy, ((struct ref){.id = term->policy.id}));
    ROW_SET(&l, LINE_TERM, term, ((struct ref){.id = term->row.id}));
    ROW_SET(&l, LINE_VEHICLE, vehicle, i->vehicle);
    ROW_SET(&l, LINE_SEQ, seq, seq);
    ROW_SET(&l, LINE_SUM_INSURED, sum_insured, i->sum_insured);
    ROW_SET(&l, LINE_RATE, rate, ((struct ref){.id = i->rate}));
    ROW_SET(&l, LINE_PREMIUM, premium, i->due.premium);
    ROW_SET(&l, LINE_LEVY, levy, i->due.levy);
    ROW_SET(&l, LINE_TAX, tax, i->due.tax);
    ROW_SET(&l, LINE_TOTAL, total, i->due.total);
    return op_insert(ctx, ENTITY_TERM_VEHICLE, &l, reterr);
}

enum rc
insured_write_lines(struct op_ctx *ctx, const struct insured_set *set, const struct term *term, int64_t first,
                    struct err *reterr)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; set->fleet && !rc && i < set->n; i++)
        rc = write_line(ctx, &set->rows[i], term, first + (int64_t)i, reterr);
    return rc;
}
