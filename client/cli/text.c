/* Bodies as people read them. */
#include "client/text.h"
#include "client/cli/write.h"
#include "common/base/arena.h"
#include "common/base/utf8.h"

/* The arena of a reply's text is the buffer's own: all of it goes when the program ends. */
static struct str
shown(struct buf *out, const struct style *st, const struct schema_field *f, const struct value *v)
{
    if (f != NULL)
        return value_text(out->a, f, v, st->locale);
    struct schema_field plain = {.type = v->type};
    return value_text(out->a, &plain, v, st->locale);
}

static struct str
entity_label(const struct style *st, uint32_t number)
{
    const struct schema_entity *e = schema_entity(st->schema, number);
    return e != NULL ? e->label : STR_NONE;
}

static void
line(struct buf *out, const struct style *st, struct str s)
{
    buf_add_str(out, clean(out->a, st, s));
    buf_add_char(out, '\n');
}

static bool
is_number(const struct schema_field *f)
{
    return f != NULL && (f->type == VT_INT || f->type == VT_MONEY || f->type == VT_RATE);
}

static void
text_record(struct buf *out, const struct style *st, const struct body_record *r)
{
    const struct schema_entity *e = schema_entity(st->schema, r->entity);
    struct str label = entity_label(st, r->entity);
    line(out, st,
         str_printf(out->a, _("%.*s %.*s (id %lld, version %lld)"), STR_ARG(label), STR_ARG(r->label),
                    (long long)r->id, (long long)r->version));
    struct table *t = table_new(out->a, 2);
    for (size_t i = 0; i < r->nfields; i++) {
        const struct schema_field *f = e != NULL ? schema_field(e, r->fields[i].tag) : NULL;
        table_cell(t, f != NULL ? f->label : str_printf(out->a, "f%u", r->fields[i].tag));
        table_cell(t, shown(out, st, f, &r->fields[i].value));
    }
    struct style whole = *st; /* a record has room below: nothing is cut */
    whole.terminal = false;
    (void)table_write(out, &whole, t);
}

static enum column_give
gives(const struct schema_field *f)
{
    if (f == NULL || (f->flags & SCHEMA_NARROW) != 0)
        return COLUMN_SPARE;
    bool whole =
        (f->flags & SCHEMA_KEY) != 0 || f->type == VT_DATE || f->type == VT_STAMP || f->type == VT_BOOL;
    return whole ? COLUMN_FIRM : COLUMN_SOFT;
}

static void
text_page(struct buf *out, const struct style *st, const struct body_page *p)
{
    const struct schema_entity *e = schema_entity(st->schema, p->entity);
    if (p->nrows == 0) {
        line(out, st, str_from(_("none")));
        return;
    }
    struct table *t = table_new(out->a, p->ncolumns);
    const struct schema_field **fields = arena_new(out->a, const struct schema_field *, p->ncolumns + 1);
    for (size_t c = 0; c < p->ncolumns; c++) {
        fields[c] = e != NULL ? schema_field(e, p->columns[c]) : NULL;
        struct str head = fields[c] != NULL ? fields[c]->label : str_printf(out->a, "f%u", p->columns[c]);
        table_head(t, c, clean(out->a, st, head), is_number(fields[c]));
        table_give(t, c, gives(fields[c]));
    }
    for (size_t r = 0; r < p->nrows; r++)
        for (size_t c = 0; c < p->ncolumns; c++)
            table_cell(t, shown(out, st, fields[c], &p->rows[r].cells[c]));
    struct str hidden = table_write(out, st, t);
    if (hidden.n > 0)
        line(out, st, str_printf(out->a, _("(no room for: %.*s)"), STR_ARG(hidden)));
}

static void
text_event(struct buf *out, const struct style *st, const struct body_event *ev)
{
    char at[STAMP_TEXT];
    struct buf b;
    buf_init(&b, out->a, 128);
    buf_printf(&b, "%s  %.*s  %.*s", stamp_local(ev->at, st->locale->offset_minutes, at), STR_ARG(ev->who),
               STR_ARG(ev->op));
    struct str entity = entity_label(st, ev->record.entity);
    buf_printf(&b, "  %.*s %.*s", STR_ARG(entity), STR_ARG(ev->record.label));
    if (ev->address.n > 0 || ev->client.n > 0)
        buf_printf(&b, "  (%.*s%s%.*s)", STR_ARG(ev->address),
                   ev->address.n > 0 && ev->client.n > 0 ? ", " : "", STR_ARG(ev->client));
    line(out, st, buf_str(&b));
    if (ev->reason.n > 0)
        line(out, st, str_printf(out->a, _("    because: %.*s"), STR_ARG(ev->reason)));
    const char *arrow = st->utf8 ? "→" : "->";
    const struct schema_entity *e = schema_entity(st->schema, ev->record.entity);
    for (size_t i = 0; i < ev->nchanges; i++) {
        const struct body_change *c = &ev->changes[i];
        const struct schema_field *f = e != NULL ? schema_field(e, c->tag) : NULL;
        struct str name = f != NULL ? f->label : c->name;
        struct str text = c->before.n > 0
                              ? str_printf(out->a, "    %.*s: %.*s %s %.*s", STR_ARG(name),
                                           STR_ARG(c->before), arrow, STR_ARG(c->after))
                              : str_printf(out->a, "    %.*s: %.*s", STR_ARG(name), STR_ARG(c->after));
        line(out, st, text);
    }
}

