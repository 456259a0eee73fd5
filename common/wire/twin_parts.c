#include "common/base/arena.h"
#include "common/base/attr.h"
#include "common/wire/twin_put.h"

static const char *const tones[] = {
    [TONE_PLAIN] = "plain", [TONE_GOOD] = "good", [TONE_SOON] = "soon",
    [TONE_WARN] = "warn",   [TONE_BAD] = "bad",   [TONE_OFF] = "off",
};

static void
put_tone(struct writer *w, unsigned tone)
{
    put_text_member(w, "tone", str_from(tone < COUNTOF(tones) ? tones[tone] : "plain"));
}

static struct str
view_name(const struct writer *w, uint32_t entity, uint32_t number)
{
    const struct schema_entity *e = put_entity_of(w, entity);
    for (size_t i = 0; e && i < e->nviews; i++) {
        if (e->views[i].number == number)
            return e->views[i].name;
    }
    return STR_NONE;
}

static struct str
action_name(const struct writer *w, uint32_t entity, uint32_t number)
{
    const struct schema_entity *e = put_entity_of(w, entity);
    const struct schema_action *x = e ? schema_action(e, number) : NULL;
    return x ? x->name : STR_NONE;
}

static void
put_counter(struct writer *w, const struct body_counter *c)
{
    put_open(w, '{');
    put_text_member(w, "label", c->label);
    put_int_member(w, "today", c->today);
    put_int_member(w, "week", c->week);
    put_int_member(w, "month", c->month);
    if (c->entity) {
        put_text_member(w, "entity", put_entity_name(w, c->entity));
        put_text_member(w, "view", view_name(w, c->entity, c->view));
    }
    put_close(w, '}');
}

static void
put_figure(struct writer *w, const struct body_figure *f)
{
    put_open(w, '{');
    put_text_member(w, "label", f->label);
    put_int_member(w, "count", f->count);
    if (f->has_amount) {
        put_key(w, "amount");
        put_money(w, f->amount);
    }
    put_close(w, '}');
}

static void
put_alert(struct writer *w, const struct body_alert *x)
{
    put_open(w, '{');
    put_key(w, "record");
    put_ref(w, &x->record);
    put_tone(w, x->tone);
    put_text_member(w, "text", x->text);
    put_text_member(w, "note", x->note);
    put_key(w, "due");
    put_date(w, x->due);
    put_text_member(w, "action", action_name(w, x->record.entity, x->action));
    put_int_member(w, "id", x->id);
    put_close(w, '}');
}

void
put_home(struct writer *w, const struct body_home *h)
{
    put_open(w, '{');
    put_key(w, "counters");
    put_open(w, '[');
    for (size_t i = 0; i < h->ncounters; i++) {
        put_item(w);
        put_counter(w, &h->counters[i]);
    }
    put_close(w, ']');
    put_key(w, "figures");
    put_open(w, '[');
    for (size_t i = 0; i < h->nfigures; i++) {
        put_item(w);
        put_figure(w, &h->figures[i]);
    }
    put_close(w, ']');
    put_key(w, "alerts");
    put_open(w, '[');
    for (size_t i = 0; i < h->nalerts; i++) {
        put_item(w);
        put_alert(w, &h->alerts[i]);
    }
    put_close(w, ']');
    put_int_member(w, "more_alerts", h->more_alerts);
    put_text_member(w, "spark_label", h->spark_label);
    put_key(w, "spark");
    put_open(w, '[');
    for (size_t i = 0; i < h->nspark; i++) {
        put_item(w);
        put_int(w, h->spark[i]);
    }
    put_close(w, ']');
    put_int_member(w, "fresh", h->fresh);
    put_key(w, "fresh_since");
    put_value(w, NULL, &(struct value){.type = VT_STAMP, .stamp = h->fresh_since});
    put_close(w, '}');
}

void
put_me(struct writer *w, const struct body_me *me)
{
    put_open(w, '{');
    put_int_member(w, "user", me->user);
    put_text_member(w, "login", me->login);
    put_text_member(w, "name", me->name);
    put_text_member(w, "role", me->role);
    put_text_member(w, "branch", me->branch);
    put_text_member(w, "company", me->company);
    put_text_member(w, "currency", me->currency);
    put_int_member(w, "exponent", me->locale.exponent);
    put_int_member(w, "offset_minutes", me->locale.offset_minutes);
    put_key(w, "today");
    put_date(w, me->locale.today);
    put_text_member(w, "timezone", me->timezone);
    put_text_member(w, "language", me->language);
    put_text_member(w, "brand", me->brand);
    put_text_member(w, "colour", me->colour);
    put_text_member(w, "todo", me->todo);
    put_bool_member(w, "platform", me->platform);
    put_key(w, "screens");
    put_open(w, '{');
    put_int_member(w, "theme", me->screens.theme);
    put_int_member(w, "enter", me->screens.enter);
    put_int_member(w, "hints", me->screens.hints);
    put_int_member(w, "dates", me->screens.dates);
    put_int_member(w, "amounts", me->screens.amounts);
    put_close(w, '}');
    put_close(w, '}');
}

