#include "server/ctl/demo_fleet.h"

#include <stdlib.h>
#include <string.h>

#include "common/certificate/certificate.h"
#include "server/catalog/receipt.h"
#include "server/catalog/vehicle.h"
#include "server/rule/number.h"
#include "server/rule/token.h"

enum { VEHICLES = 5, MONTHS = 12, STREAM = 77 };

struct line {
    struct demo_car car;
    const char *id, *cover; /* as texts: they only go back to the database */
    struct str key;         /* the plate's */
    const char *rate, *sum;
    struct due due;
};

struct fleet {
    struct demo_fill *f;
    const struct demo_company *c;
    const struct demo_branch *branch;
    const char *tenant, *today, *end, *at; /* `at`: late on the day, behind what else was sold */
    date_t start, last;
    const char *holder, *policy, *term, *receipt;
    struct str holder_name;
    struct due due;
    int64_t sum;
    struct line lines[VEHICLES];
};

static const char *
number_text(struct fleet *x, int64_t n)
{
    return str_printf(x->f->a, "%lld", (long long)n).p;
}

/* One statement; its first cell, when `ret` asks for it. */
static enum rc
ask(struct fleet *x, const char *sql, const char *const *params, size_t n, const char **ret,
    struct err *reterr)
{
    struct admin_rows rows;
    enum rc rc = admin_run(x->f->db, x->f->a, sql, params, n, &rows, reterr);
    if (rc == RC_OK && ret && !rows.nrows)
        rc = err_log(reterr, RC_INTERNAL, "no row: %s", sql);
    if (rc == RC_OK && ret)
        *ret = str_printf(x->f->a, "%.*s", STR_ARG(rows.cells[0])).p;
    return rc;
}
#define ASK(x, ret, sql, ...)                                                                                \
    ask(x, sql, (const char *const[]){__VA_ARGS__},                                                          \
        sizeof(const char *const[]){__VA_ARGS__} / sizeof(const char *), ret, reterr)

/* The words a record is found by. */
static enum rc
put_tokens(struct fleet *x, uint32_t entity, const char *id, const struct rule_tokens *set,
           struct err *reterr)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < set->n; i++)
        rc = ASK(x, NULL,
                 "insert into app.search_token (tenant_id, token, entity, row_id, why)"
                 " values ($1::int, $2, $3::smallint, $4::bigint, $5::smallint) on conflict do nothing",
                 x->tenant, str_printf(x->f->a, "%.*s", STR_ARG(set->rows[i].token)).p,
                 number_text(x, entity), id, number_text(x, set->rows[i].why));
    return rc;
}

static enum rc
next_number(struct fleet *x, const char *kind, const char *pattern, struct str *ret, const char **ret_serial,
            struct err *reterr)
{
    int year = civil_of(x->start).year;
    struct str p = str_from(pattern);
    enum rc rc = ASK(x, ret_serial, "select app.next_number($1, $2::bigint, $3::int)", kind,
                     number_by_branch(p) ? number_text(x, x->branch->id) : "0",
                     number_by_year(p) ? number_text(x, year) : "0");
    if (rc != RC_OK)
        return rc;
    const struct number_parts parts = {.prefix = str_from(x->c->code),
                                       .branch = str_from(x->branch->code),
                                       .year = year,
                                       .seq = strtoll(*ret_serial, NULL, 10)};
    return number_make(x->f->a, p, &parts, ret, reterr);
}

/* ------------------------------------------------------------------ vehicles */

static struct str
letters_and_digits(struct arena *a, const char *s)
{
    char *out = arena_alloc(a, strlen(s) + 1);
    size_t n = 0;
    for (; *s; s++)
        if (*s != ' ' && *s != '-')
            out[n++] = *s;
    out[n] = '\0';
    return (struct str){out, n};
}

static enum rc
price(struct fleet *x, struct line *l, struct err *reterr)
{
    const struct rate_want want = {x->c->kinds[l->car.kind], (choice_t)l->car.usage, x->start};
    const struct rate *rate =
        rate_select(x->c->rates[DEMO_COMPREHENSIVE], x->c->nrates[DEMO_COMPREHENSIVE], &want);
    if (!rate)
        return err_log(reterr, RC_INTERNAL, "no price for %s", demo_kind_codes[l->car.kind]);
    const money_t sum = {l->car.value * 100};
    enum rc rc = premium_due(rate, sum, MONTHS, &l->due, reterr);
    l->rate = number_text(x, rate->row.id);
    l->sum = number_text(x, sum.minor);
    x->sum += sum.minor;
    x->due.premium.minor += l->due.premium.minor;
    x->due.levy.minor += l->due.levy.minor;
    x->due.tax.minor += l->due.tax.minor;
    x->due.total.minor += l->due.total.minor;
    return rc;
}

