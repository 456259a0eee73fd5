#include "client/tui/form.h"

#include <stdio.h>
#include <string.h>

#include "client/text.h"
#include "client/tui/loop.h"

void
form_init(struct form *f, struct tui *t, struct arena *a, const struct locale_info *l)
{
    memset(f, 0, sizeof *f);
    f->context = IN_FORM;
    f->tui = t;
    f->a = a;
    f->locale = l;
}

static size_t
chars_of(const struct schema_field *s)
{
    switch (s->type) {
    case VT_TEXT:
        return s->max >= FIELD_LONGEST ? FIELD_LONGEST : s->max > 0 && s->max < 250 ? s->max : 250;
    case VT_REF:
        return 80;
    default:
        return 40;
    }
}

static void
add_item(struct form *f, const struct form_source *src, const struct schema_field *s, struct str group)
{
    if (f->n == FORM_ITEMS)
        return;
    struct form_item *i = &f->items[f->n++];
    i->field = s;
    i->entity = src->entity;
    i->part = src->part;
    i->group = group;
    field_init(&i->edit, f->a, chars_of(s));
    i->edit.upper = s->flags & SCHEMA_UPPER;
    i->edit.secret = s->flags & SCHEMA_SECRET;
    if (s->fallback.n) {
        field_fill(&i->edit, s->fallback);
        form_read(f, i);
        char text[FIELD_TEXT];
        field_set(&i->edit, field_text(&i->edit, text));
    }
}

void
form_add(struct form *f, const struct form_source *src)
{
    struct str group = src->group;
    for (size_t k = 0; k < src->nfields; k++) {
        const struct schema_field *s = &src->fields[k];
        if ((src->flags && !(s->flags & src->flags)) || (s->flags & src->without))
            continue;
        if (!src->group.n && s->group.n)
            group = s->group;
        add_item(f, src, s, group);
        group = STR_NONE;
    }
}

/* ---- focus ---- */

static bool
open_item(const struct form_item *i)
{
    return !i->readonly && !i->hidden;
}

static bool
step_from(const struct form *f, size_t from, int step, size_t *ret)
{
    for (size_t k = from + (size_t)step; k < f->n; k += (size_t)step)
        if (open_item(&f->items[k])) {
            *ret = k;
            return true;
        }
    return false;
}

void
form_focus(struct form *f, size_t at)
{
    f->at = at < f->n ? at : 0;
    if (f->n)
        field_enter(&f->items[f->at].edit);
    tui_touch(f->tui);
}

void
form_start(struct form *f)
{
    size_t first = 0;
    if (f->n && !open_item(&f->items[0]) && !step_from(f, 0, 1, &first))
        first = 0;
    form_focus(f, first);
}

struct form_item *
form_here(struct form *f)
{
    return f->n ? &f->items[f->at] : NULL;
}

struct form_item *
form_find(struct form *f, uint32_t part, const char *name)
{
    for (size_t k = 0; k < f->n; k++)
        if (f->items[k].part == part && str_eq_c(f->items[k].field->name, name))
            return &f->items[k];
    return NULL;
}

void
form_hide(struct form *f, struct form_item *i)
{
    size_t next = (size_t)(i - f->items) + 1;
    i->hidden = true;
    if (i->group.n && next < f->n && !f->items[next].group.n)
        f->items[next].group = i->group;
    i->group = STR_NONE;
}

static enum form_event
leave_to(struct form *f, size_t to)
{
    struct form_item *i = form_here(f);
    f->left = f->at;
    form_read(f, i);
    form_focus(f, to);
    return FORM_LEFT;
}

/* Enter asks for what a person has to say. */
static bool
passed_by(const struct form_item *i)
{
    return i->aside && i->edit.n > 0 && !i->missing && !i->note[0];
}

enum form_event
form_next(struct form *f)
{
    size_t to = f->at;
    bool found = step_from(f, to, 1, &to);
    while (found && passed_by(&f->items[to]))
        found = step_from(f, to, 1, &to);
    if (!found) {
        f->left = f->at;
        form_read(f, form_here(f));
        return FORM_SAVE;
    }
    return leave_to(f, to);
}

