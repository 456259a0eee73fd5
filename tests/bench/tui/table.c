#include <math.h>
#include <stdio.h>

#include "tests/bench/tui/bench.h"

/* Goals are those of the terminal's design; NAN where it names none. */
static const struct {
    const char *id, *what, *unit;
    double goal;
    bool fails; /* the program, when it is missed */
} rows[ROWS] = {
    [ROW_KEY_LEAN] = {"typed_key_lean",       "typed key, lean",                  "B",   1,           true },
    [ROW_MOVE_LEAN] = {"field_move_lean",      "field move, lean, mean",           "B",   16,          true },
    [ROW_MOVE_LEAN_MOST] = {"field_move_lean_most", "field move, lean, the dearest",    "B",   16,          true },
    [ROW_STEP_LEAN] = {"list_step_lean",       "list step, lean, mean",            "B",   16,          true },
    [ROW_STEP_LEAN_MOST] = {"list_step_lean_most",  "list step, lean, the dearest",     "B",   16,          true },
    [ROW_IDLE] = {"idle",                 "idle, 1 s",                        "B",   0,           true },
    [ROW_FIRST_LEAN] = {"first_screen_lean",    "first full screen, lean",          "B",   2048,        true },
    [ROW_FULL_LEAN] = {"full_paint_lean",      "any screen painted whole, lean",   "B",   2048,        true },
    [ROW_KEY_COLOUR] = {"typed_key_colour",     "typed key, colour",                "B",   (double)NAN, false},
    [ROW_MOVE_COLOUR] = {"field_move_colour",    "field move, colour, mean",         "B",   (double)NAN, false},
    [ROW_STEP_COLOUR] = {"list_step_colour",     "list step, colour, mean",          "B",   (double)NAN, false},
    [ROW_SCROLL_LEAN] = {"list_scroll_lean",     "list scrolled by one, lean, mean", "B",   (double)NAN, false},
    [ROW_FIRST_COLOUR] = {"first_screen_colour",  "first full screen, colour",        "B",   (double)NAN, false},
    [ROW_PAINT_P50] = {"key_painted_p50",      "key to painted, p50",              "us",  300,         false},
    [ROW_PAINT_P99] = {"key_painted_p99",      "key to painted, p99",              "us",  3000,        false},
    [ROW_START] = {"start_first_paint",    "start to first paint, p50",        "ms",  15,          false},
    [ROW_HOME] = {"start_home",           "start to home, p50",               "ms",  (double)NAN, false},
    [ROW_RSS] = {"memory_rss",           "memory, resident",                 "KiB", 8192,        false},
    [ROW_PSS] = {"memory_pss",           "memory, its share",                "KiB", (double)NAN, false},
    [ROW_SUPERVISOR] = {"supervisor_pss",       "supervisor, its share",            "KiB", (double)NAN, false},
};

static bool
holds(const struct results *r, int i)
{
    return isnan(rows[i].goal) || r->ours[i] <= rows[i].goal;
}

/* The program that was built for finding mistakes is neither quick nor small. */
static bool
judged(int i)
{
#ifdef __SANITIZE_ADDRESS__
    return rows[i].fails;
#else
    (void)i;
    return true;
#endif
}

static void
cell(double v, const char *unit, int width)
{
    if (isnan(v))
        printf("%*s", width, "-");
    else
        printf("%*.*f %-3s", width - 4, v < 100 && v - floor(v) > 0 ? 1 : 0, v, unit);
}

void
table_print(const struct results *r)
{
    printf("%-34s%12s%12s  %-5s", "", "goal", "measured", "holds");
    for (size_t k = 0; k < r->nothers; k++)
        printf("%12s", r->names[k]);
    printf("\n");
    for (int i = 0; i < ROWS; i++) {
        printf("%-34s", rows[i].what);
        cell(rows[i].goal, rows[i].unit, 12);
        cell(r->ours[i], rows[i].unit, 12);
        const char *verdict = isnan(rows[i].goal) ? "" : !judged(i) ? "(san)" : holds(r, i) ? "yes" : "NO";
        printf("  %-5s", verdict);
        for (size_t k = 0; k < r->nothers; k++)
            cell(r->others[k][i], rows[i].unit, 12);
        printf("\n");
    }
}

static void
number(const char *name, double v)
{
    if (isnan(v))
        printf("\"%s\": null", name);
    else
        printf("\"%s\": %.1f", name, v);
}

void
table_json(const struct results *r)
{
    printf("{\"rows\": [\n");
    for (int i = 0; i < ROWS; i++) {
        printf("  {\"id\": \"%s\", \"unit\": \"%s\", ", rows[i].id, rows[i].unit);
        number("goal", rows[i].goal);
        printf(", ");
        number("measured", r->ours[i]);
        if (!isnan(rows[i].goal) && judged(i))
            printf(", \"holds\": %s", holds(r, i) ? "true" : "false");
        for (size_t k = 0; k < r->nothers; k++) {
            printf(", ");
            number(r->names[k], r->others[k][i]);
        }
        printf("}%s\n", i + 1 < ROWS ? "," : "");
    }
    printf("]}\n");
}

int
table_missed(const struct results *r)
{
    int n = 0;
    for (int i = 0; i < ROWS; i++)
        n += rows[i].fails && !holds(r, i);
    return n;
}
