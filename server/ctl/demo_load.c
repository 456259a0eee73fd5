#include "server/ctl/demo_load.h"

#include <inttypes.h>
#include <stdlib.h>

#include "common/certificate/certificate.h"
#include "server/catalog/vehicle.h"
#include "server/ctl/demo_table.h"
#include "server/rule/token.h"

enum {
    BYTES = 256 * 1024, /* of rows before they are sent … */
    FLUSH = 192 * 1024, /* … and what one call writes fits between */
    JSON = 32 * 1024,
    WORD_MIN = 3,
};

/* ------------------------------------------------------------------ one COPY */

struct pass {
    struct demo_load *load;
    struct demo_row row;
    const char *table;
    bool open;
    enum entity_number only;
    struct rule_tokens tokens;
    struct entry {
        struct demo_item item;
        struct str payload;
    } entries[1 + DEMO_VEHICLES * (4 + DEMO_TERMS * (3 + DEMO_RECEIPTS))]; /* all records of one customer */
    size_t nentries;
};

static struct pass *
new_pass(struct demo_load *l, const char *table)
{
    memset(l->pass, 0, sizeof *l->pass);
    l->pass->load = l;
    l->pass->table = table;
    return l->pass;
}

static enum rc
flush(struct pass *p, size_t above, struct err *reterr)
{
    if (p->row.n <= above)
        return RC_OK;
    enum rc rc = admin_copy_put(p->load->db, p->row.p, p->row.n, reterr);
    p->row.n = 0;
    return rc;
}

/* `columns`: "id,name". */
static enum rc
open_copy(struct pass *p, struct str columns, struct err *reterr)
{
    struct str sql =
        str_printf(p->load->a, "copy app.%s (%.*s) from stdin (format binary)", p->table, STR_ARG(columns));
    enum rc rc = admin_copy_start(p->load->db, sql.p, reterr);
    if (rc != RC_OK)
        return rc;
    p->open = true;
    demo_row_init(&p->row, DEMO_BINARY, p->load->bytes, BYTES);
    p->row.a = p->load->a;
    return admin_copy_put(p->load->db, demo_copy_head, sizeof demo_copy_head, reterr);
}

static enum rc
close_copy(struct pass *p, struct err *reterr)
{
    if (!p->open)
        return RC_OK;
    enum rc rc = flush(p, 0, reterr);
    if (rc == RC_OK)
        rc = admin_copy_put(p->load->db, demo_copy_tail, sizeof demo_copy_tail, reterr);
    p->open = false;
    return rc ? rc : admin_copy_end(p->load->db, reterr);
}

/* Every story through `visit`; `done` (may be NULL) after each. When a piece is refused, the end says why. */
static enum rc
run(struct pass *p, demo_visit visit, enum rc (*done)(struct pass *p, struct err *reterr), struct err *reterr)
{
    struct demo_load *l = p->load;
    const struct demo_story *story;
    enum rc rc = RC_OK;
    demo_book_rewind(l->book);
    for (int64_t n = 0; rc == RC_OK && n < l->book->setting.customers; n++) {
        rc = demo_book_read(l->book, n, &story, reterr);
        if (rc == RC_OK)
            rc = demo_each(story, visit, p, reterr);
        if (rc == RC_OK && done)
            rc = done(p, reterr);
        arena_reset(l->a);
    }
    return rc ? rc : close_copy(p, reterr);
}

/* ------------------------------------------------------------------ records */

static enum rc
seal(struct demo_load *l, const struct demo_item *i, struct str *ret, struct err *reterr)
{
    const struct demo_car *c = &i->vehicle->car;
    const struct choice *usage = field_choice(entity_field(&vehicle_entity, VEHICLE_USAGE), c->usage);
    const struct certificate_facts facts = {
        .number = demo_item_number(l->a, i),
        .company = str_from(i->story->company->name),
        .vehicle_class = str_from(i->story->company->kind_names[c->kind]),
        .plate = str_from(c->plate),
        .chassis = str_from(c->chassis),
        .usage = str_from(usage ? usage->label : ""),
        .holder = str_from(i->story->person.name),
        .from = i->term->start,
        .to = i->term->end,
    };
    enum rc rc = certificate_seal(l->a, &facts, l->signer, ret, reterr);
    if (rc == RC_OK && (fwrite(ret->p, 1, ret->n, l->payloads) != ret->n || fputc('\n', l->payloads) == EOF))
        rc = err_log(reterr, RC_INTERNAL, "could not write a temporary file");
    return rc;
}