/* From the last field to the first and back. */
static enum form_event
move(struct form *f, int step)
{
    size_t to;
    bool found = step_from(f, f->at, step, &to);
    for (size_t k = 0; !found && k < f->n; k++) {
        to = step > 0 ? k : f->n - 1 - k;
        found = open_item(&f->items[to]);
    }
    return found ? leave_to(f, to) : FORM_UNUSED;
}

/* The next item (wrapping round) that needs attention. */
static enum form_event
next_error(struct form *f, int step)
{
    form_read(f, form_here(f));
    for (size_t k = 1; k <= f->n; k++) {
        size_t at = step > 0 ? (f->at + k) % f->n : (f->at + f->n - k) % f->n;
        const struct form_item *i = &f->items[at];
        bool bad = i->missing || (i->note[0] && i->note_tone >= TONE_SOON);
        if (bad && open_item(i))
            return leave_to(f, at);
    }
    tui_say(f->tui, ROLE_DIM, "%s", _("No field needs attention."));
    return step > 0 ? FORM_PAST_END : FORM_PAST_START;
}

/* ---- what the program puts in ---- */

void
form_put_text(struct form_item *i, struct str text)
{
    field_fill(&i->edit, text);
    i->ref_id = 0;
    i->missing = i->several = false;
}

void
form_put_ref(struct form_item *i, int64_t id, struct str label)
{
    field_fill(&i->edit, label);
    char text[FIELD_TEXT];
    struct str shown = field_text(&i->edit, text);
    i->ref_id = id;
    i->missing = i->several = false;
    snprintf(i->ref_text, sizeof i->ref_text, "%.*s", STR_ARG(shown));
}

void
form_put(struct form *f, struct form_item *i, const struct value *v, bool original)
{
    if (v->type == VT_REF) {
        form_put_ref(i, v->i, v->label);
    } else {
        struct str text = v->type == VT_NULL ? STR_NONE : value_text(f->a, i->field, v, f->locale);
        form_put_text(i, text);
    }
    if (original) {
        char text[FIELD_TEXT];
        field_set(&i->edit, field_text(&i->edit, text));
    }
}

void
form_note(struct form_item *i, int tone, struct str text)
{
    struct str name = i->field->name; /* stands beside it already */
    if (str_starts(text, name) && text.n > name.n && (text.p[name.n] == ' ' || text.p[name.n] == ':'))
        text = str_trim(str_slice(text, name.n + 1, text.n));
    snprintf(i->note, sizeof i->note, "%.*s", STR_ARG(text));
    i->note_tone = tone;
    i->told = false;
}

void
form_clear_told(struct form *f, uint32_t part)
{
    for (size_t k = 0; k < f->n; k++)
        if (f->items[k].part == part && f->items[k].told) {
            f->items[k].note[0] = 0;
            f->items[k].told = false;
        }
}

bool
form_blame(struct form *f, struct str name, int tone, struct str text)
{
    for (size_t at = name.n; at > 0; at--)
        if (name.p[at - 1] == '.') {
            name = str_slice(name, at, name.n);
            break;
        }
    for (size_t k = 0; k < f->n; k++) {
        struct form_item *i = &f->items[k];
        if (i->hidden || !str_eq(i->field->name, name))
            continue;
        form_note(i, tone, text);
        i->told = true;
        if (open_item(i))
            form_focus(f, k);
        return true;
    }
    return false;
}

bool
form_tell(struct form *f, uint32_t part, struct str name, int tone, struct str text)
{
    char word[64];
    snprintf(word, sizeof word, "%.*s", STR_ARG(name));
    struct form_item *i = form_find(f, part, word);
    if (!i || !form_filled(i))
        return false;
    form_note(i, tone, text);
    i->told = true;
    return true;
}

int
form_issues(struct form *f, uint32_t part, const struct body_issue *issues, size_t n)
{
    static const int tones[] = {TONE_PLAIN, TONE_SOON, TONE_WARN, TONE_BAD};
    int worst = 0;
    for (size_t k = 0; k < n; k++) {
        char name[64];
        snprintf(name, sizeof name, "%.*s", STR_ARG(issues[k].field));
        struct form_item *i = form_find(f, part, name);
        int level = (int)issues[k].level;
        if (i && form_filled(i)) { /* what is not typed yet is not wrong yet */
            form_note(i, tones[level >= 1 && level <= 3 ? level : 3], issues[k].text);
            i->told = true;
        }
        if (level > worst)
            worst = level;
    }
    tui_touch(f->tui);
    return worst;
}

