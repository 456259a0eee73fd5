#include <stdio.h>
#include <string.h>

#include "client/screen/app.h"
#include "client/text.h"
#include "client/tui/field.h"

/*
 * A screen that hides what is below until the password is given. Who signed in with a key, or over plain ssh,
 * has none that is known here: they choose a word when they lock. After too many tries the program ends; what
 * was typed is a draft then like after any other end.
 */
enum { TRIES = 5, WORD_LEAST = 4, WORD_MOST = 200 };

struct lock {
    struct field typed;
    bool choosing, own_word; /* choosing: not locked yet */
    char word[FIELD_TEXT];
    int wrong;
};

static void
wipe(char *text, size_t n)
{
    volatile char *p = text;
    for (size_t i = 0; i < n; i++)
        p[i] = 0;
}

static bool
same_text(struct str a, struct str b)
{
    unsigned differ = a.n != b.n;
    for (size_t i = 0; i < a.n && i < b.n; i++)
        differ |= (unsigned)(a.p[i] ^ b.p[i]);
    return differ == 0;
}

static bool
fits(struct view *v, struct str typed)
{
    struct lock *d = v->data;
    return d->own_word ? same_text(typed, str_from(d->word)) : link_password_is(app_of(v)->link, typed);
}

static void
refuse(struct view *v)
{
    struct lock *d = v->data;
    if (++d->wrong >= TRIES) {
        tui_quit(v->tui, rc_exit(RC_UNAUTHENTICATED));
        return;
    }
    tui_say(v->tui, ROLE_BAD, "%s",
            d->own_word ? _("That is not the word it was locked with.") : _("That is not your password."));
    tui_flush(v->tui);
}

static void
choose(struct view *v, struct str typed)
{
    struct lock *d = v->data;
    if (typed.n < WORD_LEAST) {
        tui_say(v->tui, ROLE_WARN, _("The word to unlock with has at least %d characters."), WORD_LEAST);
        return;
    }
    memcpy(d->word, typed.p, typed.n);
    d->word[typed.n] = 0;
    d->choosing = false;
}

static void
enter(struct view *v)
{
    struct lock *d = v->data;
    char text[FIELD_TEXT];
    struct str typed = field_text(&d->typed, text);
    if (d->choosing)
        choose(v, typed);
    else if (fits(v, typed))
        view_pop(v);
    else
        refuse(v);
    wipe(text, sizeof text);
    field_wipe(&d->typed);
}

static bool
command(struct view *v, enum cmd c)
{
    struct lock *d = v->data;
    if (c == CMD_REPAINT)
        return false;
    if (c == CMD_ENTER || c == CMD_SAVE)
        enter(v);
    else if (d->choosing && c != CMD_LOCK && !field_command(&d->typed, c))
        return false;
    else if (!d->choosing && !field_command(&d->typed, c))
        tui_say(v->tui, ROLE_WARN, "%s", _("It is locked."));
    return true;
}

static bool
key(struct view *v, const struct key *k)
{
    return field_key(&((struct lock *)v->data)->typed, k);
}

static bool
may(struct view *v, enum cmd c)
{
    const struct lock *d = v->data;
    return c == CMD_ENTER || c == CMD_REPAINT || (d->choosing && (c == CMD_BACK || c == CMD_HELP));
}

static bool
may_leave(struct view *v)
{
    return ((struct lock *)v->data)->choosing;
}

static struct str
title(struct view *v, struct arena *a)
{
    (void)a;
    return str_from(((struct lock *)v->data)->choosing ? _("Lock") : _("Locked"));
}

static struct str
about(struct view *v, struct arena *a)
{
    (void)a;
    return str_from(((struct lock *)v->data)->choosing
                        ? _("The screen is hidden until this word is typed again. What you were doing stays "
                            "as it is.")
                        : _("The screen is hidden. What was typed stays as it is."));
}

static void
paint_lock(struct view *v, const struct area *a)
{
    struct lock *d = v->data;
    const struct body_me *me = link_me(app_of(v)->link);
    struct area frame = area_centre(a, 6, a->cols < 64 ? a->cols : 64);
    struct area in = paint_box(&frame, title(v, &v->arena));
    const char *label = d->own_word ? _("Word") : _("Password");
    paint(&in, (struct spot){.role = ROLE_TEXT}, me->name.n ? me->name : me->login);
    paint_text(&in, 1, 0, ROLE_DIM,
               d->choosing ? _("Choose a word to unlock with; it is for this once.")
                           : _("Locked. What was typed stays as it is."));
    int x = paint_text(&in, 3, 0, ROLE_LABEL, label) + 1;
    int at = field_paint(&d->typed, &in, (struct spot){.y = 3, .x = x, .width = in.cols - x}, true);
    paint_cursor(&in, 3, at);
}

static void
close_view(struct view *v)
{
    struct lock *d = v->data;
    field_wipe(&d->typed);
    wipe(d->word, sizeof d->word);
}

static const struct bar_key *
bar(struct view *v, size_t *ret_n)
{
    static const struct bar_key unlock[] = {
        {CMD_ENTER, N_("Unlock")}
    };
    static const struct bar_key lock[] = {
        {CMD_ENTER, N_("Lock")},
        {CMD_HELP,  NULL      },
        {CMD_BACK,  NULL      }
    };
    bool choosing = ((struct lock *)v->data)->choosing;
    *ret_n = choosing ? 3 : 1;
    return choosing ? lock : unlock;
}

static const struct view_ops ops = {.name = "lock",
                                    .context = IN_LINE,
                                    .command = command,
                                    .key = key,
                                    .paint = paint_lock,
                                    .title = title,
                                    .about = about,
                                    .bar = bar,
                                    .may = may,
                                    .may_leave = may_leave,
                                    .close = close_view};

void
lock_open(struct app *a)
{
    struct view *v = view_push(&a->tui, &ops, sizeof(struct lock));
    struct lock *d = v->data;
    field_init(&d->typed, &v->arena, WORD_MOST);
    d->typed.secret = true;
    d->own_word = d->choosing = !link_has_password(a->link);
}
