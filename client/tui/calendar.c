#include "client/tui/calendar.h"

#include <stdio.h>
#include <string.h>

#include "client/text.h"
#include "client/tui/field.h"
#include "client/tui/loop.h"

enum { WEEK = 7, CELL = 4, WEEKS = 6, BOX_COLS = 44, TYPED = 20 };

struct calendar {
    struct str title;
    date_t at, today;
    struct field typed;
    bool wrong; /* what is typed is no day (yet) */
};

static const char *const months[] = {N_("January"),   N_("February"), N_("March"),    N_("April"),
                                     N_("May"),       N_("June"),     N_("July"),     N_("August"),
                                     N_("September"), N_("October"),  N_("November"), N_("December")};
static const char *const weekdays[] = {N_("Monday"), N_("Tuesday"),  N_("Wednesday"), N_("Thursday"),
                                       N_("Friday"), N_("Saturday"), N_("Sunday")};
static const char *const short_days[] = {N_("Mo"), N_("Tu"), N_("We"), N_("Th"),
                                         N_("Fr"), N_("Sa"), N_("Su")};

static bool
in_range(date_t d)
{
    return civil_valid(civil_of(d));
}

/* ---- moving ---- */

static void
go_to(struct view *v, date_t d)
{
    struct calendar *c = v->data;
    if (!in_range(d))
        return;
    c->at = d;
    c->wrong = false;
    field_set(&c->typed, STR_NONE);
}

static date_t
first_of_month(date_t d)
{
    struct civil c = civil_of(d);
    c.day = 1;
    return date_of(c);
}

static void
read_typed(struct calendar *c)
{
    char text[FIELD_TEXT];
    struct str typed = field_text(&c->typed, text);
    date_t d;
    c->wrong = typed.n && date_parse_typed(typed, c->today, "day", &d, NULL) != RC_OK;
    if (typed.n && !c->wrong)
        c->at = d;
}

static void
pick(struct view *v)
{
    struct calendar *c = v->data;
    char text[DATE_TEXT];
    if (c->wrong) {
        tui_say(v->tui, ROLE_WARN, "%s", _("That is no day: type 14/2, t for today, +3d, +1m, +1y."));
        return;
    }
    struct str day = str_dup(&v->arena, str_from(date_text(c->at, text)));
    view_finish(v, (struct outcome){.choice = 1, .text = day});
}

static bool
command(struct view *v, enum cmd cmd)
{
    struct calendar *c = v->data;
    switch (cmd) {
    case CMD_UP:
        go_to(v, date_add_days(c->at, -WEEK));
        return true;
    case CMD_DOWN:
        go_to(v, date_add_days(c->at, WEEK));
        return true;
    case CMD_PAGE_BACK:
        go_to(v, date_add_months(c->at, -1));
        return true;
    case CMD_PAGE_FORWARD:
        go_to(v, date_add_months(c->at, 1));
        return true;
    case CMD_TOP:
        go_to(v, first_of_month(c->at));
        return true;
    case CMD_BOTTOM:
        go_to(v, date_add_days(date_add_months(first_of_month(c->at), 1), -1));
        return true;
    case CMD_ENTER:
        pick(v);
        return true;
    default:
        return false;
    }
}

static bool
key(struct view *v, const struct key *k)
{
    struct calendar *c = v->data;
    if (k->code == K_TAB) {
        pick(v);
        return true;
    }
    if (k->code == K_LEFT || k->code == K_RIGHT) {
        go_to(v, date_add_days(c->at, k->code == K_LEFT ? -1 : 1));
        return true;
    }
    bool used = field_key(&c->typed, k);
    read_typed(c);
    return used;
}

/* ---- paint ---- */

/* "Monday 2026-03-09, in 7 days" */
static void
paint_day(const struct calendar *c, const struct area *in, int y)
{
    char day[DATE_TEXT], far[64] = "";
    int days = c->at.days - c->today.days;
    if (days == 0)
        snprintf(far, sizeof far, "%s", _("today"));
    else if (days > 0)
        snprintf(far, sizeof far, ngettext("in %d day", "in %d days", (unsigned long)days), days);
    else
        snprintf(far, sizeof far, ngettext("%d day ago", "%d days ago", (unsigned long)-days), -days);
    paint_format(in, (struct spot){.y = y, .role = ROLE_TEXT}, "%s %s, %s", _(weekdays[date_weekday(c->at)]),
                 date_text(c->at, day), far);
}

