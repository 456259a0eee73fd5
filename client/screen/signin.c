#include <stdio.h>
#include <string.h>

#include "client/screen/app.h"
#include "client/text.h"
#include "client/tui/field.h"
#include "common/base/utf8.h"

/* Sign-in: host and login where they are not known, the host's key, the password; and what to do when the
   service can't be reached. A box, so that it can also stand over a half-filled form when the line comes
   back. */
enum slot { SLOT_HOST, SLOT_LOGIN, SLOT_SECRET, SLOTS };

struct signin {
    struct field fields[SLOTS];
    enum slot at;
    char error[400];
};

static enum link_state
state_of(struct view *v)
{
    struct app *a = app_of(v);
    return a->link ? link_state(a->link) : 0;
}

static bool
asks_secret(enum link_state s)
{
    return s == LINK_ASK_PASSWORD || s == LINK_ASK_PASSPHRASE || s == LINK_ASK_CODE;
}

static void
connect_now(struct view *v)
{
    struct signin *d = v->data;
    struct app *a = app_of(v);
    char text[FIELD_TEXT];
    snprintf(a->host, sizeof a->host, "%s", field_text(&d->fields[SLOT_HOST], text).p);
    snprintf(a->login, sizeof a->login, "%s", field_text(&d->fields[SLOT_LOGIN], text).p);
    d->error[0] = 0;
    if (!a->host[0] || !a->login[0]) {
        d->at = a->host[0] ? SLOT_LOGIN : SLOT_HOST;
        snprintf(d->error, sizeof d->error, "%s", _("Type the host and your login, name@company-domain."));
        return;
    }
    struct err err = {.code = RC_OK};
    if (app_connect(a, &err) != RC_OK)
        snprintf(d->error, sizeof d->error, "%s", err.text);
}

static void
answer_secret(struct view *v)
{
    struct signin *d = v->data;
    char text[FIELD_TEXT];
    struct str secret = field_text(&d->fields[SLOT_SECRET], text);
    if (secret.n)
        link_answer_secret(app_of(v)->link, secret);
    volatile char *p = text;
    for (size_t i = 0; i < sizeof text; i++)
        p[i] = 0;
    field_wipe(&d->fields[SLOT_SECRET]);
}

/* The service started the program on a line that can't be opened again. */
static bool
over_for_good(struct view *v)
{
    struct app *a = app_of(v);
    return state_of(v) == LINK_OFFLINE && a->config->spawned;
}

static void
leave(struct view *v)
{
    struct app *a = app_of(v);
    const struct err *err = state_of(v) == LINK_OFFLINE ? link_error(a->link) : NULL;
    tui_quit(v->tui, err ? rc_exit(err->code) : 0);
}

static void
enter(struct view *v)
{
    struct signin *d = v->data;
    switch ((int)state_of(v)) {
    case 0:
        if (d->at == SLOT_HOST) {
            d->at = SLOT_LOGIN;
            field_enter(&d->fields[SLOT_LOGIN]);
        } else {
            connect_now(v);
        }
        break;
    case LINK_ASK_PASSWORD:
    case LINK_ASK_PASSPHRASE:
    case LINK_ASK_CODE:
        answer_secret(v);
        break;
    case LINK_OFFLINE:
    case LINK_WAITING:
        if (over_for_good(v))
            leave(v);
        else
            link_retry_now(app_of(v)->link);
        break;
    default:
        break;
    }
}

static bool
command(struct view *v, enum cmd c)
{
    struct signin *d = v->data;
    struct app *a = app_of(v);
    if (c == CMD_ENTER || c == CMD_SAVE) {
        enter(v);
        return true;
    }
    if (c == CMD_UP || c == CMD_DOWN) {
        if (!a->link) {
            d->at = d->at == SLOT_HOST ? SLOT_LOGIN : SLOT_HOST;
            field_enter(&d->fields[d->at]);
        }
        return true;
    }
    if (c == CMD_BACK || c == CMD_CANCEL || c == CMD_HOME) {
        if (state_of(v) == LINK_ASK_HOST_KEY)
            link_answer_host_key(a->link, false);
        leave(v);
        return true;
    }
    if (c == CMD_PALETTE)
        return true;
    return field_command(&d->fields[d->at], c);
}

