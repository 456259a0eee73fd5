#include "server/ctl/demo_company.h"

#include <stdlib.h>
#include <string.h>

#include "common/crypt/crypt.h"
#include "server/catalog/user.h"

struct company {
    const char *code, *name, *domain, *branches;
    const char *codes[DEMO_BRANCHES];
    const char *four_eyes; /* minor units, or NULL: never */
};
static const struct company companies[DEMO_COMPANIES] = {
    {"SI",
     "Simba Insurance", "simba.co.tz",
     "[[\"KK\", \"Kariakoo\"], [\"MW\", \"Mwanza\"], [\"AR\", \"Arusha\"], [\"DO\", \"Dodoma\"]]", {"KK", "MW", "AR", "DO"},
     "50000000"},
    {"TW",
     "Twiga Assurance", "twiga.co.tz",
     "[[\"IL\", \"Ilala\"], [\"MB\", \"Mbeya\"], [\"TG\", \"Tanga\"], [\"MO\", \"Morogoro\"]]",    {"IL", "MB", "TG", "MO"},
     NULL      },
};

/* The staff of the head branches can sign in; those of the others are only names on records. */
static const struct staff {
    size_t company, branch;
    const char *role;
    const char *login, *name;
} staff[] = {
    {0, 0, "agent",   "amina",  "Amina Hassan"  },
    {0, 0, "cashier", "juma",   "Juma Salum"    },
    {0, 0, "manager", "neema",  "Neema Mushi"   },
    {0, 1, "agent",   "fatuma", "Fatuma Masanja"},
    {0, 1, "cashier", "shija",  "Shija Magesa"  },
    {0, 2, "agent",   "grace",  "Grace Mollel"  },
    {0, 2, "cashier", "elia",   "Elia Pallangyo"},
    {0, 3, "agent",   "rehema", "Rehema Omari"  },
    {0, 3, "cashier", "daudi",  "Daudi Chengula"},
    {1, 0, "agent",   "asha",   "Asha Ramadhani"},
    {1, 0, "cashier", "baraka", "Baraka Kimaro" },
    {1, 0, "manager", "zawadi", "Zawadi Laizer" },
    {1, 1, "agent",   "upendo", "Upendo Sanga"  },
    {1, 1, "cashier", "festo",  "Festo Mwakyusa"},
    {1, 2, "agent",   "salma",  "Salma Kombo"   },
    {1, 2, "cashier", "bakari", "Bakari Shabani"},
    {1, 3, "agent",   "anna",   "Anna Komba"    },
    {1, 3, "cashier", "petro",  "Petro Mgaya"   },
};

enum rc
demo_company_check(struct admin *db, struct arena *a, struct err *reterr)
{
    struct admin_rows rows;
    const char *params[] = {companies[0].code, companies[0].domain, companies[1].code, companies[1].domain};
    enum rc rc = admin_run(db, a,
                           "select name from app.tenant where code in ($1, $3) union select domain"
                           " from app.tenant_domain where domain in ($2, $4)",
                           params, COUNTOF(params), &rows, reterr);
    if (rc == RC_OK && rows.nrows > 0)
        return err_set(reterr, RC_DUPLICATE, NULL,
                       "The demo companies are there already (%.*s); nothing was changed.",
                       STR_ARG(rows.cells[0]));
    return rc;
}

/* ------------------------------------------------------------------ making */

static enum rc
new_login(const struct company *c, const char *login, struct demo_login *ret, char hash[CRYPT_PASSWORD_TEXT],
          struct err *reterr)
{
    (void)snprintf(ret->login, sizeof ret->login, "%s@%s", login, c->domain);
    ctl_password(ret->password);
    return crypt_password_hash(str_from(ret->password), hash, reterr);
}

static int64_t
number(const struct admin_rows *rows, size_t i)
{
    return rows->cells[i].p ? strtoll(rows->cells[i].p, NULL, 10) : 0;
}

static enum rc
provision(struct admin *db, struct arena *a, const struct company *c, struct demo_login *ret_login,
          int32_t *ret, struct err *reterr)
{
    char hash[CRYPT_PASSWORD_TEXT];
    struct admin_rows rows;
    enum rc rc = new_login(c, "admin", ret_login, hash, reterr);
    const char *params[] = {c->code, c->name, c->domain, "admin", hash, c->branches, c->four_eyes};
    if (rc == RC_OK)
        rc = admin_run(db, a, "select app.provision_company($1, $2, $3, $4, $5, $6::jsonb)", params, 6, &rows,
                       reterr);
    if (rc != RC_OK)
        return rc;
    *ret = (int32_t)number(&rows, 0);
    const char *settings[] = {c->code, c->four_eyes};
    return admin_run(db, a, "update app.tenant set four_eyes_minor = $2::bigint where code = $1", settings, 2,
                     NULL, reterr);
}

