#include <stdio.h>

#include "client/screen/app.h"
#include "client/text.h"
#include "client/tui/term.h"
#include "common/base/attr.h"

/* How the person wants the screens: told with who one is, changed in one's account. What is set on this
   computer (file, environment) goes before it: it knows the terminal. */

static enum theme
theme_of(const struct app *a, uint32_t wanted)
{
    static const enum theme themes[] = {[SCREEN_THEME_COLOUR] = THEME_COLOUR,
                                        [SCREEN_THEME_LEAN] = THEME_LEAN,
                                        [SCREEN_THEME_MONO] = THEME_MONO,
                                        [SCREEN_THEME_CONTRAST] = THEME_CONTRAST};
    enum theme own = theme_by_name(a->config->theme);
    return own != THEME_AUTO || wanted >= COUNTOF(themes) ? own : themes[wanted];
}

void
preferences_take(struct app *a)
{
    const struct me_screens *wanted = &link_me(a->link)->screens;
    a->tui.enter_saves = wanted->enter == SCREEN_ENTER_SAVE;
    a->tui.hints_hidden = wanted->hints == SCREEN_HINTS_HIDDEN;
    if (wanted->theme == a->theme_taken)
        return;
    a->theme_taken = wanted->theme;
    theme_start(theme_of(a, wanted->theme));
    term_repaint();
    tui_touch(&a->tui);
}

static void
on_schema(void *ctx, const struct link_reply *r)
{
    struct app *a = ctx;
    if (r->code == RC_OK)
        link_renew(a->link, r->body);
    tui_touch(&a->tui);
}

static void
on_me(void *ctx, const struct link_reply *r)
{
    struct app *a = ctx;
    char before[8];
    if (r->code != RC_OK || !body_has(r->body, BODY_ME))
        return;
    (void)snprintf(before, sizeof before, "%.*s", STR_ARG(link_me(a->link)->language));
    link_renew(a->link, r->body);
    preferences_take(a);
    if (!str_eq_c(link_me(a->link)->language, before)) /* the description is of one language */
        link_call(a->link, &(struct link_call){.method = METHOD_DESCRIBE, .fn = on_schema, .ctx = a});
    tui_touch(&a->tui);
}

void
preferences_renew(struct app *a)
{
    link_call(a->link, &(struct link_call){.method = METHOD_ME, .fn = on_me, .ctx = a});
}