static bool
key(struct view *v, const struct key *k)
{
    struct signin *d = v->data;
    struct app *a = app_of(v);
    enum link_state s = state_of(v);
    if (s == LINK_ASK_HOST_KEY) {
        if (k->code == K_CHAR && (k->cp == 'y' || k->cp == 'Y'))
            link_answer_host_key(a->link, true);
        else if (k->code == K_CHAR && (k->cp == 'n' || k->cp == 'N'))
            link_answer_host_key(a->link, false);
        else
            return false;
        return true;
    }
    if (k->code == K_TAB && !a->link)
        return command(v, CMD_DOWN);
    if (a->link && !asks_secret(s))
        return false;
    return field_key(&d->fields[a->link ? SLOT_SECRET : d->at], k);
}

static void
paint_slot(struct signin *d, const struct area *a, int y, enum slot slot, const char *label)
{
    paint_text(a, y, 0, ROLE_LABEL, label);
    bool here = d->at == slot;
    int at = field_paint(&d->fields[slot], a, (struct spot){.y = y, .x = 12, .width = a->cols - 12}, true);
    if (here)
        paint_cursor(a, y, at);
}

static void
paint_line(const struct area *a, int *y, enum role role, const char *text)
{
    struct str rest = str_from(text);
    while (rest.n) {
        struct str line = utf8_fit(rest, (size_t)a->cols);
        size_t cut = line.n;
        if (cut < rest.n)
            while (cut > 0 && rest.p[cut] != ' ')
                cut--;
        if (cut == 0)
            cut = line.n ? line.n : rest.n;
        paint(a, (struct spot){.y = (*y)++, .role = role}, str_slice(rest, 0, cut));
        rest = str_trim(str_slice(rest, cut, rest.n));
    }
}

static void
paint_host_key(const struct link_question *q, const struct area *a)
{
    int y = 0;
    char text[300];
    snprintf(text, sizeof text, _("%s is not known here yet. Its %s key is"), q->host, q->key_type);
    paint_line(a, &y, ROLE_TEXT, text);
    y++;
    paint_line(a, &y, ROLE_HEAD, q->fingerprint);
    y++;
    paint_line(a, &y, ROLE_TEXT, _("Compare it with the one your administrator gave you."));
    y++;
    int x = paint_text(a, y, 0, ROLE_KEY, "y");
    paint_text(a, y, x + 1, ROLE_TEXT, _("it is the same: trust and remember it"));
    paint_text(a, y + 1, 0, ROLE_KEY, "n");
    paint_text(a, y + 1, 2, ROLE_TEXT, _("it is not: leave"));
    paint_cursor(a, y, 0);
}

static const char *
secret_label(const struct link_question *q)
{
    return q->kind == LINK_ASK_PASSPHRASE ? _("Passphrase")
           : q->kind == LINK_ASK_CODE     ? _("Code")
                                          : _("Password");
}

static void
paint_secret(struct signin *d, const struct link_question *q, const struct area *in)
{
    char text[600];
    int y = 0;
    snprintf(text, sizeof text, _("%s at %s"), q->login, q->host);
    paint_line(in, &y, ROLE_TEXT, q->kind == LINK_ASK_PASSPHRASE ? q->key_path : text);
    y++;
    if (q->kind == LINK_ASK_CODE) {
        paint_line(in, &y, ROLE_DIM,
                   _("The code your authenticator app shows now, or one of your recovery codes."));
        y++;
    }
    paint_slot(d, in, y, SLOT_SECRET, secret_label(q));
    y += 2;
    if (q->attempt > 1)
        paint_line(in, &y, ROLE_BAD, _("!! That was not right. Try again."));
    if (q->note)
        paint_line(in, &y, q->attempt > 1 ? ROLE_BAD : ROLE_DIM, q->note);
}

