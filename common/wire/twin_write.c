#include "common/wire/twin.h"

#include "common/base/arena.h"
#include "common/wire/twin_put.h"

static void
put_record(struct writer *w, const struct body_record *rec)
{
    const struct schema_entity *e = put_entity_of(w, rec->entity);
    put_open(w, '{');
    put_text_member(w, "entity", put_entity_name(w, rec->entity));
    put_int_member(w, "id", rec->id);
    put_int_member(w, "version", rec->version);
    put_text_member(w, "label", rec->label);
    put_key(w, "fields");
    put_open(w, '{');
    for (size_t i = 0; i < rec->nfields; i++) {
        const struct schema_field *f = put_field_of(e, rec->fields[i].tag);
        put_item(w);
        put_text(w, put_field_name(w, f, rec->fields[i].tag));
        buf_add_char(w->b, ':');
        put_value(w, f, &rec->fields[i].value);
    }
    put_close(w, '}');
    put_close(w, '}');
}

static void
put_row(struct writer *w, const struct schema_entity *e, const struct body_page *p,
        const struct body_row *row)
{
    put_open(w, '{');
    put_int_member(w, "id", row->id);
    put_int_member(w, "version", row->version);
    put_key(w, "fields");
    put_open(w, '{');
    for (size_t i = 0; i < p->ncolumns; i++) {
        const struct schema_field *f = put_field_of(e, p->columns[i]);
        put_item(w);
        put_text(w, put_field_name(w, f, p->columns[i]));
        buf_add_char(w->b, ':');
        put_value(w, f, &row->cells[i]);
    }
    put_close(w, '}');
    put_close(w, '}');
}

static void
put_sums(struct writer *w, const struct schema_entity *e, const struct body_page *p)
{
    put_key(w, "sums");
    put_open(w, '{');
    for (size_t i = 0; i < p->nsums; i++) {
        const struct schema_field *f = put_field_of(e, p->sums[i].tag);
        const struct value v = {.type = VT_MONEY, .money = {p->sums[i].sum}};
        put_item(w);
        put_text(w, put_field_name(w, f, p->sums[i].tag));
        buf_add_char(w->b, ':');
        put_value(w, f, &v);
    }
    put_close(w, '}');
}

static void
put_page(struct writer *w, const struct body_page *p)
{
    const struct schema_entity *e = put_entity_of(w, p->entity);
    put_open(w, '{');
    put_text_member(w, "entity", put_entity_name(w, p->entity));
    put_key(w, "rows");
    put_open(w, '[');
    for (size_t i = 0; i < p->nrows; i++) {
        put_item(w);
        put_row(w, e, p, &p->rows[i]);
    }
    put_close(w, ']');
    put_next_member(w, p->next);
    if (p->prev.n) {
        put_key(w, "prev");
        put_bytes(w, p->prev);
    }
    if (p->total >= 0) {
        put_int_member(w, "total", p->total);
        put_bool_member(w, "total_capped", p->total_capped);
    }
    if (p->nsums)
        put_sums(w, e, p);
    put_close(w, '}');
}

static void
put_issues(struct writer *w, const struct body_issue *issues, size_t n)
{
    static const char *const levels[] = {
        [ISSUE_WARN] = "warn", [ISSUE_CONFIRM] = "confirm", [ISSUE_REFUSE] = "refuse"};
    put_open(w, '[');
    for (size_t i = 0; i < n; i++) {
        put_item(w);
        put_open(w, '{');
        put_text_member(w, "level", str_from(levels[issues[i].level]));
        put_text_member(w, "field", issues[i].field);
        put_text_member(w, "text", issues[i].text);
        put_refs_member(w, issues[i].refs, issues[i].nrefs);
        put_close(w, '}');
    }
    put_close(w, ']');
}

static void
put_event(struct writer *w, const struct body_event *ev)
{
    char text[STAMP_TEXT];
    const struct schema_entity *e = put_entity_of(w, ev->record.entity);
    put_open(w, '{');
    put_int_member(w, "id", ev->id);
    put_text_member(w, "at", str_from(stamp_text(ev->at, text)));
    put_text_member(w, "who", ev->who);
    put_text_member(w, "address", ev->address);
    put_text_member(w, "client", ev->client);
    put_text_member(w, "op", ev->op);
    put_text_member(w, "reason", ev->reason);
    put_key(w, "record");
    put_ref(w, &ev->record);
    put_key(w, "changes");
    put_open(w, '[');
    for (size_t i = 0; i < ev->nchanges; i++) {
        const struct body_change *c = &ev->changes[i];
        put_item(w);
        put_open(w, '{');
        put_text_member(w, "field", put_field_name(w, put_field_of(e, c->tag), c->tag));
        put_text_member(w, "name", c->name);
        put_text_member(w, "before", c->before);
        put_text_member(w, "after", c->after);
        put_close(w, '}');
    }
    put_close(w, ']');
    put_close(w, '}');
}

static void
put_events(struct writer *w, const struct body_events *events)
{
    put_open(w, '{');
    put_key(w, "rows");
    put_open(w, '[');
    for (size_t i = 0; i < events->nrows; i++) {
        put_item(w);
        put_event(w, &events->rows[i]);
    }
    put_close(w, ']');
    put_next_member(w, events->next);
    put_close(w, '}');
}

