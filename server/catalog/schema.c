#include "server/catalog/schema.h"

#include "common/base/lang.h"

static struct str
said(const char *text)
{
    return str_from(lang_text(text));
}

struct schema_field
catalog_field(struct arena *a, const struct field *f)
{
    struct schema_field sf = {
        .tag = f->tag,
        .name = str_from(f->name),
        .label = said(f->label),
        .help = said(f->help),
        .group = said(f->group),
        .type = f->type,
        .flags = f->flags & FF_SERVED,
        .max = f->max,
        .width = f->width,
        .ref = f->ref,
        .fallback = str_from(f->fallback),
        .nchoices = f->nchoices,
    };
    sf.choices = arena_new(a, struct schema_choice, f->nchoices + 1);
    for (size_t i = 0; i < f->nchoices; i++)
        sf.choices[i] = (struct schema_choice){f->choices[i].number, str_from(f->choices[i].code),
                                               said(f->choices[i].label), (uint8_t)f->choices[i].tone};
    return sf;
}

/* `hide`: the flags of fields that are not for who asks. What a record is called is not hidden. */
static bool
is_hidden(const struct field *f, uint32_t hide)
{
    return (f->flags & (FF_INTERNAL | (hide & (FF_STAFF | FF_FLEET)))) ||
           ((f->flags & hide & SCHEMA_PERSONAL) && !(f->flags & SCHEMA_KEY));
}

static struct schema_field *
fields_of(struct arena *a, const struct field *fields, size_t n, uint32_t hide, size_t *ret_n)
{
    struct schema_field *out = arena_new(a, struct schema_field, n + 1);
    *ret_n = 0;
    for (size_t i = 0; i < n; i++)
        if (!is_hidden(&fields[i], hide))
            out[(*ret_n)++] = catalog_field(a, &fields[i]);
    return out;
}

static void
add_views(struct arena *a, const struct entity *e, uint32_t hide, struct schema_entity *ret)
{
    ret->views = arena_new(a, struct schema_view, e->nviews + 1);
    ret->nviews = e->nviews;
    for (size_t i = 0; i < e->nviews; i++) {
        const struct view *v = &e->views[i];
        uint32_t *columns = arena_new(a, uint32_t, v->ncolumns + 1);
        size_t n = 0;
        for (size_t c = 0; c < v->ncolumns; c++)
            if (!is_hidden(entity_field(e, v->columns[c]), hide))
                columns[n++] = v->columns[c];
        ret->views[i] =
            (struct schema_view){v->number, str_from(v->name), said(v->label), columns, n, v->sort, v->desc};
    }
}

static void
add_actions(struct arena *a, const struct entity *e, const void *rights, catalog_may *may,
            struct schema_entity *ret)
{
    ret->actions = arena_new(a, struct schema_action, e->nactions + 1);
    for (size_t i = 0; i < e->nactions; i++) {
        const struct action *from = &e->actions[i];
        if (!may(rights, e, from->name) || ((from->flags & AF_FLEET) && !may(rights, e, "fleets")))
            continue;
        struct schema_action *to = &ret->actions[ret->nactions++];
        *to = (struct schema_action){
            .number = from->number,
            .name = str_from(from->name),
            .label = said(from->label),
            .help = said(from->help),
            .on_record = (from->flags & AF_ON_RECORD) != 0,
            .needs_reason = (from->flags & AF_REASON) != 0,
            .prints = (from->flags & AF_PRINTS) != 0,
            .state_tag = from->state_tag,
            .state_mask = from->state_mask,
            .option = from->option,
            .shows = from->shows,
            .nshows = from->nshows,
        };
        to->fields =
            fields_of(a, from->params, from->nparams, may(rights, e, "fleets") ? 0 : FF_FLEET, &to->nfields);
    }
}

static void
add_tabs(struct arena *a, const struct entity *e, const void *rights, catalog_may *may,
         struct schema_entity *ret)
{
    ret->tabs = arena_new(a, struct schema_tab, e->ntabs + 1);
    for (size_t i = 0; i < e->ntabs; i++) {
        const struct entity *of = entity_by_number(e->tabs[i].entity);
        if (may(rights, of, "read") && (!(of->flags & EF_FLEET) || may(rights, of, "fleets")))
            ret->tabs[ret->ntabs++] =
                (struct schema_tab){said(e->tabs[i].label), e->tabs[i].entity, e->tabs[i].via};
    }
}

static struct schema_entity
entity_of(struct arena *a, const struct entity *e, const void *rights, catalog_may *may)
{
    struct schema_entity ret = {
        .number = e->number,
        .name = str_from(e->name),
        .label = said(e->label),
        .plural = said(e->plural),
        .help = said(e->help),
        .may_add = (e->flags & EF_ADD) && may(rights, e, "add"),
        .may_set = (e->flags & EF_SET) && may(rights, e, "set"),
        .may_list = !(e->flags & EF_SINGLE) && may(rights, e, "read"),
        .has_history = !(e->flags & EF_NO_PAST) && may(rights, e, "read"),
        .in_menu = (e->flags & EF_MENU) != 0,
        .single = (e->flags & EF_SINGLE) != 0,
    };
    const uint32_t hide = (may(rights, e, "personal") ? 0u : SCHEMA_PERSONAL) |
                          (may(rights, e, "staff") ? 0u : FF_STAFF) |
                          (may(rights, e, "fleets") ? 0u : FF_FLEET);
    ret.fields = fields_of(a, e->fields, e->nfields, hide, &ret.nfields);
    add_views(a, e, hide, &ret);
    add_actions(a, e, rights, may, &ret);
    add_tabs(a, e, rights, may, &ret);
    return ret;
}

static bool
may_sell(const void *rights, catalog_may *may)
{
    static const struct {
        uint32_t entity;
        const char *verb;
    } needs[] = {
        {ENTITY_CUSTOMER, "add"}, {ENTITY_VEHICLE, "add"}, {ENTITY_POLICY, "quote"},
        {ENTITY_POLICY, "issue"}, {ENTITY_RECEIPT, "add"},
    };
    bool all = true;
    for (size_t i = 0; all && i < COUNTOF(needs); i++)
        all = may(rights, entity_by_number(needs[i].entity), needs[i].verb);
    return all;
}

void
catalog_schema(struct arena *a, const void *rights, catalog_may *may, struct schema *ret)
{
    size_t count;
    const struct entity *const *entities = entity_table(&count);
    *ret = (struct schema){.entities = arena_new(a, struct schema_entity, count)};
    for (size_t i = 0; i < count; i++)
        if (may(rights, entities[i], "read") ||
            ((entities[i]->flags & EF_ADD) && may(rights, entities[i], "add")))
            ret->entities[ret->nentities++] = entity_of(a, entities[i], rights, may);
    if (may_sell(rights, may))
        ret->sell |= FLOW_NEW_BUSINESS;
}
