#include "client/tui/form.h"

#include <stdio.h>
#include <string.h>

#include "client/text.h"
#include "client/tui/calendar.h"
#include "client/tui/choice.h"
#include "client/tui/loop.h"
#include "client/tui/match.h"
#include "common/base/utf8.h"

const struct schema_choice *
choice_typed(const struct schema_field *s, struct str typed)
{
    const struct schema_choice *found = NULL;
    for (size_t k = 0; k < s->nchoices; k++) {
        const struct schema_choice *c = &s->choices[k];
        bool code = match_prefix(c->code, typed), label = match_prefix(c->label, typed);
        if (!code && !label)
            continue;
        if ((code && c->code.n == typed.n) || (label && c->label.n == typed.n))
            return c;
        if (found)
            return NULL;
        found = c;
    }
    if (!found && typed.n == 1 && typed.p[0] > '0' && typed.p[0] <= '9')
        return schema_choice(s, typed.p[0] - '0');
    return found;
}

/* No field of a record counts below zero; a condition of a list may. */
static bool
not_below_zero(const struct schema_field *s, const struct value *v, struct err *err)
{
    if (v->type == VT_INT && v->i < 0 && s->max)
        return err_set(err, RC_BAD_PARAMS, NULL, _("must be a whole number from 0 to %u"), s->max) == RC_OK;
    if ((v->type == VT_INT && v->i < 0) || (v->type == VT_MONEY && v->money.minor < 0))
        return err_set(err, RC_BAD_PARAMS, NULL, "%s", _("can't be below zero")) == RC_OK;
    return true;
}

static bool
read_value(struct form *f, struct arena *a, const struct form_item *i, struct value *ret, struct err *err)
{
    char text[FIELD_TEXT];
    struct str typed = field_text(&i->edit, text);
    if (!typed.n)
        return false;
    const struct schema_field *s = i->field;
    if (s->type == VT_REF) {
        bool known = i->ref_id && str_eq_c(typed, i->ref_text);
        *ret = known ? VALUE_INT(i->ref_id) : VALUE_TEXT(str_dup(a, typed));
        return true;
    }
    const struct schema_choice *c = s->nchoices ? choice_typed(s, typed) : NULL;
    if (c && s->type == VT_CHOICE) {
        *ret = (struct value){.type = VT_CHOICE, .i = c->number};
        return true;
    }
    if (s->flags & SCHEMA_SECRET) {
        *ret = VALUE_TEXT(str_dup(a, typed));
        return true;
    }
    return value_read(a, s, str_dup(a, typed), f->locale, ret, err) == RC_OK && not_below_zero(s, ret, err);
}

bool
form_value(struct form *f, struct arena *a, const struct form_item *i, struct value *ret)
{
    struct err err = {.code = RC_OK};
    return read_value(f, a, i, ret, &err);
}

bool
form_read(struct form *f, struct form_item *i)
{
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct err err = {.code = RC_OK};
    struct value v = VALUE_NULL;
    bool ok = true;
    if (read_value(f, &a, i, &v, &err)) {
        if (v.type != VT_TEXT && v.type != VT_REF && i->field->type != VT_REF && i->field->type != VT_TEXT) {
            struct str shown = value_text(&a, i->field, &v, f->locale);
            char text[FIELD_TEXT];
            if (!str_eq(shown, field_text(&i->edit, text)))
                field_fill(&i->edit, shown);
        }
        if (i->missing)
            i->missing = false;
    } else if (err.code != RC_OK) {
        form_note(i, TONE_BAD, str_from(err.text));
        ok = false;
    }
    arena_done(&a);
    return ok;
}

static bool
wanting(const struct form_item *i)
{
    return !i->hidden && !i->readonly && !i->optional && (i->field->flags & SCHEMA_REQUIRED) &&
           !form_filled(i);
}

bool
form_check(struct form *f)
{
    size_t bad = 0, first = f->n;
    char names[TUI_MESSAGE - 60] = "";
    f->save_tried = true;
    for (size_t k = 0; k < f->n; k++) {
        struct form_item *i = &f->items[k];
        i->missing = wanting(i);
        bool wrong = !i->hidden && !i->readonly && !form_read(f, i);
        if (!i->missing && !wrong)
            continue;
        if (bad++ == 0)
            first = k;
        size_t n = strlen(names);
        snprintf(names + n, sizeof names - n, "%s%.*s", n ? ", " : "", STR_ARG(i->field->label));
    }
    if (bad == 0)
        return true;
    form_focus(f, first);
    tui_say(f->tui, ROLE_WARN,
            ngettext("%zu field needs attention: %s. F8 goes to the next.",
                     "%zu fields need attention: %s. F8 goes to the next.", bad),
            bad, names);
    return false;
}

