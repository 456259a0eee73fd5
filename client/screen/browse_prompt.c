#include <stdio.h>
#include <strings.h>

#include "client/screen/browse.h"
#include "client/screen/columns.h"
#include "client/text.h"
#include "client/tui/box.h"
#include "client/tui/calendar.h"
#include "client/tui/choice.h"

/*
 * F4 on a list. A condition is put together by choosing: field, how it compares, value. What comes out stands
 * on the filter line as if it had been typed. Beside that: the order, the columns, sums, the list as a file,
 * and what can be done without a row.
 */
enum { PROMPT_FILTER = 0, PROMPT_SORT, PROMPT_DO, PROMPT_TAKE_AWAY, PROMPT_COMMAND };

/* How a field compares; `word` is what stands on the line. */
static const struct {
    const char *word, *label;
    bool texts, choices,
        amounts; /* for which fields: texts; choices, references, yes and no; what has an order */
    bool alone;  /* needs no value */
} comparisons[] = {
    {"=",  N_("is"),             true,  true,  true,  false},
    {"!=", N_("is not"),         true,  true,  true,  false},
    {"~",  N_("begins with"),    true,  false, false, false},
    {"<=", N_("up to"),          false, false, true,  false},
    {">=", N_("from"),           false, false, true,  false},
    {"<",  N_("less or before"), false, false, true,  false},
    {">",  N_("more or after"),  false, false, true,  false},
    {"=",  N_("is empty"),       true,  true,  true,  true },
    {"!=", N_("is not empty"),   true,  true,  true,  true },
};

/* ---- the box ---- */

struct prompt {
    struct choice_row *rows;
    size_t n;
};

static void
add_conditions(struct browse *d, struct arena *a, struct prompt *p)
{
    char text[FIELD_TEXT];
    struct str line = field_text(&d->filter, text);
    if (line.n)
        p->rows[p->n++] = (struct choice_row){.label = str_from(_("Take the conditions away")),
                                              .detail = str_dup(a, line),
                                              .entity = PROMPT_TAKE_AWAY};
}

static void
add_commands(const struct browse *d, struct prompt *p)
{
    static const enum cmd commands[] = {CMD_COLUMNS, CMD_TOTALS, CMD_EXPORT};
    const struct schema_entity *e = d->rows.entity;
    for (size_t i = 0; i < e->nactions; i++)
        if (!e->actions[i].on_record)
            p->rows[p->n++] = (struct choice_row){.label = e->actions[i].label,
                                                  .detail = e->actions[i].help,
                                                  .entity = PROMPT_DO,
                                                  .id = e->actions[i].number};
    for (size_t i = 0; i < COUNTOF(commands); i++)
        p->rows[p->n++] = (struct choice_row){.label = str_from(_(cmd_info(commands[i])->label)),
                                              .detail = str_from(_(cmd_info(commands[i])->help)),
                                              .entity = PROMPT_COMMAND,
                                              .id = (int64_t)commands[i]};
}

static void
add_fields(const struct schema_entity *e, struct arena *a, uint32_t flag, struct prompt *p)
{
    for (size_t i = 0; i < e->nfields; i++)
        if (e->fields[i].flags & flag)
            p->rows[p->n++] = (struct choice_row){
                .label = str_printf(a, flag == SCHEMA_FILTER ? _("Filter by %.*s") : _("Sort by %.*s"),
                                    STR_ARG(e->fields[i].label)),
                .detail = e->fields[i].help,
                .entity = flag == SCHEMA_FILTER ? PROMPT_FILTER : PROMPT_SORT,
                .id = e->fields[i].tag};
}

void
browse_prompt(struct view *v)
{
    enum { BESIDE = 8 };
    struct browse *d = v->data;
    const struct schema_entity *e = d->rows.entity;
    struct arena a;
    struct prompt p = {0};
    arena_init(&a, SIZE_MAX, NULL, NULL);
    p.rows = arena_new(&a, struct choice_row, e->nfields * 2 + e->nactions + BESIDE);
    add_conditions(d, &a, &p);
    add_fields(e, &a, SCHEMA_FILTER, &p);
    add_fields(e, &a, SCHEMA_SORT, &p);
    add_commands(d, &p);
    choice_open(v->tui, &(struct choice_spec){.purpose = PURPOSE_FIELD,
                                              .title = str_from(_("Filter, sort or do")),
                                              .rows = p.rows,
                                              .nrows = p.n});
    arena_done(&a);
}

