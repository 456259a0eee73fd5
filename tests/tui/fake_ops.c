#include "tests/tui/fake_server.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/attr.h"
#include "common/base/buf.h"

static const struct schema_entity *
entity_of(struct fake_server *s, const struct params *p)
{
    return p->entity.name.n ? schema_entity_named(&s->schema, p->entity.name)
                            : schema_entity(&s->schema, p->entity.number);
}

struct fake_record *
fake_add(struct fake_server *s, uint32_t entity)
{
    struct fake_record *r = &s->records[s->nrecords];
    *r = (struct fake_record){.entity = entity, .id = 1000 + (int64_t)s->nrecords, .version = 1};
    s->nrecords++;
    return r;
}

static struct fake_record *
by_id(struct fake_server *s, uint32_t entity, int64_t id)
{
    for (size_t i = 0; i < s->nrecords; i++)
        if (s->records[i].id == id && (!entity || s->records[i].entity == entity))
            return &s->records[i];
    return NULL;
}

static uint32_t
key_tag(uint32_t entity)
{
    return entity == FAKE_CUSTOMER ? 2 : 1;
}

struct str
fake_label(struct fake_server *s, const struct fake_record *r)
{
    (void)s;
    const struct value *v = r ? &r->values[key_tag(r->entity)] : NULL;
    return v && v->type == VT_TEXT ? v->text : STR_NONE;
}

/* Letters and digits only, lower case: how keys are compared. */
static size_t
squash(struct str t, char *out, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < t.n && n + 1 < size; i++)
        if (isalnum((unsigned char)t.p[i]))
            out[n++] = (char)tolower((unsigned char)t.p[i]);
    out[n] = 0;
    return n;
}

static bool
same_key(struct str a, struct str b)
{
    char x[80], y[80];
    return squash(a, x, sizeof x) && squash(b, y, sizeof y) && !strcmp(x, y);
}

struct fake_record *
fake_find(struct fake_server *s, uint32_t entity, struct str key)
{
    for (size_t i = 0; i < s->nrecords; i++) {
        struct fake_record *r = &s->records[i];
        const struct value *phone = &r->values[3];
        if (r->entity == entity &&
            (entity != FAKE_CUSTOMER ? same_key(fake_label(s, r), key)
                                     : phone->type == VT_TEXT && same_key(phone->text, key)))
            return r;
    }
    return NULL;
}

static struct fake_record *
target(struct fake_server *s, const struct schema_entity *e, const struct params *p,
       const struct body_ref *made)
{
    for (size_t i = 0; e->single && i < s->nrecords; i++)
        if (s->records[i].entity == e->number)
            return &s->records[i];
    if (p->id)
        return by_id(s, e->number, p->id);
    if (made && p->key.n == 2 && p->key.p[0] == '$')
        return by_id(s, e->number, made[p->key.p[1] - '0'].id);
    return fake_find(s, e->number, p->key);
}

static struct body_record
show(struct fake_server *s, struct arena *a, const struct schema_entity *e, const struct fake_record *r)
{
    if (e->number == FAKE_ACCOUNT)
        ((struct fake_record *)(uintptr_t)r)->values[4] = VALUE_TEXT(str_from(s->wants));
    struct body_record ret = {
        .entity = e->number, .id = r->id, .version = r->version, .label = fake_label(s, r)};
    ret.fields = arena_new(a, struct body_field, e->nfields);
    for (size_t i = 0; i < e->nfields; i++) {
        struct value v = r->values[e->fields[i].tag];
        if (v.type == VT_NULL)
            continue;
        if (v.type == VT_REF)
            v.label = fake_label(s, by_id(s, 0, v.i));
        ret.fields[ret.nfields++] = (struct body_field){e->fields[i].tag, v};
    }
    return ret;
}

static const struct schema_field *
field_of(const struct schema_field *fields, size_t n, const struct name_or_number *f)
{
    for (size_t i = 0; i < n; i++)
        if (f->name.n ? str_eq(fields[i].name, f->name) : fields[i].tag == f->number)
            return &fields[i];
    return NULL;
}

