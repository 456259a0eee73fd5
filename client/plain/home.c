#include "client/cli/suggest.h"
#include "client/plain/private.h"

/* Home: what runs out, today's figures, what needs a person; one line to find or do anything. */

enum { FIRST_ALERTS = 5 }; /* said without being asked for */

struct home {
    struct plain *p;
    struct arena arena;
    const struct body_home *home; /* NULL: it could not be had */
};

/* ---- saying ---- */

static void
say_counters(struct plain *p, const struct body_home *h)
{
    for (size_t i = 0; i < h->ncounters; i++) {
        const struct body_counter *c = &h->counters[i];
        if (c->week < 0 && c->month < 0)
            say(p, _("%zu %.*s: %lld"), i + 1, STR_ARG(c->label), (long long)c->today);
        else
            say(p, _("%zu %.*s: %lld today, %lld in 7 days, %lld in 30 days"), i + 1, STR_ARG(c->label),
                (long long)c->today, (long long)c->week, (long long)c->month);
    }
}

static void
say_figures(struct plain *p, const struct body_home *h)
{
    struct arena a;
    struct buf b;
    char amount[MONEY_TEXT];
    arena_init(&a, SIZE_MAX, NULL, NULL);
    buf_init(&b, &a, 256);
    for (size_t i = 0; i < h->nfigures; i++) {
        const struct body_figure *f = &h->figures[i];
        buf_printf(&b, "%s%.*s %lld", i > 0 ? "; " : "", STR_ARG(f->label), (long long)f->count);
        if (f->has_amount)
            buf_printf(&b, _(", amount %s"), locale_money(plain_locale(p), f->amount, amount));
    }
    if (b.n > 0)
        say(p, _("Today: %.*s."), (int)b.n, (const char *)b.p);
    arena_done(&a);
}

static struct str
due_text(struct plain *p, struct arena *a, date_t due)
{
    char day[DATE_TEXT];
    int days = due.days - plain_locale(p)->today.days;
    if (days == 0)
        return str_from(_("today"));
    if (days < 0 && days > -100)
        return str_printf(a, ngettext("%d day ago", "%d days ago", (unsigned)-days), -days);
    if (days > 0 && days < 100)
        return str_printf(a, ngettext("in %d day", "in %d days", (unsigned)days), days);
    return str_dup(a, str_from(locale_date(plain_locale(p), due, day)));
}

static void
say_alerts(struct plain *p, const struct body_home *h, bool all)
{
    size_t n = all || h->nalerts <= FIRST_ALERTS + 1 ? h->nalerts : FIRST_ALERTS;
    long long more = (long long)(h->nalerts - n) + (long long)h->more_alerts;
    struct arena a;
    char since[STAMP_TEXT];
    arena_init(&a, SIZE_MAX, NULL, NULL);
    if (h->nalerts == 0)
        say(p, "%s", _("Nothing needs you now."));
    if (h->fresh > 0)
        say(p, ngettext("%lld new alert since %s.", "%lld new alerts since %s.", (unsigned long)h->fresh),
            (long long)h->fresh, stamp_local(h->fresh_since, plain_locale(p)->offset_minutes, since));
    for (size_t i = 0; i < n; i++) {
        const struct body_alert *al = &h->alerts[i];
        struct str due = due_text(p, &a, al->due);
        say(p, "%zu %.*s%s%.*s, %.*s", h->ncounters + i + 1, STR_ARG(al->text), al->note.n > 0 ? ", " : "",
            STR_ARG(al->note), STR_ARG(due));
    }
    if (n < h->nalerts)
        say(p, _("%lld more; \"alerts\" says them."), more);
    else if (more > 0)
        say(p, _("%lld more."), more);
    arena_done(&a);
}

static void
say_days(struct plain *p, const struct body_home *h)
{
    int64_t low = h->nspark > 0 ? h->spark[0] : 0, high = low;
    for (size_t i = 0; i < h->nspark; i++) {
        low = h->spark[i] < low ? h->spark[i] : low;
        high = h->spark[i] > high ? h->spark[i] : high;
    }
    if (h->nspark > 0 && high > 0)
        say(p, _("%.*s: today %lld, low %lld, high %lld."), STR_ARG(h->spark_label), (long long)h->spark[0],
            (long long)low, (long long)high);
}

static void
say_home(struct home *d)
{
    struct plain *p = d->p;
    const struct body_me *me = link_me(p->link);
    if (d->home == NULL)
        return;
    if (me != NULL)
        say(p, _("Home. %.*s%s%.*s, %.*s."), STR_ARG(me->company), me->branch.n > 0 ? ", " : "",
            STR_ARG(me->branch), STR_ARG(me->name.n > 0 ? me->name : me->login));
    if (d->home->ncounters > 0 && d->home->counters[0].week >= 0)
        say(p, "%s", _("Running out:"));
    say_counters(p, d->home);
    say_figures(p, d->home);
    say_alerts(p, d->home, false);
    say_days(p, d->home);
}

static void
load(struct home *d)
{
    struct err err = {0};
    arena_done(&d->arena);
    arena_init(&d->arena, SIZE_MAX, NULL, NULL);
    d->home = NULL;
    struct body *body = arena_new(&d->arena, struct body, 1);
    struct wish r = {.method = METHOD_HOME, .arena = &d->arena};
    if (plain_call(d->p, &r, body, &err) != RC_OK)
        say_error(d->p, NULL, &err, body);
    else if (body_has(body, BODY_HOME))
        d->home = &body->home;
}

