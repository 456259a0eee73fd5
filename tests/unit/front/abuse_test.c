#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "common/crypt/crypt.h"
#include "server/address.h"
#include "server/front/abuse.h"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE, MANY = 200 * 1000 };

static const struct str amina = {"amina@simba.co.tz", 17}, nobody = {"nobody@simba.co.tz", 18};

static struct address
address(const char *text)
{
    struct sockaddr_storage s;
    struct address a;
    memset(&s, 0, sizeof s);
    s.ss_family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
    void *place = s.ss_family == AF_INET6 ? (void *)&((struct sockaddr_in6 *)(void *)&s)->sin6_addr
                                          : (void *)&((struct sockaddr_in *)(void *)&s)->sin_addr;
    cr_assert_eq(inet_pton(s.ss_family, text, place), 1, "%s", text);
    cr_assert(address_of(&s, &a));
    return a;
}

static struct origin
origin(const struct abuse *a, const char *text)
{
    struct prefix offices[PREFIXES_MAX];
    struct address from = address(text);
    size_t n;
    cr_assert_eq(prefixes_read(STR("10.9.0.0/16 2001:db8:9::/48"), offices, &n, NULL), RC_OK);
    return abuse_origin(a, &from, offices, n);
}

static struct abuse abuse;
static uint64_t now;

static void
start(void)
{
    cr_assert_eq(crypt_start(NULL), RC_OK);
    abuse_open(&abuse);
    now = 1000ull * HOUR;
}

static void
end(void)
{
    abuse_close(&abuse);
}

TestSuite(abuse, .init = start, .fini = end);

static unsigned
tries_of(const struct origin *o, struct str login, unsigned most)
{
    unsigned n = 0;
    while (n < most && abuse_tries(&abuse, o, login, now)) {
        n++;
    }
    return n;
}

Test(address, an_ipv4_address_is_the_same_on_a_dual_socket)
{
    struct address plain = address("41.59.1.2"), mapped = address("::ffff:41.59.1.2");
    char text[ADDRESS_TEXT];
    cr_assert(memcmp(&plain, &mapped, sizeof plain) == 0);
    address_text(&mapped, text);
    cr_assert_str_eq(text, "41.59.1.2");
    plain = address("2001:db8::1");
    address_text(&plain, text);
    cr_assert_str_eq(text, "2001:db8::1");
}

Test(address, prefixes_hold_what_they_say_to_the_bit)
{
    static const struct {
        const char *prefix, *in, *out;
    } rows[] = {
        {"10.1.0.0/16",   "10.1.255.255",    "10.2.0.0"       },
        {"10.1.2.128/25", "10.1.2.128",      "10.1.2.127"     },
        {"41.59.1.2",     "41.59.1.2",       "41.59.1.3"      },
        {"0.0.0.0/0",     "200.1.2.3",       "2001:db8::1"    },
        {"2001:db8::/33", "2001:db8:7fff::", "2001:db8:8000::"},
        {"2001:db8::5",   "2001:db8::5",     "2001:db8::4"    },
    };
    for (size_t i = 0; i < COUNTOF(rows); i++) {
        struct prefix p[PREFIXES_MAX];
        size_t n;
        struct address in = address(rows[i].in), out = address(rows[i].out);
        cr_assert_eq(prefixes_read(str_from(rows[i].prefix), p, &n, NULL), RC_OK, "%s", rows[i].prefix);
        cr_assert_eq(n, 1);
        cr_assert(prefix_has(p, &in), "%s", rows[i].prefix);
        cr_assert_not(prefix_has(p, &out), "%s", rows[i].prefix);
    }
}

Test(address, what_is_no_prefix_is_named)
{
    static const char *const wrong[] = {
        "10.1.0.0/33",    "10.1.0", "10.1.0.0/",    "10.1.0.0/-1",
        "2001:db8::/129", "office", "10.1.0.0/8/8", "::ffff:1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17"};
    for (size_t i = 0; i < COUNTOF(wrong); i++) {
        struct prefix p[PREFIXES_MAX];
        size_t n = 77;
        char text[200];
        struct err err;
        memset(&err, 0, sizeof err);
        snprintf(text, sizeof text, "10.1.0.0/16  %s", wrong[i]);
        cr_assert_eq(prefixes_read(str_from(text), p, &n, &err), RC_BAD_PARAMS, "%s", wrong[i]);
        cr_assert_eq(n, 77);
        cr_assert_not_null(strstr(err.text, "is no address or prefix"), "%s", err.text);
    }
}

