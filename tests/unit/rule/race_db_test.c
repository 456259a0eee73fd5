/* Many at once, and anything in any order: the rules that can never be broken hold. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "desk.h"

enum { CLIENTS = 16, STEPS = 350, VEHICLES = 3, TRIES = 20 };

static struct desk desk;

static void
open_desk(void)
{
    desk_open(&desk, "2026-03-01");
}

static void
close_desk(void)
{
    desk_close(&desk);
}

TestSuite(race, .init = open_desk, .fini = close_desk, .timeout = 120);

static const char *
plate(int i)
{
    return str_printf(&desk.arena, "T33%dDSE", i).p;
}

/* In a process of its own: 0 when it was done, 1 when a rule refused it, 2 for anything else. */
static int
verify_alone(const char *receipt)
{
    desk.pg = pg_new(getenv("BIMA_TEST_DB"), "bima_worker");
    enum rc rc = RC_RETRY;
    for (int i = 0; i < TRIES && rc == RC_RETRY; i++)
        rc = desk_act(&desk, JUMA, "receipt verify", receipt, NONE);
    pg_free(desk.pg);
    if (rc == RC_OK)
        return 0;
    return rc == RC_REFUSED && strstr(desk.err.text, "already insured") ? 1 : 2;
}

Test(race, of_many_policies_paid_at_once_for_one_vehicle_one_becomes_active)
{
    const char *receipts[CLIENTS];
    int done = 0, refused = 0;
    desk_vehicle(&desk, desk_customer(&desk, "Salma Ibrahim", "0712 345 678"), "T337DSE");
    for (int i = 0; i < CLIENTS; i++)
        receipts[i] = desk_receipt(&desk, desk_issue(&desk, "T337DSE", NONE), "619500");
    for (int i = 0; i < CLIENTS; i++)
        if (fork() == 0)
            _exit(verify_alone(receipts[i]));
    for (int i = 0; i < CLIENTS; i++) {
        int status = 0;
        cr_assert_gt(wait(&status), 0);
        done += WIFEXITED(status) && WEXITSTATUS(status) == 0;
        refused += WIFEXITED(status) && WEXITSTATUS(status) == 1;
    }
    cr_expect_eq(done, 1);
    cr_expect_eq(refused, CLIENTS - 1);
    cr_expect_eq(desk_number(&desk, "select count(*) from app.cover where tenant_id = $t and in_force"), 1);
    cr_expect_eq(desk_number(&desk, "select count(*) from app.receipt where tenant_id = $t and state = 2"),
                 1);
    cr_expect_eq(desk_number(&desk, "select count(*) from app.certificate where tenant_id = $t"), 1);
}

/* ------------------------------------------------------------------ any order */

/* The same throws in every run: a failure can be looked at again. */
static int
dice(int sides)
{
    static uint32_t state = 20260301;
    state = state * 1664525u + 1013904223u;
    return (int)((state >> 8) % (uint32_t)sides);
}

/* Mostly a record that suits, sometimes just any. */
static const char *
pick(const char *table, const char *states)
{
    return desk_words(
        &desk, str_printf(&desk.arena,
                          "select coalesce((select number from app.%s where tenant_id = $t and state in"
                          " (%s) order by md5(number || %d) limit 1), 'none')",
                          table, dice(4) ? states : "1, 2, 3, 4, 5, 6, 7, 8", dice(1 << 20))
                   .p);
}

static void
take_money(void)
{
    static const char *const amounts[] = {"amount=619500", "amount=619500", "amount=619499.99", "amount=1"};
    const char *of = str_printf(&desk.arena, "policy=%s", pick("policy", "3, 5")).p;
    (void)desk_add(&desk, AMINA, "receipt", F(of, amounts[dice(4)], "method=cash"));
}

static void
hand_over(const int64_t owners[2])
{
    const char *to = str_printf(&desk.arena, "to=#%lld", (long long)owners[dice(2)]).p;
    (void)desk_act(&desk, AMINA, "vehicle transfer", plate(dice(VEHICLES)), F(to));
}

