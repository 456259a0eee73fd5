#include "client/screen/objection.h"

#include "client/text.h"
#include "client/tui/box.h"
#include "common/base/buf.h"

void
objection_take(struct objection *o, struct form *f, struct answer *a)
{
    const struct body_error *e = &a->body->error;
    o->code = a->code;
    answer_keep(a, &o->kept);
    o->error = e;
    const struct body_ref *ref = e->nrefs ? &e->refs[0] : NULL;
    for (size_t i = 0; !ref && i < e->nissues; i++)
        if (e->issues[i].nrefs)
            ref = &e->issues[i].refs[0];
    o->entity = ref ? ref->entity : 0;
    o->id = ref ? ref->id : 0;
    o->label = ref ? ref->label : STR_NONE;
    for (size_t i = 0; i < e->nissues; i++)
        form_blame(f, e->issues[i].field, e->issues[i].level == ISSUE_REFUSE ? TONE_BAD : TONE_WARN,
                   e->issues[i].text);
    if (e->field.n)
        form_blame(f, e->field, a->code == RC_DUPLICATE ? TONE_BAD : TONE_WARN, e->message);
}

void
objection_drop(struct objection *o)
{
    kept_drop(&o->kept);
}

void
objection_ask(struct tui *t, struct objection *o, uint32_t purpose, const char *use)
{
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct buf b;
    buf_init(&b, &a, 256);
    buf_printf(&b, "%.*s\n", STR_ARG(o->error->message));
    for (size_t i = 0; i < o->error->nissues; i++)
        if (!str_eq(o->error->issues[i].text, o->error->message))
            buf_printf(&b, "%.*s\n", STR_ARG(o->error->issues[i].text));
    struct question q = {.purpose = purpose, .title = str_from(_("Already on record?")), .text = buf_str(&b)};
    o->may_use = use && o->id;
    if (o->id)
        q.answers[q.nanswers++] = str_printf(&a, _("Open %.*s"), STR_ARG(o->label));
    if (o->may_use)
        q.answers[q.nanswers++] = str_printf(&a, "%s %.*s", use, STR_ARG(o->label));
    if (o->code == RC_CONFIRM)
        q.answers[q.nanswers++] = str_from(_("Save it all the same, with a reason"));
    q.answers[q.nanswers++] = str_from(_("Go back to the form"));
    box_ask(t, &q);
    arena_done(&a);
}

enum objection_choice
objection_choice(const struct objection *o, int answer)
{
    int n = 0;
    if (answer == 0)
        return OBJECTION_STAY;
    if (o->id && answer == ++n)
        return OBJECTION_OPEN;
    if (o->may_use && answer == ++n)
        return OBJECTION_USE;
    if (o->code == RC_CONFIRM && answer == ++n)
        return OBJECTION_REASON;
    return OBJECTION_STAY;
}

void
objection_reason(struct tui *t, uint32_t purpose)
{
    line_ask(t, &(struct line_prompt){.purpose = purpose,
                                      .title = str_from(_("Reason")),
                                      .text = str_from(_("Why is it another one? Kept in the history.")),
                                      .required = true});
}
