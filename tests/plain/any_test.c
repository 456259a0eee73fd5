#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "common/base/attr.h"
#include "tests/plain/harness.h"

/* Answers of all kinds to questions of all kinds: nothing may break it, whatever is typed where. */
static const char *const answers[] = {
    "",
    "",
    "",
    "?",
    "??",
    "!",
    "!",
    ".",
    "<",
    "-",
    "\"",
    "..",
    "yes",
    "no",
    "1",
    "2",
    "5 1",
    "9 1-3",
    "2 1,3",
    "7 1",
    "home",
    "back",
    "help",
    "customers",
    "policies",
    "new customer",
    "new vehicle",
    "new receipt",
    "new business",
    "sell t337dse",
    "salma",
    "kk26001902",
    "change",
    "change phone",
    "history",
    "as of t",
    "as 1",
    "open vehicle",
    "renew",
    "cancel",
    "issue",
    "receipts",
    "view 2",
    "filter state=active",
    "filter -",
    "sort name",
    "to K",
    "all",
    "next",
    "previous",
    "do new",
    "it",
    "rows 5",
    "rows 0",
    "policy renew kk26001902 months=3",
    "customer add name=X phone=0712345678",
    "customer set salma",
    "describe",
    "find a",
    "\\x",
    "> phone",
    "> city",
    ">",
    "ind",
    "car",
    "compr",
    "15m",
    "t",
    "61k",
    "0712 345 678",
    "T 999 XYZ",
    "Nissan",
    "\xc3\xa9",
    "'",
    "alerts",
    "999999999999999999999",
};

Test(any, answers_break_nothing)
{
    static char script[16384];
    uint32_t dice = 20260302;
    for (int run = 0; run < 25; run++) {
        size_t n = 0;
        int status = 0;
        for (int line = 0; line < 150; line++) {
            dice = dice * 1664525u + 1013904223u;
            n += (size_t)snprintf(script + n, sizeof script - n, "%s\n",
                                  answers[(dice >> 8) % COUNTOF(answers)]);
        }
        const char *said = talk_script(script, &status);
        cr_assert(status == 0 || (status >= 64 && status < 78), "status %d after:\n%s\nsaid:\n%s", status,
                  script, said);
    }
}
