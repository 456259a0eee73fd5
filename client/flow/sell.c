#include "client/flow/sell.h"

#include <string.h>

/* How a field stands in the form, where it is not just one of many. */
enum {
    USUAL = 1,      /* asked, although it may stay empty */
    ASIDE = 2,      /* fills itself as a rule */
    KEY = 4,        /* finds a record */
    STEP = 8,       /* filled in by a step of the save */
    PERSON = 16,    /* of persons, not of companies */
    CASHLESS = 32,  /* of payments that leave a trace */
    FLEET_ONLY = 64 /* the list of a fleet's vehicles */
};

/* In the order they are asked: what finds a record first. What is not here comes behind it. */
static const struct place {
    enum part part;
    const char *name;
    unsigned flags;
} places[] = {
    {PART_VEHICLE,  "plate",        USUAL | KEY      },
    {PART_VEHICLE,  "vehicle_type", USUAL            },
    {PART_VEHICLE,  "make",         USUAL            },
    {PART_VEHICLE,  "model",        USUAL            },
    {PART_VEHICLE,  "year",         USUAL            },
    {PART_VEHICLE,  "chassis",      USUAL | KEY      },
    {PART_VEHICLE,  "usage",        USUAL | ASIDE    },
    {PART_VEHICLE,  "owner",        STEP             },
    {PART_CUSTOMER, "kind",         USUAL | ASIDE    },
    {PART_CUSTOMER, "phone",        USUAL | KEY      },
    {PART_CUSTOMER, "name",         USUAL            },
    {PART_CUSTOMER, "id_type",      USUAL            },
    {PART_CUSTOMER, "id_number",    USUAL | KEY      },
    {PART_CUSTOMER, "birth_date",   PERSON           },
    {PART_CUSTOMER, "gender",       PERSON           },
    {PART_POLICY,   "vehicle",      STEP             },
    {PART_POLICY,   "vehicles",     STEP | FLEET_ONLY},
    {PART_POLICY,   "customer",     STEP             },
    {PART_POLICY,   "product",      USUAL            },
    {PART_POLICY,   "sum_insured",  USUAL            },
    {PART_POLICY,   "start",        USUAL | ASIDE    },
    {PART_POLICY,   "months",       USUAL | ASIDE    },
    {PART_RECEIPT,  "policy",       STEP             },
    {PART_RECEIPT,  "amount",       USUAL            },
    {PART_RECEIPT,  "method",       USUAL | ASIDE    },
    {PART_RECEIPT,  "reference",    USUAL | CASHLESS },
    {PART_RECEIPT,  "paid_on",      USUAL | ASIDE    },
};

static unsigned
flags_of(enum part part, const struct schema_field *f)
{
    for (size_t i = 0; i < COUNTOF(places); i++)
        if (places[i].part == part && str_eq_c(f->name, places[i].name))
            return places[i].flags;
    return 0;
}

bool
flow_start(struct flow *f, const struct schema *s)
{
    static const char *const names[] = {"vehicle", "customer", "policy", "receipt"};
    memset(f, 0, sizeof *f);
    for (size_t i = 0; i < PARTS; i++)
        if (!(f->e[i] = schema_entity_named(s, str_from(names[i]))))
            return false;
    f->quote = schema_action_named(f->e[PART_POLICY], STR("quote"));
    f->issue = schema_action_named(f->e[PART_POLICY], STR("issue"));
    for (size_t i = 0; f->quote && i < f->quote->nfields; i++)
        if (str_eq_c(f->quote->fields[i].name, "vehicles"))
            f->fleets = true;
    return (s->sell & FLOW_NEW_BUSINESS) && f->quote && f->issue;
}

size_t
flow_fields(const struct flow *f, enum part part, struct arena *a, const struct schema_field **ret)
{
    const struct schema_field *from = part == PART_POLICY ? f->quote->fields : f->e[part]->fields;
    size_t nfrom = part == PART_POLICY ? f->quote->nfields : f->e[part]->nfields, n = 0;
    struct schema_field *out = arena_new(a, struct schema_field, nfrom ? nfrom : 1);
    for (size_t i = 0; i <= COUNTOF(places); i++)
        for (size_t k = 0; k < nfrom; k++) {
            const struct schema_field *s = &from[k];
            bool here = i == COUNTOF(places) ? !flags_of(part, s)
                                             : places[i].part == part && str_eq_c(s->name, places[i].name);
            bool asked = (part == PART_POLICY || (s->flags & SCHEMA_CREATE)) &&
                         !(s->flags & SCHEMA_MULTILINE) && !(flags_of(part, s) & STEP);
            if (here && asked)
                out[n++] = *s;
        }
    *ret = out;
    return n;
}

