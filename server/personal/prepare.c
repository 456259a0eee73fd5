#include <inttypes.h>
#include <stdlib.h>

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/value/number.h"
#include "server/catalog/customer.h"
#include "server/personal/keyring.h"
#include "server/rule/entry/name.h"
#include "server/store/admin.h"

/*
 * Releases before this one kept customers in plain. The migration put what has no column any more into
 * app.unsealed; here each of them gets a key, and record, history and search words are written anew. Triggers
 * are off meanwhile: what is said does not change, only how it is kept.
 */
enum { BATCH = 200, ARENA_CAP = 256 * 1024 * 1024 };

struct sealing {
    struct keyring *keys;
    struct admin *db;
    struct arena a; /* of one batch */
    int32_t tenant; /* whose keys these are */
    unsigned char wrap[SEAL_KEY], marks[SEAL_KEY];
    uint32_t generation;
    int64_t count;
};

/* A customer on the way, and what was sealed for him last: equal versions are sealed once. */
struct sealed_person {
    int64_t id;
    unsigned char key[SEAL_KEY];
    struct seal_about about;
    struct str document, sealed;
};

/* ------------------------------------------------------------------ documents */

/* Personal columns of `doc`, a JSON expression, as texts in the order of the catalog. */
static void
put_columns(struct buf *b, const char *doc)
{
    char column[FIELD_COLUMN];
    for (size_t i = 0; i < customer_entity.nfields; i++)
        if (customer_entity.fields[i].flags & SCHEMA_PERSONAL)
            buf_printf(b, ", %s ->> '%s'", doc, field_column(&customer_entity.fields[i], column));
}

static struct value
value_of(const struct field *f, struct str text)
{
    struct value v = {.type = f->type};
    if (!text.p)
        return VALUE_NULL;
    if (f->type == VT_TEXT)
        return VALUE_TEXT(text);
    if (f->type == VT_DATE && date_parse(text, f->name, &v.date, NULL) == RC_OK)
        return v;
    if (f->type == VT_CHOICE && number_parse(text, 0, INT32_MAX, f->name, &v.i, NULL) == RC_OK)
        return v;
    return VALUE_NULL;
}

static void
read_columns(const struct str *cells, struct customer *ret)
{
    for (size_t i = 0; i < customer_entity.nfields; i++) {
        const struct field *f = &customer_entity.fields[i];
        if (!(f->flags & SCHEMA_PERSONAL))
            continue;
        const struct value v = value_of(f, *cells++);
        field_put(f, ret, &v);
    }
}

static struct str
seal(struct sealing *s, struct sealed_person *p, const struct customer *c)
{
    struct str document = personal_document(&s->a, &customer_entity, c);
    if (!p->sealed.n || !str_eq(document, p->document)) {
        p->document = document;
        p->sealed = seal_close(&s->a, p->key, 0, &p->about, document);
    }
    return p->sealed;
}

/* ------------------------------------------------------------------ one customer */

static enum rc
keys_of(struct sealing *s, int32_t tenant, struct err *reterr)
{
    static const uint32_t marks = GENERATION_MARKS;
    uint32_t generation;
    if (s->tenant == tenant)
        return RC_OK;
    enum rc rc = tenant_key_admin(s->keys, s->db, &s->a, tenant, NULL, s->wrap, &s->generation, reterr);
    if (rc == RC_OK)
        rc = tenant_key_admin(s->keys, s->db, &s->a, tenant, &marks, s->marks, &generation, reterr);
    if (rc == RC_OK)
        s->tenant = tenant;
    return rc;
}

static enum rc
write_key(struct sealing *s, struct sealed_person *p, struct err *reterr)
{
    const struct seal_about about = {SEAL_PERSON_KEY, s->tenant, ENTITY_CUSTOMER, p->id};
    crypt_random(p->key, sizeof p->key);
    struct str wrapped =
        seal_close(&s->a, s->wrap, s->generation, &about, (struct str){(const char *)p->key, sizeof p->key});
    const char *params[] = {admin_number(&s->a, s->tenant), admin_number(&s->a, p->id),
                            admin_number(&s->a, s->generation), admin_hex(&s->a, wrapped)};
    return admin_run(s->db, &s->a,
                     "insert into app.person_key (tenant_id, customer_id, generation, wrapped)"
                     " values ($1::int, $2::bigint, $3::int, $4::bytea)",
                     params, COUNTOF(params), NULL, reterr);
}