static void
put_hits(struct writer *w, const struct body_hits *hits)
{
    put_open(w, '[');
    for (size_t i = 0; i < hits->nrows; i++) {
        put_item(w);
        put_open(w, '{');
        put_key(w, "record");
        put_ref(w, &hits->rows[i].record);
        put_text_member(w, "detail", hits->rows[i].detail);
        put_text_member(w, "why", hits->rows[i].why);
        put_close(w, '}');
    }
    put_close(w, ']');
}

static void
put_file(struct writer *w, const struct body_file *f)
{
    put_open(w, '{');
    put_text_member(w, "name", f->name);
    put_text_member(w, "media_type", f->media_type);
    put_key(w, "bytes");
    put_bytes(w, f->bytes);
    put_close(w, '}');
}

static void
put_error(struct writer *w, const struct body_error *e)
{
    put_open(w, '{');
    put_text_member(w, "symbol", e->symbol);
    put_text_member(w, "message", e->message);
    put_text_member(w, "field", e->field);
    put_bool_member(w, "retryable", e->retryable);
    put_refs_member(w, e->refs, e->nrefs);
    put_key(w, "issues");
    put_issues(w, e->issues, e->nissues);
    put_text_member(w, "trace", e->trace);
    put_close(w, '}');
}

static void
put_hello(struct writer *w, const struct body_hello *h)
{
    put_open(w, '{');
    put_int_member(w, "version", h->version);
    put_text_member(w, "server", h->server);
    put_text_member(w, "schema_hash", h->schema_hash);
    put_close(w, '}');
}

static void
put_status(struct writer *w, const struct body *body)
{
    put_open(w, '[');
    for (size_t i = 0; i < body->nstatus; i++) {
        put_item(w);
        put_open(w, '{');
        put_text_member(w, "name", body->status[i].name);
        put_text_member(w, "value", body->status[i].value);
        put_close(w, '}');
    }
    put_close(w, ']');
}

static void put_body(struct writer *w, const struct body *body);

static void
put_results(struct writer *w, const struct body *body)
{
    put_open(w, '[');
    for (size_t i = 0; i < body->nresults; i++) {
        put_item(w);
        put_body(w, &body->results[i]);
    }
    put_close(w, ']');
}

static void
put_part(struct writer *w, const struct body *body, enum body_key part)
{
    switch (part) {
    case BODY_RECORD:
        put_record(w, &body->record);
        break;
    case BODY_PAGE:
        put_page(w, &body->page);
        break;
    case BODY_ISSUES:
        put_issues(w, body->issues, body->nissues);
        break;
    case BODY_EVENTS:
        put_events(w, &body->events);
        break;
    case BODY_HITS:
        put_hits(w, &body->hits);
        break;
    case BODY_HOME:
        put_home(w, &body->home);
        break;
    case BODY_FILE:
        put_file(w, &body->file);
        break;
    case BODY_SCHEMA:
        put_schema(w, body->schema);
        break;
    case BODY_ME:
        put_me(w, &body->me);
        break;
    case BODY_RESULTS:
        put_results(w, body);
        break;
    case BODY_ERROR:
        put_error(w, &body->error);
        break;
    case BODY_HELLO:
        put_hello(w, &body->hello);
        break;
    case BODY_STATUS:
        put_status(w, body);
        break;
    }
}

static void
put_body(struct writer *w, const struct body *body)
{
    put_open(w, '{');
    for (unsigned part = BODY_RECORD; part <= BODY_STATUS; part++) {
        /* A server may hold its own description only as encoded bytes: then there is none to spell out. */
        bool absent = !body_has(body, (enum body_key)part) || (part == BODY_SCHEMA && !body->schema);
        if (absent)
            continue;
        put_key(w, body_key_name((enum body_key)part));
        put_part(w, body, (enum body_key)part);
    }
    put_close(w, '}');
}

void
twin_body(struct buf *out, const struct schema *s, const struct locale_info *l, const struct body *body)
{
    struct writer w = {.b = out, .s = s, .l = l};
    put_body(&w, body);
}

void
twin_write(struct buf *out, const struct schema *s, const struct locale_info *l, uint64_t id, enum rc code,
           const struct body *body, const struct reply_meta *meta)
{
    struct writer w = {.b = out, .s = s, .l = l};
    put_open(&w, '{');
    put_key(&w, "id");
    put_int(&w, (int64_t)(id <= INT64_MAX ? id : 0));
    put_text_member(&w, "code", str_from(rc_symbol(code)));
    put_key(&w, "body");
    put_body(&w, body);
    if (meta && meta->replayed)
        put_bool_member(&w, "replayed", true);
    if (meta && meta->server_us)
        put_int_member(&w, "server_us", meta->server_us);
    if (meta && meta->retry_after_ms)
        put_int_member(&w, "retry_after_ms", meta->retry_after_ms);
    if (meta && meta->trace.n)
        put_text_member(&w, "trace", meta->trace);
    put_close(&w, '}');
}