/* Numbers from the far end: no other vehicle of the demo has them. */
static enum rc
add_vehicle(struct fleet *x, size_t i, struct demo_dice *d, struct err *reterr)
{
    struct line *l = &x->lines[i];
    struct rule_tokens set = {.n = 0};
    int64_t company = x->c - x->f->book->setting.companies;
    demo_car(d, DEMO_CARS_MAX - 1 - company * VEHICLES - (int64_t)i, true, civil_of(x->start).year, &l->car);
    l->key = letters_and_digits(x->f->a, l->car.plate);
    struct str chassis = letters_and_digits(x->f->a, l->car.chassis);
    enum rc rc =
        ASK(x, &l->id,
            "insert into app.vehicle (tenant_id, plate, plate_key, chassis, chassis_key, vehicle_type_id,"
            " make, model, year, colour, seats, usage, owner_id, created_at) values ($1::int, $2, $3, $4,"
            " $5, $6::bigint, $7, $8, $9::int, $10, $11::int, $12::smallint, $13::bigint, $14::timestamptz)"
            " returning id",
            x->tenant, l->car.plate, l->key.p, l->car.chassis, chassis.p,
            number_text(x, x->c->kinds[l->car.kind]), l->car.make, l->car.model, number_text(x, l->car.year),
            l->car.colour, number_text(x, l->car.seats), number_text(x, l->car.usage), x->holder, x->at);
    if (rc == RC_OK)
        rc = ASK(x, NULL,
                 "insert into app.ownership (tenant_id, vehicle_id, customer_id, from_date)"
                 " values ($1::int, $2::bigint, $3::bigint, $4::date)",
                 x->tenant, l->id, x->holder, x->today);
    token_plate(x->f->a, &set, l->key);
    token_chassis(x->f->a, &set, chassis);
    rc = rc ? rc : put_tokens(x, ENTITY_VEHICLE, l->id, &set, reterr);
    return rc ? rc : price(x, l, reterr);
}

/* ------------------------------------------------------------------ policy, term, money */

static enum rc
add_policy(struct fleet *x, struct err *reterr)
{
    struct rule_tokens set = {.n = 0};
    struct str number;
    const char *serial;
    enum rc rc = next_number(x, "policy", x->c->policy_pattern, &number, &serial, reterr);
    if (rc == RC_OK)
        rc = ASK(
            x, &x->policy,
            "insert into app.policy (tenant_id, number, customer_id, product_id, branch_id, sold_by, state,"
            " created_at) values ($1::int, $2, $3::bigint, $4::bigint, $5::bigint, $6::bigint, 3,"
            " $7::timestamptz) returning id",
            x->tenant, str_printf(x->f->a, "%.*s", STR_ARG(number)).p, x->holder,
            number_text(x, x->c->products[DEMO_COMPREHENSIVE]), number_text(x, x->branch->id),
            number_text(x, x->branch->agent.id), x->at);
    if (rc == RC_OK)
        rc = ASK(
            x, &x->term,
            "insert into app.term (tenant_id, policy_id, seq, state, start_date, end_date, months, "
            "sum_insured,"
            " premium, levy, tax, total, created_at) values ($1::int, $2::bigint, 1, 3, $3::date, $4::date,"
            " $5::int, $6::bigint, $7::bigint, $8::bigint, $9::bigint, $10::bigint, $11::timestamptz)"
            " returning id",
            x->tenant, x->policy, x->today, x->end, number_text(x, MONTHS), number_text(x, x->sum),
            number_text(x, x->due.premium.minor), number_text(x, x->due.levy.minor),
            number_text(x, x->due.tax.minor), number_text(x, x->due.total.minor), x->at);
    token_number(x->f->a, &set, TOKEN_POLICY, number);
    return rc ? rc : put_tokens(x, ENTITY_POLICY, x->policy, &set, reterr);
}