static struct value
coerce(struct fake_server *s, const struct schema_field *f, struct value v, const struct body_ref *made)
{
    if (v.type == VT_NULL)
        return v;
    if (f->type == VT_REF && v.type == VT_TEXT) {
        if (made && v.text.n == 2 && v.text.p[0] == '$')
            return (struct value){.type = VT_REF, .i = made[v.text.p[1] - '0'].id};
        const struct fake_record *r = fake_find(s, f->ref, v.text);
        return r ? (struct value){.type = VT_REF, .i = r->id} : VALUE_NULL;
    }
    if (v.type != VT_INT || f->type == VT_INT)
        return v;
    struct value ret = {.type = f->type};
    if (f->type == VT_MONEY)
        ret.money.minor = v.i;
    else if (f->type == VT_DATE)
        ret.date.days = (int32_t)v.i;
    else
        ret.i = v.i;
    return ret;
}

static enum rc
fill(struct fake_server *s, const struct schema_entity *e, const struct params *p, struct fake_record *r,
     const struct body_ref *made)
{
    for (size_t i = 0; i < p->nfields; i++) {
        const struct schema_field *f = field_of(e->fields, e->nfields, &p->fields[i].field);
        if (f)
            r->values[f->tag] = coerce(s, f, p->fields[i].value, made);
    }
    return RC_OK;
}

static struct value
given(struct fake_server *s, const struct schema_field *fields, size_t n, const struct params *p,
      const char *name, const struct body_ref *made)
{
    for (size_t i = 0; i < p->nfields; i++) {
        const struct schema_field *f = field_of(fields, n, &p->fields[i].field);
        if (f && str_eq_c(f->name, name))
            return coerce(s, f, p->fields[i].value, made);
    }
    return VALUE_NULL;
}

/* The phone of another customer: to confirm. The plate of another vehicle: refused. */
static struct body_issue *
find_issue(struct fake_server *s, struct arena *a, const struct schema_entity *e, const struct params *p)
{
    bool customer = e->number == FAKE_CUSTOMER;
    struct value v = given(s, e->fields, e->nfields, p, customer ? "phone" : "plate", NULL);
    if ((!customer && e->number != FAKE_VEHICLE) || v.type != VT_TEXT)
        return NULL;
    const struct fake_record *r = fake_find(s, e->number, v.text);
    if (!r || r->id == p->id)
        return NULL;
    struct body_issue *i = arena_new(a, struct body_issue, 1);
    i->level = customer ? ISSUE_CONFIRM : ISSUE_REFUSE;
    i->field = customer ? STR("phone") : STR("plate");
    i->text = str_printf(a, "%s of %.*s", customer ? "also the phone" : "this is the plate",
                         STR_ARG(fake_label(s, r)));
    i->refs = arena_new(a, struct body_ref, 1);
    i->nrefs = 1;
    i->refs[0] = (struct body_ref){e->number, r->id, fake_label(s, r)};
    return i;
}

static enum rc
add(struct fake_server *s, const struct params *p, struct arena *a, const struct body_ref *made,
    struct body *ret, struct err *err)
{
    const struct schema_entity *e = entity_of(s, p);
    struct body_issue *issue = find_issue(s, a, e, p);
    if (issue && (issue->level == ISSUE_REFUSE || !p->reason.n)) {
        ret->issues = issue;
        ret->nissues = 1;
        char field[48];
        snprintf(field, sizeof field, "%.*s", STR_ARG(issue->field));
        enum rc rc = err_set(err, issue->level == ISSUE_REFUSE ? RC_DUPLICATE : RC_CONFIRM, field, "%.*s",
                             STR_ARG(issue->text));
        err_add_ref(err, issue->refs[0].entity, issue->refs[0].id, str_dup(a, issue->refs[0].label).p);
        return rc;
    }
    struct fake_record *r = fake_add(s, e->number);
    fill(s, e, p, r, made);
    if (e->number == FAKE_RECEIPT) {
        struct fake_record *policy = by_id(s, FAKE_POLICY, r->values[3].i);
        if (policy && r->values[4].money.minor != policy->values[7].money.minor) {
            s->nrecords--;
            return err_set(err, RC_REFUSED, "amount", "619,500 is outstanding");
        }
        r->values[1] = VALUE_TEXT(str_printf(&s->arena, "R/KK/26/%06zu", s->nrecords));
        r->values[2] = (struct value){.type = VT_CHOICE, .i = 1};
    }
    ret->present |= 1u << BODY_RECORD;
    ret->record = show(s, a, e, r);
    return RC_OK;
}