Test(bucket, gives_its_burst_at_once_and_then_as_much_as_flows_in)
{
    struct bucket b = {0};
    struct rate r = {.burst = 5, .per_hour = 60};
    uint64_t t = 12345678;
    for (int i = 0; i < 5; i++) {
        cr_assert(bucket_take(&b, &r, t));
    }
    cr_assert_not(bucket_take(&b, &r, t));
    cr_assert_not(bucket_take(&b, &r, t + MINUTE - 1));
    cr_assert(bucket_take(&b, &r, t + MINUTE));
    cr_assert_not(bucket_take(&b, &r, t + MINUTE));
}

Test(bucket, being_asked_often_does_not_keep_it_from_filling)
{
    struct bucket b = {0};
    struct rate r = {.burst = 1, .per_hour = 7};
    uint64_t t = 1;
    unsigned got = 0;
    for (; t < 10 * HOUR; t += 13) {
        got += bucket_take(&b, &r, t);
    }
    cr_assert(got >= 69 && got <= 71, "%u", got);
}

Test(abuse, wrong_passwords_for_one_login_leave_the_others_of_an_office_alone)
{
    struct origin o = origin(&abuse, "41.59.1.2");
    abuse_signed_in(&abuse, &o, nobody, 0, now);
    cr_assert_eq(tries_of(&o, amina, 100), 12);
    cr_assert(abuse_tries(&abuse, &o, nobody, now));
    now += MINUTE;
    cr_assert_eq(tries_of(&o, amina, 100), 1);
}

Test(abuse, a_login_that_exists_and_one_that_does_not_are_let_try_alike)
{
    struct origin o = origin(&abuse, "41.59.1.2");
    cr_assert_eq(tries_of(&o, amina, 100), tries_of(&o, nobody, 100));
}

Test(abuse, signing_in_forgets_the_wrong_tries_of_that_login)
{
    struct origin o = origin(&abuse, "41.59.1.2");
    cr_assert_eq(tries_of(&o, amina, 11), 11);
    abuse_signed_in(&abuse, &o, amina, 11, now);
    cr_assert_eq(tries_of(&o, amina, 100), 12);
}

Test(abuse, many_logins_from_one_address_are_bounded_and_more_of_them_where_people_sign_in)
{
    static const struct {
        const char *from;
        bool signed_in;
        unsigned tries;
    } rows[] = {
        {"41.59.1.2", false, 40  },
        {"41.59.1.3", true,  400 },
        {"10.9.1.1",  false, 2000},
    };
    for (size_t i = 0; i < COUNTOF(rows); i++) {
        struct origin o = origin(&abuse, rows[i].from);
        unsigned n = 0;
        if (rows[i].signed_in) {
            abuse_signed_in(&abuse, &o, amina, 0, now);
        }
        for (char login[32]; n < 10000; n++) {
            snprintf(login, sizeof login, "user%u@simba.co.tz", n);
            if (!abuse_tries(&abuse, &o, str_from(login), now)) {
                break;
            }
        }
        cr_assert_eq(n, rows[i].tries, "%s %u", rows[i].from, n);
    }
}

Test(abuse, penalties_bar_an_address_and_decay)
{
    struct origin o = origin(&abuse, "41.59.1.2"), other = origin(&abuse, "41.59.1.3");
    cr_assert_not(abuse_offends(&abuse, &o, OFFENCE_FAILED, now));
    cr_assert_not(abuse_offends(&abuse, &o, OFFENCE_FAILED, now));
    cr_assert_eq(abuse_connects(&abuse, &o, 120, now), ABUSE_ADMITTED);
    cr_assert(abuse_offends(&abuse, &o, OFFENCE_FAILED, now));
    cr_assert_not(abuse_offends(&abuse, &o, OFFENCE_FAILED, now), "barred is barred once");
    cr_assert_eq(abuse_connects(&abuse, &o, 120, now), ABUSE_BARRED);
    cr_assert_eq(abuse_connects(&abuse, &o, 120, now + 19999), ABUSE_BARRED);
    cr_assert_eq(abuse_connects(&abuse, &o, 120, now + 20000), ABUSE_ADMITTED);
    cr_assert_eq(abuse_connects(&abuse, &other, 120, now), ABUSE_ADMITTED);
}

Test(abuse, a_penalty_has_an_end)
{
    struct origin o = origin(&abuse, "41.59.1.2");
    for (int i = 0; i < 1000; i++) {
        (void)abuse_offends(&abuse, &o, OFFENCE_HOSTILE, now);
    }
    cr_assert_eq(abuse_connects(&abuse, &o, 120, now + 10 * MINUTE - 1), ABUSE_BARRED);
    cr_assert_eq(abuse_connects(&abuse, &o, 120, now + 10 * MINUTE), ABUSE_ADMITTED);
}