/* ---- what is typed ---- */

static enum go
open_counter(struct home *d, size_t i)
{
    const struct body_counter *c = &d->home->counters[i];
    const struct schema_entity *e = schema_entity(plain_schema(d->p), c->entity);
    struct list_of of = {.e = e};
    if (e == NULL) {
        say(d->p, "%s", _("This figure has no list."));
        return GO_ON;
    }
    if (c->view != 0) {
        of.params.view = (struct name_or_number){.number = c->view};
        of.params.present |= 1u << PARAM_VIEW;
    }
    return plain_list(d->p, &of);
}

static bool
has_action(const struct schema_entity *e, char option)
{
    for (size_t i = 0; e != NULL && i < e->nactions; i++)
        if (e->actions[i].option == option)
            return true;
    return false;
}

/* What the alert's record has no option for is done to the alert itself: putting it away or off. */
static enum go
run_option(struct plain *p, const struct body_alert *al, char option)
{
    const struct schema *s = plain_schema(p);
    const struct schema_entity *e = schema_entity(s, al->record.entity), *alert = NULL;
    for (size_t i = 0; i < s->nentities; i++)
        if (str_eq_c(s->entities[i].name, "alert"))
            alert = &s->entities[i];
    if (al->id != 0 && !has_action(e, option) && has_action(alert, option))
        return plain_option(p, alert, al->id, option);
    return e != NULL ? plain_option(p, e, al->record.id, option) : GO_ON;
}

/* "2", "9 4": a counter's list, an alert's record, an option on it. False: it is something else. */
static bool
take_number(struct home *d, struct str typed, enum go *ret)
{
    struct str rest = typed;
    struct str first = take_word(&rest);
    size_t counters = d->home != NULL ? d->home->ncounters : 0;
    size_t all = counters + (d->home != NULL ? d->home->nalerts : 0);
    size_t n = number_typed(rest.n > 0 ? rest : first, all);
    char option = '5';
    if (rest.n > 0) {
        if (first.n != 1 || first.p[0] < '1' || first.p[0] > '9' || n <= counters)
            return false;
        option = first.p[0];
    }
    if (n == 0)
        return false;
    if (n <= counters) {
        *ret = open_counter(d, n - 1);
        return true;
    }
    *ret = run_option(d->p, &d->home->alerts[n - counters - 1], option);
    return true;
}

static void
say_how(struct home *d)
{
    struct plain *p = d->p;
    const struct body_me *me = link_me(p->link);
    bool platform = me != NULL && me->platform;
    say(p, "%s",
        platform ? _("Type a name or code to find it.")
                 : _("Type a plate, phone, name or number to find it."));
    say(p, "%s",
        _("A number opens what stands behind it; 9 4 does option 9 to alert 4. alerts: all of them."));
    if (!platform)
        say(p, "%s",
            _("1 4 puts alert 4 away for you, 6 4 puts it off until a day; alert list: all there are."));
    if (plain_schema(p)->sell & FLOW_NEW_BUSINESS)
        say(p, "%s", _("new business: vehicle, customer, policy and payment in one go; new business PLATE."));
    say(p, "%s",
        platform
            ? _("companies, audit, company list status=active: lists and commands by words.")
            : _("customers, new customer, policy list state=active: lists, new records, commands by words."));
    say(p, "%s", _("do: every command, numbered; do WORDS: those with these words."));
    say(p, "%s", _("it: the record saved last. rows 20: pages of 20 lines; rows 0: none."));
    say(p, "%s", _("Enter: home again. quit leaves. In a form: ? explains, ?? says all signs."));
}

/* A word of the program, a command in words, or else something to find. */
static enum go
take(struct home *d, struct str typed)
{
    enum go go = GO_ON;
    if (typed.n == 0) {
        load(d);
        say_home(d);
        return GO_ON;
    }
    if (str_eq_c(typed, "?") || same_word(typed, STR("help"))) {
        say_how(d);
        return GO_ON;
    }
    if (same_word(typed, STR("back")) || same_word(typed, STR("home")) || str_eq_c(typed, "..")) {
        say(d->p, "%s", _("This is home. quit leaves."));
        return GO_ON;
    }
    if (same_word(typed, STR("alerts")) && d->home != NULL) {
        say_alerts(d->p, d->home, true);
        return GO_ON;
    }
    if (take_number(d, typed, &go) || plain_words(d->p, typed, &go))
        return go;
    return plain_find(d->p, typed);
}

enum go
plain_home(struct plain *p)
{
    struct home d = {.p = p};
    arena_init(&d.arena, SIZE_MAX, NULL, NULL);
    enum go go = GO_ON;
    load(&d);
    say_home(&d);
    while (go != GO_QUIT && !p->over) {
        struct arena t;
        struct str typed = STR_NONE;
        arena_init(&t, SIZE_MAX, NULL, NULL);
        enum heard heard = hear(p, &t, str_from(_("Home: ")), &typed);
        if (heard == HEARD_BREAK)
            say(p, "%s", _("quit leaves."));
        go = heard == HEARD_END ? GO_QUIT : heard == HEARD_BREAK ? GO_ON : take(&d, typed);
        arena_done(&t);
    }
    arena_done(&d.arena);
    return go;
}