static void
act_on_one(void)
{
    static const struct {
        const char *what, *table, *states;
    } acts[] = {
        {"policy issue",    "policy",  "2"   },
        {"policy issue",    "policy",  "2"   },
        {"policy issue",    "policy",  "2"   },
        {"policy renew",    "policy",  "4, 6"},
        {"policy cancel",   "policy",  "4"   },
        {"policy void",     "policy",  "2, 3"},
        {"receipt verify",  "receipt", "1"   },
        {"receipt verify",  "receipt", "1"   },
        {"receipt verify",  "receipt", "1"   },
        {"receipt reject",  "receipt", "1"   },
        {"receipt reverse", "receipt", "2"   },
    };
    int i = dice((int)COUNTOF(acts));
    (void)desk_act(&desk, JUMA, acts[i].what, pick(acts[i].table, acts[i].states), NONE);
}

static void
any_step(const int64_t owners[2])
{
    const char *vehicle = str_printf(&desk.arena, "vehicle=%s", plate(dice(VEHICLES))).p;
    desk.reason = "because";
    switch (dice(8)) {
    case 0:
        desk.today = date_add_days(desk.today, dice(20));
        break;
    case 1:
        hand_over(owners);
        break;
    case 2:
        (void)desk_act(&desk, AMINA, "policy quote", NULL,
                       F(vehicle, "product=comprehensive", "sum_insured=15m"));
        break;
    case 3:
    case 4:
        take_money();
        break;
    default:
        act_on_one();
    }
    cr_assert_neq(desk.err.code, RC_INTERNAL, "%s", desk.err.log);
}

static void
expect_none(const char *what, const char *sql)
{
    cr_assert_eq(desk_number(&desk, sql), 0, "%s", what);
}

static void
expect_rules(void)
{
    expect_none(
        "a cover in force whose term is not paid to the cent",
        "select count(*) from app.cover c join app.term t on t.tenant_id = c.tenant_id and t.id = c.term_id"
        " where c.tenant_id = $t and c.in_force and t.state in (4, 6) and t.total <> (select"
        " coalesce(sum(amount), 0) from app.receipt r where r.tenant_id = t.tenant_id and r.term_id = t.id"
        " and r.state = 2)");
    expect_none(
        "a cover in force of a term that never was active",
        "select count(*) from app.cover c join app.term t on t.tenant_id = c.tenant_id and t.id = c.term_id"
        " where c.tenant_id = $t and c.in_force and t.state not in (4, 6, 7)");
    expect_none(
        "two covers of one vehicle on one day",
        "select count(*) from app.cover a join app.cover b on a.tenant_id = b.tenant_id and a.vehicle_id ="
        " b.vehicle_id and a.id < b.id and daterange(a.from_date, a.to_date, '[]') && daterange(b.from_date,"
        " b.to_date, '[]') where a.tenant_id = $t and a.in_force and b.in_force");
    expect_none(
        "a vehicle without exactly one owner",
        "select count(*) from app.vehicle v where v.tenant_id = $t and 1 <> (select count(*) from"
        " app.ownership o where o.tenant_id = v.tenant_id and o.vehicle_id = v.id and o.to_date is null"
        " and o.customer_id = v.owner_id)");
    expect_none("a gap in the receipts", "select count(*) from (select serial - lag(serial, 1, 0) over "
                                         "(partition by branch_id, year order by serial) as step from"
                                         " app.receipt where tenant_id = $t) as s where step <> 1");
    expect_none(
        "a valid certificate without its cover",
        "select count(*) from app.certificate k join app.cover c on c.tenant_id = k.tenant_id and c.id ="
        " k.cover_id where k.tenant_id = $t and k.state = 1 and not c.in_force");
}

Test(race, no_order_of_operations_breaks_a_rule)
{
    int64_t owners[2] = {desk_customer(&desk, "Salma Ibrahim", "0712 345 678"),
                         desk_customer(&desk, "Juma Said", "0713 345 678")};
    for (int i = 0; i < VEHICLES; i++)
        desk_vehicle(&desk, owners[0], plate(i));
    for (int i = 0; i < STEPS; i++) {
        any_step(owners);
        expect_rules();
    }
    cr_expect_gt(desk_number(&desk, "select count(*) from app.cover where tenant_id = $t and in_force"), 0);
    cr_expect_gt(desk_number(&desk, "select count(*) from app.receipt where tenant_id = $t and state = 4"),
                 0);
}