static void
text_hits(struct buf *out, const struct style *st, const struct body_hits *h)
{
    if (h->nrows == 0) {
        line(out, st, str_from(_("nothing found")));
        return;
    }
    struct table *t = table_new(out->a, 4);
    for (size_t i = 0; i < h->nrows; i++) {
        table_cell(t, entity_label(st, h->rows[i].record.entity));
        table_cell(t, h->rows[i].record.label);
        table_cell(t, h->rows[i].detail);
        table_cell(t, h->rows[i].why);
    }
    (void)table_write(out, st, t);
}

static struct str
count_text(struct buf *out, int64_t n)
{
    return str_printf(out->a, "%lld", (long long)n);
}

static void
text_counters(struct buf *out, const struct style *st, const struct body_home *h)
{
    struct table *t = table_new(out->a, 4);
    table_head(t, 0, str_from(_("Expiring")), false);
    table_head(t, 1, str_from(_("today")), true);
    table_head(t, 2, str_from(_("7 days")), true);
    table_head(t, 3, str_from(_("30 days")), true);
    for (size_t i = 0; i < h->ncounters; i++) {
        table_cell(t, h->counters[i].label);
        table_cell(t, count_text(out, h->counters[i].today));
        table_cell(t, count_text(out, h->counters[i].week));
        table_cell(t, count_text(out, h->counters[i].month));
    }
    (void)table_write(out, st, t);
    buf_add_char(out, '\n');
}

static void
text_figures(struct buf *out, const struct style *st, const struct body_home *h)
{
    struct table *t = table_new(out->a, 3);
    table_head(t, 0, str_from(_("Today")), false);
    table_head(t, 1, STR_NONE, true);
    table_head(t, 2, STR_NONE, true);
    for (size_t i = 0; i < h->nfigures; i++) {
        char amount[MONEY_TEXT] = "";
        if (h->figures[i].has_amount)
            (void)money_text(h->figures[i].amount, st->locale->exponent, amount);
        table_cell(t, h->figures[i].label);
        table_cell(t, count_text(out, h->figures[i].count));
        table_cell(t, str_printf(out->a, "%s", amount));
    }
    (void)table_write(out, st, t);
    buf_add_char(out, '\n');
}

static const char *
mark(enum schema_tone tone)
{
    switch (tone) {
    case TONE_BAD:
        return "!!";
    case TONE_WARN:
        return "!";
    case TONE_SOON:
        return ".";
    case TONE_PLAIN:
    case TONE_GOOD:
    case TONE_OFF:
        break;
    }
    return "";
}

static void
text_home(struct buf *out, const struct style *st, const struct body_home *h)
{
    if (h->ncounters > 0)
        text_counters(out, st, h);
    if (h->nfigures > 0)
        text_figures(out, st, h);
    struct table *t = table_new(out->a, 4);
    for (size_t i = 0; i < h->nalerts; i++) {
        char due[DATE_TEXT];
        table_cell(t, str_from(mark(h->alerts[i].tone)));
        table_cell(t, h->alerts[i].text);
        table_cell(t, h->alerts[i].note);
        table_cell(t, str_printf(out->a, "%s", date_text(h->alerts[i].due, due)));
    }
    (void)table_write(out, st, t);
    if (h->more_alerts > 0)
        line(out, st, str_printf(out->a, _("%lld more"), (long long)h->more_alerts));
}

static void
pair(struct table *t, const char *name, struct str value)
{
    if (value.n == 0)
        return;
    table_cell(t, str_from(name));
    table_cell(t, value);
}

static void
text_me(struct buf *out, const struct style *st, const struct body_me *me)
{
    char day[DATE_TEXT];
    struct table *t = table_new(out->a, 2);
    pair(t, _("Login"), me->login);
    pair(t, _("Name"), me->name);
    pair(t, _("Role"), me->role);
    pair(t, _("Branch"), me->branch);
    pair(t, _("Company"), me->company);
    pair(t, _("Currency"), me->currency);
    pair(t, _("Time zone"), me->timezone);
    pair(t, _("Today"), str_from(date_text(me->locale.today, day)));
    pair(t, _("To do"), me->todo);
    (void)table_write(out, st, t);
}

static void
text_status(struct buf *out, const struct style *st, const struct body *body)
{
    struct table *t = table_new(out->a, 2);
    for (size_t i = 0; i < body->nstatus; i++) {
        table_cell(t, body->status[i].name);
        table_cell(t, body->status[i].value);
    }
    (void)table_write(out, st, t);
}

void
write_text(struct buf *out, const struct style *st, const struct body *body)
{
    if (body_has(body, BODY_RECORD))
        text_record(out, st, &body->record);
    if (body_has(body, BODY_PAGE))
        text_page(out, st, &body->page);
    if (body_has(body, BODY_EVENTS))
        for (size_t i = 0; i < body->events.nrows; i++)
            text_event(out, st, &body->events.rows[i]);
    if (body_has(body, BODY_HITS))
        text_hits(out, st, &body->hits);
    if (body_has(body, BODY_HOME))
        text_home(out, st, &body->home);
    if (body_has(body, BODY_ME))
        text_me(out, st, &body->me);
    if (body_has(body, BODY_STATUS))
        text_status(out, st, body);
}

void
write_slow(struct buf *out, const struct link *l)
{
    struct link_status status;
    link_status(l, &status);
    if (status.slow[0] != '\0')
        buf_printf(out, _("Last slow answer: request %s, %u.%03u seconds\n"), status.slow,
                   status.slow_us / 1000000, status.slow_us / 1000 % 1000);
}