static enum rc
write_record(struct sealing *s, struct sealed_person *p, const struct customer *c, struct str code,
             struct err *reterr)
{
    char id_mark[SEAL_BLIND + 1], birth_mark[SEAL_BLIND + 1];
    const char *birth = NULL;
    if (code.p)
        seal_blind(s->marks, MARK_CODE, code, id_mark);
    if (row_has(&c->row, CUSTOMER_BIRTH_DATE))
        birth = seal_blind(s->marks, MARK_BIRTH, name_birth(&s->a, c->name, c->birth_date), birth_mark);
    const char *params[] = {admin_number(&s->a, s->tenant), admin_number(&s->a, p->id),
                            admin_hex(&s->a, seal(s, p, c)), code.p ? id_mark : NULL, birth};
    enum rc rc = admin_run(s->db, &s->a,
                           "update app.customer set personal_sealed = $3::bytea, id_key = $4, birth_key = $5"
                           " where tenant_id = $1::int and id = $2::bigint",
                           params, 5, NULL, reterr);
    const char *word[] = {params[0], params[1], code.p ? str_printf(&s->a, "=%s", id_mark).p : NULL};
    if (rc == RC_OK && code.p)
        rc = admin_run(s->db, &s->a,
                       "update app.search_token set token = $3 where tenant_id = $1::int and entity = 1"
                       " and row_id = $2::bigint and why = 3",
                       word, 3, NULL, reterr);
    return rc;
}

/* $1 the company, $2 the record, $3 the entry, $4 what was sealed: in place of everything personal. */
static enum rc
write_version(struct sealing *s, struct sealed_person *p, struct str entry, struct str side,
              struct str sealed, struct err *reterr)
{
    struct str sql =
        str_printf(&s->a,
                   "update app.history set %.*s = (%.*s - array['name', 'phone', 'phone_key', 'email',"
                   " 'id_number', 'id_key', 'birth_date', 'gender', 'address', 'city', 'note'])"
                   " || jsonb_build_object('personal_sealed', $4::text)"
                   " where tenant_id = $1::int and row_id = $2::bigint and id = $3::bigint",
                   STR_ARG(side), STR_ARG(side));
    const char *params[] = {admin_number(&s->a, s->tenant), admin_number(&s->a, p->id),
                            str_dup(&s->a, entry).p, admin_hex(&s->a, sealed)};
    return admin_run(s->db, &s->a, sql.p, params, COUNTOF(params), NULL, reterr);
}

static enum rc
write_history(struct sealing *s, struct sealed_person *p, struct err *reterr)
{
    struct buf sql;
    struct admin_rows rows;
    const char *params[] = {admin_number(&s->a, s->tenant), admin_number(&s->a, p->id)};
    buf_init(&sql, &s->a, 1024);
    buf_add_str(&sql, STR("select h.id, v.side"));
    put_columns(&sql, "v.doc");
    buf_add_str(
        &sql,
        STR(" from app.history h cross join lateral (values ('before', h.before), ('after', h.after))"
            " as v(side, doc) where h.tenant_id = $1::int and h.tbl = 'customer' and h.row_id = $2::bigint"
            " and v.doc is not null and not v.doc ? 'personal_sealed' order by h.id, v.side desc"));
    buf_add_char(&sql, '\0');
    enum rc rc = admin_run(s->db, &s->a, (const char *)sql.p, params, COUNTOF(params), &rows, reterr);
    for (size_t r = 0; rc == RC_OK && r < rows.nrows; r++) {
        const struct str *cells = &rows.cells[r * rows.ncols];
        struct customer was = {0};
        read_columns(cells + 2, &was);
        rc = write_version(s, p, cells[0], cells[1], seal(s, p, &was), reterr);
    }
    return rc;
}

/* cells: company, id, id_key, then the personal columns */
static enum rc
seal_one(struct sealing *s, const struct str *cells, struct err *reterr)
{
    struct customer c = {0};
    struct sealed_person p = {.id = strtoll(cells[1].p, NULL, 10)};
    enum rc rc = keys_of(s, (int32_t)strtol(cells[0].p, NULL, 10), reterr);
    if (rc != RC_OK)
        return rc;
    p.about = (struct seal_about){SEAL_PERSON, s->tenant, ENTITY_CUSTOMER, p.id};
    read_columns(cells + 3, &c);
    rc = write_key(s, &p, reterr);
    if (rc == RC_OK)
        rc = write_history(s, &p, reterr);
    if (rc == RC_OK)
        rc = write_record(s, &p, &c, cells[2], reterr);
    crypt_wipe(p.key, sizeof p.key);
    const char *params[] = {admin_number(&s->a, s->tenant), admin_number(&s->a, p.id)};
    if (rc == RC_OK)
        rc = admin_run(s->db, &s->a, "delete from app.unsealed where tenant_id = $1::int and id = $2::bigint",
                       params, 2, NULL, reterr);
    return rc;
}

/* ------------------------------------------------------------------ all of them */

