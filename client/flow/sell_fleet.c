#include <stdlib.h>
#include <string.h>

#include "client/flow/sell.h"
#include "common/base/buf.h"

/* The list of a fleet's vehicles. */
enum {
    STEPS_BESIDES = 5,
    SEPARATOR = 0x1f
}; /* customer, the vehicle still in the form, quote, issue, receipt */

/* What is sent of a value, and kept of it in the journal: a text or a whole number. */
static struct value
plain_value_of(struct arena *a, const struct value *v)
{
    switch (v->type) {
    case VT_TEXT:
        return VALUE_TEXT(str_dup(a, v->text));
    case VT_DATE:
        return VALUE_INT(v->date.days);
    case VT_MONEY:
        return VALUE_INT(v->money.minor);
    default:
        return *v;
    }
}

bool
flow_add_line(struct flow *f, struct arena *a, const struct flow_source *s, struct str label, struct str sum)
{
    size_t made = 0;
    for (size_t i = 0; i < f->nlines; i++)
        made += f->lines[i].id == 0;
    if (f->nlines == FLOW_LINES || (!f->vehicle && made + STEPS_BESIDES >= FLOW_STEPS))
        return false;
    struct flow_line *line = &f->lines[f->nlines++];
    *line = (struct flow_line){.id = f->vehicle, .label = str_dup(a, label), .sum = str_dup(a, sum)};
    if (line->id)
        return true;
    line->nfields = s->fields(s->ctx, a, PART_VEHICLE, 0, &line->fields);
    for (size_t i = 0; i < line->nfields; i++)
        line->fields[i].value = plain_value_of(a, &line->fields[i].value);
    line->reason = str_dup(a, s->reason(s->ctx, PART_VEHICLE));
    return true;
}

void
flow_drop_line(struct flow *f, size_t n)
{
    if (n >= f->nlines)
        return;
    f->nlines--;
    memmove(&f->lines[n], &f->lines[n + 1], (f->nlines - n) * sizeof f->lines[0]);
}

/* ---- in the journal ---- */

struct str
flow_pack_line(struct arena *a, const struct flow_line *line)
{
    struct buf b;
    buf_init(&b, a, 256);
    buf_printf(&b, "%lld%c%.*s%c%.*s%c%.*s", (long long)line->id, SEPARATOR, STR_ARG(line->label), SEPARATOR,
               STR_ARG(line->sum), SEPARATOR, STR_ARG(line->reason));
    for (size_t i = 0; i < line->nfields; i++) {
        const struct value *v = &line->fields[i].value;
        buf_printf(&b, "%c%u%c", SEPARATOR, line->fields[i].field.number, v->type == VT_TEXT ? '=' : '#');
        if (v->type == VT_TEXT)
            buf_add_str(&b, v->text);
        else
            buf_printf(&b, "%lld", (long long)v->i);
    }
    return buf_str(&b);
}

static bool
unpack_field(struct arena *a, struct str part, struct param_field *ret)
{
    size_t at = 0;
    uint32_t tag = 0;
    while (at < part.n && part.p[at] >= '0' && part.p[at] <= '9')
        tag = tag * 10 + (uint32_t)(part.p[at++] - '0');
    if (at == 0 || at == part.n)
        return false;
    struct str text = str_dup(a, str_slice(part, at + 1, part.n));
    *ret = (struct param_field){.field = {.number = tag},
                                .value = part.p[at] == '=' ? VALUE_TEXT(text)
                                                           : VALUE_INT(strtoll(text.p, NULL, 10))};
    return true;
}

bool
flow_unpack_line(struct arena *a, struct str packed, struct flow_line *ret)
{
    size_t most = 1;
    for (size_t i = 0; i < packed.n; i++)
        most += packed.p[i] == SEPARATOR;
    struct flow_line line = {.id = strtoll(str_dup(a, str_split(&packed, SEPARATOR)).p, NULL, 10)};
    line.label = str_dup(a, str_split(&packed, SEPARATOR));
    line.sum = str_dup(a, str_split(&packed, SEPARATOR));
    line.reason = str_dup(a, str_split(&packed, SEPARATOR));
    line.fields = arena_new(a, struct param_field, most);
    while (packed.n)
        if (unpack_field(a, str_split(&packed, SEPARATOR), &line.fields[line.nfields]))
            line.nfields++;
    if (line.id == 0 && line.nfields == 0)
        return false;
    *ret = line;
    return true;
}
