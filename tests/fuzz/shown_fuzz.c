#include "client/cli/write.h"

#include <string.h>

#include "common/base/utf8.h"
#include "common/wire/cbor.h"
#include "tests/fuzz/catalog.h"
#include "tests/fuzz/fuzz.h"

/*
 * An answer of a service that may mean harm, as the command line prints it: text of whole characters, without
 * a single one that a terminal would obey.
 */
static void
check_printed(struct str text, bool ascii)
{
    ASSERT(utf8_valid(text));
    while (text.n) {
        struct str line = str_split(&text, '\n');
        ASSERT(!utf8_has_control(line));
        for (size_t i = 0; ascii && i < line.n; i++)
            ASSERT((unsigned char)line.p[i] < 0x80);
    }
}

/* Lines end as a spreadsheet wants it; inside of quotes they may end too. */
static void
check_rows(struct str csv)
{
    ASSERT(utf8_valid(csv));
    while (csv.n) {
        struct str line = str_split(&csv, '\n');
        if (line.n && line.p[line.n - 1] == '\r')
            line.n--;
        ASSERT(!utf8_has_control(line));
    }
}

void
fuzz_one(struct arena *a, struct str data)
{
    struct body *body = arena_new(a, struct body, 1);
    struct rbuf r;
    rbuf_init(&r, data);
    if (body_decode(a, &r, body, NULL))
        return;
    for (unsigned how = 0; how < 8; how++) {
        const struct style st = {.schema = body->schema ? body->schema : the_schema(),
                                 .locale = &here,
                                 .terminal = how & 1,
                                 .columns = how & 1 ? 40 : 0,
                                 .utf8 = how & 2};
        struct buf text, csv;
        buf_init(&text, a, 1024);
        buf_init(&csv, a, 1024);
        write_text(&text, &st, body);
        check_printed(buf_str(&text), !st.utf8);
        write_csv(&csv, &st, body);
        check_rows(buf_str(&csv));
    }
}
