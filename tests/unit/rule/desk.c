#include "desk.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/buf.h"

#include "server/op/parts.h"

static void
must(struct desk *d, enum rc rc, const char *what)
{
    cr_assert_eq(rc, RC_OK, "%s: %s %s (%s) %s", what, rc_symbol(d->err.code), d->err.text, d->err.field,
                 d->err.log);
}

static void
boot_run(struct desk *d, struct str sql, struct pg_rows *ret)
{
    const struct pg_stmt stmt = {sql.p, NULL, 0};
    must(d, pg_run(d->boot, &d->arena, &stmt, 1, ret, &d->err), sql.p);
}

/* $t becomes the company's number. */
static struct str
fill(struct desk *d, const char *sql)
{
    struct buf b;
    buf_init(&b, &d->arena, 256);
    for (; *sql; sql++) {
        if (sql[0] == '$' && sql[1] == 't') {
            buf_printf(&b, "%d", d->tenant);
            sql++;
        } else {
            buf_add_char(&b, *sql);
        }
    }
    buf_add_char(&b, '\0');
    return buf_str(&b);
}

void
desk_run(struct desk *d, const char *sql)
{
    struct pg_rows rows;
    boot_run(d, fill(d, sql), &rows);
}

int64_t
desk_number(struct desk *d, const char *sql)
{
    struct pg_rows rows;
    boot_run(d, fill(d, sql), &rows);
    cr_assert_eq(rows.nrows, 1, "%s gives %zu rows", sql, rows.nrows);
    return pg_cell(&rows, 0, 0)->i;
}

const char *
desk_words(struct desk *d, const char *sql)
{
    struct pg_rows rows;
    boot_run(d, fill(d, sql), &rows);
    cr_assert_eq(rows.nrows, 1, "%s gives %zu rows", sql, rows.nrows);
    return pg_cell(&rows, 0, 0)->type == VT_TEXT ? str_dup(&d->arena, pg_cell(&rows, 0, 0)->text).p : "";
}

static void
make_company(struct desk *d)
{
    static const char *const roles[DESK_USERS][2] = {
        {"amina", "agent"  },
        {"juma",  "cashier"},
        {"neema", "manager"}
    };
    unsigned char random[4];
    char code[9];
    crypt_random(random, sizeof random);
    crypt_hex(random, sizeof random, code);
    for (char *p = code; *p; p++)
        *p = (char)(*p >= 'a' ? *p - 32 : *p);
    d->tenant = (int32_t)desk_number(
        d, str_printf(&d->arena,
                      "select app.provision_company('%s', 'Simba Insurance', '%s.co.tz', 'admin', null,"
                      " '[[\"KK\", \"Kariakoo\"]]')",
                      code, code)
               .p);
    desk_run(d, "update app.tenant set four_eyes_minor = 50000000, renew_ahead_days = 60 where id = $t");
    for (int i = 0; i < DESK_USERS; i++) {
        d->users[i] = desk_number(
            d,
            str_printf(
                &d->arena,
                "insert into app.user_account (tenant_id, login, name, role_id, branch_id) select $t, '%s',"
                " initcap('%s'), r.id, b.id from app.branch b join app.role r on r.tenant_id = b.tenant_id"
                " and r.code = '%s' where b.tenant_id = $t returning id",
                roles[i][0], roles[i][0], roles[i][1])
                .p);
        /* the session's token is the user's id */
        (void)desk_number(d, str_printf(&d->arena,
                                        "select app.open_session($t, %lld, %lld, 2, 'password', '', '')",
                                        (long long)d->users[i], (long long)d->users[i])
                                 .p);
    }
}

void
desk_open(struct desk *d, const char *today)
{
    char path[] = "/tmp/bima-seed-XXXXXX";
    const char *conninfo = getenv("BIMA_TEST_DB");
    memset(d, 0, sizeof *d);
    cr_assert_not_null(conninfo, "run by tests/support/with_cluster");
    must(d, crypt_start(&d->err), "crypt_start");
    arena_init(&d->arena, 256u << 20, NULL, NULL);
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    close(fd);
    unlink(path);
    must(d, signer_load(&d->signer, path, true, &d->err), "signer_load");
    unlink(path);
    must(d, keyring_open(path, true, &d->keys, &d->err), "keyring_open");
    unlink(path);
    d->pg = pg_new(conninfo, "bima_worker");
    d->boot = pg_new(conninfo, "bima_boot");
    make_company(d);
    desk_set_today(d, today);
}