static enum rc
add_user(struct admin *db, struct arena *a, const struct company *c, const struct staff *s, const char *hash,
         struct demo_user *ret, struct err *reterr)
{
    struct admin_rows rows;
    char email[DEMO_NAME];
    (void)snprintf(email, sizeof email, "%s@%s", s->login, c->domain);
    const char *params[] = {c->code, s->login, s->name, s->role, c->codes[s->branch], email, hash};
    enum rc rc = admin_run(
        db, a,
        "insert into app.user_account (tenant_id, login, name, role_id, branch_id, email, password_hash)"
        " select t.id, $2, $3, r.id, b.id, $6, $7 from app.tenant t"
        " join app.role r on r.tenant_id = t.id and r.code = $4"
        " join app.branch b on b.tenant_id = t.id and b.code = $5 where t.code = $1 returning id",
        params, COUNTOF(params), &rows, reterr);
    if (rc != RC_OK)
        return rc;
    *ret = (struct demo_user){.id = number(&rows, 0)};
    (void)snprintf(ret->login, sizeof ret->login, "%s", s->login);
    (void)snprintf(ret->name, sizeof ret->name, "%s", s->name);
    return RC_OK;
}

static enum rc
add_staff(struct admin *db, struct arena *a, struct demo_company *companies_, struct demo_login *logins,
          struct err *reterr)
{
    size_t nlogins = 0;
    for (size_t i = 0; i < COUNTOF(staff); i++) {
        const struct staff *s = &staff[i];
        struct demo_branch *b = &companies_[s->company].branches[s->branch];
        struct demo_user *place = strcmp(s->role, "manager") == 0   ? &companies_[s->company].manager
                                  : strcmp(s->role, "cashier") == 0 ? &b->cashier
                                                                    : &b->agent;
        char hash[CRYPT_PASSWORD_TEXT];
        enum rc rc = RC_OK;
        if (s->branch == 0)
            rc = new_login(&companies[s->company], s->login, &logins[nlogins++], hash, reterr);
        if (rc == RC_OK)
            rc = add_user(db, a, &companies[s->company], s, s->branch == 0 ? hash : NULL, place, reterr);
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

/* ------------------------------------------------------------------ what the database gave them */

static void
take_text(char *out, size_t cap, struct str text)
{
    (void)snprintf(out, cap, "%.*s", STR_ARG(text));
}

/* The ids of `codes`, in their order. */
static enum rc
find_ids(struct admin *db, struct arena *a, const char *table, const struct demo_company *c,
         const char *const *codes, size_t n, int64_t *ret, struct err *reterr)
{
    struct admin_rows rows;
    struct str sql =
        str_printf(a, "select id from app.%s where tenant_id = %d and code = $1", table, c->tenant);
    for (size_t i = 0; i < n; i++) {
        enum rc rc = admin_run(db, a, sql.p, &codes[i], 1, &rows, reterr);
        if (rc != RC_OK)
            return rc;
        if (rows.nrows != 1)
            return err_log(reterr, RC_INTERNAL, "%s \"%s\" was not provisioned", table, codes[i]);
        ret[i] = number(&rows, 0);
    }
    return RC_OK;
}

static enum rc
read_rates(struct admin *db, struct arena *a, struct demo_company *c, enum demo_product product,
           struct err *reterr)
{
    struct admin_rows rows;
    struct str sql = str_printf(a,
                                "select id, vehicle_type_id, usage, from_date - date '2000-01-01',"
                                " to_date - date '2000-01-01', rate, flat, minimum, levy, tax from app.rate"
                                " where tenant_id = %d and product_id = %lld order by id",
                                c->tenant, (long long)c->products[product]);
    enum rc rc = admin_run(db, a, sql.p, NULL, 0, &rows, reterr);
    if (rc != RC_OK)
        return rc;
    if (rows.nrows > COUNTOF(c->rates[product]))
        return err_log(reterr, RC_INTERNAL, "more rates than expected");
    for (size_t i = 0; i < rows.nrows; i++) {
        size_t at = i * rows.ncols;
        struct rate *r = &c->rates[product][i];
        *r = (struct rate){.row = {.id = number(&rows, at)}, .from_date = {(int32_t)number(&rows, at + 3)}};
        if (rows.cells[at + 1].p)
            ROW_SET(r, RATE_VEHICLE_TYPE, vehicle_type, ((struct ref){.id = number(&rows, at + 1)}));
        if (rows.cells[at + 2].p)
            ROW_SET(r, RATE_USAGE, usage, (choice_t)number(&rows, at + 2));
        if (rows.cells[at + 4].p)
            ROW_SET(r, RATE_TO_DATE, to_date, ((date_t){(int32_t)number(&rows, at + 4)}));
        r->rate.ppm = (int32_t)number(&rows, at + 5);
        r->flat.minor = number(&rows, at + 6);
        r->minimum.minor = number(&rows, at + 7);
        r->levy.ppm = (int32_t)number(&rows, at + 8);
        r->tax.ppm = (int32_t)number(&rows, at + 9);
    }
    c->nrates[product] = rows.nrows;
    return RC_OK;
}

static enum rc
read_names(struct admin *db, struct arena *a, struct demo_company *c, struct err *reterr)
{
    struct admin_rows rows;
    struct str sql = str_printf(a,
                                "select code, name, policy_pattern, receipt_pattern, certificate_pattern"
                                " from app.tenant where id = %d",
                                c->tenant);
    enum rc rc = admin_run(db, a, sql.p, NULL, 0, &rows, reterr);
    if (rc != RC_OK)
        return rc;
    take_text(c->code, sizeof c->code, rows.cells[0]);
    take_text(c->name, sizeof c->name, rows.cells[1]);
    take_text(c->policy_pattern, sizeof c->policy_pattern, rows.cells[2]);
    take_text(c->receipt_pattern, sizeof c->receipt_pattern, rows.cells[3]);
    take_text(c->certificate_pattern, sizeof c->certificate_pattern, rows.cells[4]);
    for (size_t i = 0; rc == RC_OK && i < DEMO_KINDS; i++) {
        sql =
            str_printf(a, "select name from app.vehicle_type where tenant_id = %d and code = $1", c->tenant);
        rc = admin_run(db, a, sql.p, &demo_kind_codes[i], 1, &rows, reterr);
        if (rc == RC_OK)
            take_text(c->kind_names[i], sizeof c->kind_names[i], rows.cells[0]);
    }
    return rc;
}

static enum rc
read_company(struct admin *db, struct arena *a, const struct company *from, struct demo_company *c,
             struct err *reterr)
{
    static const char *const products[DEMO_PRODUCTS] = {"comprehensive", "third_party"};
    int64_t branches[DEMO_BRANCHES];
    enum rc rc = find_ids(db, a, "branch", c, from->codes, DEMO_BRANCHES, branches, reterr);
    if (rc == RC_OK)
        rc = find_ids(db, a, "product", c, products, DEMO_PRODUCTS, c->products, reterr);
    if (rc == RC_OK)
        rc = find_ids(db, a, "vehicle_type", c, demo_kind_codes, DEMO_KINDS, c->kinds, reterr);
    if (rc == RC_OK)
        rc = find_ids(db, a, "id_type", c, demo_paper_codes, DEMO_PAPERS, c->papers, reterr);
    if (rc == RC_OK)
        rc = read_names(db, a, c, reterr);
    for (int i = 0; rc == RC_OK && i < DEMO_PRODUCTS; i++)
        rc = read_rates(db, a, c, (enum demo_product)i, reterr);
    for (size_t i = 0; rc == RC_OK && i < DEMO_BRANCHES; i++) {
        c->branches[i].id = branches[i];
        take_text(c->branches[i].code, sizeof c->branches[i].code, str_from(from->codes[i]));
    }
    return rc;
}

enum rc
demo_company_make(struct admin *db, struct arena *a, struct demo_company ret[DEMO_COMPANIES],
                  struct demo_login ret_logins[DEMO_LOGINS], struct err *reterr)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < DEMO_COMPANIES; i++) {
        rc = provision(db, a, &companies[i], &ret_logins[DEMO_LOGINS - DEMO_COMPANIES + i], &ret[i].tenant,
                       reterr);
        if (rc == RC_OK)
            rc = read_company(db, a, &companies[i], &ret[i], reterr);
    }
    return rc ? rc : add_staff(db, a, ret, ret_logins, reterr);
}

void
demo_company_print(FILE *out, const struct demo_login logins[DEMO_LOGINS])
{
    for (size_t i = 0; i < DEMO_LOGINS; i++)
        (void)fprintf(out, "%s %s\n", logins[i].login, logins[i].password);
}