static enum rc
write_record(void *ctx, const struct demo_item *i, struct err *reterr)
{
    struct pass *p = ctx;
    struct str payload = STR_NONE;
    enum rc rc = RC_OK;
    if (i->entity != p->only)
        return RC_OK;
    if (!p->open) {
        demo_row_init(&p->row, DEMO_COLUMNS, p->load->bytes, BYTES);
        p->row.a = p->load->a;
        demo_item_write(&p->row, i, payload);
        rc = open_copy(p, str_dup(p->load->a, (struct str){p->row.p, p->row.n}), reterr);
    }
    if (rc == RC_OK && i->entity == ENTITY_CERTIFICATE)
        rc = seal(p->load, i, &payload, reterr);
    if (rc != RC_OK)
        return rc;
    demo_item_write(&p->row, i, payload);
    p->load->rows++;
    return flush(p, FLUSH, reterr);
}

static enum rc
put_counter(struct demo_load *l, size_t lane, int year, struct err *reterr)
{
    static const char *const kinds[DEMO_TALLIES] = {"policy", "receipt", "certificate"};
    size_t kind = lane % DEMO_TALLIES, branch = lane / DEMO_TALLIES % DEMO_BRANCHES;
    size_t company = lane / DEMO_TALLIES / DEMO_BRANCHES;
    const struct demo_company *c = &l->book->setting.companies[company];
    int64_t n = demo_book_counter(l->book, company, branch, (enum demo_tally_kind)kind, year);
    if (n == 0)
        return RC_OK;
    struct str sql = str_printf(l->a,
                                "insert into app.counter (tenant_id, kind, branch_id, period, n)"
                                " values (%d, '%s', %" PRId64 ", %d, %" PRId64 ")",
                                c->tenant, kinds[kind], c->branches[branch].id, year, n);
    return admin_script(l->db, sql.p, reterr);
}

enum rc
demo_load_counters(struct demo_load *l, struct err *reterr)
{
    int first = civil_of(l->book->first_day).year, last = civil_of(l->book->setting.today).year;
    enum rc rc = RC_OK;
    for (size_t lane = 0; lane < (size_t)DEMO_COMPANIES * DEMO_BRANCHES * DEMO_TALLIES; lane++)
        for (int year = first; rc == RC_OK && year <= last; year++)
            rc = put_counter(l, lane, year, reterr);
    arena_reset(l->a);
    return rc;
}

enum rc
demo_load_record(struct demo_load *l, enum entity_number e, struct err *reterr)
{
    if (l->book->counts[e] == 0)
        return RC_OK;
    struct pass *p = new_pass(l, entity_by_number(e)->table);
    p->only = e;
    return run(p, write_record, NULL, reterr);
}

/* ------------------------------------------------------------------ keys of persons */

static enum rc
write_key(void *ctx, const struct demo_item *i, struct err *reterr)
{
    struct pass *p = ctx;
    if (i->entity != ENTITY_CUSTOMER)
        return RC_OK;
    demo_item_write_key(&p->row, i->story);
    p->load->rows++;
    return flush(p, FLUSH, reterr);
}

enum rc
demo_load_keys(struct demo_load *l, struct err *reterr)
{
    struct pass *p = new_pass(l, "person_key");
    enum rc rc = open_copy(p, STR("tenant_id,customer_id,generation,wrapped,created_at,updated_at"), reterr);
    return rc ? rc : run(p, write_key, NULL, reterr);
}

/* ------------------------------------------------------------------ search */

