#include <stdio.h>
#include <string.h>

#include "common/base/attr.h"
#include "tests/bench/load/load.h"

enum { PAGE = 50, LETTERS = 24 };

struct work {
    const char *name;
    void (*call)(struct arena *a, const struct user *u, uint64_t turn,
                 struct link_call *ret); /* NULL: a sign-in */
};

/* ---- what is asked ---- */

static uint64_t
mix(uint64_t turn)
{
    turn = (turn ^ (turn >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    return turn ^ (turn >> 27);
}

static struct str
sample(const struct user *u, enum kind kind, uint64_t turn)
{
    const struct samples *s = u->samples;
    return s->n[kind] ? s->values[kind][mix(turn) % s->n[kind]] : STR("-");
}

static struct name_or_number
name(const char *text)
{
    return (struct name_or_number){.name = str_from(text)};
}

static struct params *
new_params(struct arena *a, struct link_call *ret, enum method method)
{
    struct params *p = arena_new(a, struct params, 1);
    *ret = (struct link_call){.method = method, .params = p};
    return p;
}

static void
find(struct arena *a, struct str text, struct link_call *ret)
{
    struct params *p = new_params(a, ret, METHOD_FIND);
    p->text = text;
    p->present = 1u << PARAM_TEXT;
}

static void
find_plate(struct arena *a, const struct user *u, uint64_t turn, struct link_call *ret)
{
    find(a, sample(u, KIND_PLATE, turn), ret);
}

static void
find_phone(struct arena *a, const struct user *u, uint64_t turn, struct link_call *ret)
{
    find(a, sample(u, KIND_PHONE, turn), ret);
}

static void
find_name(struct arena *a, const struct user *u, uint64_t turn, struct link_call *ret)
{
    find(a, sample(u, KIND_NAME, turn), ret);
}

static int64_t
number(struct str text)
{
    int64_t n = 0;
    for (size_t i = 0; i < text.n && text.p[i] >= '0' && text.p[i] <= '9'; i++)
        n = n * 10 + (text.p[i] - '0');
    return n;
}

static void
vehicle(struct arena *a, const struct user *u, uint64_t turn, struct link_call *ret)
{
    struct params *p = new_params(a, ret, METHOD_GET);
    p->entity = name("vehicle");
    p->id = number(sample(u, KIND_VEHICLE, turn));
    p->present = 1u << PARAM_ENTITY | 1u << PARAM_ID;
}

static struct params *
list(struct arena *a, const char *entity, struct link_call *ret)
{
    struct params *p = new_params(a, ret, METHOD_LIST);
    p->entity = name(entity);
    p->limit = PAGE;
    p->present = 1u << PARAM_ENTITY | 1u << PARAM_LIMIT;
    return p;
}

static void
policies(struct arena *a, const struct user *u, uint64_t turn, struct link_call *ret)
{
    (void)u;
    (void)turn;
    (void)list(a, "policy", ret);
}

/* Vehicles in the order of their plates: from the first, and from somewhere. */
static void
first_page(struct arena *a, const struct user *u, uint64_t turn, struct link_call *ret)
{
    (void)u;
    (void)turn;
    struct params *p = list(a, "vehicle", ret);
    p->sort = name("plate");
    p->present |= 1u << PARAM_SORT;
}

static void
deep_page(struct arena *a, const struct user *u, uint64_t turn, struct link_call *ret)
{
    struct params *p = list(a, "vehicle", ret);
    p->sort = name("plate");
    p->from = (struct value){.type = VT_TEXT, .text = sample(u, KIND_PLATE, turn)};
    p->present |= 1u << PARAM_SORT | 1u << PARAM_FROM;
}

static void
policies_of_vehicle(struct arena *a, const struct user *u, uint64_t turn, struct link_call *ret)
{
    struct params *p = list(a, "policy", ret);
    p->filters = arena_new(a, struct param_filter, 1);
    p->filters[0] = (struct param_filter){
        name("vehicle"), FILTER_EQ, {.type = VT_INT, .i = number(sample(u, KIND_VEHICLE, turn))}
    };
    p->nfilters = 1;
    p->present |= 1u << PARAM_FILTERS;
}

static void
home(struct arena *a, const struct user *u, uint64_t turn, struct link_call *ret)
{
    (void)a;
    (void)u;
    (void)turn;
    *ret = (struct link_call){.method = METHOD_HOME};
}

/* ---- new business ---- */

static void
put(struct params *p, const char *field, struct str text)
{
    p->fields[p->nfields++] = (struct param_field){
        name(field), {.type = VT_TEXT, .text = text}
    };
    p->present |= 1u << PARAM_FIELDS;
}

static struct params *
step(struct arena *a, struct params *batch, const char *method, const char *entity)
{
    struct param_step *s = &batch->steps[batch->nsteps++];
    *s = (struct param_step){.method = name(method)};
    s->params.entity = name(entity);
    s->params.present = 1u << PARAM_ENTITY;
    s->params.fields = arena_new(a, struct param_field, 8);
    return &s->params;
}

static void
act(struct arena *a, struct params *batch, const char *entity, const char *action, const char *on)
{
    struct params *p = step(a, batch, "act", entity);
    p->action = name(action);
    p->key = str_from(on);
    p->present |= 1u << PARAM_ACTION | 1u << PARAM_KEY;
}

/* A plate nobody has: eight letters and digits of the turn. */
static struct str
new_plate(struct arena *a, uint64_t turn)
{
    static const char letters[LETTERS + 1] = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    uint64_t k = turn / 1000;
    return str_printf(a, "T %03u %c%c%c%c", (unsigned)(turn % 1000), letters[k / 13824 % LETTERS],
                      letters[k / 576 % LETTERS], letters[k / LETTERS % LETTERS], letters[k % LETTERS]);
}

static void
sell(struct arena *a, const struct user *u, uint64_t turn, struct link_call *ret)
{
    (void)u;
    struct params *batch = new_params(a, ret, METHOD_BATCH);
    batch->steps = arena_new(a, struct param_step, 6);
    batch->present = 1u << PARAM_STEPS;
    struct params *p = step(a, batch, "add", "customer");
    put(p, "name", str_printf(a, "Mteja Namba %llu", (unsigned long long)turn));
    put(p, "phone", str_printf(a, "07%08llu", (unsigned long long)(turn % 100000000)));
    p = step(a, batch, "add", "vehicle");
    put(p, "plate", new_plate(a, turn));
    put(p, "vehicle_type", STR("car"));
    put(p, "make", STR("Toyota"));
    put(p, "owner", STR("$0"));
    p = step(a, batch, "act", "policy");
    p->action = name("quote");
    p->present |= 1u << PARAM_ACTION;
    put(p, "vehicle", STR("$1"));
    put(p, "product", STR("comprehensive"));
    put(p, "sum_insured", STR("15,000,000"));
    act(a, batch, "policy", "issue", "$2");
    p = step(a, batch, "add", "receipt");
    put(p, "policy", STR("$2"));
    put(p, "amount", STR("619,500"));
    put(p, "method", STR("cash"));
    act(a, batch, "receipt", "verify", "$4");
}

static void
renew(struct arena *a, const struct user *u, uint64_t turn, struct link_call *ret)
{
    struct params *p = new_params(a, ret, METHOD_ACT);
    const struct samples *s = u->samples;
    p->entity = name("policy");
    p->action = name("renew");
    p->id = s->n[KIND_POLICY] ? number(s->values[KIND_POLICY][turn % s->n[KIND_POLICY]])
                              : 0; /* each once, in their order */
    p->present = 1u << PARAM_ENTITY | 1u << PARAM_ACTION | 1u << PARAM_ID;
}

/* ---- a day at the counter ---- */

static void
day(struct arena *a, const struct user *u, uint64_t turn, struct link_call *ret)
{
    /* of a hundred requests */
    static const struct {
        unsigned up_to;
        void (*call)(struct arena *a, const struct user *u, uint64_t turn, struct link_call *ret);
    } parts[] = {
        {28,  find_plate         },
        {38,  find_phone         },
        {44,  find_name          },
        {62,  vehicle            },
        {76,  policies_of_vehicle},
        {86,  policies           },
        {99,  home               },
        {100, sell               },
    };
    size_t i = 0;
    while (mix(turn) % 100 >= parts[i].up_to)
        i++;
    parts[i].call(a, u, turn, ret);
}

/* ---- the table ---- */

static const struct work works[] = {
    {"find_plate", find_plate         },
    {"find_phone", find_phone         },
    {"find_name",  find_name          },
    {"vehicle",    vehicle            },
    {"of_vehicle", policies_of_vehicle},
    {"list",       policies           },
    {"list_first", first_page         },
    {"list_deep",  deep_page          },
    {"home",       home               },
    {"sell",       sell               },
    {"renew",      renew              },
    {"day",        day                },
    {"sign_in",    NULL               },
};

const struct work *
work_named(const char *wanted)
{
    for (size_t i = 0; i < COUNTOF(works); i++)
        if (strcmp(works[i].name, wanted) == 0)
            return &works[i];
    return NULL;
}

const char *
work_name(size_t i)
{
    return i < COUNTOF(works) ? works[i].name : NULL;
}

bool
work_is_sign_in(const struct work *w)
{
    return !w->call;
}

void
work_call(const struct work *w, struct arena *a, const struct user *u, uint64_t turn, struct link_call *ret)
{
    w->call(a, u, turn, ret);
}
