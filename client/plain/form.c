#include "client/plain/form.h"

#include <stdio.h>
#include <string.h>

#include "client/cli/command.h"
#include "client/cli/suggest.h"
#include "common/base/utf8.h"
#include "common/crypt/crypt.h"

/* The walk through the fields of a form. */

enum { VALUE_SHOWN = 40 }; /* columns of a value in a question */

void
pform_open(struct form *f, struct plain *p, struct arena *a)
{
    memset(f, 0, sizeof(*f));
    f->p = p;
    f->a = a;
}

void
pform_done(struct form *f)
{
    for (size_t k = 0; k < f->n; k++)
        if ((f->items[k].field->flags & SCHEMA_SECRET) != 0 && f->items[k].text.n > 0)
            crypt_wipe((void *)(uintptr_t)f->items[k].text.p, f->items[k].text.n);
}

/* The default, as it is understood. */
static void
put_fallback(struct form *f, struct item *i)
{
    struct value v = VALUE_NULL;
    struct err err = {0};
    if (i->field->type == VT_REF)
        i->text = i->field->fallback;
    else if (value_read(f->a, i->field, i->field->fallback, plain_locale(f->p), &v, &err) == RC_OK)
        pitem_put(f, i, &v, true);
    i->original = i->text;
}

void
pform_source(struct form *f, const struct form_source *s)
{
    for (size_t k = 0; k < s->nfields && f->n < FORM_ITEMS; k++) {
        const struct schema_field *field = &s->fields[k];
        if ((s->flags != 0 && (field->flags & s->flags) == 0) || (field->flags & s->without) != 0)
            continue;
        struct item *i = &f->items[f->n++];
        *i = (struct item){.field = field, .entity = s->entity, .part = s->part};
        if (field->fallback.n > 0)
            put_fallback(f, i);
    }
}

struct item *
pform_item(struct form *f, uint32_t part, const char *name)
{
    for (size_t k = 0; k < f->n; k++)
        if (f->items[k].part == part && str_eq_c(f->items[k].field->name, name))
            return &f->items[k];
    return NULL;
}

bool
pform_changed(const struct form *f)
{
    for (size_t k = 0; k < f->n; k++)
        if (pitem_changed(&f->items[k]) && pitem_open(&f->items[k]))
            return true;
    return false;
}

bool
pform_go_to(struct form *f, struct str typed)
{
    for (int begins = 0; begins < 2; begins++)
        for (size_t k = 0; k < f->n; k++) {
            const struct schema_field *s = f->items[k].field;
            bool is = begins ? begins_like(s->label, typed) || begins_like(s->name, typed)
                             : same_word(s->label, typed) || same_word(s->name, typed);
            if (!is || !pitem_open(&f->items[k]))
                continue;
            f->at = k;
            return true;
        }
    say_usage(f->p, _("No field here is called %.*s."), STR_ARG(typed));
    return false;
}

void
pform_give(struct form *f, const struct given *g)
{
    for (size_t n = 0; g != NULL && n < g->n; n++)
        for (size_t k = 0; k < f->n; k++) {
            struct item *i = &f->items[k];
            const struct value *v = &g->fields[n].value;
            if (i->field->tag != g->fields[n].field.number || i->part != 0)
                continue;
            i->by_hand = true;
            if (v->type == VT_TEXT && !str_eq_c(v->text, "-"))
                (void)pitem_take(f, i, v->text);
            else if (v->type == VT_INT && i->field->type == VT_REF)
                pitem_put_ref(f, i, v->i, str_printf(f->a, "id=%lld", (long long)v->i));
            else if (v->type == VT_NULL)
                i->text = STR_NONE;
        }
    if (g != NULL && g->at.n > 0)
        (void)pform_go_to(f, g->at);
}

void
pform_stand_at(struct form *f, uint32_t part, struct str name)
{
    for (size_t k = 0; k < f->n; k++)
        if (f->items[k].part == part && pitem_open(&f->items[k]) && str_eq(f->items[k].field->name, name))
            f->at = k;
}

