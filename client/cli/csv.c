/* RFC 4180 for spreadsheets and scripts. */
#include "client/cli/write.h"
#include "common/base/arena.h"
#include "common/base/utf8.h"
#include "common/crypt/crypt.h"

struct csv {
    struct buf *out;
    const struct style *st;
    bool begun; /* something stands on this line */
};

/* No character that a terminal would obey; the ends of lines inside of a text stay. */
static struct str
printable(struct arena *a, struct str s)
{
    struct buf b;
    if (!utf8_has_control(s))
        return s;
    buf_init(&b, a, s.n);
    for (size_t at = 0; at < s.n;) {
        size_t from = at;
        uint32_t cp = utf8_next(s, &at);
        const bool ends_line = cp == '\n' || (cp == '\r' && at < s.n && s.p[at] == '\n');
        if (ends_line || (cp >= 0x20 && (cp < 0x7f || cp > 0x9f)))
            buf_add(&b, s.p + from, at - from);
        else
            buf_add_char(&b, ' ');
    }
    return buf_str(&b);
}

static void
cell(struct csv *csv, struct str s)
{
    bool quote = false;
    s = printable(csv->out->a, s);
    for (size_t i = 0; i < s.n && !quote; i++)
        quote = s.p[i] == ',' || s.p[i] == '"' || s.p[i] == '\n';
    quote = quote || (s.n > 0 && (s.p[0] == ' ' || s.p[s.n - 1] == ' '));
    if (csv->begun)
        buf_add_char(csv->out, ',');
    csv->begun = true;
    if (quote)
        buf_add_char(csv->out, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            buf_add_char(csv->out, '"');
        buf_add_char(csv->out, s.p[i]);
    }
    if (quote)
        buf_add_char(csv->out, '"');
}

static void
number(struct csv *csv, int64_t n)
{
    cell(csv, str_printf(csv->out->a, "%lld", (long long)n));
}

static void
end(struct csv *csv)
{
    buf_add(csv->out, "\r\n", 2);
    csv->begun = false;
}

static void
value(struct csv *csv, const struct schema_field *f, const struct value *v)
{
    char text[MONEY_TEXT];
    const struct schema_choice *choice = NULL;
    switch (v->type) {
    case VT_NULL:
        cell(csv, STR_NONE);
        return;
    case VT_MONEY:
        cell(csv, str_from(money_plain(v->money, csv->st->locale->exponent, text)));
        return;
    case VT_STAMP:
        cell(csv, str_from(stamp_text(v->stamp, text)));
        return;
    case VT_CHOICE:
        choice = f != NULL ? schema_choice(f, v->i) : NULL;
        if (choice != NULL)
            cell(csv, choice->code);
        else
            number(csv, v->i);
        return;
    case VT_BOOL:
        cell(csv, v->yes ? STR("true") : STR("false"));
        return;
    case VT_REF:
        if (v->label.n > 0)
            cell(csv, v->label);
        else
            number(csv, v->i);
        return;
    case VT_TEXT:
        cell(csv, v->text);
        return;
    case VT_BYTES:
        cell(csv, crypt_base64(csv->out->a, v->text));
        return;
    case VT_INT:
        number(csv, v->i);
        return;
    case VT_RATE:
        cell(csv, str_from(rate_text(v->rate, text)));
        return;
    case VT_DATE:
        cell(csv, str_from(date_text(v->date, text)));
        return;
    }
}

static const struct schema_field *
field_of(const struct csv *csv, uint32_t entity, uint32_t tag)
{
    const struct schema_entity *e = schema_entity(csv->st->schema, entity);
    return e != NULL ? schema_field(e, tag) : NULL;
}

static void
field_name(struct csv *csv, const struct schema_field *f, uint32_t tag)
{
    cell(csv, f != NULL ? f->name : str_printf(csv->out->a, "f%u", tag));
}

static void
csv_record(struct csv *csv, const struct body_record *r)
{
    cell(csv, STR("id"));
    cell(csv, STR("version"));
    for (size_t i = 0; i < r->nfields; i++)
        field_name(csv, field_of(csv, r->entity, r->fields[i].tag), r->fields[i].tag);
    end(csv);
    number(csv, r->id);
    number(csv, r->version);
    for (size_t i = 0; i < r->nfields; i++)
        value(csv, field_of(csv, r->entity, r->fields[i].tag), &r->fields[i].value);
    end(csv);
}

static void
csv_page(struct csv *csv, const struct body_page *p)
{
    cell(csv, STR("id"));
    for (size_t c = 0; c < p->ncolumns; c++)
        field_name(csv, field_of(csv, p->entity, p->columns[c]), p->columns[c]);
    end(csv);
    for (size_t r = 0; r < p->nrows; r++) {
        number(csv, p->rows[r].id);
        for (size_t c = 0; c < p->ncolumns; c++)
            value(csv, field_of(csv, p->entity, p->columns[c]), &p->rows[r].cells[c]);
        end(csv);
    }
}

static void
heads(struct csv *csv, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cell(csv, str_from(names[i]));
    end(csv);
}

static struct str
entity_name(const struct csv *csv, uint32_t number_of)
{
    const struct schema_entity *e = schema_entity(csv->st->schema, number_of);
    return e != NULL ? e->name : str_printf(csv->out->a, "%u", number_of);
}

