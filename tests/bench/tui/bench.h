#ifndef BENCH_TUI_H
#define BENCH_TUI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * What the screens cost, beside what they may. Every row is measured for our client; a row that another
 * program has too is measured there by the same keys.
 */
enum row {
    ROW_KEY_LEAN, /* bytes: the same in every run, so a goal that is missed fails the program */
    ROW_MOVE_LEAN,
    ROW_MOVE_LEAN_MOST,
    ROW_STEP_LEAN,
    ROW_STEP_LEAN_MOST,
    ROW_IDLE,
    ROW_FIRST_LEAN,
    ROW_FULL_LEAN,
    ROW_KEY_COLOUR,
    ROW_MOVE_COLOUR,
    ROW_STEP_COLOUR,
    ROW_SCROLL_LEAN,
    ROW_FIRST_COLOUR,
    ROW_PAINT_P50, /* times and memory: printed, never failed */
    ROW_PAINT_P99,
    ROW_START,
    ROW_HOME,
    ROW_RSS,
    ROW_PSS,
    ROW_SUPERVISOR,
    ROWS
};

enum { BENCH_OTHERS = 4 };

struct results {
    double ours[ROWS];
    const char *names[BENCH_OTHERS]; /* of the other programs */
    double others[BENCH_OTHERS][ROWS];
    size_t nothers;
};

/* Numbers of one kind. Begins as {0}, ends with samples_done. */
struct samples {
    double *v;
    size_t n, room;
};

void samples_done(struct samples *s);
void samples_add(struct samples *s, double v);
/* 0 to 100; sorts. NAN of nothing. */
double samples_at(struct samples *s, double percent);
double samples_mean(const struct samples *s);

int64_t bench_now_us(void);
/* KiB of a process: "Rss:" or "Pss:" of its smaps_rollup; NAN when it can't be read. */
double bench_memory(pid_t pid, const char *what);

/* Fills `ours`. quick: as few runs as the times can do with. */
void bench_ours(struct results *r, bool quick);
/* Adds a column. False: not known or not installed. */
bool bench_against(struct results *r, const char *name);

void table_print(const struct results *r);
void table_json(const struct results *r);
/* How many rows of bytes miss their goal. */
int table_missed(const struct results *r);

#endif
