#include "server/ctl/demo_check.h"

#include <inttypes.h>
#include <stdlib.h>

#include "server/ctl/demo_bulk.h"

/* Each gives the number of rows that are wrong; $1 is the company. What app.find_violations and the
   constraints themselves do not say. */
static const struct check {
    const char *rule, *sql;
} checks[] = {
    {"policy_days",
     "select count(*) from app.policy p left join (select distinct on (policy_id) policy_id, start_date, "
     "end_date"
     " from app.term where tenant_id = $1::int and activated_at is not null order by policy_id, seq desc) t"
     " on t.policy_id = p.id where p.tenant_id = $1::int"
     " and (p.start_date, p.end_date) is distinct from (t.start_date, t.end_date)"                   },
    {"receipt_whole",
     "select count(*) from app.receipt r join app.term t on t.tenant_id = r.tenant_id and t.id = r.term_id"
     " where r.tenant_id = $1::int and (r.amount <> t.total or r.verified_at < r.created_at"
     " or r.state = 1 and t.state not in (3, 5))"                                                    },
    {"paid_before_start",
     "select count(*) from app.term t join app.tenant c on c.id = t.tenant_id"
     " where t.tenant_id = $1::int and (t.activated_at at time zone c.timezone)::date > t.start_date"},
    {"counters",
     "select count(*) from (select 'policy' as kind, branch_id, extract(year from created_at at time zone"
     " 'Africa/Dar_es_Salaam') as period, count(*) as n from app.policy where tenant_id = $1::int group by "
     "1, 2, 3"
     " union all select 'certificate', p.branch_id, extract(year from k.created_at at time zone"
     " 'Africa/Dar_es_Salaam'), count(*) from app.certificate k join app.policy p on p.tenant_id = "
     "k.tenant_id"
     " and p.id = k.policy_id where k.tenant_id = $1::int group by 1, 2, 3) as f full join"
     " (select * from app.counter where tenant_id = $1::int and kind <> 'receipt') as c"
     " using (kind, branch_id, period) where f.n is distinct from c.n"                               },
    {"person_keys",
     "select count(*) from app.customer c full join (select customer_id from app.person_key where tenant_id "
     "= $1::int"
     " and wrapped is not null) k on k.customer_id = c.id where coalesce(c.tenant_id, $1::int) = $1::int"
     " and (c.id is null or k.customer_id is null or c.personal_sealed is null)"                     },
    {"figures_today",
     "select count(*) from app.due_item d where d.tenant_id = $1::int and d.kind = 1 and not exists"
     " (select from app.policy p where p.tenant_id = d.tenant_id and p.id = d.row_id and p.end_date = "
     "d.due_date)"                                                                                   },
};

/* Tables whose every record has an entry in the history that says what the record says. Of many records only
   every SAMPLE-th is compared word by word. */
enum { SAMPLE_FROM = 20000, SAMPLE = 64 };
static const char *const kept[] = {"customer", "vehicle", "ownership", "policy",
                                   "term",     "cover",   "receipt",   "certificate"};
/* Every record of these has a word it is found by. */
static const struct found {
    const char *table;
    int entity;
} found[] = {
    {"customer",    ENTITY_CUSTOMER   },
    {"vehicle",     ENTITY_VEHICLE    },
    {"policy",      ENTITY_POLICY     },
    {"receipt",     ENTITY_RECEIPT    },
    {"certificate", ENTITY_CERTIFICATE}
};

static enum rc
expect_none(struct admin *db, struct arena *a, const char *rule, const char *sql, int tenant,
            struct err *reterr)
{
    struct admin_rows rows;
    struct str id = str_printf(a, "%d", tenant);
    const char *params[] = {id.p};
    enum rc rc = admin_run(db, a, sql, params, COUNTOF(params), &rows, reterr);
    if (rc == RC_OK && !str_eq_c(rows.cells[0], "0"))
        rc = err_log(reterr, RC_INTERNAL, "the demo data break a rule: %s, %.*s rows", rule,
                     STR_ARG(rows.cells[0]));
    return rc;
}