size_t
form_fields(struct form *f, struct arena *a, uint32_t part, bool changed, struct param_field **ret)
{
    struct param_field *out = arena_new(a, struct param_field, f->n ? f->n : 1);
    size_t n = 0;
    for (size_t k = 0; k < f->n; k++) {
        const struct form_item *i = &f->items[k];
        if (i->part != part || i->hidden || i->readonly || (changed && !item_changed(i)))
            continue;
        struct value v = VALUE_NULL;
        if (!form_value(f, a, i, &v) && !changed)
            continue;
        /* choices, dates and amounts leave as bare numbers: the server knows the field's type */
        if (v.type == VT_CHOICE)
            v = VALUE_INT(v.i);
        out[n++] = (struct param_field){.field = {.number = i->field->tag}, .value = v};
    }
    *ret = out;
    return n;
}

int
form_width(const struct form_item *i)
{
    const struct schema_field *s = i->field;
    int least = 4, want = (int)s->width;
    switch (s->type) {
    case VT_DATE:
        return 11; /* one more than its text, for the cursor behind it */
    case VT_STAMP:
        return 17;
    case VT_MONEY:
        return want > 16 ? want : 16;
    case VT_RATE:
        return 8;
    case VT_BOOL:
        return 3;
    case VT_CHOICE:
        for (size_t k = 0; k < s->nchoices; k++)
            if ((int)utf8_width(s->choices[k].label) > least)
                least = (int)utf8_width(s->choices[k].label);
        return least + 1;
    case VT_REF:
        return want > 20 ? want : 20;
    case VT_INT:
        return want > 4 ? want : 6;
    default:
        return want > 8 ? want : want > 0 ? want : 20;
    }
}

/* ---- choices ---- */

/* The calendar opens at the day that stands there, else at the company's today. */
static void
prompt_day(struct form *f, struct form_item *i)
{
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct value v = VALUE_NULL;
    bool known = form_value(f, &a, i, &v) && v.type == VT_DATE;
    calendar_open(f->tui, &(struct calendar_spec){.purpose = FORM_PURPOSE_CHOICE,
                                                  .title = i->field->label,
                                                  .start = known ? v.date : f->locale->today,
                                                  .today = f->locale->today});
    arena_done(&a);
}

void
form_prompt_choices(struct form *f, struct form_item *i)
{
    const struct schema_field *s = i->field;
    if (s->type == VT_DATE) {
        prompt_day(f, i);
        return;
    }
    if (s->type == VT_BOOL) {
        const struct choice_row rows[] = {
            {.label = STR("yes"), .id = 1},
            {.label = STR("no"),  .id = 0}
        };
        choice_open(f->tui, &(struct choice_spec){
                                .purpose = FORM_PURPOSE_CHOICE, .title = s->label, .rows = rows, .nrows = 2});
        return;
    }
    if (s->nchoices == 0) {
        tui_say(f->tui, ROLE_DIM, "%s", _("This field has no list of choices: type it."));
        return;
    }
    struct choice_row *rows = arena_new(f->a, struct choice_row, s->nchoices);
    for (size_t k = 0; k < s->nchoices; k++)
        rows[k] = (struct choice_row){.label = s->choices[k].label,
                                      .detail = s->choices[k].code,
                                      .id = s->choices[k].number,
                                      .tone = s->choices[k].tone};
    choice_open(f->tui,
                &(struct choice_spec){
                    .purpose = FORM_PURPOSE_CHOICE, .title = s->label, .rows = rows, .nrows = s->nchoices});
}

void
form_outcome(struct form *f, const struct outcome *o)
{
    struct form_item *i = form_here(f);
    if (!i || o->choice == 0)
        return;
    if (i->field->type == VT_REF)
        form_put_ref(i, o->id, o->text);
    else
        form_put_text(i, o->text);
    i->by_hand = true;
    i->note[0] = 0;
    form_read(f, i);
}