/* `>12` is where one stands, `12*` is today. On a low screen only the weeks around it. */
static void
paint_month(const struct calendar *c, const struct area *in)
{
    date_t first = first_of_month(c->at);
    int lead = date_weekday(first), n = date_add_months(first, 1).days - first.days;
    int room = in->rows - 1, week = (lead + c->at.days - first.days) / WEEK;
    int top = room > week ? 0 : week - room + 1;
    for (int i = 0; i < WEEK; i++)
        paint_text(in, 0, i * CELL + 1, ROLE_LABEL, _(short_days[i]));
    for (int i = 0; i < n; i++) {
        int y = 1 + (lead + i) / WEEK - top, x = (lead + i) % WEEK * CELL;
        bool here = first.days + i == c->at.days, today = first.days + i == c->today.days;
        if (y < 1)
            continue;
        paint_format(in, (struct spot){.y = y, .x = x, .role = here ? ROLE_FOCUS : ROLE_TEXT}, "%s%2d%s",
                     here ? ">" : " ", i + 1, today ? "*" : "");
        if (here)
            paint_cursor(in, y, x);
    }
}

static void
paint_calendar(struct view *v, const struct area *a)
{
    struct calendar *c = v->data;
    struct civil at = civil_of(c->at);
    struct area frame = area_centre(a, WEEKS + 7, a->cols < BOX_COLS ? a->cols : BOX_COLS);
    struct area in = paint_box(&frame, c->title);
    int x = paint_text(&in, 0, 0, ROLE_LABEL, _("Type a day")) + 1;
    (void)field_paint(&c->typed, &in, (struct spot){.x = x, .width = TYPED}, true);
    if (c->wrong)
        paint_text(&in, 0, x + TYPED + 1, ROLE_BAD, "!!");
    paint_format(&in, (struct spot){.y = 1, .x = 1, .role = ROLE_HEAD}, "%s %d", _(months[at.month - 1]),
                 at.year);
    struct area month = area_sub(&in, 2, 0, in.rows - (in.rows > WEEKS + 4 ? 4 : 3), in.cols);
    paint_month(c, &month);
    paint_day(c, &in, in.rows - 1);
}

static struct str
help(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(_("Arrows walk the days, F7 and F8 the months, Enter takes the day, Esc goes back."));
}

static const struct bar_key *
bar(struct view *v, size_t *ret_n)
{
    (void)v;
    static const struct bar_key keys[] = {
        {CMD_HELP,         NULL               },
        {CMD_PAGE_BACK,    N_("Month before") },
        {CMD_PAGE_FORWARD, N_("Month after")  },
        {CMD_ENTER,        N_("Take this day")},
        {CMD_BACK,         NULL               }
    };
    *ret_n = sizeof keys / sizeof keys[0];
    return keys;
}

static struct str
about(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(
        _("A month. The arrows go by days and weeks, the pages by months; Enter takes the day. In the field "
          "itself t is today, +3d in three days, +1y in a year, 14/2 the next 14 February."));
}

static const struct view_ops ops = {.name = "calendar",
                                    .context = IN_CHOICE,
                                    .box = true,
                                    .command = command,
                                    .key = key,
                                    .help = help,
                                    .about = about,
                                    .bar = bar,
                                    .paint = paint_calendar};

void
calendar_open(struct tui *t, const struct calendar_spec *spec)
{
    struct view *v = view_push(t, &ops, sizeof(struct calendar));
    struct calendar *c = v->data;
    v->purpose = spec->purpose;
    c->title = str_dup(&v->arena, spec->title);
    c->today = spec->today;
    c->at = in_range(spec->start) ? spec->start : spec->today;
    field_init(&c->typed, &v->arena, TYPED - 1);
}