/* In a transaction of its own. *ret_left false: that was all. The tables are locked first: a vacuum that has
   one of them waits for whoever changed its row of the catalog, as a grant does. */
static enum rc
seal_batch(struct sealing *s, bool *ret_left, struct err *reterr)
{
    struct buf sql;
    struct admin_rows rows;
    buf_init(&sql, &s->a, 1024);
    buf_add_str(&sql, STR("select u.tenant_id, u.id, c.id_key"));
    put_columns(&sql, "(to_jsonb(c) || to_jsonb(u))");
    buf_printf(&sql,
               " from app.unsealed u join app.customer c on c.tenant_id = u.tenant_id and c.id = u.id"
               " order by u.tenant_id, u.id limit %d",
               BATCH);
    buf_add_char(&sql, '\0');
    enum rc rc = admin_script(
        s->db,
        "begin; lock table app.history, app.customer in share row exclusive mode;"
        " grant update on app.history to bima_owner; alter table app.history disable trigger user;"
        " alter table app.customer disable trigger user",
        reterr);
    if (rc == RC_OK)
        rc = admin_run(s->db, &s->a, (const char *)sql.p, NULL, 0, &rows, reterr);
    for (size_t r = 0; rc == RC_OK && r < rows.nrows; r++)
        rc = seal_one(s, &rows.cells[r * rows.ncols], reterr);
    if (rc == RC_OK)
        rc = admin_script(s->db,
                          "set constraints all immediate; alter table app.history enable trigger user;"
                          " alter table app.customer enable trigger user;"
                          " revoke update on app.history from bima_owner; commit",
                          reterr);
    if (rc != RC_OK) {
        enum rc undone = admin_script(s->db, "rollback", NULL);
        (void)undone; /* else the connection is gone, and the transaction with it */
        return rc;
    }
    s->count += (int64_t)rows.nrows;
    *ret_left = rows.nrows == BATCH;
    return RC_OK;
}

static enum rc
seal_all(struct sealing *s, struct err *reterr)
{
    bool left = true;
    enum rc rc = RC_OK;
    while (rc == RC_OK && left) {
        rc = seal_batch(s, &left, reterr);
        arena_reset(&s->a);
    }
    return rc ? rc
              : admin_script(s->db,
                             "begin; drop table app.unsealed; alter table app.customer validate constraint "
                             "sealed_whole;"
                             " commit",
                             reterr);
}

/* One key of each master key that ever wrapped one and was not replaced. */
static enum rc
check_master(struct sealing *s, const struct admin_rows *rows, struct err *reterr)
{
    unsigned char key[SEAL_KEY];
    enum rc rc = RC_OK;
    for (size_t r = 0; rc == RC_OK && r < rows->nrows; r++) {
        const struct str *cells = &rows->cells[r * rows->ncols];
        rc = keyring_unwrap(s->keys, (int32_t)strtol(cells[0].p, NULL, 10),
                            (uint32_t)strtoul(cells[1].p, NULL, 10), admin_bytes(&s->a, cells[2]), key,
                            reterr);
    }
    crypt_wipe(key, sizeof key);
    return rc;
}

static enum rc
prepare(struct sealing *s, const char *path, struct err *reterr)
{
    struct admin_rows masters, unsealed;
    enum rc rc = admin_run(
        s->db, &s->a,
        "select distinct on (master) tenant_id, generation, wrapped from app.tenant_key order by master",
        NULL, 0, &masters, reterr);
    if (rc == RC_OK)
        rc = admin_run(s->db, &s->a, "select to_regclass('app.unsealed')", NULL, 0, &unsealed, reterr);
    if (rc != RC_OK || (!masters.nrows && !unsealed.cells[0].p))
        return rc;
    rc = keyring_open(path, masters.nrows == 0, &s->keys, reterr);
    if (rc == RC_OK)
        rc = check_master(s, &masters, reterr);
    return rc == RC_OK && unsealed.cells[0].p ? seal_all(s, reterr) : rc;
}

enum rc
personal_prepare(const char *conninfo, const char *path, int64_t *ret_sealed, struct err *reterr)
{
    struct sealing s = {.tenant = -1};
    enum rc rc = admin_open(conninfo, &s.db, reterr);
    if (rc != RC_OK)
        return RC_UNAVAILABLE;
    arena_init(&s.a, ARENA_CAP, NULL, NULL);
    rc = prepare(&s, path, reterr);
    if (rc == RC_OK)
        *ret_sealed = s.count;
    crypt_wipe(s.wrap, sizeof s.wrap);
    crypt_wipe(s.marks, sizeof s.marks);
    keyring_close(&s.keys);
    admin_close(&s.db);
    arena_done(&s.a);
    return rc;
}