static enum rc
add_line(struct fleet *x, size_t i, struct err *reterr)
{
    struct line *l = &x->lines[i];
    enum rc rc =
        ASK(x, NULL,
            "insert into app.term_vehicle (tenant_id, policy_id, term_id, vehicle_id, seq, sum_insured,"
            " rate_id, premium, levy, tax, total, created_at) values ($1::int, $2::bigint, $3::bigint,"
            " $4::bigint, $5::int, $6::bigint, $7::bigint, $8::bigint, $9::bigint, $10::bigint,"
            " $11::bigint, $12::timestamptz)",
            x->tenant, x->policy, x->term, l->id, number_text(x, (int64_t)i + 1), l->sum, l->rate,
            number_text(x, l->due.premium.minor), number_text(x, l->due.levy.minor),
            number_text(x, l->due.tax.minor), number_text(x, l->due.total.minor), x->at);
    return rc ? rc
              : ASK(x, &l->cover,
                    "insert into app.cover (tenant_id, policy_id, term_id, vehicle_id, from_date, to_date, "
                    "created_at)"
                    " values ($1::int, $2::bigint, $3::bigint, $4::bigint, $5::date, $6::date, "
                    "$7::timestamptz)"
                    " returning id",
                    x->tenant, x->policy, x->term, l->id, x->today, x->end, x->at);
}

static enum rc
pay(struct fleet *x, struct err *reterr)
{
    struct rule_tokens set = {.n = 0};
    struct str number;
    const char *serial;
    enum rc rc = next_number(x, "receipt", x->c->receipt_pattern, &number, &serial, reterr);
    if (rc == RC_OK)
        rc = ASK(
            x, &x->receipt,
            "insert into app.receipt (tenant_id, number, branch_id, year, serial, policy_id, term_id, amount,"
            " method, paid_on, taken_by, created_at) values ($1::int, $2, $3::bigint, $4::int, $5::int,"
            " $6::bigint, $7::bigint, $8::bigint, $9::int, $10::date, $11::bigint, $12::timestamptz)"
            " returning id",
            x->tenant, str_printf(x->f->a, "%.*s", STR_ARG(number)).p, number_text(x, x->branch->id),
            number_text(x, civil_of(x->start).year), serial, x->policy, x->term,
            number_text(x, x->due.total.minor), number_text(x, PAID_CASH), x->today,
            number_text(x, x->branch->agent.id), x->at);
    token_number(x->f->a, &set, TOKEN_RECEIPT, number);
    if (rc == RC_OK)
        rc = put_tokens(x, ENTITY_RECEIPT, x->receipt, &set, reterr);
    if (rc == RC_OK)
        rc = ASK(x, NULL,
                 "update app.receipt set state = 2, verified_by = $2::bigint, verified_at = $3::timestamptz"
                 " where tenant_id = $4::int and id = $1::bigint",
                 x->receipt, number_text(x, x->branch->cashier.id), x->at, x->tenant);
    return rc ? rc
              : ASK(x, NULL,
                    "update app.term set state = 4, activated_at = $2::timestamptz where tenant_id = $3::int "
                    "and"
                    " id = $1::bigint",
                    x->term, x->at, x->tenant);
}

static enum rc
certify(struct fleet *x, size_t i, struct err *reterr)
{
    struct line *l = &x->lines[i];
    struct rule_tokens set = {.n = 0};
    struct str number, payload;
    const char *serial, *id;
    const struct choice *usage = field_choice(entity_field(&vehicle_entity, VEHICLE_USAGE), l->car.usage);
    enum rc rc =
        ASK(x, NULL, "update app.cover set in_force = true where tenant_id = $2::int and id = $1::bigint",
            l->cover, x->tenant);
    rc = rc ? rc : next_number(x, "certificate", x->c->certificate_pattern, &number, &serial, reterr);
    if (rc != RC_OK)
        return rc;
    const struct certificate_facts facts = {
        .number = number,
        .company = str_from(x->c->name),
        .vehicle_class = str_from(x->c->kind_names[l->car.kind]),
        .plate = str_from(l->car.plate),
        .chassis = str_from(l->car.chassis),
        .usage = str_from(usage ? usage->label : ""),
        .holder = x->holder_name,
        .from = x->start,
        .to = x->last,
    };
    rc = certificate_seal(x->f->a, &facts, x->f->signer, &payload, reterr);
    if (rc == RC_OK)
        rc = ASK(x, &id,
                 "insert into app.certificate (tenant_id, number, policy_id, term_id, cover_id, vehicle_id, "
                 "from_date,"
                 " to_date, payload, issued_by, created_at) values ($1::int, $2, $3::bigint, $4::bigint, "
                 "$5::bigint,"
                 " $6::bigint, $7::date, $8::date, $9, $10::bigint, $11::timestamptz) returning id",
                 x->tenant, str_printf(x->f->a, "%.*s", STR_ARG(number)).p, x->policy, x->term, l->cover,
                 l->id, x->today, x->end, str_printf(x->f->a, "%.*s", STR_ARG(payload)).p,
                 number_text(x, x->branch->cashier.id), x->at);
    token_number(x->f->a, &set, TOKEN_CERTIFICATE, number);
    return rc ? rc : put_tokens(x, ENTITY_CERTIFICATE, id, &set, reterr);
}

