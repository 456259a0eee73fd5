#include <string.h>

#include "common/base/utf8.h"
#include "common/wire/filter.h"
#include "tests/fuzz/catalog.h"
#include "tests/fuzz/fuzz.h"

/*
 * Whatever is typed or pasted into a field of any kind: taken or refused with a sentence; what is taken is
 * shown as text that is taken again and shown the same. The first byte says how the person writes days and
 * amounts.
 */
static const struct schema_field *
fields_of_each_type(size_t *ret_n)
{
    static struct schema_field fields[64];
    static size_t n;
    const struct schema *s = the_schema();
    bool seen[32] = {false};
    for (size_t i = 0; n == 0 && i < s->nentities; i++)
        for (size_t k = 0; k < s->entities[i].nfields; k++) {
            const struct schema_field *f = &s->entities[i].fields[k];
            if (!seen[f->type])
                fields[n++] = *f;
            seen[f->type] = true;
        }
    *ret_n = n;
    return fields;
}

static void
check_filter(const struct schema_field *f, struct str typed, const struct locale_info *l)
{
    struct param_filter out[FILTER_DAYS_MOST];
    for (int op = FILTER_EQ; op <= FILTER_PREFIX; op++)
        ASSERT(filter_days(f, (enum filter_op)op, typed, l, out) <= FILTER_DAYS_MOST);
}

void
fuzz_one(struct arena *a, struct str data)
{
    if (!data.n)
        return;
    const unsigned char how = (unsigned char)data.p[0];
    struct locale_info l = here;
    l.dates = how % 4;
    l.amounts = how / 4 % 4;
    l.exponent = how / 16 % 4;
    const struct str typed = str_slice(data, 1, data.n);
    size_t n;
    const struct schema_field *f = fields_of_each_type(&n);
    for (size_t i = 0; i < n; i++) {
        struct value v = VALUE_NULL, again = VALUE_NULL;
        struct err err = {0};
        check_filter(&f[i], typed, &l);
        if (value_read(a, &f[i], typed, &l, &v, &err)) {
            ASSERT(err.code != RC_OK && err.text[0]);
            continue;
        }
        struct str text = value_text(a, &f[i], &v, &l);
        ASSERT(utf8_valid(text) || !utf8_valid(typed));
        if (v.type == VT_TEXT || v.type == VT_REF || v.type == VT_NULL)
            continue;
        ASSERT(value_read(a, &f[i], text, &l, &again, NULL) == RC_OK);
        ASSERT(str_eq(text, value_text(a, &f[i], &again, &l)));
    }
}