static void
csv_change(struct csv *csv, const struct body_event *ev, const struct body_change *c)
{
    char at[STAMP_TEXT];
    const struct str texts[] = {
        str_from(stamp_text(ev->at, at)),    ev->who,         ev->address, ev->client, ev->op, ev->reason,
        entity_name(csv, ev->record.entity), ev->record.label};
    for (size_t i = 0; i < COUNTOF(texts); i++)
        cell(csv, texts[i]);
    const struct schema_field *f = c != NULL ? field_of(csv, ev->record.entity, c->tag) : NULL;
    cell(csv, f != NULL ? f->name : c != NULL ? c->name : STR_NONE);
    cell(csv, c != NULL ? c->before : STR_NONE);
    cell(csv, c != NULL ? c->after : STR_NONE);
    end(csv);
}

static void
csv_events(struct csv *csv, const struct body_events *e)
{
    static const char *const names[] = {"at",     "who",    "address", "client", "op",   "reason",
                                        "entity", "record", "field",   "before", "after"};
    heads(csv, names, COUNTOF(names));
    for (size_t i = 0; i < e->nrows; i++) {
        for (size_t c = 0; c < e->rows[i].nchanges; c++)
            csv_change(csv, &e->rows[i], &e->rows[i].changes[c]);
        if (e->rows[i].nchanges == 0)
            csv_change(csv, &e->rows[i], NULL);
    }
}

static void
csv_hits(struct csv *csv, const struct body_hits *h)
{
    static const char *const names[] = {"entity", "id", "record", "detail", "why"};
    heads(csv, names, COUNTOF(names));
    for (size_t i = 0; i < h->nrows; i++) {
        cell(csv, entity_name(csv, h->rows[i].record.entity));
        number(csv, h->rows[i].record.id);
        cell(csv, h->rows[i].record.label);
        cell(csv, h->rows[i].detail);
        cell(csv, h->rows[i].why);
        end(csv);
    }
}

static void
csv_home(struct csv *csv, const struct body_home *h)
{
    static const char *const names[] = {"kind", "label", "count", "week", "month", "amount", "due", "note"};
    char text[MONEY_TEXT];
    heads(csv, names, COUNTOF(names));
    for (size_t i = 0; i < h->ncounters; i++) {
        const struct body_counter *c = &h->counters[i];
        cell(csv, STR("counter"));
        cell(csv, c->label);
        number(csv, c->today);
        number(csv, c->week);
        number(csv, c->month);
        for (int blank = 0; blank < 3; blank++)
            cell(csv, STR_NONE);
        end(csv);
    }
    for (size_t i = 0; i < h->nfigures; i++) {
        const struct body_figure *f = &h->figures[i];
        cell(csv, STR("figure"));
        cell(csv, f->label);
        number(csv, f->count);
        cell(csv, STR_NONE);
        cell(csv, STR_NONE);
        cell(csv,
             f->has_amount ? str_from(money_plain(f->amount, csv->st->locale->exponent, text)) : STR_NONE);
        cell(csv, STR_NONE);
        cell(csv, STR_NONE);
        end(csv);
    }
    for (size_t i = 0; i < h->nalerts; i++) {
        cell(csv, STR("alert"));
        cell(csv, h->alerts[i].text);
        for (int blank = 0; blank < 4; blank++)
            cell(csv, STR_NONE);
        cell(csv, str_from(date_text(h->alerts[i].due, text)));
        cell(csv, h->alerts[i].note);
        end(csv);
    }
}

static void
csv_me(struct csv *csv, const struct body_me *me)
{
    static const char *const names[] = {"login",   "name",     "role",     "branch",
                                        "company", "currency", "timezone", "today"};
    char day[DATE_TEXT];
    const struct str texts[] = {
        me->login,   me->name,     me->role,     me->branch,
        me->company, me->currency, me->timezone, str_from(date_text(me->locale.today, day))};
    heads(csv, names, COUNTOF(names));
    for (size_t i = 0; i < COUNTOF(texts); i++)
        cell(csv, texts[i]);
    end(csv);
}

static void
csv_status(struct csv *csv, const struct body *body)
{
    static const char *const names[] = {"name", "value"};
    heads(csv, names, COUNTOF(names));
    for (size_t i = 0; i < body->nstatus; i++) {
        cell(csv, body->status[i].name);
        cell(csv, body->status[i].value);
        end(csv);
    }
}

void
write_csv(struct buf *out, const struct style *st, const struct body *body)
{
    struct csv csv = {.out = out, .st = st};
    if (body_has(body, BODY_PAGE))
        csv_page(&csv, &body->page);
    else if (body_has(body, BODY_RECORD))
        csv_record(&csv, &body->record);
    else if (body_has(body, BODY_EVENTS))
        csv_events(&csv, &body->events);
    else if (body_has(body, BODY_HITS))
        csv_hits(&csv, &body->hits);
    else if (body_has(body, BODY_HOME))
        csv_home(&csv, &body->home);
    else if (body_has(body, BODY_ME))
        csv_me(&csv, &body->me);
    else if (body_has(body, BODY_STATUS))
        csv_status(&csv, body);
}
