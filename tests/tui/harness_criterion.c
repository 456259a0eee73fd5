/* What of the harness needs a running test: how it fails, and comparing with files. */
#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/tui/harness.h"

void
harness_fail(const char *fmt, ...)
{
    static char text[33000];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    cr_assert_fail("%s", text);
    abort(); /* not reached: the test has ended */
}

void
expect_golden(struct screen *s, const char *name)
{
    char path[512];
    static char want[32768];
    snprintf(path, sizeof path, "%s/%s.txt", BIMA_GOLDEN_DIR, name);
    const char *mode = getenv("BIMA_GOLDEN");
    if (mode && !strcmp(mode, "write")) {
        FILE *f = fopen(path, "w");
        cr_assert(f);
        fputs(screen_text(s), f);
        fclose(f);
        return;
    }
    FILE *f = fopen(path, "r");
    cr_assert(f, "no %s: run with BIMA_GOLDEN=write once and read what it wrote", path);
    size_t n = fread(want, 1, sizeof want - 1, f);
    want[n] = 0;
    fclose(f);
    cr_assert_str_eq(screen_text(s), want, "differs from %s:\n%s", path, screen_text(s));
}
