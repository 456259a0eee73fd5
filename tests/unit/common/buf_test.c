#include <criterion/criterion.h>

#include "common/base/arena.h"
#include "common/base/buf.h"

Test(buf, grows_from_nothing_and_keeps_its_bytes)
{
    struct arena a;
    struct buf b;
    arena_init(&a, 1024 * 1024, NULL, NULL);
    buf_init(&b, &a, 0);
    for (int i = 0; i < 1000; i++)
        buf_add_char(&b, (char)('a' + i % 26));
    cr_assert_eq(b.n, 1000);
    for (int i = 0; i < 1000; i++)
        cr_assert_eq(b.p[i], 'a' + i % 26);
    arena_done(&a);
}

Test(buf, prints_formatted_text_behind_what_it_has)
{
    struct arena a;
    struct buf b;
    arena_init(&a, 1024, NULL, NULL);
    buf_init(&b, &a, 4);
    buf_add_str(&b, STR("due "));
    buf_printf(&b, "%d of %s", 3, "a hundred");
    buf_add(&b, NULL, 0);
    cr_assert(str_eq(buf_str(&b), STR("due 3 of a hundred")));
    arena_done(&a);
}
