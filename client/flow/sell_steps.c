#include <string.h>

#include "client/flow/sell.h"
#include "common/base/buf.h"

struct steps {
    struct flow *f;
    struct arena *a;
    const struct flow_source *from;
    struct param_step rows[FLOW_STEPS];
    size_t n, customer;
    bool whole;
};

static size_t
add_step(struct steps *s, enum part part, enum method m, struct params p)
{
    if (s->n == FLOW_STEPS)
        return s->n; /* told before: flow_count */
    s->f->step_part[s->n] = part;
    s->rows[s->n] = (struct param_step){.method = {.number = m}, .params = p};
    return s->n++;
}

static struct params
params_of(const struct schema_entity *e)
{
    return (struct params){.present = 1u << PARAM_ENTITY, .entity = {.number = e->number}};
}

static struct params
act_of(const struct steps *s, const struct schema_action *act)
{
    struct params p = params_of(s->f->e[PART_POLICY]);
    p.present |= 1u << PARAM_ACTION;
    p.action.number = act->number;
    return p;
}

static void
fill(struct steps *s, enum part part, struct params *p, size_t extra)
{
    p->nfields = s->from->fields(s->from->ctx, s->a, part, extra, &p->fields);
    p->present |= 1u << PARAM_FIELDS;
}

/* A reference to a record that is there, or to what step `made` makes. */
static void
add_ref(struct steps *s, struct params *p, const char *name, int64_t id, size_t made)
{
    p->fields[p->nfields++] =
        (struct param_field){.field = {.name = str_from(name)},
                             .value = id ? VALUE_INT(id) : VALUE_TEXT(str_printf(s->a, "$%zu", made))};
}

/* A trial is not stopped by what only has to be confirmed. */
static void
give_reason(const struct steps *s, struct params *p, struct str reason)
{
    p->reason = s->whole ? reason : STR("price");
    if (p->reason.n)
        p->present |= 1u << PARAM_REASON;
}

static struct params
add_of(struct steps *s, enum part part, size_t extra)
{
    struct params p = params_of(s->f->e[part]);
    fill(s, part, &p, extra);
    give_reason(s, &p, s->from->reason(s->from->ctx, part));
    return p;
}

/* ---- vehicles ---- */

static size_t
add_vehicle(struct steps *s)
{
    struct params p = add_of(s, PART_VEHICLE, 1);
    add_ref(s, &p, "owner", s->f->customer, s->customer);
    return add_step(s, PART_VEHICLE, METHOD_ADD, p);
}

static size_t
add_line(struct steps *s, const struct flow_line *line)
{
    enum part part = (enum part)(PART_LINE + (line - s->f->lines));
    struct params p = params_of(s->f->e[PART_VEHICLE]);
    p.fields = arena_new(s->a, struct param_field, line->nfields + 1);
    memcpy(p.fields, line->fields, line->nfields * sizeof *p.fields);
    p.nfields = line->nfields;
    p.present |= 1u << PARAM_FIELDS;
    give_reason(s, &p, line->reason);
    add_ref(s, &p, "owner", s->f->customer, s->customer);
    return add_step(s, part, METHOD_ADD, p);
}

static void
name_line(struct buf *b, int64_t id, size_t made, struct str sum)
{
    if (b->n)
        buf_printf(b, "; ");
    if (id)
        buf_printf(b, "#%lld", (long long)id);
    else
        buf_printf(b, "$%zu", made);
    if (sum.n)
        buf_printf(b, "=%.*s", STR_ARG(sum));
}

/* A fleet names its vehicles in one field, each with its own sum; the form's sum is of those without. */
static struct params
quote_fleet(struct steps *s)
{
    struct flow *f = s->f;
    struct buf b;
    buf_init(&b, s->a, 256);
    for (size_t i = 0; i < f->nlines; i++) {
        size_t made = f->lines[i].id ? 0 : add_line(s, &f->lines[i]);
        name_line(&b, f->lines[i].id, made, f->lines[i].sum);
    }
    if (f->vehicle || s->from->vehicle) {
        size_t made = f->vehicle ? 0 : add_vehicle(s);
        name_line(&b, f->vehicle, made, STR_NONE);
    }
    struct params quote = act_of(s, f->quote);
    fill(s, PART_POLICY, &quote, 2);
    quote.fields[quote.nfields++] =
        (struct param_field){.field = {.name = STR("vehicles")}, .value = VALUE_TEXT(buf_str(&b))};
    return quote;
}

static struct params
quote_one(struct steps *s)
{
    size_t vehicle = s->f->vehicle ? 0 : add_vehicle(s);
    struct params quote = act_of(s, s->f->quote);
    fill(s, PART_POLICY, &quote, 2);
    add_ref(s, &quote, "vehicle", s->f->vehicle, vehicle);
    return quote;
}

struct params
flow_steps(struct flow *f, struct arena *a, const struct flow_source *from, bool whole)
{
    struct steps *s = arena_new(a, struct steps, 1);
    s->f = f;
    s->a = a;
    s->from = from;
    s->whole = whole;
    if (!f->customer)
        s->customer = add_step(s, PART_CUSTOMER, METHOD_ADD, add_of(s, PART_CUSTOMER, 0));
    struct params quote = f->nlines ? quote_fleet(s) : quote_one(s);
    add_ref(s, &quote, "customer", f->customer, s->customer);
    size_t policy = add_step(s, PART_POLICY, METHOD_ACT, quote);
    if (whole) {
        struct params issue = act_of(s, f->issue);
        issue.present |= 1u << PARAM_KEY;
        issue.key = str_printf(a, "$%zu", policy);
        add_step(s, PART_POLICY, METHOD_ACT, issue);
    }
    if (whole && from->pays) {
        struct params receipt = add_of(s, PART_RECEIPT, 1);
        add_ref(s, &receipt, "policy", 0, policy);
        add_step(s, PART_RECEIPT, METHOD_ADD, receipt);
    }
    return (struct params){.present = 1u << PARAM_STEPS, .steps = s->rows, .nsteps = s->n};
}

/* ---- answers ---- */

enum part
flow_part_of_error(const struct flow *f, struct str field, struct str *ret_name)
{
    size_t step = 0, at = 0;
    while (at < field.n && field.p[at] >= '0' && field.p[at] <= '9')
        step = step * 10 + (size_t)(field.p[at++] - '0');
    bool prefixed = at > 0 && at < field.n && field.p[at] == '.';
    *ret_name = prefixed ? str_slice(field, at + 1, field.n) : field;
    return prefixed && step < FLOW_STEPS ? f->step_part[step] : PART_POLICY;
}

const struct value *
flow_due(const struct flow *f, const struct body *body)
{
    if (!body_has(body, BODY_RESULTS) || body->nresults == 0)
        return NULL;
    const struct body_record *r = &body->results[body->nresults - 1].record;
    const struct schema_field *s = schema_field_named(f->e[PART_POLICY], STR("total"));
    for (size_t i = 0; s && i < r->nfields; i++)
        if (r->fields[i].tag == s->tag)
            return &r->fields[i].value;
    return NULL;
}