static enum rc
check_history(struct admin *db, struct arena *a, int tenant, int sample, struct err *reterr)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < COUNTOF(kept); i++) {
        struct str sql =
            str_printf(a,
                       "select count(*) from app.%s r full join (select row_id, at from app.history"
                       " where tenant_id = $1::int and tbl = '%s') h on h.row_id = r.id"
                       " where coalesce(r.tenant_id, $1::int) = $1::int"
                       " and (h.at = r.created_at) is not true",
                       kept[i], kept[i]);
        rc = expect_none(db, a, str_printf(a, "history of %s", kept[i]).p, sql.p, tenant, reterr);
        sql = str_printf(
            a,
            "select count(*) from app.%s r where r.tenant_id = $1::int and r.id %% %d = 0"
            " and not exists (select from app.history h where h.tenant_id = $1::int and h.tbl = '%s'"
            " and h.row_id = r.id and to_jsonb(r) @> h.after)",
            kept[i], sample, kept[i]);
        if (rc == RC_OK)
            rc = expect_none(db, a, str_printf(a, "words of the history of %s", kept[i]).p, sql.p, tenant,
                             reterr);
    }
    return rc;
}

static enum rc
check_search(struct admin *db, struct arena *a, int tenant, struct err *reterr)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < COUNTOF(found); i++) {
        struct str sql = str_printf(
            a,
            "select count(*) from app.%s r full join (select distinct row_id from app.search_token"
            " where tenant_id = $1::int and entity = %d) s on s.row_id = r.id"
            " where coalesce(r.tenant_id, $1::int) = $1::int and (r.id is null or s.row_id is null)",
            found[i].table, found[i].entity);
        rc = expect_none(db, a, str_printf(a, "search of %s", found[i].table).p, sql.p, tenant, reterr);
    }
    return rc;
}

static enum rc
check_company(struct admin *db, struct arena *a, int tenant, int sample, struct err *reterr)
{
    struct admin_rows rows;
    struct str id = str_printf(a, "%d", tenant);
    const char *params[] = {id.p};
    enum rc rc =
        admin_run(db, a, "select rule, count(*) from app.find_violations($1::int) group by 1 order by 1",
                  params, COUNTOF(params), &rows, reterr);
    if (rc == RC_OK && rows.nrows > 0)
        return err_log(reterr, RC_INTERNAL, "the demo data break a rule: %.*s, %.*s rows",
                       STR_ARG(rows.cells[0]), STR_ARG(rows.cells[1]));
    for (size_t i = 0; rc == RC_OK && i < COUNTOF(checks); i++)
        rc = expect_none(db, a, checks[i].rule, checks[i].sql, tenant, reterr);
    rc = rc ? rc : check_history(db, a, tenant, sample, reterr);
    return rc ? rc : check_search(db, a, tenant, reterr);
}

/* Every record was written: as many as the book says. */
static enum rc
check_counts(struct admin *db, struct arena *a, const struct demo_book *book, struct err *reterr)
{
    const struct demo_company *c = book->setting.companies;
    struct admin_rows rows;
    enum rc rc = RC_OK;
    for (int e = ENTITY_CUSTOMER; rc == RC_OK && e <= ENTITY_CERTIFICATE; e++) {
        const char *table = entity_by_number((uint64_t)e)->table;
        if (e == ENTITY_PRODUCT || e == ENTITY_RATE)
            continue;
        struct str sql = str_printf(a, "select count(*) from app.%s where tenant_id in (%d, %d)", table,
                                    c[0].tenant, c[1].tenant);
        rc = admin_run(db, a, sql.p, NULL, 0, &rows, reterr);
        if (rc == RC_OK && strtoll(rows.cells[0].p, NULL, 10) != book->counts[e])
            rc = err_log(reterr, RC_INTERNAL, "%.*s rows of %s instead of %" PRId64, STR_ARG(rows.cells[0]),
                         table, book->counts[e]);
    }
    return rc;
}

enum rc
demo_check(struct admin *db, struct arena *a, const struct demo_book *book, struct err *reterr)
{
    int sample = book->setting.customers < SAMPLE_FROM ? 1 : SAMPLE;
    enum rc rc = check_counts(db, a, book, reterr);
    rc = rc ? rc
            : demo_bulk_check_references(
                  db, a, "{customer,person_key,vehicle,ownership,policy,term,cover,receipt,certificate}",
                  reterr);
    for (size_t i = 0; rc == RC_OK && i < DEMO_COMPANIES; i++)
        rc = check_company(db, a, book->setting.companies[i].tenant, sample, reterr);
    return rc;
}