static enum rc
set(struct fake_server *s, const struct params *p, struct arena *a, struct body *ret, struct err *err)
{
    const struct schema_entity *e = entity_of(s, p);
    struct fake_record *r = target(s, e, p, NULL);
    if (!r)
        return err_set(err, RC_NOT_FOUND, NULL, "no such record");
    ret->present |= 1u << BODY_RECORD;
    if (r->version != p->version) {
        ret->record = show(s, a, e, r);
        return err_set(err, RC_CONFLICT, NULL, "changed by someone else");
    }
    fill(s, e, p, r, NULL);
    snprintf(s->reason, sizeof s->reason, "%.*s", STR_ARG(p->reason));
    r->version++;
    ret->record = show(s, a, e, r);
    return RC_OK;
}

/* "$1=15,000,000; #1067": how many, and whether each is there. */
static size_t
fleet_of(struct fake_server *s, struct str list, const struct body_ref *made)
{
    size_t n = 0;
    while (list.n) {
        struct str one = str_trim(str_split(&list, ';')), name = str_split(&one, '=');
        int64_t id = name.n > 1 ? strtoll(name.p + 1, NULL, 10) : 0;
        if (name.n > 1 && name.p[0] == '$')
            id = made[id].id;
        if (!by_id(s, FAKE_VEHICLE, id))
            return 0;
        n++;
    }
    return n;
}

static enum rc
quote(struct fake_server *s, const struct schema_action *act, const struct params *p,
      const struct body_ref *made, struct fake_record **ret, struct err *err)
{
    struct value v = given(s, act->fields, act->nfields, p, "vehicle", made);
    struct value holder = given(s, act->fields, act->nfields, p, "customer", made);
    struct value sum = given(s, act->fields, act->nfields, p, "sum_insured", made);
    for (size_t i = 0; i < s->nrecords; i++)
        if (s->records[i].entity == FAKE_POLICY && s->records[i].values[3].i == v.i &&
            s->records[i].values[2].i == 4)
            return err_set(err, RC_REFUSED, "vehicle", "already covered by %.*s",
                           STR_ARG(fake_label(s, &s->records[i])));
    if (sum.type != VT_MONEY)
        return err_set(err, RC_REFUSED, "sum_insured", "the sum insured is needed for this product");
    struct fake_record *r = fake_add(s, FAKE_POLICY);
    struct value list = given(s, act->fields, act->nfields, p, "vehicles", made);
    size_t vehicles = list.type == VT_TEXT ? fleet_of(s, list.text, made) : 1;
    if (!vehicles)
        return err_set(err, RC_REFUSED, "vehicles", "no such vehicle");
    int64_t due = sum.money.minor / 1000 * 35 * 118 / 100 * (int64_t)vehicles;
    r->values[1] = VALUE_TEXT(str_printf(&s->arena, "KK/26/%06zu", s->nrecords));
    r->values[2] = (struct value){.type = VT_CHOICE, .i = 2};
    r->values[3] = v;
    r->values[4] = holder;
    r->values[6] = r->values[7] = (struct value){.type = VT_MONEY, .money = {due}};
    *ret = r;
    return RC_OK;
}

