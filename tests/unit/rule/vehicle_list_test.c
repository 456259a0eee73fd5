/* The vehicles of a fleet as people write them. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "common/base/arena.h"
#include "server/rule/entry/vehicle_list.h"

enum { MOST = 5 };

/* What was read, as "name=sum|name=sum", or the error. */
static const char *
read_as(const char *text)
{
    static char out[400];
    struct arena a;
    struct vehicle_entry *rows;
    struct err err = {0};
    size_t n = 0, used = 0;
    arena_init(&a, 1 << 16, NULL, NULL);
    out[0] = '\0';
    if (vehicle_list_read(&a, str_from(text), MOST, &rows, &n, &err))
        (void)snprintf(out, sizeof out, "%s: %s", err.field, err.text);
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(out + used, sizeof out - used, "%s%.*s=%.*s", i ? "|" : "",
                                 STR_ARG(rows[i].name), STR_ARG(rows[i].sum));
    arena_done(&a);
    return out;
}

static void
expect(const char *text, const char *want)
{
    cr_expect_str_eq(read_as(text), want, "\"%s\" is read as \"%s\", not \"%s\"", text, read_as(text), want);
}

Test(vehicle_list, vehicles_are_set_apart_by_semicolons_lines_and_commas)
{
    expect("T337DSE", "T337DSE=");
    expect("T337DSE;T338DSE", "T337DSE=|T338DSE=");
    expect(" T 337 DSE , T338DSE\nGJ7-1\n", "T 337 DSE=|T338DSE=|GJ7-1=");
    expect(";;T337DSE;\n,;", "T337DSE=");
}

Test(vehicle_list, a_sum_stands_behind_the_vehicle)
{
    expect("T337DSE=61m; T338DSE = 40m", "T337DSE=61m|T338DSE=40m");
    expect("$0=61m, #3141592653", "$0=61m|#3141592653=");
    expect("T337DSE=61 000 000;T338DSE", "T337DSE=61 000 000|T338DSE=");
}

Test(vehicle_list, a_comma_before_three_digits_belongs_to_the_amount)
{
    expect("T337DSE=61,000,000, T338DSE=40,000,000", "T337DSE=61,000,000|T338DSE=40,000,000");
    expect("T337DSE=61,000,000,T338DSE=1,500.50", "T337DSE=61,000,000|T338DSE=1,500.50");
    expect("T337DSE=61,337DSE", "T337DSE=61|337DSE=");
    expect("T337DSE,337", "T337DSE=|337=");
    expect("T1=5,12", "T1=5|12=");
}

Test(vehicle_list, what_is_missing_is_said)
{
    expect("", "vehicles: name the vehicles of the fleet: T337DSE=61m; T338DSE=40m");
    expect(" ;, ", "vehicles: name the vehicles of the fleet: T337DSE=61m; T338DSE=40m");
    expect("T337DSE=61m; =40m", "vehicles: name a vehicle before \"=40m\": its plate or chassis number");
    expect("T337DSE=", "vehicles: say what T337DSE is insured for, behind the =");
    expect("1;2;3;4;5", "1=|2=|3=|4=|5=");
    expect("1;2;3;4;5;6", "vehicles: a fleet has 5 vehicles at most");
}
