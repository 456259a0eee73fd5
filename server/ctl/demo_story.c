#include "server/ctl/demo_story.h"

#include <string.h>

enum { NEW_DAYS = 700, INSURED = 900, SECOND_HAND = 50 };

size_t
demo_company_of(int64_t n)
{
    return n % 5 < 3 ? 0 : 1;
}

/* Another customer of the same company: five places earlier. */
static int64_t
former_owner(struct demo_dice *d, int64_t n)
{
    int64_t back = 5 * (int64_t)demo_between(d, 1, 200);
    return back <= n ? n - back : -1;
}

static void
set_bought(const struct demo_setting *s, struct demo_dice *d, struct demo_vehicle *v, int64_t n)
{
    int lead = demo_below(d, 3) ? 0 : demo_below(d, 30);
    date_t first = v->insured ? v->made : date_add_days(s->today, -demo_below(d, NEW_DAYS));
    v->bought = date_add_days(first, -lead);
    v->made = v->bought;
    v->former = -1;
    if (demo_chance(d, SECOND_HAND))
        v->former = former_owner(d, n);
    if (v->former >= 0)
        v->made = date_add_days(v->bought, -demo_between(d, 20, 500));
}

static size_t
vehicle_count(struct demo_dice *d, bool company)
{
    static const int of_people[] = {850, 132, 18}, of_companies[] = {34, 26, 16, 10, 6, 4, 2, 2};
    return 1 + (company ? demo_weighed(d, of_companies, COUNTOF(of_companies))
                        : demo_weighed(d, of_people, COUNTOF(of_people)));
}

enum rc
demo_story(const struct demo_setting *s, int64_t n, int64_t first_vehicle, struct demo_story *ret,
           struct err *reterr)
{
    static const int branches[DEMO_BRANCHES] = {44, 25, 18, 13};
    static const char *const cities[DEMO_COMPANIES][DEMO_BRANCHES] = {
        {"Dar es Salaam", "Mwanza", "Arusha", "Dodoma"  },
        {"Dar es Salaam", "Mbeya",  "Tanga",  "Morogoro"}
    };
    static const char *const elsewhere[] = {
        "Moshi",  "Shinyanga", "Tabora", "Singida", "Iringa",   "Geita",  "Kibaha",     "Songea",
        "Musoma", "Bukoba",    "Babati", "Kigoma",  "Bagamoyo", "Njombe", "Sumbawanga", "Lindi"};
    struct demo_dice dice = demo_dice(s->seed, (uint64_t)n);
    struct demo_dice *d = &dice;
    memset(ret, 0, sizeof *ret);
    ret->n = n;
    ret->company_index = demo_company_of(n);
    ret->company = &s->companies[ret->company_index];
    ret->branch = demo_weighed(d, branches, DEMO_BRANCHES);
    ret->city = cities[ret->company_index][ret->branch];
    if (demo_chance(d, 140))
        ret->city = elsewhere[demo_below(d, COUNTOF(elsewhere))];
    demo_person(d, n, s->today, &ret->person);
    ret->nvehicles = vehicle_count(d, ret->person.company);
    ret->made = s->today;
    for (size_t i = 0; i < ret->nvehicles; i++) {
        struct demo_vehicle *v = &ret->vehicles[i];
        int64_t number = first_vehicle + (int64_t)i;
        demo_car(d, number, ret->person.company, civil_of(s->today).year, &v->car);
        v->insured = demo_chance(d, INSURED);
        if (v->insured) {
            enum rc rc = demo_sale(s, d, ret, v, number, reterr);
            if (rc)
                return rc;
        }
        set_bought(s, d, v, n);
        if (date_cmp(v->bought, ret->made) < 0)
            ret->made = v->bought;
    }
    return RC_OK;
}