static enum rc
act(struct fake_server *s, const struct params *p, struct arena *a, const struct body_ref *made,
    struct body *ret, struct err *err)
{
    const struct schema_entity *e = entity_of(s, p);
    const struct schema_action *action = schema_action(e, p->action.number);
    struct fake_record *r = action->on_record ? target(s, e, p, made) : NULL;
    enum rc rc = RC_OK;
    if (e->number >= FAKE_USER && e->number != FAKE_TYPE) {
        rc = fake_people_act(s, action->name, p, a, ret, err);
        if (rc == RC_OK && r) {
            ret->present |= 1u << BODY_RECORD;
            ret->record = show(s, a, e, r);
        }
        return rc;
    }
    if (str_eq_c(action->name, "quote"))
        rc = quote(s, action, p, made, &r, err);
    if (rc != RC_OK)
        return rc;
    if (!r)
        return err_set(err, RC_NOT_FOUND, NULL, "no such record");
    if (action->needs_reason && !p->reason.n)
        return err_set(err, RC_BAD_PARAMS, "reason", "a reason is needed");
    if (str_eq_c(action->name, "renew") && r->values[2].i == 2)
        return err_set(err, RC_REFUSED, NULL, "policy %.*s is only quoted", STR_ARG(fake_label(s, r)));
    if (str_eq_c(action->name, "issue") || str_eq_c(action->name, "renew"))
        r->values[2].i = 3;
    if (str_eq_c(action->name, "renew"))
        r->values[7] = r->values[6];
    if (str_eq_c(action->name, "cancel"))
        r->values[2].i = 6;
    if (str_eq_c(action->name, "verify")) {
        struct fake_record *policy = by_id(s, FAKE_POLICY, r->values[3].i);
        r->values[2].i = 2;
        policy->values[2].i = 4;
        policy->values[7].money.minor = 0;
        struct fake_record *c = fake_add(s, FAKE_CERTIFICATE);
        c->values[1] = VALUE_TEXT(STR("C/KK/26/000001"));
        c->values[2] = (struct value){.type = VT_REF, .i = policy->id};
    }
    r->version++;
    ret->present |= 1u << BODY_RECORD;
    ret->record = show(s, a, e, r);
    return RC_OK;
}

static enum rc
batch(struct fake_server *s, const struct params *p, struct arena *a, bool trial, struct body *ret,
      struct err *err)
{
    struct fake_record *before = arena_new(a, struct fake_record, s->nrecords);
    size_t n = s->nrecords;
    memcpy(before, s->records, n * sizeof *before);
    struct body_ref *made = arena_new(a, struct body_ref, p->nsteps + 1);
    ret->results = arena_new(a, struct body, p->nsteps + 1);
    enum rc rc = RC_OK;
    for (size_t i = 0; i < p->nsteps && rc == RC_OK; i++) {
        const struct param_step *step = &p->steps[i];
        struct body *r = &ret->results[i];
        rc = step->method.number == METHOD_ADD ? add(s, &step->params, a, made, r, err)
                                               : act(s, &step->params, a, made, r, err);
        if (rc != RC_OK) {
            struct str field = str_printf(a, "%zu.%s", i, err->field);
            snprintf(err->field, sizeof err->field, "%s", field.p);
            ret->issues = r->issues;
            ret->nissues = r->nissues;
        }
        made[i] = (struct body_ref){r->record.entity, r->record.id, r->record.label};
    }
    if (rc != RC_OK || trial) {
        memcpy(s->records, before, n * sizeof *before);
        s->nrecords = n;
    }
    ret->nresults = p->nsteps;
    ret->present |= rc == RC_OK ? 1u << BODY_RESULTS : 0;
    return rc;
}

/* ---- reading ---- */

