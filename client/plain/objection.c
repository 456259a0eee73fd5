#include "client/plain/form.h"

/* A save that is objected to, or whose answer was lost: what the person wants then. */

static void
find_ref(struct objected *o)
{
    const struct body_error *e = &o->body->error;
    if (e->nrefs > 0)
        o->ref = e->refs[0];
    for (size_t i = 0; o->ref.id == 0 && i < e->nissues; i++)
        if (e->issues[i].nrefs > 0)
            o->ref = e->issues[i].refs[0];
}

static enum objection
reason_heard(struct form *f, struct objected *o)
{
    struct str answer = STR_NONE;
    struct str prompt = str_from(_("Why is it another one? Kept in the history: "));
    enum heard heard = hear(f->p, f->a, prompt, &answer);
    if (heard == HEARD_END)
        return OBJECTION_QUIT;
    if (heard == HEARD_BREAK || answer.n == 0)
        return OBJECTION_NONE;
    o->reason = answer;
    return OBJECTION_REASON;
}

enum objection
objection_hear(struct form *f, struct objected *o)
{
    enum { OPEN, USE, REASON, FIELDS };
    struct str rows[FIELDS + 1];
    int means[FIELDS + 1];
    size_t n = 0;
    const struct schema_entity *e = NULL;
    find_ref(o);
    io_drop_typed(f->p);
    if (o->ref.id != 0) {
        e = schema_entity(plain_schema(f->p), o->ref.entity);
        means[n] = OPEN;
        rows[n++] = str_printf(f->a, _("Look at %.*s"), STR_ARG(o->ref.label));
    }
    if (o->ref.id != 0 && o->use != NULL) {
        means[n] = USE;
        rows[n++] = str_printf(f->a, "%s %.*s", o->use, STR_ARG(o->ref.label));
    }
    if (o->code == RC_CONFIRM) {
        means[n] = REASON;
        rows[n++] = str_from(_("Save it all the same, with a reason"));
    }
    means[n] = FIELDS;
    rows[n++] = str_from(_("Go back to the fields"));
    size_t chosen = plain_choose(f->p, _("What now? Number:"), rows, n);
    if (chosen == 0 || means[chosen - 1] == FIELDS)
        return OBJECTION_NONE;
    if (means[chosen - 1] == USE)
        return OBJECTION_USE;
    if (means[chosen - 1] == REASON)
        return reason_heard(f, o);
    if (e != NULL && plain_record(f->p, e, o->ref.id) == GO_QUIT)
        return OBJECTION_QUIT;
    return objection_hear(f, o);
}

bool
outcome_unknown(enum rc code)
{
    return code == RC_UNAVAILABLE || code == RC_CANCELLED || code == RC_UNAUTHENTICATED || rc_retryable(code);
}

bool
send_again(struct form *f, const struct err *err)
{
    struct str answer = STR_NONE;
    if (f->p->over)
        return false;
    say_error(f->p, NULL, err, NULL);
    if (!f->p->io.tty_in)
        return false;
    struct str prompt =
        str_from(_("It may be saved or not. Enter sends it again, once at most; < goes back: "));
    return hear(f->p, f->a, prompt, &answer) == HEARD_LINE && answer.n == 0;
}
