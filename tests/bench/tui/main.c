/* The costs of the screens beside their goals; ends with 1 when one of bytes is missed. */
#define _GNU_SOURCE
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/bench/tui/bench.h"
#include "tests/tui/harness.h"

void
harness_fail(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "bench_tui: ");
    vfprintf(stderr, fmt, ap);
    fprintf(stderr, "\n");
    va_end(ap);
    exit(2);
}

int64_t
bench_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

double
bench_memory(pid_t pid, const char *what)
{
    char path[64], line[160];
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", pid);
    FILE *f = fopen(path, "r");
    double ret = (double)NAN;
    while (f && fgets(line, sizeof line, f))
        if (!strncmp(line, what, strlen(what)))
            ret = strtod(line + strlen(what), NULL);
    if (f)
        fclose(f);
    return ret;
}

void
samples_add(struct samples *s, double v)
{
    if (s->n == s->room) {
        s->room = s->room ? s->room * 2 : 256;
        s->v = reallocarray(s->v, s->room, sizeof *s->v);
        if (!s->v)
            harness_fail("no memory");
    }
    s->v[s->n++] = v;
}

void
samples_done(struct samples *s)
{
    free(s->v);
    *s = (struct samples){0};
}

static int
by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double
samples_at(struct samples *s, double percent)
{
    if (s->n == 0)
        return (double)NAN;
    qsort(s->v, s->n, sizeof s->v[0], by_size);
    return s->v[(size_t)((double)(s->n - 1) * percent / 100 + 0.5)];
}

double
samples_mean(const struct samples *s)
{
    double sum = 0;
    for (size_t i = 0; i < s->n; i++)
        sum += s->v[i];
    return s->n ? sum / (double)s->n : (double)NAN;
}

static int
usage(void)
{
    fprintf(stderr, "usage: bench_tui [--quick] [--json] [--against tig|htop|mc|dialog]...\n");
    return 2;
}

int
main(int argc, char **argv)
{
    static const struct option options[] = {
        {"quick",   no_argument,       NULL, 'q'},
        {"json",    no_argument,       NULL, 'j'},
        {"against", required_argument, NULL, 'a'},
        {NULL,      0,                 NULL, 0  }
    };
    static struct results r;
    bool quick = false, json = false;
    int c;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 'q')
            quick = true;
        else if (c == 'j')
            json = true;
        else if (c != 'a')
            return usage();
        else if (r.nothers == BENCH_OTHERS || !bench_against(&r, optarg))
            fprintf(stderr, "bench_tui: %s is not installed, or its keys are not known\n", optarg);
    }
    bench_ours(&r, quick);
    if (json)
        table_json(&r);
    else
        table_print(&r);
    int missed = table_missed(&r);
    if (missed)
        fprintf(stderr, "bench_tui: %d of the goals of bytes missed\n", missed);
    return missed > 0;
}