static void
find(struct fake_server *s, const struct params *p, struct arena *a, struct body *ret)
{
    char want[80], have[200];
    ret->present |= 1u << BODY_HITS;
    ret->hits.rows = arena_new(a, struct body_hit, LIMIT_HITS);
    if (!squash(p->text, want, sizeof want))
        return;
    for (size_t i = 0; i < s->nrecords && ret->hits.nrows < LIMIT_HITS; i++) {
        const struct fake_record *r = &s->records[i];
        if (r->entity == FAKE_TYPE || r->entity == FAKE_PRODUCT)
            continue;
        struct str phone =
            r->entity == FAKE_CUSTOMER && r->values[3].type == VT_TEXT ? r->values[3].text : STR_NONE;
        squash(str_printf(a, "%.*s %.*s", STR_ARG(fake_label(s, r)), STR_ARG(phone)), have, sizeof have);
        if (strstr(have, want))
            ret->hits.rows[ret->hits.nrows++] = (struct body_hit){
                .record = {r->entity, r->id, fake_label(s, r)},
                  .detail = phone, .why = STR("name")
            };
    }
}

static void
home(struct fake_server *s, struct arena *a, struct body *ret)
{
    /* clang-format off */
    static struct body_counter counters[] = {
        {{"Policies", sizeof "Policies" - 1}, 12, 83, 291, FAKE_POLICY, 1},
        {{"Unpaid", sizeof "Unpaid" - 1},     3,  19, 75,  FAKE_POLICY, 2}
    };
    static struct body_figure figures[] = {
        {{"Issued", sizeof "Issued" - 1},     34, true, {1241250000}},
        {{"Renewed", sizeof "Renewed" - 1},   18, true, {620100000} },
        {{"Receipts", sizeof "Receipts" - 1}, 41, true, {1138825000}}
    };
    static int64_t spark[] = {4, 9, 12, 8, 15, 11, 9, 18, 14, 22, 11, 26, 25, 18};
    /* clang-format on */
    struct body_alert *alerts = arena_new(a, struct body_alert, s->nrecords);
    size_t n = 0;
    int today = date_of((struct civil){2026, 3, 2}).days;
    for (size_t i = 0; i < s->nrecords; i++) {
        const struct fake_record *r = &s->records[i];
        if (r->entity != FAKE_POLICY || r->values[5].type != VT_DATE || r->values[2].i == 3)
            continue;
        int days = r->values[5].date.days - today;
        const struct fake_record *v = by_id(s, FAKE_VEHICLE, r->values[3].i);
        alerts[n++] = (struct body_alert){
            .record = {FAKE_POLICY, r->id, fake_label(s, r)},
            .tone = days < 0    ? TONE_BAD
                    : days == 0 ? TONE_WARN
                                : TONE_SOON,
            .text =
                str_printf(a, "Policy %.*s  %.*s  %.*s", STR_ARG(fake_label(s, r)), STR_ARG(fake_label(s, v)),
                           STR_ARG(fake_label(s, by_id(s, FAKE_CUSTOMER, r->values[4].i)))),
            .note = days < 0 ? STR("expired") : STR_NONE,
            .due = r->values[5].date,
            .action = 3
        };
    }
    ret->present |= 1u << BODY_HOME;
    ret->home = (struct body_home){.counters = counters,
                                   .ncounters = 2,
                                   .figures = figures,
                                   .nfigures = 3,
                                   .alerts = alerts,
                                   .nalerts = n,
                                   .more_alerts = 22,
                                   .spark_label = STR("Renewals, 14 days"),
                                   .spark = spark,
                                   .nspark = COUNTOF(spark)};
}

static void
history(struct fake_server *s, const struct params *p, struct arena *a, struct body *ret)
{
    const struct schema_entity *e = entity_of(s, p);
    const struct fake_record *r = by_id(s, e->number, p->id);
    struct body_event *ev = arena_new(a, struct body_event, 2);
    struct body_change *changes = arena_new(a, struct body_change, 2);
    int64_t noon =
        (int64_t)date_of((struct civil){2026, 2, 13}).days * 86400 * 1000000 + INT64_C(39600) * 1000000;
    changes[0] = (struct body_change){3, STR("Phone"), STR("0712 000 099"), STR("0712 345 678")};
    changes[1] = (struct body_change){7, STR("Note"), STR(""), STR("phone confirmed at counter")};
    ev[0] = (struct body_event){
        .id = 2,
        .at = {noon},
        .who = STR("amina"),
        .address = STR("10.1.2.3"),
        .client = STR("bima tui"),
        .op = STR("changed"),
        .reason = STR("customer asked"),
        .record = { e->number, r->id, fake_label(s, r)},
        .changes = changes,
        .nchanges = 2
    };
    ev[1] = (struct body_event){
        .id = 1,
        .at = {noon - INT64_C(86400) * 1000000},
        .who = STR("juma"),
        .op = STR("added"),
        .record = { e->number, r->id, fake_label(s, r)},
        .changes = changes,
        .nchanges = 1
    };
    ret->present |= 1u << BODY_EVENTS;
    ret->events = (struct body_events){.rows = ev, .nrows = 2};
}