void
desk_close(struct desk *d)
{
    pg_free(d->pg);
    pg_free(d->boot);
    signer_done(&d->signer);
    keyring_close(&d->keys);
    arena_done(&d->arena);
}

void
desk_set_today(struct desk *d, const char *today)
{
    must(d, date_parse(str_from(today), "today", &d->today, &d->err), "today");
}

static void
put_fields(struct desk *d, struct params *p, const char *const *fields)
{
    size_t n = 0;
    while (fields[n])
        n++;
    p->fields = arena_new(&d->arena, struct param_field, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct str value = str_dup(&d->arena, str_from(fields[i]));
        struct str name = str_split(&value, '=');
        bool is_id = value.n > 0 && value.p[0] == '#';
        p->fields[i] = (struct param_field){
            {.name = name}, is_id ? VALUE_INT(strtoll(value.p + 1, NULL, 10)) : VALUE_TEXT(value)};
    }
    p->nfields = n;
    p->present |= 1u << PARAM_FIELDS;
}

static struct params
params_for(struct desk *d, const char *entity, const char *const *fields)
{
    struct params p = {.entity = {.name = str_from(entity)}, .present = 1u << PARAM_ENTITY};
    if (fields)
        put_fields(d, &p, fields);
    if (d->reason) {
        p.reason = str_from(d->reason);
        p.present |= 1u << PARAM_REASON;
    }
    return p;
}

/* What a worker does with one request. */
static enum rc
request(struct desk *d, enum desk_user who, op_fn *fn, const struct params *p, struct str action)
{
    struct tx tx = {
        .pg = d->pg,
        .who = {.tenant = d->tenant,
                .user = d->users[who],
                .session = d->users[who],
                .has_today = true,
                .today = d->today,
                .request_id = STR("r-1"),
                .address = STR("192.0.2.7"),
                .client = STR("desk"),
                .reason = p->reason,
                .action = action}
    };
    struct op_ctx ctx = {.arena = &d->arena,
                         .tx = &tx,
                         .signer = &d->signer,
                         .keys = d->keys,
                         .reason = p->reason,
                         .action = action};
    memset(&d->body, 0, sizeof d->body);
    memset(&d->err, 0, sizeof d->err);
    d->reason = NULL;
    enum rc rc = tx_begin(&tx, &d->arena, NULL, 0, NULL, &d->err);
    if (!rc)
        rc = op_context_read(&tx.entered, &ctx.who, &d->err);
    if (!rc)
        rc = fn(&ctx, p, &d->body, &d->err);
    if (!rc)
        rc = op_finish(&ctx, &d->body, &d->err);
    if (!rc)
        return tx_commit(&tx, &d->arena, NULL, 0, NULL, &d->err);
    op_issues_close(&ctx);
    d->body.issues = ctx.issues;
    d->body.nissues = ctx.nissues;
    tx_rollback(&tx, &d->arena);
    return rc;
}

enum rc
desk_inside(struct desk *d, enum desk_user who, op_fn *fn)
{
    struct params p = {0};
    return request(d, who, fn, &p, STR_NONE);
}

enum rc
desk_add(struct desk *d, enum desk_user who, const char *entity, const char *const *fields)
{
    struct params p = params_for(d, entity, fields);
    return request(d, who, op_add, &p, STR_NONE);
}

enum rc
desk_set(struct desk *d, enum desk_user who, const char *entity, int64_t id, const char *const *fields)
{
    struct params p = params_for(d, entity, fields);
    p.id = id;
    p.version =
        desk_number(d, str_printf(&d->arena, "select version from app.%s where tenant_id = $t and id = %lld",
                                  entity, (long long)id)
                           .p);
    p.present |= 1u << PARAM_ID | 1u << PARAM_VERSION;
    return request(d, who, op_set, &p, STR_NONE);
}

enum rc
desk_check(struct desk *d, enum desk_user who, const char *entity, const char *const *fields)
{
    struct params p = params_for(d, entity, fields);
    return request(d, who, op_check, &p, STR_NONE);
}