/* ---- a condition ---- */

static bool
fits(const struct schema_field *f, size_t comparison)
{
    const bool chosen = f->type == VT_CHOICE || f->type == VT_REF || f->type == VT_BOOL;
    if (comparisons[comparison].alone && (f->flags & SCHEMA_REQUIRED))
        return false;
    return f->type == VT_TEXT ? comparisons[comparison].texts
           : chosen           ? comparisons[comparison].choices
                              : comparisons[comparison].amounts;
}

static void
ask_condition(struct view *v, const struct schema_field *f)
{
    struct choice_row rows[COUNTOF(comparisons)];
    size_t n = 0;
    for (size_t i = 0; i < COUNTOF(comparisons); i++)
        if (fits(f, i))
            rows[n++] =
                (struct choice_row){.label = str_from(_(comparisons[i].label)),
                                    .detail = str_from(comparisons[i].alone ? "" : comparisons[i].word),
                                    .id = (int64_t)i};
    ((struct browse *)v->data)->asked_field = f->tag;
    choice_open(v->tui, &(struct choice_spec){
                            .purpose = PURPOSE_CONDITION, .title = f->label, .rows = rows, .nrows = n});
}

/* One more condition on the line, as it would be typed. */
static void
add_condition(struct view *v, struct str value)
{
    struct browse *d = v->data;
    const struct schema_field *f = schema_field(d->rows.entity, d->asked_field);
    char old[FIELD_TEXT];
    struct arena a;
    struct str now = field_text(&d->filter, old);
    bool quotes = !value.n;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    for (size_t i = 0; i < value.n; i++)
        quotes = quotes || value.p[i] == ' ';
    const char *quote = quotes ? "\"" : "";
    struct str text = str_printf(&a, "%.*s%s%.*s%s%s%.*s%s", STR_ARG(now), now.n ? " " : "", STR_ARG(f->name),
                                 comparisons[d->asked_op].word, quote, STR_ARG(value), quote);
    if (text.n <= FILTER_CHARS) {
        field_set(&d->filter, text);
        browse_load(v, true);
    } else {
        tui_say(v->tui, ROLE_WARN, "%s", _("The filter line is full."));
    }
    arena_done(&a);
}

/* What a field can be is picked where it is known, else typed. */
static void
ask_value(struct view *v, const struct schema_field *f)
{
    struct arena a;
    const date_t today = app_locale(app_of(v))->today;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    if (f->type == VT_DATE || f->type == VT_STAMP)
        calendar_open(v->tui,
                      &(struct calendar_spec){
                          .purpose = PURPOSE_VALUE, .title = f->label, .start = today, .today = today});
    else if (f->type == VT_REF)
        refer_open(v, PURPOSE_VALUE, f, STR_NONE);
    else if (f->nchoices || f->type == VT_BOOL) {
        const size_t n = f->nchoices ? f->nchoices : 2;
        struct choice_row *rows = arena_new(&a, struct choice_row, n);
        for (size_t i = 0; i < n; i++)
            rows[i] = f->nchoices ? (struct choice_row){.label = f->choices[i].label,
                                                        .detail = f->choices[i].code,
                                                        .id = f->choices[i].number,
                                                        .tone = f->choices[i].tone}
                                  : (struct choice_row){.label = str_from(i ? _("no") : _("yes")),
                                                        .id = 1 - (int64_t)i};
        choice_open(v->tui, &(struct choice_spec){
                                .purpose = PURPOSE_VALUE, .title = f->label, .rows = rows, .nrows = n});
    } else {
        line_ask(v->tui, &(struct line_prompt){.purpose = PURPOSE_VALUE,
                                               .title = f->label,
                                               .text = f->help,
                                               .label = f->label,
                                               .required = true});
    }
    arena_done(&a);
}