static void
put_choices(struct writer *w, const struct schema_field *f)
{
    put_key(w, "choices");
    put_open(w, '[');
    for (size_t i = 0; i < f->nchoices; i++) {
        const struct schema_choice *c = &f->choices[i];
        put_item(w);
        put_open(w, '{');
        put_int_member(w, "number", c->number);
        put_text_member(w, "code", c->code);
        put_text_member(w, "label", c->label);
        put_tone(w, c->tone);
        put_close(w, '}');
    }
    put_close(w, ']');
}

static void
put_flags(struct writer *w, uint32_t flags)
{
    static const struct {
        uint32_t flag;
        const char *name;
    } names[] = {
        {SCHEMA_REQUIRED,  "required" },
        {SCHEMA_LIST,      "list"     },
        {SCHEMA_EDIT,      "edit"     },
        {SCHEMA_CREATE,    "create"   },
        {SCHEMA_SORT,      "sort"     },
        {SCHEMA_FILTER,    "filter"   },
        {SCHEMA_KEY,       "key"      },
        {SCHEMA_SECRET,    "secret"   },
        {SCHEMA_PERSONAL,  "personal" },
        {SCHEMA_UPPER,     "upper"    },
        {SCHEMA_CHECK,     "check"    },
        {SCHEMA_NARROW,    "narrow"   },
        {SCHEMA_MULTILINE, "multiline"},
    };
    put_key(w, "flags");
    put_open(w, '[');
    for (size_t i = 0; i < COUNTOF(names); i++) {
        if (!(flags & names[i].flag))
            continue;
        put_item(w);
        put_text(w, str_from(names[i].name));
    }
    put_close(w, ']');
}

static void
put_field(struct writer *w, const struct schema_field *f)
{
    put_open(w, '{');
    put_int_member(w, "tag", f->tag);
    put_text_member(w, "name", f->name);
    put_text_member(w, "label", f->label);
    put_text_member(w, "help", f->help);
    put_text_member(w, "type", str_from(value_type_name(f->type)));
    put_flags(w, f->flags);
    if (f->max)
        put_int_member(w, "max", f->max);
    if (f->type == VT_REF)
        put_text_member(w, "ref", put_entity_name(w, f->ref));
    if (f->fallback.n)
        put_text_member(w, "default", f->fallback);
    if (f->nchoices)
        put_choices(w, f);
    put_close(w, '}');
}

static void
put_fields(struct writer *w, const struct schema_field *fields, size_t n)
{
    put_key(w, "fields");
    put_open(w, '[');
    for (size_t i = 0; i < n; i++) {
        put_item(w);
        put_field(w, &fields[i]);
    }
    put_close(w, ']');
}

static void
put_views(struct writer *w, const struct schema_entity *e)
{
    put_key(w, "views");
    put_open(w, '[');
    for (size_t i = 0; i < e->nviews; i++) {
        const struct schema_view *v = &e->views[i];
        put_item(w);
        put_open(w, '{');
        put_int_member(w, "number", v->number);
        put_text_member(w, "name", v->name);
        put_text_member(w, "label", v->label);
        put_key(w, "columns");
        put_open(w, '[');
        for (size_t k = 0; k < v->ncolumns; k++) {
            put_item(w);
            put_text(w, put_field_name(w, schema_field(e, v->columns[k]), v->columns[k]));
        }
        put_close(w, ']');
        put_close(w, '}');
    }
    put_close(w, ']');
}

static void
put_actions(struct writer *w, const struct schema_entity *e)
{
    put_key(w, "actions");
    put_open(w, '[');
    for (size_t i = 0; i < e->nactions; i++) {
        const struct schema_action *x = &e->actions[i];
        put_item(w);
        put_open(w, '{');
        put_int_member(w, "number", x->number);
        put_text_member(w, "name", x->name);
        put_text_member(w, "label", x->label);
        put_text_member(w, "help", x->help);
        put_bool_member(w, "on_record", x->on_record);
        put_bool_member(w, "needs_reason", x->needs_reason);
        put_bool_member(w, "prints", x->prints);
        put_fields(w, x->fields, x->nfields);
        put_close(w, '}');
    }
    put_close(w, ']');
}

void
put_schema(struct writer *w, const struct schema *s)
{
    put_open(w, '{');
    put_text_member(w, "hash", s->hash);
    put_key(w, "entities");
    put_open(w, '[');
    for (size_t i = 0; i < s->nentities; i++) {
        const struct schema_entity *e = &s->entities[i];
        put_item(w);
        put_open(w, '{');
        put_int_member(w, "number", e->number);
        put_text_member(w, "name", e->name);
        put_text_member(w, "label", e->label);
        put_text_member(w, "plural", e->plural);
        put_text_member(w, "help", e->help);
        put_bool_member(w, "may_add", e->may_add);
        put_bool_member(w, "may_set", e->may_set);
        put_bool_member(w, "may_list", e->may_list);
        put_bool_member(w, "has_history", e->has_history);
        put_fields(w, e->fields, e->nfields);
        put_views(w, e);
        put_actions(w, e);
        put_close(w, '}');
    }
    put_close(w, ']');
    put_close(w, '}');
}