bool
form_filled(const struct form_item *i)
{
    return i->edit.n > 0;
}

bool
item_changed(const struct form_item *i)
{
    return field_changed(&i->edit);
}

bool
form_dirty(const struct form *f)
{
    for (size_t k = 0; k < f->n; k++)
        if (f->items[k].by_hand && item_changed(&f->items[k]))
            return true;
    return false;
}

/* ---- keys ---- */

static void
touched(struct form_item *i, uint32_t gen)
{
    if (i->edit.gen == gen)
        return;
    i->by_hand = true;
    i->missing = i->several = false;
    i->note[0] = 0;
    i->ref_id = 0;
}

static bool
dup(struct form *f, struct form_item *i)
{
    for (size_t k = 0; f->last && k < f->last->n; k++) {
        if (f->last->rows[k].entity != i->entity || f->last->rows[k].tag != i->field->tag)
            continue;
        form_put_text(i, str_from(f->last->rows[k].text));
        i->by_hand = true;
        return true;
    }
    tui_say(f->tui, ROLE_DIM, "%s", _("Nothing was saved before that has this field."));
    return false;
}

void
form_remember(struct form *f)
{
    if (!f->last)
        return;
    for (size_t k = 0; k < f->n; k++) {
        struct form_item *i = &f->items[k];
        if (!form_filled(i) || i->edit.secret)
            continue;
        char text[FIELD_TEXT];
        struct str s = field_text(&i->edit, text);
        if (s.n >= sizeof f->last->rows[0].text)
            continue; /* half of it is of no use */
        size_t r = 0;
        while (r < f->last->n &&
               (f->last->rows[r].entity != i->entity || f->last->rows[r].tag != i->field->tag))
            r++;
        if (r == FORM_LAST)
            return;
        if (r == f->last->n)
            f->last->n++;
        f->last->rows[r].entity = i->entity;
        f->last->rows[r].tag = i->field->tag;
        snprintf(f->last->rows[r].text, sizeof f->last->rows[r].text, "%.*s", STR_ARG(s));
    }
}

enum form_event
form_key(struct form *f, const struct key *k)
{
    struct form_item *i = form_here(f);
    if (!i || !open_item(i))
        return FORM_UNUSED;
    uint32_t gen = i->edit.gen;
    bool used = field_key(&i->edit, k);
    touched(i, gen);
    return used ? FORM_USED : FORM_UNUSED;
}

static enum form_event
prompt(struct form *f, struct form_item *i)
{
    if (i->field->type == VT_REF)
        return FORM_PROMPT;
    form_prompt_choices(f, i);
    return FORM_USED;
}

enum form_event
form_command(struct form *f, enum cmd c)
{
    struct form_item *i = form_here(f);
    if (!i)
        return FORM_UNUSED;
    uint32_t gen = i->edit.gen;
    switch (c) {
    case CMD_ENTER:
        return form_next(f);
    case CMD_NEXT:
        return move(f, 1);
    case CMD_PREV:
        return move(f, -1);
    case CMD_PAGE_FORWARD:
        return next_error(f, 1);
    case CMD_PAGE_BACK:
        return next_error(f, -1);
    case CMD_SAVE:
        f->left = f->at;
        form_read(f, i);
        return FORM_SAVE;
    case CMD_PROMPT:
        return prompt(f, i);
    case CMD_DUP:
        dup(f, i);
        return FORM_USED;
    default:
        if (!field_command(&i->edit, c))
            return FORM_UNUSED;
        touched(i, gen);
        return FORM_USED;
    }
}

void
form_paste(struct form *f, struct str text)
{
    struct form_item *i = form_here(f);
    if (!i || !open_item(i))
        return;
    uint32_t gen = i->edit.gen;
    field_paste(&i->edit, str_trim(text));
    touched(i, gen);
}