const struct schema_field *
flow_field(const struct flow *f, enum part part, struct str name)
{
    for (size_t i = 0; part == PART_POLICY && i < f->quote->nfields; i++)
        if (str_eq(f->quote->fields[i].name, name))
            return &f->quote->fields[i];
    return part < PARTS ? schema_field_named(f->e[part], name) : NULL;
}

bool
flow_usual(enum part part, const struct schema_field *f)
{
    return part >= PARTS || (f->flags & SCHEMA_REQUIRED) || (flags_of(part, f) & USUAL);
}

bool
flow_aside(enum part part, const struct schema_field *f)
{
    return flags_of(part, f) & ASIDE;
}

bool
flow_applies(enum part part, const struct schema_field *f, struct str kind, struct str method)
{
    unsigned flags = flags_of(part, f);
    if ((flags & PERSON) && str_eq_c(kind, "company"))
        return false;
    return !(flags & CASHLESS) || !str_eq_c(method, "cash");
}

bool
flow_is_key(enum part part, const struct schema_field *f)
{
    return flags_of(part, f) & KEY;
}

bool
flow_is(enum part part, const struct schema_field *f, enum part of, const char *name)
{
    return part == of && str_eq_c(f->name, name);
}

bool
flow_looks_like_phone(struct str typed)
{
    size_t digits = 0;
    for (size_t i = 0; i < typed.n; i++) {
        char c = typed.p[i];
        digits += c >= '0' && c <= '9';
        if (!(c >= '0' && c <= '9') && !strchr("+ -()/.", c))
            return false;
    }
    return digits >= FLOW_PHONE_DIGITS && (typed.p[0] == '0' || typed.p[0] == '+');
}

/* ---- what is known ---- */

static void
filter_by(struct params *p, struct arena *a, uint32_t tag, int64_t id)
{
    p->filters = arena_new(a, struct param_filter, 1);
    p->filters[0] = (struct param_filter){.field = {.number = tag}, .value = VALUE_INT(id)};
    p->nfilters = 1;
    p->present |= 1u << PARAM_FILTERS;
}

/* A list of these columns, as far as the entity has them. */
static struct params
list_of(const struct schema_entity *e, struct arena *a, const char *const *names, size_t n)
{
    struct params p = {.present = 1u << PARAM_ENTITY | 1u << PARAM_COLUMNS | 1u << PARAM_LIMIT,
                       .entity = {.number = e->number}};
    p.columns = arena_new(a, struct name_or_number, n);
    for (size_t i = 0; i < n; i++) {
        const struct schema_field *s = schema_field_named(e, str_from(names[i]));
        if (s)
            p.columns[p.ncolumns++] = (struct name_or_number){.number = s->tag};
    }
    return p;
}

struct params
flow_last_policy(const struct flow *f, struct arena *a)
{
    static const char *const names[] = {"number", "product", "sum_insured", "state", "end_date"};
    const struct schema_entity *e = f->e[PART_POLICY];
    struct params p = list_of(e, a, names, COUNTOF(names));
    const struct schema_field *by = schema_field_named(e, f->vehicle ? STR("vehicle") : STR("customer"));
    if (by)
        filter_by(&p, a, by->tag, f->vehicle ? f->vehicle : f->customer);
    p.limit = 1;
    return p;
}

struct params
flow_vehicles_of(const struct flow *f, struct arena *a)
{
    static const char *const names[] = {"plate", "make", "model", "chassis"};
    const struct schema_entity *e = f->e[PART_VEHICLE];
    struct params p = list_of(e, a, names, COUNTOF(names));
    const struct schema_field *by = schema_field_named(e, STR("owner"));
    if (by)
        filter_by(&p, a, by->tag, f->customer);
    p.limit = 9;
    return p;
}

const struct value *
flow_cell(const struct schema_entity *e, const struct body_page *p, size_t row, const char *name)
{
    const struct schema_field *s = schema_field_named(e, str_from(name));
    for (size_t i = 0; s && i < p->ncolumns; i++)
        if (p->columns[i] == s->tag)
            return &p->rows[row].cells[i];
    return NULL;
}