bool
pform_blame(struct form *f, uint32_t part, struct str name, const char *text)
{
    for (size_t k = 0; k < f->n; k++) {
        struct item *i = &f->items[k];
        if (i->part != part || !pitem_open(i) || !str_eq(i->field->name, name))
            continue;
        struct str sentence = plain_sentence(f->a, i->field->label, name, str_from(text));
        say(f->p, _("Not done. %.*s"), STR_ARG(sentence));
        f->at = k;
        return true;
    }
    return false;
}

void
pform_remember(struct form *f)
{
    struct plain *p = f->p;
    for (size_t k = 0; k < f->n; k++) {
        const struct item *i = &f->items[k];
        struct plain_last *to = NULL;
        if (i->text.n == 0 || (i->field->flags & SCHEMA_SECRET) != 0 || i->entity == 0)
            continue;
        for (size_t m = 0; m < p->nlast && to == NULL; m++)
            if (p->last[m].entity == i->entity && p->last[m].tag == i->field->tag)
                to = &p->last[m];
        if (to == NULL && p->nlast < PLAIN_LAST)
            to = &p->last[p->nlast++];
        if (to == NULL)
            continue;
        *to = (struct plain_last){.entity = i->entity, .tag = i->field->tag};
        (void)snprintf(to->text, sizeof(to->text), "%.*s", STR_ARG(i->text));
    }
}

/* ---- showing ---- */

static struct str
shown(const struct item *i)
{
    return (i->field->flags & SCHEMA_SECRET) != 0 && i->text.n > 0 ? str_from(_("given")) : i->text;
}

static void
show_all(struct form *f)
{
    struct arena a;
    struct buf missing;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    buf_init(&missing, &a, 128);
    for (size_t k = 0; k < f->n; k++) {
        const struct item *i = &f->items[k];
        if (i->hidden)
            continue;
        if (i->text.n > 0)
            say(f->p, "%.*s: %.*s", STR_ARG(i->field->label), STR_ARG(shown(i)));
        else if (pitem_missing(i))
            buf_printf(&missing, "%s%.*s", missing.n > 0 ? ", " : "", STR_ARG(i->field->label));
    }
    if (missing.n > 0)
        say(f->p, _("Still needed: %.*s."), (int)missing.n, (const char *)missing.p);
    arena_done(&a);
}

static void
say_keys(struct form *f)
{
    say(f->p, "%s", _("One question a field, with what stands there in brackets. Enter keeps it."));
    say(f->p, "%s", _("? explains the field and lists its choices."));
    say(f->p, "%s", _("- empties the field, \" takes it from the last record saved."));
    say(f->p, "%s", _("< goes back a field, > LABEL goes to a field."));
    say(f->p, "%s", _(". says all that is filled in."));
    say(f->p, "%s", _("! saves. .. leaves without saving."));
    if (f->signs != NULL)
        say(f->p, "%s", f->signs);
    say(f->p, "%s", _("\\ before a text that is one of these signs takes it as text."));
}

/* ---- the walk ---- */

static bool
step(struct form *f, bool forward)
{
    for (size_t k = f->at; forward ? k + 1 < f->n : k > 0;) {
        k = forward ? k + 1 : k - 1;
        if (!pitem_open(&f->items[k]))
            continue;
        f->at = k;
        return true;
    }
    return false;
}

/* All that must be there is; else the first that is not gets the next question. */
static bool
complete(struct form *f)
{
    for (size_t k = 0; k < f->n; k++)
        if (pitem_missing(&f->items[k])) {
            f->at = k;
            say(f->p, _("Not saved yet: %.*s is required."), STR_ARG(f->items[k].field->label));
            f->p->failed = RC_BAD_PARAMS;
            return false;
        }
    return true;
}

