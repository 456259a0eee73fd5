/*
 * xlsx_bare COLUMNS OUT.xlsx < LINES: the plain loop over libxlsxwriter that an export is held against. Each
 * line has the cells of a row, tabs between; COLUMNS has a letter for each: t text, n number, d day
 * (2026-03-01). Prints the seconds the loop and the closing took, and the memory of the process at its most,
 * in KiB.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <xlsxwriter.h>

enum { LINE = 64 * 1024, WIDTH = 18 };

static double
now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
write_cell(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t col, char kind, const char *text, lxw_format *day)
{
    int y = 0, m = 0, d = 0;
    if (*text == '\0')
        return;
    if (kind == 'd' && sscanf(text, "%d-%d-%d", &y, &m, &d) == 3) {
        lxw_datetime at = {.year = y, .month = m, .day = d};
        (void)worksheet_write_datetime(sheet, row, col, &at, day);
    } else if (kind == 'n') {
        (void)worksheet_write_number(sheet, row, col, strtod(text, NULL), NULL);
    } else {
        (void)worksheet_write_string(sheet, row, col, text, NULL);
    }
}

static void
write_row(lxw_worksheet *sheet, lxw_row_t row, const char *columns, char *line, lxw_format *day)
{
    line[strcspn(line, "\n")] = '\0';
    for (lxw_col_t col = 0; columns[col] && line; col++) {
        char *next = strchr(line, '\t');
        if (next)
            *next++ = '\0';
        write_cell(sheet, row, col, columns[col], line, day);
        line = next;
    }
}

int
main(int argc, char **argv)
{
    static char line[LINE];
    if (argc != 3) {
        fputs("usage: xlsx_bare COLUMNS OUT.xlsx < LINES\n", stderr);
        return 64;
    }
    const double began = now();
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    lxw_workbook *book = workbook_new_opt(argv[2], &options);
    lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
    lxw_format *day = workbook_add_format(book);
    format_set_num_format(day, "yyyy-mm-dd");
    (void)worksheet_set_column(sheet, 0, (lxw_col_t)(strlen(argv[1]) - 1), WIDTH, NULL);
    lxw_row_t rows = 0;
    while (rows < LXW_ROW_MAX && fgets(line, sizeof line, stdin))
        write_row(sheet, rows++, argv[1], line, day);
    if (workbook_close(book) != LXW_NO_ERROR)
        return 1;
    struct rusage used = {0};
    (void)getrusage(RUSAGE_SELF, &used);
    printf("%.3f %ld %u\n", now() - began, used.ru_maxrss, rows);
    return 0;
}
