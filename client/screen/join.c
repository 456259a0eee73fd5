#include "client/screen/app.h"
#include "client/text.h"

/* A company asks to join: one form, and what becomes of it. All that the login `register` can do. */
enum { PURPOSE_FORM = 1 };

struct join {
    bool sent;
};

static const struct schema_entity *
request(struct app *a)
{
    const struct schema *s = app_schema(a);
    const struct schema_entity *e = s ? schema_entity_named(s, STR("company_request")) : NULL;
    return e && e->may_add ? e : NULL;
}

static void
fill_in(struct view *v)
{
    const struct schema_entity *e = request(app_of(v));
    if (e)
        edit_add_plain(app_of(v), e->number, PURPOSE_FORM);
    else
        tui_say(v->tui, ROLE_WARN, "%s", _("This service takes no registrations."));
}

static void
outcome(struct view *v, const struct outcome *o)
{
    if (o->purpose == PURPOSE_FORM && o->choice)
        ((struct join *)v->data)->sent = true;
}

static bool
command(struct view *v, enum cmd c)
{
    bool sent = ((struct join *)v->data)->sent;
    if (c == CMD_BACK || c == CMD_CANCEL || (sent && (c == CMD_ENTER || c == CMD_HOME))) {
        tui_quit(v->tui, 0);
        return true;
    }
    if (!sent && (c == CMD_ENTER || c == CMD_NEW || c == CMD_SAVE)) {
        fill_in(v);
        return true;
    }
    return false;
}

static void
paint_join(struct view *v, const struct area *a)
{
    static const char *const before[] = {
        N_("Here a company asks to work with this service."),
        "",
        N_("One form: the company, how to reach it, the domain its logins end in, and who"),
        N_("is to be its first administrator. The people who run the service look at it"),
        N_("and answer by phone or e-mail."),
        "",
        N_("Enter fills the form in, Esc leaves."),
    };
    static const char *const after[] = {
        N_("Thank you. Your request is with the people who run this service."),
        "",
        N_("They answer by phone or e-mail. When it is granted, your first administrator"),
        N_("gets a one-time token to sign in with."),
        "",
        N_("Enter leaves."),
    };
    bool sent = ((struct join *)v->data)->sent;
    const char *const *lines = sent ? after : before;
    size_t n = sent ? COUNTOF(after) : COUNTOF(before);
    struct area in = area_sub(a, 1, 2, a->rows - 2, a->cols - 4);
    for (size_t i = 0; i < n; i++)
        if (lines[i][0])
            paint_text(&in, (int)i, 0, i == 0 ? ROLE_HEAD : i + 1 == n ? ROLE_DIM : ROLE_TEXT, _(lines[i]));
    paint_cursor(&in, (int)n - 1, 0);
}

static struct str
title(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(_("Register a company"));
}

static const struct bar_key *
bar(struct view *v, size_t *ret_n)
{
    static const struct bar_key keys[] = {
        {CMD_HELP,  NULL          },
        {CMD_ENTER, N_("The form")},
        {CMD_BACK,  N_("Leave")   }
    };
    static const struct bar_key over[] = {
        {CMD_HELP, NULL       },
        {CMD_BACK, N_("Leave")}
    };
    bool sent = ((struct join *)v->data)->sent;
    *ret_n = sent ? COUNTOF(over) : COUNTOF(keys);
    return sent ? over : keys;
}

static struct str
about(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(_("This login can do one thing: ask that a company may work with this service. Nothing "
                      "is seen of anybody else, and nothing is decided here."));
}

static const struct view_ops ops = {.name = "join",
                                    .context = IN_TEXT,
                                    .command = command,
                                    .outcome = outcome,
                                    .paint = paint_join,
                                    .title = title,
                                    .about = about,
                                    .bar = bar};

void
join_open(struct app *a)
{
    struct view *v = view_push(&a->tui, &ops, sizeof(struct join));
    fill_in(v);
}