static bool
wants_to_leave(struct form *f)
{
    struct str answer = STR_NONE;
    if (!pform_changed(f))
        return true;
    struct str prompt = str_from(_("This is not saved. Drop it? yes or no: "));
    enum heard heard = hear(f->p, f->a, prompt, &answer);
    return heard == HEARD_END || str_eq_c(answer, "yes") || str_eq_c(answer, "y") ||
           str_eq_c(answer, "ndiyo");
}

static void
same_as_last(struct form *f, struct item *i)
{
    for (size_t m = 0; m < f->p->nlast; m++)
        if (f->p->last[m].entity == i->entity && f->p->last[m].tag == i->field->tag) {
            i->by_hand = true;
            if (pitem_take(f, i, str_from(f->p->last[m].text)))
                say(f->p, "%.*s: %.*s", STR_ARG(i->field->label), STR_ARG(i->text));
            return;
        }
    say_usage(f->p, "%s", _("No record with this field was saved before."));
}

/* What is not seen is typed twice; signs are signs here too. */
static enum heard
ask_hidden(struct form *f, struct item *i, struct str prompt, struct str *ret)
{
    struct secret one, two;
    enum heard heard = hear_secret(f->p, prompt, &one);
    struct str typed = {(const char *)one.p, one.n};
    bool same = true;
    if (heard == HEARD_LINE && typed.n > 2 && f->p->io.tty_in) {
        struct str again = str_printf(f->a, _("%.*s once more: "), STR_ARG(i->field->label));
        heard = hear_secret(f->p, again, &two);
        same = str_eq(typed, (struct str){(const char *)two.p, two.n});
        secret_free(&two);
    }
    *ret = same ? str_dup(f->a, typed) : STR("<>");
    secret_free(&one);
    return heard;
}

static enum heard
ask_item(struct form *f, struct item *i, struct str *ret)
{
    struct str now = shown(i), part = utf8_fit(now, VALUE_SHOWN), prompt;
    if (now.n > 0)
        prompt = str_printf(f->a, "%.*s [%.*s%s]: ", STR_ARG(i->field->label), STR_ARG(part),
                            part.n < now.n ? ">" : "");
    else
        prompt =
            str_printf(f->a, "%.*s%s: ", STR_ARG(i->field->label), pitem_missing(i) ? _(" (required)") : "");
    return (i->field->flags & SCHEMA_SECRET) != 0 ? ask_hidden(f, i, prompt, ret)
                                                  : hear(f->p, f->a, prompt, ret);
}

/* Enter: on to the next; a field that must be filled is not left empty. */
static bool
go_on(struct form *f, struct item *i, bool changed)
{
    if (pitem_missing(i)) {
        say_usage(f->p, _("%.*s is required. ? explains it, < goes back."), STR_ARG(i->field->label));
        return true;
    }
    if (f->left != NULL)
        f->left(f, i, changed);
    if (f->again) {
        f->again = false;
        return true;
    }
    return step(f, true);
}

enum did { DID_STAY, DID_NEXT, DID_SAVE, DID_LEAVE };