void
browse_take_condition(struct view *v, const struct outcome *o)
{
    struct browse *d = v->data;
    const struct schema_field *f = schema_field(d->rows.entity, d->asked_field);
    d->asked_op = (int)o->id;
    if (comparisons[d->asked_op].alone)
        add_condition(v, STR_NONE);
    else
        ask_value(v, f);
}

void
browse_take_value(struct view *v, const struct outcome *o)
{
    struct browse *d = v->data;
    const struct schema_field *f = schema_field(d->rows.entity, d->asked_field);
    const struct schema_choice *c = f->nchoices ? schema_choice(f, o->id) : NULL;
    if (c)
        add_condition(v, c->code);
    else if (f->type == VT_BOOL)
        add_condition(v, o->id ? STR("yes") : STR("no"));
    else
        add_condition(v, o->text);
}

void
browse_take_field(struct view *v, const struct outcome *o)
{
    struct browse *d = v->data;
    switch (o->entity) {
    case PROMPT_DO:
        act_open(app_of(v), d->entity, (uint32_t)o->id, 0, PURPOSE_RECORD);
        return;
    case PROMPT_COMMAND:
        tui_command(v->tui, (enum cmd)o->id);
        return;
    case PROMPT_SORT:
        d->sort = (uint32_t)o->id;
        d->desc = false;
        field_set(&d->position, STR_NONE);
        browse_load(v, true);
        return;
    case PROMPT_TAKE_AWAY:
        field_set(&d->filter, STR_NONE);
        browse_load(v, true);
        return;
    default:
        ask_condition(v, schema_field(d->rows.entity, (uint32_t)o->id));
    }
}

/* ---- beside the rows ---- */

void
browse_totals(struct view *v)
{
    (void)browse_ask(v, PAGE_TOTALS, true);
}

void
browse_columns(struct view *v)
{
    struct browse *d = v->data;
    columns_open(app_of(v), d->rows.entity, browse_view(d), PURPOSE_COLUMNS);
}

void
browse_export(struct view *v)
{
    struct browse *d = v->data;
    struct arena a;
    char day[DATE_TEXT];
    if (app_of(v)->config->spawned) {
        tui_say(
            v->tui, ROLE_WARN,
            _("Here the program runs on the server and writes no files. Use: bima %.*s list --export FILE"),
            STR_ARG(d->rows.entity->name));
        return;
    }
    arena_init(&a, SIZE_MAX, NULL, NULL);
    line_ask(v->tui, &(struct line_prompt){
                         .purpose = PURPOSE_FILE,
                         .title = str_from(_("Export the list")),
                         .text = str_from(
                             _("Name of the file to write; .xlsx for a spreadsheet, .csv for programs:")),
                         .initial = str_printf(&a, "%.*s-%s.xlsx", STR_ARG(d->rows.entity->name),
                                               date_text(app_locale(app_of(v))->today, day)),
                         .required = true});
    arena_done(&a);
}

static bool
ends_in(struct str s, const char *end)
{
    const struct str e = str_from(end);
    return s.n > e.n && strncasecmp(s.p + s.n - e.n, e.p, e.n) == 0;
}

void
browse_write(struct view *v, struct str path)
{
    struct browse *d = v->data;
    struct arena a;
    struct params p;
    struct param_filter filters[LIMIT_FILTERS];
    const bool csv = ends_in(path, ".csv");
    if (!csv && !ends_in(path, ".xlsx")) {
        tui_say(v->tui, ROLE_WARN, "%s", _("The name of the file ends in .xlsx or .csv."));
        return;
    }
    arena_init(&a, SIZE_MAX, NULL, NULL);
    if (browse_params(v, &a, filters, &p)) {
        p.format = csv ? STR("csv") : STR("xlsx");
        p.present |= 1u << PARAM_FORMAT;
        export_open(app_of(v), browse_title(v, &a), &p, path, d->rows.capped ? -1 : d->rows.total);
    }
    arena_done(&a);
}