Test(abuse, where_people_sign_in_it_takes_ten_times_as_much_and_an_office_is_never_barred)
{
    struct origin o = origin(&abuse, "41.59.1.2"), office = origin(&abuse, "2001:db8:9:1::7");
    abuse_signed_in(&abuse, &o, amina, 0, now);
    for (int i = 0; i < 29; i++) {
        cr_assert_not(abuse_offends(&abuse, &o, OFFENCE_FAILED, now));
    }
    cr_assert(abuse_offends(&abuse, &o, OFFENCE_FAILED, now));
    for (int i = 0; i < 1000; i++) {
        cr_assert_not(abuse_offends(&abuse, &office, OFFENCE_HOSTILE, now));
    }
    cr_assert_eq(abuse_connects(&abuse, &office, 120, now), ABUSE_ADMITTED);
}

Test(abuse, trust_is_forgotten_after_a_day)
{
    struct origin o = origin(&abuse, "41.59.1.2");
    cr_assert_not(abuse_trusted(&abuse, &o, now));
    abuse_signed_in(&abuse, &o, amina, 0, now);
    cr_assert(abuse_trusted(&abuse, &o, now + 24ull * HOUR - 1));
    cr_assert_not(abuse_trusted(&abuse, &o, now + 24 * HOUR));
}

Test(abuse, connections_flow_at_their_rate_and_ten_times_as_many_from_an_office)
{
    static const char *const from[] = {"41.59.1.2", "10.9.1.1"};
    static const unsigned most[] = {120, 1200};
    for (size_t i = 0; i < 2; i++) {
        struct origin o = origin(&abuse, from[i]);
        unsigned n = 0;
        while (n < 10000 && abuse_connects(&abuse, &o, 120, now) == ABUSE_ADMITTED) {
            n++;
        }
        cr_assert_eq(n, most[i], "%s %u", from[i], n);
        cr_assert_eq(abuse_connects(&abuse, &o, 120, now + 500), ABUSE_ADMITTED);
    }
}

Test(abuse, addresses_of_one_ipv6_household_are_one)
{
    struct origin a = origin(&abuse, "2001:db8:1:2::1"), b = origin(&abuse, "2001:db8:1:2:ffff::9"),
                  c = origin(&abuse, "2001:db8:1:3::1");
    cr_assert_eq(a.source, b.source);
    cr_assert_neq(a.source, c.source);
}

Test(abuse, half_open_lines_are_dropped_early_at_random_but_the_last_places_are_for_the_trusted)
{
    unsigned dropped = 0;
    cr_assert_not(abuse_drops_early(false, 99, 200, 0));
    for (uint32_t chance = 0; chance < 1000; chance++) {
        dropped += abuse_drops_early(false, 137, 200, chance); /* half way from 100 to 175 */
    }
    cr_assert_eq(dropped, 493);
    cr_assert(abuse_drops_early(false, 175, 200, 999));
    cr_assert_not(abuse_drops_early(true, 199, 200, 0));
    cr_assert(abuse_drops_early(true, 200, 200, 999));
}

Test(abuse, registrations_are_bounded_by_address_and_in_all)
{
    struct rate all = {.burst = 10, .per_hour = 10}, each = {.burst = 3, .per_hour = 3};
    char text[32];
    unsigned got = 0;
    struct origin o = origin(&abuse, "41.59.2.1");
    for (int i = 0; i < 3; i++) {
        cr_assert(abuse_registers(&abuse, &o, &all, &each, now));
    }
    cr_assert_not(abuse_registers(&abuse, &o, &all, &each, now));
    for (int i = 0; i < 20; i++) {
        snprintf(text, sizeof text, "41.59.3.%d", i);
        o = origin(&abuse, text);
        got += abuse_registers(&abuse, &o, &all, &each, now);
    }
    cr_assert_eq(got, 7);
}

Test(abuse, more_addresses_than_there_are_places_push_out_those_seen_longest_ago)
{
    struct origin first = origin(&abuse, "41.59.1.2"), late;
    char text[48];
    cr_assert_eq(abuse_connects(&abuse, &first, 1, now), ABUSE_ADMITTED);
    cr_assert_eq(abuse_connects(&abuse, &first, 1, now), ABUSE_TOO_FAST);
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(text, sizeof text, "2001:db8:%x:%x::1", i >> 16, i & 0xffff);
        late = origin(&abuse, text);
        now++;
        cr_assert_eq(abuse_connects(&abuse, &late, 1, now), ABUSE_ADMITTED);
    }
    cr_assert_eq(abuse_connects(&abuse, &late, 1, now), ABUSE_TOO_FAST, "the latest is remembered");
    cr_assert_eq(abuse_connects(&abuse, &first, 1, now), ABUSE_ADMITTED, "the first is forgiven");
}