/* One answer to one question. */
static enum did
take_answer(struct form *f, struct item *i, struct str typed)
{
    char sign = typed.n == 1 ? typed.p[0] : '\0';
    if (str_eq_c(typed, ".."))
        return wants_to_leave(f) ? DID_LEAVE : DID_STAY;
    if (sign != '\0' && f->sign != NULL && f->sign(f, sign))
        return pitem_open(i) || step(f, true) ? DID_STAY : DID_NEXT;
    if (str_eq_c(typed, "<>")) /* of a secret: not the same twice */
        say_usage(f->p, "%s", _("The two are not the same. Once more."));
    else if (str_eq_c(typed, "??"))
        say_keys(f);
    else if (typed.n > 1 && typed.p[0] == '>')
        (void)pform_go_to(f, str_trim(str_slice(typed, 1, typed.n)));
    else if (sign == '?')
        pitem_help(f, i);
    else if (sign == '.')
        show_all(f);
    else if (sign == '<' && !step(f, false))
        say(f->p, "%s", _("This is the first field."));
    else if (sign == '"')
        same_as_last(f, i);
    else if (sign == '!')
        return complete(f) ? DID_SAVE : DID_STAY;
    else if (typed.n == 0)
        return go_on(f, i, false) ? DID_STAY : DID_NEXT;
    else if (sign != '<') {
        struct str before = i->text, value = sign == '-' ? STR_NONE : typed;
        bool escaped = typed.n > 1 && typed.p[0] == '\\';
        if (value.n > 0 && !pitem_take(f, i, escaped ? str_slice(typed, 1, typed.n) : typed)) {
            i->text = before;
            io_drop_typed(f->p);
            return DID_STAY;
        }
        if (value.n == 0) {
            i->text = STR_NONE;
            i->ref_id = 0;
        }
        i->by_hand = true;
        f->listed = NULL;
        f->nlisted = 0;
        return go_on(f, i, !str_eq(before, i->text)) ? DID_STAY : DID_NEXT;
    }
    return DID_STAY;
}

/* Behind the last field. */
static enum did
ask_to_save(struct form *f)
{
    struct str answer = STR_NONE;
    enum heard heard = hear(f->p, f->a, str_from(_("Save? Enter or ! saves, < goes back: ")), &answer);
    if (heard == HEARD_END)
        return DID_LEAVE;
    if (heard == HEARD_BREAK || str_eq_c(answer, "..") || str_eq_c(answer, "no") || str_eq_c(answer, "n"))
        return wants_to_leave(f) ? DID_LEAVE : DID_STAY;
    if (answer.n == 0 || str_eq_c(answer, "!") || str_eq_c(answer, "yes") || str_eq_c(answer, "y"))
        return complete(f) ? DID_SAVE : DID_NEXT;
    if (str_eq_c(answer, "."))
        show_all(f);
    else if (answer.p[0] == '>')
        return pform_go_to(f, str_trim(str_slice(answer, 1, answer.n))) ? DID_NEXT : DID_STAY;
    else if (str_eq_c(answer, "<"))
        return DID_NEXT;
    else
        say_usage(f->p, "%s", _("Enter or ! saves, . says all, < goes back, .. leaves without saving."));
    return DID_STAY;
}

static enum form_end
input_over(struct form *f)
{
    say(f->p, "%s", _("The input ended before this was saved. Nothing was saved."));
    if (f->p->failed == RC_OK)
        f->p->failed = RC_USAGE;
    return FORM_QUIT;
}

static bool
any_open(const struct form *f)
{
    for (size_t k = 0; k < f->n; k++)
        if (pitem_open(&f->items[k]))
            return true;
    return false;
}

enum form_end
pform_ask(struct form *f)
{
    bool at_end = !any_open(f);
    if (!at_end && !pitem_open(&f->items[f->at]) && !step(f, true))
        (void)step(f, false);
    for (;;) {
        enum did did = DID_STAY;
        if (at_end) {
            did = ask_to_save(f);
            at_end = did == DID_STAY;
        } else {
            struct item *i = &f->items[f->at];
            struct str typed = STR_NONE;
            if (i->heading.n > 0 && i != f->headed)
                say(f->p, "%.*s.", STR_ARG(i->heading));
            f->headed = i->heading.n > 0 ? i : f->headed;
            enum heard heard = ask_item(f, i, &typed);
            if (heard == HEARD_BREAK)
                typed = STR("..");
            else if (heard == HEARD_END)
                return input_over(f);
            did = take_answer(f, i, typed);
            at_end = did == DID_NEXT;
        }
        if (f->p->over)
            return FORM_QUIT;
        if (did == DID_SAVE)
            return FORM_SAVE;
        if (did == DID_LEAVE)
            return f->p->io.end && f->p->io.n == 0 ? input_over(f) : FORM_LEAVE;
    }
}