enum rc
desk_act(struct desk *d, enum desk_user who, const char *what, const char *key, const char *const *fields)
{
    struct str action = str_from(what), entity = str_split(&action, ' ');
    struct params p = params_for(d, str_dup(&d->arena, entity).p, fields);
    p.action.name = action;
    p.present |= 1u << PARAM_ACTION;
    if (key) {
        p.key = str_from(key);
        p.present |= 1u << PARAM_KEY;
    }
    return request(d, who, op_act, &p, action);
}

enum rc
desk_print(struct desk *d, enum desk_user who, const char *key, const char *format)
{
    struct params p = params_for(d, "certificate", NULL);
    p.key = str_from(key);
    p.format = str_from(format);
    p.present |= 1u << PARAM_KEY | 1u << PARAM_FORMAT;
    return request(d, who, op_print, &p, STR_NONE);
}

const char *
desk_text(struct desk *d, const char *field)
{
    const struct entity *e = entity_by_number(d->body.record.entity);
    const struct field *f = e ? entity_field_named(e, str_from(field)) : NULL;
    for (size_t i = 0; f && i < d->body.record.nfields; i++)
        if (d->body.record.fields[i].tag == f->tag)
            return str_dup(&d->arena, d->body.record.fields[i].value.text).p;
    return "";
}

bool
desk_has_issue(const struct desk *d, enum issue_level level, const char *field)
{
    for (size_t i = 0; i < d->body.nissues; i++)
        if (d->body.issues[i].level == level && str_eq_c(d->body.issues[i].field, field))
            return true;
    return false;
}

int64_t
desk_customer(struct desk *d, const char *name, const char *phone)
{
    must(d,
         desk_add(d, AMINA, "customer",
                  F("kind=individual", str_printf(&d->arena, "name=%s", name).p,
                    str_printf(&d->arena, "phone=%s", phone).p)),
         "customer add");
    return d->body.record.id;
}

int64_t
desk_vehicle(struct desk *d, int64_t owner, const char *plate)
{
    must(d,
         desk_add(d, AMINA, "vehicle",
                  F(str_printf(&d->arena, "plate=%s", plate).p, "vehicle_type=car", "make=Toyota",
                    "model=IST", "year=2015", str_printf(&d->arena, "owner=#%lld", (long long)owner).p)),
         "vehicle add");
    return d->body.record.id;
}

const char *
desk_issue(struct desk *d, const char *plate, const char *const *more)
{
    const char *fields[12] = {str_printf(&d->arena, "vehicle=%s", plate).p, "product=comprehensive",
                              "sum_insured=15,000,000"};
    for (size_t i = 0; more[i]; i++)
        fields[3 + i] = more[i];
    must(d, desk_act(d, AMINA, "policy quote", NULL, fields), "policy quote");
    const char *number = desk_text(d, "number");
    must(d, desk_act(d, AMINA, "policy issue", number, NONE), "policy issue");
    return number;
}

const char *
desk_receipt(struct desk *d, const char *policy, const char *amount)
{
    must(d,
         desk_add(d, AMINA, "receipt",
                  F(str_printf(&d->arena, "policy=%s", policy).p,
                    str_printf(&d->arena, "amount=%s", amount).p, "method=cash")),
         "receipt add");
    return desk_text(d, "number");
}

const char *
desk_sell(struct desk *d, const char *plate)
{
    static const char phones[] = "0712 000 000";
    desk_vehicle(d, desk_customer(d, "Salma Ibrahim", phones), plate);
    const char *policy = desk_issue(d, plate, NONE);
    must(d, desk_act(d, JUMA, "receipt verify", desk_receipt(d, policy, "619,500"), NONE), "receipt verify");
    return policy;
}

const char *
desk_state(struct desk *d, const char *policy, int seq)
{
    static const char *const states[] = {
        "", "draft", "quoted", "awaiting payment", "active", "suspended", "expired", "cancelled", "void"};
    return states[desk_number(
        d, str_printf(&d->arena,
                      "select t.state from app.term t join app.policy p on p.tenant_id ="
                      " t.tenant_id and p.id = t.policy_id where t.tenant_id = $t and p.number"
                      " = '%s' and t.seq = %d",
                      policy, seq)
               .p)];
}