/* ------------------------------------------------------------------ all of it */

/* Who does it, for which company and on which day: what the guards and the history look at. */
static enum rc
begin(struct fleet *x, struct err *reterr)
{
    struct admin_rows rows;
    const struct demo_user *who = &x->branch->agent;
    enum rc rc = ASK(x, NULL,
                     "select set_config('app.tenant_id', $1, true), set_config('app.today', $2, true),"
                     " set_config('app.actor', $3, true), set_config('app.action', 'issue', true)",
                     x->tenant, x->today, str_printf(x->f->a, "%s (%s)", who->name, who->login).p);
    if (rc == RC_OK)
        rc = ASK(x, NULL, "update app.tenant set fleet_policies = true where id = $1::int", x->tenant);
    const char *params[] = {x->tenant, number_text(x, x->branch->id)};
    if (rc == RC_OK)
        rc = admin_run(x->f->db, x->f->a,
                       "select id, name from app.customer where tenant_id = $1::int and status = 1"
                       " order by kind desc, branch_id <> $2::bigint, created_at, name limit 1",
                       params, COUNTOF(params), &rows, reterr);
    if (rc != RC_OK || !rows.nrows)
        return rc ? rc : err_log(reterr, RC_INTERNAL, "no customer for a fleet");
    x->holder = str_printf(x->f->a, "%.*s", STR_ARG(rows.cells[0])).p;
    x->holder_name = rows.cells[1];
    return RC_OK;
}

static enum rc
sell(struct fleet *x, struct err *reterr)
{
    struct demo_dice d = demo_dice(x->f->book->setting.seed, STREAM);
    enum rc rc = begin(x, reterr);
    for (size_t i = 0; rc == RC_OK && i < VEHICLES; i++)
        rc = add_vehicle(x, i, &d, reterr);
    rc = rc ? rc : add_policy(x, reterr);
    for (size_t i = 0; rc == RC_OK && i < VEHICLES; i++)
        rc = add_line(x, i, reterr);
    rc = rc ? rc : pay(x, reterr);
    for (size_t i = 0; rc == RC_OK && i < VEHICLES; i++)
        rc = certify(x, i, reterr);
    return rc ? rc
              : admin_script(x->f->db, "set constraints all immediate; set constraints all deferred", reterr);
}

enum rc
demo_fleets(struct demo_fill *f, struct err *reterr)
{
    const struct demo_setting *s = &f->book->setting;
    char day[DATE_TEXT];
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < DEMO_COMPANIES; i++) {
        struct fleet *x = arena_new(f->a, struct fleet, 1);
        *x = (struct fleet){
            .f = f, .c = &s->companies[i], .branch = &s->companies[i].branches[0], .start = s->today};
        x->last = date_term_end(x->start, MONTHS);
        x->tenant = number_text(x, x->c->tenant);
        x->today = str_printf(f->a, "%s", date_text(x->start, day)).p;
        x->end = str_printf(f->a, "%s", date_text(x->last, day)).p;
        x->at = str_printf(f->a, "%s 23:50:00+03", x->today).p;
        rc = sell(x, reterr);
    }
    return rc ? rc
              : admin_script(
                    f->db,
                    "select set_config('app.tenant_id', '', true), set_config('app.today', '', true),"
                    " set_config('app.actor', '', true), set_config('app.action', '', true)",
                    reterr);
}