static void
paint_state(struct view *v, const struct area *in)
{
    struct signin *d = v->data;
    struct app *a = app_of(v);
    const struct link_question *q = a->link ? link_question(a->link) : NULL;
    const struct err *err = a->link ? link_error(a->link) : NULL;
    char text[400];
    int y = 0;
    switch ((int)state_of(v)) {
    case 0:
        paint_slot(d, in, 0, SLOT_HOST, _("Host"));
        paint_slot(d, in, 1, SLOT_LOGIN, _("Login"));
        y = 3;
        if (d->error[0])
            paint_line(in, &y, ROLE_BAD, d->error);
        break;
    case LINK_ASK_HOST_KEY:
        paint_host_key(q, in);
        break;
    case LINK_ASK_PASSWORD:
    case LINK_ASK_PASSPHRASE:
    case LINK_ASK_CODE:
        d->at = SLOT_SECRET;
        paint_secret(d, q, in);
        break;
    case LINK_OFFLINE:
    case LINK_WAITING:
        snprintf(text, sizeof text, "!! %s",
                 err && err->text[0] ? err->text : _("The service can't be reached."));
        paint_line(in, &y, ROLE_BAD, text);
        y++;
        paint_cursor(in, y, 0);
        paint_line(in, &y, ROLE_TEXT,
                   over_for_good(v)                         ? _("Enter leaves.")
                   : err && err->code == RC_UNAUTHENTICATED ? _("Enter signs in again, Esc leaves.")
                                                            : _("Enter tries again, Esc leaves."));
        if (a->was_online && a->tui.depth > 2 && !over_for_good(v))
            paint_line(in, &y, ROLE_DIM, _("What is open below is kept until then."));
        break;
    default:
        paint_cursor(in, 0, 0);
        paint_line(in, &y, ROLE_TEXT, _("Connecting …"));
        break;
    }
}

/* One line needs no large box where every row of it costs. */
static int
box_rows(struct view *v)
{
    if (state_of(v) == LINK_CONNECTING && theme_is_lean())
        return 4;
    return state_of(v) == LINK_ASK_CODE ? 13 : 11;
}

static void
paint_signin(struct view *v, const struct area *a)
{
    struct area frame = area_centre(a, box_rows(v), a->cols < 64 ? a->cols : 64);
    struct area in = paint_box(&frame, str_from(_("Bima: sign in")));
    in = area_sub(&in, 1, 1, in.rows - 1, in.cols - 2);
    paint_state(v, &in);
}

static const struct bar_key *
bar(struct view *v, size_t *ret_n)
{
    (void)v;
    static const struct bar_key keys[] = {
        {CMD_HELP,  NULL       },
        {CMD_ENTER, N_("Go on")},
        {CMD_BACK,  N_("Leave")}
    };
    *ret_n = COUNTOF(keys);
    return keys;
}

static struct str
about(struct view *v, struct arena *a)
{
    (void)v;
    (void)a;
    return str_from(
        _("Your login is your name, an @ and your company's domain: amina@simba.co.tz. The first time you "
          "reach a host its key is shown: compare it with the one your administrator gave you."));
}

static void
close_view(struct view *v)
{
    field_wipe(&((struct signin *)v->data)->fields[SLOT_SECRET]);
}

static void
paste(struct view *v, struct str text)
{
    struct signin *d = v->data;
    enum link_state s = state_of(v);
    if (!app_of(v)->link || asks_secret(s))
        field_paste(&d->fields[asks_secret(s) ? SLOT_SECRET : d->at], str_trim(text));
}

static const struct view_ops ops = {.name = "signin",
                                    .context = IN_LINE,
                                    .box = true,
                                    .command = command,
                                    .key = key,
                                    .paste = paste,
                                    .paint = paint_signin,
                                    .about = about,
                                    .bar = bar,
                                    .close = close_view};

bool
signin_is(const struct view *v)
{
    return v->ops == &ops;
}

void
signin_open(struct app *a)
{
    struct view *v = view_push(&a->tui, &ops, sizeof(struct signin));
    struct signin *d = v->data;
    for (int i = 0; i < SLOTS; i++)
        field_init(&d->fields[i], &v->arena, 250);
    d->fields[SLOT_SECRET].secret = true;
    field_set(&d->fields[SLOT_HOST], str_from(a->host));
    field_set(&d->fields[SLOT_LOGIN], str_from(a->login));
    d->at = !a->link && a->host[0] ? SLOT_LOGIN : SLOT_HOST;
    field_enter(&d->fields[d->at]);
    if (!a->link && a->host[0] && a->login[0])
        connect_now(v);
}