static enum rc
write_tokens(void *ctx, const struct demo_item *i, struct err *reterr)
{
    struct pass *p = ctx;
    demo_item_tokens(p->load->a, i, &p->tokens);
    for (size_t k = 0; k < p->tokens.n; k++) {
        demo_row_open(&p->row);
        demo_put_int4(&p->row, "tenant_id", i->story->company->tenant);
        demo_put_text(&p->row, "token", p->tokens.rows[k].token);
        demo_put_int2(&p->row, "entity", i->entity);
        demo_put_int8(&p->row, "row_id", demo_item_id(i));
        demo_put_int2(&p->row, "why", p->tokens.rows[k].why);
        demo_row_close(&p->row);
    }
    p->load->rows += (int64_t)p->tokens.n;
    return flush(p, FLUSH, reterr);
}

enum rc
demo_load_search(struct demo_load *l, struct err *reterr)
{
    const struct demo_company *c = l->book->setting.companies;
    struct pass *p = new_pass(l, "search_token");
    enum rc rc = open_copy(p, STR("tenant_id,token,entity,row_id,why"), reterr);
    if (rc == RC_OK)
        rc = run(p, write_tokens, NULL, reterr);
    if (rc != RC_OK)
        return rc;
    struct str sql =
        str_printf(l->a,
                   "insert into app.search_word (tenant_id, word) select distinct tenant_id, token"
                   " from app.search_token where tenant_id in (%d, %d) and why = %d"
                   " and octet_length(token) >= %d",
                   c[0].tenant, c[1].tenant, TOKEN_NAME, WORD_MIN);
    return admin_script(l->db, sql.p, reterr);
}

/* ------------------------------------------------------------------ history */

/* Certificates come in the order in which they were sealed. */
static enum rc
next_payload(struct demo_load *l, struct str *ret, struct err *reterr)
{
    char line[CERTIFICATE_TEXT_MAX + 2];
    if (!fgets(line, sizeof line, l->payloads))
        return err_log(reterr, RC_INTERNAL, "a temporary file ended early");
    *ret = str_dup(l->a, str_trim(str_from(line)));
    return RC_OK;
}

static enum rc
collect(void *ctx, const struct demo_item *i, struct err *reterr)
{
    struct pass *p = ctx;
    struct entry e = {.item = *i};
    if (i->entity == ENTITY_CERTIFICATE) {
        enum rc rc = next_payload(p->load, &e.payload, reterr);
        if (rc != RC_OK)
            return rc;
    }
    ASSERT(p->nentries < COUNTOF(p->entries));
    size_t at = p->nentries++;
    /* Mostly in order already; what was made in the same second stays as it came. */
    for (; at > 0 && demo_item_made(&p->entries[at - 1].item).usec > demo_item_made(i).usec; at--)
        p->entries[at] = p->entries[at - 1];
    p->entries[at] = e;
    return RC_OK;
}

static struct str
json_of(struct demo_load *l, const struct demo_item *i, struct str payload)
{
    struct demo_row json;
    demo_row_init(&json, DEMO_JSON, l->json, JSON);
    json.a = l->a;
    demo_item_write(&json, i, payload);
    return (struct str){json.p, json.n};
}

/* As the trigger writes it when a request adds a record. */
static void
write_entry(struct demo_row *r, struct demo_load *l, const struct entry *e)
{
    const struct demo_item *i = &e->item;
    const struct demo_user *maker = demo_item_maker(i);
    const char *action = demo_item_action(i);
    bool of_customer =
        i->entity == ENTITY_CUSTOMER || i->entity == ENTITY_OWNERSHIP || i->entity == ENTITY_POLICY;
    bool of_vehicle = i->vehicle && i->entity != ENTITY_TERM && i->entity != ENTITY_RECEIPT;
    bool former = i->entity == ENTITY_OWNERSHIP && i->former;
    demo_row_open(r);
    demo_put_int4(r, "tenant_id", i->story->company->tenant);
    demo_put_stamp(r, "at", demo_item_made(i));
    demo_put_text(r, "tbl", str_from(entity_by_number(i->entity)->table));
    demo_put_int8(r, "row_id", demo_item_id(i));
    demo_put_text(r, "op", STR("I"));
    demo_put_text(r, "action", action ? str_from(action) : STR_NONE);
    demo_put_int8(r, "actor_id", maker->id);
    demo_put_text(r, "actor", str_printf(l->a, "%s (%s)", maker->name, maker->login));
    demo_put_text(r, "client", STR("demo data"));
    demo_put_id(r, "policy_id", i->policy ? i->policy->id : 0);
    demo_put_id(r, "vehicle_id", of_vehicle ? i->vehicle->id : 0);
    demo_put_id(r, "customer_id", !of_customer ? 0 : former ? i->vehicle->former_owner_id : i->story->id);
    demo_put_json(r, "after", json_of(l, i, e->payload));
    demo_row_close(r);
}

