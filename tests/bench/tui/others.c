/* The same keys on a program of others: no idle mark there, so what comes until it is quiet counts. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vterm.h>

#include "tests/bench/tui/bench.h"
#include "tests/tui/harness.h"

enum { QUIET_MS = 80, START_QUIET_MS = 500, PROBE_KEYS = 15, TIMED_KEYS = 200, ARGS = 48 };

/* A program as started for one kind of key; `open` brings it to where the key means that. No argv: none. */
struct probe {
    const char *argv[ARGS];
    const char *open, *key, *back;
};

struct program {
    const char *name;
    struct probe typed, move, step;
};

#define ROWS_OF_FORM                                                                                         \
    "One", "1", "1", "", "1", "12", "20", "40", "Two", "2", "1", "", "2", "12", "20", "40", "Three", "3",    \
        "1", "", "3", "12", "20", "40", "Four", "4", "1", "", "4", "12", "20", "40"
#define ROWS_OF_MENU                                                                                         \
    "1", "one", "2", "two", "3", "three", "4", "four", "5", "five", "6", "six", "7", "seven", "8", "eight",  \
        "9", "nine", "10", "ten", "11", "eleven", "12", "twelve", "13", "thirteen", "14", "fourteen"

static const struct program programs[] = {
    {"tig",    {{"tig"}, "/", "a", NULL},                           {{NULL}, NULL, NULL, NULL}, {{"tig"}, "", "j", "k"}},
    {"htop",
     {{"htop", "-d", "100"}, "/", "q", NULL},
     {{NULL}, NULL, NULL, NULL},
     {{"htop", "-d", "100"}, "", DOWN, UP}                                                                             },
    {"mc",
     {{"mc", "-u", "/usr/share", "/usr/lib"}, "", "a", NULL},
     {{"mc", "-u", "/usr/share", "/usr/lib"}, ESC "?", "\t", BACKTAB},
     {{"mc", "-u", "/usr/share", "/usr/lib"}, "", DOWN, UP}                                                            },
    {"dialog",
     {{"dialog", "--inputbox", "Name", "10", "70"}, "", "a", NULL},
     {{"dialog", "--form", "Form", "20", "70", "10", ROWS_OF_FORM}, "", DOWN, UP},
     {{"dialog", "--menu", "Menu", "22", "70", "15", ROWS_OF_MENU}, "", DOWN, UP}                                      },
};

struct other {
    pid_t pid;
    int master;
    VTerm *vt;
    int64_t started_us, first_us, last_us;
    size_t bytes;
};

/* What it asks the terminal is answered. */
static void
answer(const char *bytes, size_t n, void *ctx)
{
    struct other *o = ctx;
    while (n > 0) {
        ssize_t w = write(o->master, bytes, n);
        if (w <= 0)
            return;
        bytes += w;
        n -= (size_t)w;
    }
}

/* Takes what it writes until nothing came for so long. */
static void
until_quiet(struct other *o, int ms)
{
    char bytes[4096];
    struct pollfd p = {o->master, POLLIN, 0};
    while (poll(&p, 1, ms) > 0) {
        ssize_t n = read(o->master, bytes, sizeof bytes);
        if (n <= 0)
            return;
        o->last_us = bench_now_us();
        o->bytes += (size_t)n;
        vterm_input_write(o->vt, bytes, (size_t)n);
        if (!o->first_us && o->bytes > 64)
            o->first_us = o->last_us;
    }
}

static struct other *
other_start(const struct probe *p)
{
    struct other *o = calloc(1, sizeof *o);
    struct winsize w = {.ws_row = 24, .ws_col = 80};
    if (!o)
        harness_fail("no memory");
    o->started_us = bench_now_us();
    o->pid = forkpty(&o->master, NULL, NULL, &w);
    if (o->pid == 0) {
        if (chdir(BIMA_SOURCE_DIR) != 0) /* tig shows the history that is there */
            _exit(97);
        setenv("TERM", "xterm-256color", 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        setenv("HOME", "/nonexistent", 1);
        execvp(p->argv[0], (char *const *)(uintptr_t)p->argv);
        _exit(98);
    }
    o->vt = vterm_new(24, 80);
    vterm_set_utf8(o->vt, 1);
    vterm_output_set_callback(o->vt, answer, o);
    vterm_screen_reset(vterm_obtain_screen(o->vt), 1);
    until_quiet(o, START_QUIET_MS);
    return o;
}

static void
other_stop(struct other *o)
{
    kill(o->pid, SIGKILL);
    close(o->master);
    while (waitpid(o->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    vterm_free(o->vt);
    free(o);
}

static void
other_type(struct other *o, const char *keys)
{
    answer(keys, strlen(keys), o);
    until_quiet(o, QUIET_MS);
}

static double
cost(const struct probe *p, struct samples *us)
{
    if (!p->argv[0])
        return (double)NAN;
    struct samples each = {0};
    struct other *o = other_start(p);
    if (p->open[0])
        other_type(o, p->open);
    for (int i = 0; i < TIMED_KEYS; i++) {
        size_t before = o->bytes;
        int64_t at = bench_now_us();
        bool back = p->back && i / PROBE_KEYS % 2;
        other_type(o, back ? p->back : p->key);
        if (i < PROBE_KEYS)
            samples_add(&each, (double)(o->bytes - before));
        if (o->last_us >= at)
            samples_add(us, (double)(o->last_us - at));
        if (!p->back && i >= PROBE_KEYS)
            break; /* a line of text is soon full */
    }
    other_stop(o);
    double ret = samples_mean(&each);
    samples_done(&each);
    return ret;
}

static bool
installed(const char *name)
{
    const char *path = getenv("PATH");
    char file[512];
    while (path && *path) {
        size_t n = strcspn(path, ":");
        snprintf(file, sizeof file, "%.*s/%s", (int)n, path, name);
        if (access(file, X_OK) == 0)
            return true;
        path += n + (path[n] == ':');
    }
    return false;
}

/* Nothing of a program that does not come up. */
static void
measure(const struct program *p, double *ret)
{
    struct samples us = {0};
    for (int i = 0; i < ROWS; i++)
        ret[i] = (double)NAN;
    struct other *o = other_start(&p->step);
    if (!o->first_us) {
        other_stop(o);
        return;
    }
    ret[ROW_FIRST_COLOUR] = (double)o->bytes;
    ret[ROW_START] = (double)(o->first_us - o->started_us) / 1000;
    ret[ROW_HOME] = (double)(o->last_us - o->started_us) / 1000;
    ret[ROW_RSS] = bench_memory(o->pid, "Rss:");
    ret[ROW_PSS] = bench_memory(o->pid, "Pss:");
    size_t before = o->bytes;
    int64_t end = bench_now_us() + 1000000;
    while (bench_now_us() < end)
        until_quiet(o, 100);
    ret[ROW_IDLE] = (double)(o->bytes - before);
    other_stop(o);
    ret[ROW_KEY_COLOUR] = cost(&p->typed, &us);
    ret[ROW_MOVE_COLOUR] = cost(&p->move, &us);
    ret[ROW_STEP_COLOUR] = cost(&p->step, &us);
    ret[ROW_PAINT_P50] = samples_at(&us, 50);
    ret[ROW_PAINT_P99] = samples_at(&us, 99);
    samples_done(&us);
}

bool
bench_against(struct results *r, const char *name)
{
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
        if (!strcmp(programs[i].name, name) && installed(name)) {
            r->names[r->nothers] = programs[i].name;
            measure(&programs[i], r->others[r->nothers++]);
            return true;
        }
    return false;
}
