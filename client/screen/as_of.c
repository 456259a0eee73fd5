#include "client/screen/as_of.h"

#include "client/text.h"
#include "client/tui/box.h"
#include "client/tui/pager.h"
#include "common/base/buf.h"
#include "common/base/utf8.h"

enum { LABEL_COLUMNS = 16 };

void
as_of_ask(struct view *v, const struct body_ref *record, stamp_t at, uint32_t tag)
{
    struct params p = params_record(record->entity, record->id);
    p.present |= 1u << PARAM_AT;
    p.at = at;
    app_ask(v, &(struct ask){.method = METHOD_AS_OF, .params = &p, .tag = tag, .barrier = true});
}

void
as_of_prompt(struct view *v, uint32_t purpose)
{
    char today[DATE_TEXT];
    line_ask(v->tui, &(struct line_prompt){
                         .purpose = purpose,
                         .title = str_from(_("As it was")),
                         .text = str_from(_("Day, or day and time: 2026-02-14 or 2026-02-14 11:30")),
                         .initial = str_from(date_text(app_locale(app_of(v))->today, today)),
                         .required = true});
}

bool
as_of_typed(struct view *v, struct str text, stamp_t *ret)
{
    struct err err = {0};
    if (stamp_parse(str_trim(text), app_locale(app_of(v))->offset_minutes, "moment", ret, &err) == RC_OK)
        return true;
    tui_say(v->tui, ROLE_BAD, "!! %s", err.text);
    return false;
}

void
as_of_show(struct app *a, const struct body_record *record, stamp_t at)
{
    const struct schema_entity *e = schema_entity(app_schema(a), record->entity);
    if (!e)
        return;
    struct arena t;
    arena_init(&t, SIZE_MAX, NULL, NULL);
    struct buf b;
    buf_init(&b, &t, 1024);
    for (size_t i = 0; i < record->nfields; i++) {
        const struct schema_field *f = schema_field(e, record->fields[i].tag);
        if (!f)
            continue;
        size_t width = utf8_width(f->label);
        buf_printf(&b, "%.*s%*s %.*s\n", STR_ARG(f->label),
                   width < LABEL_COLUMNS ? (int)(LABEL_COLUMNS - width) : 0, "",
                   STR_ARG(value_text(&t, f, &record->fields[i].value, app_locale(a))));
    }
    char when[STAMP_TEXT];
    struct str title = str_printf(&t, _("%.*s %.*s as it was %s"), STR_ARG(e->label), STR_ARG(record->label),
                                  stamp_local(at, app_locale(a)->offset_minutes, when));
    pager_open(&a->tui, title, buf_str(&b), true);
    arena_done(&t);
}