static enum rc
write_entries(struct pass *p, struct err *reterr)
{
    enum rc rc = RC_OK;
    for (size_t k = 0; rc == RC_OK && k < p->nentries; k++) {
        write_entry(&p->row, p->load, &p->entries[k]);
        rc = flush(p, FLUSH, reterr);
    }
    p->load->rows += (int64_t)p->nentries;
    p->nentries = 0;
    return rc;
}

enum rc
demo_load_history(struct demo_load *l, struct err *reterr)
{
    struct pass *p = new_pass(l, "history");
    if (fseek(l->payloads, 0, SEEK_SET) != 0)
        return err_log(reterr, RC_INTERNAL, "could not read a temporary file");
    enum rc rc = open_copy(p,
                           STR("tenant_id,at,tbl,row_id,op,action,actor_id,actor,client,policy_id,vehicle_id,"
                               "customer_id,after"),
                           reterr);
    return rc ? rc : run(p, collect, write_entries, reterr);
}

/* ------------------------------------------------------------------ before and after */

enum rc
demo_load_ids(struct admin *db, struct arena *a, struct demo_book *book, struct err *reterr)
{
    struct admin_rows rows;
    enum rc rc = admin_script(db, "begin", reterr);
    for (int e = ENTITY_CUSTOMER; rc == RC_OK && e <= ENTITY_CERTIFICATE; e++) {
        const char *table = entity_by_number((uint64_t)e)->table;
        if (book->counts[e] == 0)
            continue;
        /* Altering it keeps others from drawing an id in between. */
        struct str sql = str_printf(a, "alter sequence app.%s_seq cache 1", table);
        rc = admin_script(db, sql.p, reterr);
        sql = str_printf(a, "select v, setval('app.%s_seq', v + %" PRId64 ") from nextval('app.%s_seq') as v",
                         table, book->counts[e] + 1, table);
        if (rc == RC_OK)
            rc = admin_run(db, a, sql.p, NULL, 0, &rows, reterr);
        if (rc == RC_OK)
            book->bases[e] = strtoll(rows.cells[0].p, NULL, 10);
    }
    if (rc == RC_OK)
        rc = admin_run(db, a, "select unnest(id_key) from app.installation", NULL, 0, &rows, reterr);
    if (rc == RC_OK && rows.nrows != DEMO_ID_KEYS)
        rc = err_log(reterr, RC_INTERNAL, "the installation has no key for its ids");
    for (size_t i = 0; rc == RC_OK && i < DEMO_ID_KEYS; i++)
        book->id_keys[i] = strtoull(rows.cells[i].p, NULL, 10);
    return rc ? rc : admin_script(db, "commit", reterr);
}

enum rc
demo_load_open(struct admin *db, struct arena *a, struct demo_book *book, const struct signer *signer,
               struct demo_load *ret, struct err *reterr)
{
    struct demo_load l = {.db = db, .a = a, .book = book, .signer = signer, .payloads = tmpfile()};
    l.bytes = malloc(BYTES);
    l.json = malloc(JSON);
    l.pass = malloc(sizeof *l.pass);
    if (!l.payloads || !l.bytes || !l.json || !l.pass) {
        demo_load_close(&l);
        return err_log(reterr, RC_INTERNAL, "no room for temporary data");
    }
    *ret = l;
    return RC_OK;
}

void
demo_load_close(struct demo_load *l)
{
    if (l->payloads)
        (void)fclose(l->payloads);
    free(l->bytes);
    free(l->json);
    free(l->pass);
    *l = (struct demo_load){0};
}