static enum rc
get(struct fake_server *s, const struct params *p, struct arena *a, struct body *ret, struct err *err)
{
    const struct schema_entity *e = entity_of(s, p);
    const struct fake_record *r = target(s, e, p, NULL);
    if (!r)
        return err_set(err, RC_NOT_FOUND, NULL, "no such %.*s", STR_ARG(e->label));
    ret->present |= 1u << BODY_RECORD;
    ret->record = show(s, a, e, r);
    return RC_OK;
}

static enum rc
check(struct fake_server *s, const struct params *p, struct arena *a, struct body *ret)
{
    struct body_issue *i = find_issue(s, a, entity_of(s, p), p);
    ret->issues = i;
    ret->nissues = i ? 1 : 0;
    ret->present |= i ? 1u << BODY_ISSUES : 0;
    return RC_OK;
}

enum rc
fake_answer(struct fake_server *s, enum method m, const struct params *p, struct arena *a, struct body *ret,
            struct err *err)
{
    enum rc rc = RC_OK;
    switch (m) {
    case METHOD_SUBSCRIBE:
    case METHOD_HOME:
        s->homes++;
        if (fake_me(s).platform)
            fake_people_home(s, ret);
        else
            home(s, a, ret);
        return RC_OK;
    case METHOD_ME:
        ret->present |= 1u << BODY_ME;
        ret->me = fake_me(s);
        return RC_OK;
    case METHOD_DESCRIBE:
        ret->present |= 1u << BODY_SCHEMA;
        ret->schema = &s->schema;
        return RC_OK;
    case METHOD_LIST:
        fake_list(s, p, a, ret);
        return RC_OK;
    case METHOD_EXPORT:
        fake_export(s, p, a, ret);
        return RC_OK;
    case METHOD_FIND:
        find(s, p, a, ret);
        return RC_OK;
    case METHOD_HISTORY:
        history(s, p, a, ret);
        return RC_OK;
    case METHOD_GET:
        return get(s, p, a, ret, err);
    case METHOD_AS_OF:
        rc = get(s, p, a, ret, err);
        if (rc == RC_OK && s->past.id)
            ret->record = show(s, a, entity_of(s, p), &s->past);
        return rc;
    case METHOD_TRIAL:
        return batch(s, p, a, true, ret, err);
    case METHOD_CHECK:
        return check(s, p, a, ret);
    case METHOD_PRINT:
        ret->present |= 1u << BODY_FILE;
        ret->file = (struct body_file){
            STR("certificate.pdf"), STR("text/plain"),
            STR("CERTIFICATE OF INSURANCE\n\nNumber  C/KK/26/000001\nPlate   T 337 DSE\n")};
        return RC_OK;
    case METHOD_ADD:
        rc = add(s, p, a, NULL, ret, err);
        break;
    case METHOD_SET:
        rc = set(s, p, a, ret, err);
        break;
    case METHOD_ACT:
        rc = act(s, p, a, NULL, ret, err);
        break;
    case METHOD_BATCH:
        rc = batch(s, p, a, false, ret, err);
        break;
    default:
        return err_set(err, RC_UNKNOWN_METHOD, NULL, "not here");
    }
    s->saves += rc == RC_OK;
    return rc;
}
