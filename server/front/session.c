#include "server/front/session.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/utf8.h"
#include "server/front/channel.h"
#include "server/front/state.h"
#include "server/log.h"

/* Before sign-in nobody needs more; a wrong signature is not reported by libssh, so this is what bounds them.
 */
enum { MOST_PACKETS = 100, MOST_BYTES = 64 * 1024 };
enum { ROUNDS = 16, PORTION = 64, ARRIVALS = 1, MOST_OPENED = 4096, HANG_UP_MS = 4000 };

/* ---- lists ---- */

static void
list_put(struct session **head, struct session *s)
{
    s->next = *head;
    s->link = head;
    if (*head != NULL) {
        (*head)->link = &s->next;
    }
    *head = s;
}

static void
list_take(struct session *s)
{
    *s->link = s->next;
    if (s->next != NULL) {
        s->next->link = s->link;
    }
}

static struct session **
peers_of(struct front *f, int64_t user)
{
    return &f->of_users[(uint64_t)user % USER_LISTS];
}

static void
peers_put(struct session *s)
{
    struct session **head = peers_of(s->front, s->who.user);
    s->peer = *head;
    s->peer_link = head;
    if (*head != NULL) {
        (*head)->peer_link = &s->peer;
    }
    *head = s;
}

static void
peers_take(struct session *s)
{
    *s->peer_link = s->peer;
    if (s->peer != NULL) {
        s->peer->peer_link = s->peer_link;
    }
}

unsigned
session_count_of(struct front *f, int64_t user, uint64_t source)
{
    unsigned n = 0;
    for (const struct session *s = *peers_of(f, user); s != NULL; s = s->peer) {
        n += s->who.user == user && (source == 0 || s->origin.source == source);
    }
    return n;
}

void
session_touch(struct session *s)
{
    turns_put(&s->front->turns, &s->turn, s->stage == STAGE_OPEN);
}

void
session_end(struct session *s, const char *why)
{
    if (s->ending == NULL) {
        s->ending = why;
    }
    session_touch(s);
}

/* Printable text, cut at a whole character. */
static void
set_farewell(struct session *s, struct str sentence)
{
    const struct str kept = utf8_cut(sentence, SESSION_FAREWELL - 1);
    for (size_t i = 0; i < kept.n; i++) {
        unsigned char ch = (unsigned char)kept.p[i];
        s->farewell[i] = ch < 0x20 || ch == 0x7f ? ' ' : (char)ch;
    }
    s->farewell[kept.n] = '\0';
}

void
session_end_saying(struct session *s, const char *why, struct str sentence)
{
    if (s->ending == NULL) {
        set_farewell(s, sentence);
    }
    session_end(s, why);
}

void
session_fault(struct session *s, const char *why)
{
    s->hostile = true;
    session_end(s, why);
}

void
session_dismiss(struct session *s, const char *why, struct str sentence)
{
    if (s->dismissed != NULL) {
        return;
    }
    s->dismissed = why;
    s->leave_by = s->front->now + CHANNEL_DISMISS_MS + HANG_UP_MS;
    set_farewell(s, sentence);
    STAT_ADD(s->front->stats, dismissed, 1);
    for (struct channel *c = s->channels; c != NULL; c = c->next) {
        channel_dismiss(c);
    }
    session_touch(s);
}

/* ---- life ---- */

/* What others pay for is remembered of where it came from. */
static void
judge(const struct session *s)
{
    struct front *f = s->front;
    bool slow = s->ending != NULL && f->now >= s->deadline;
    if (s->excused || f->draining || (s->stage == STAGE_OPEN && !s->hostile)) {
        return;
    }
    enum offence what = s->hostile           ? OFFENCE_HOSTILE
                        : slow               ? OFFENCE_SLOW
                        : s->auth.tries > 0u ? OFFENCE_FAILED
                                             : OFFENCE_NOTHING;
    STAT_ADD(f->stats, penalties, abuse_offends(&f->abuse, &s->origin, what, f->now) ? 1 : 0);
}

static void
say_goodbye(struct session *s)
{
    if (s->ending != NULL && s->stage != STAGE_KEX && ssh_is_connected(s->ssh)) {
        ssh_session_set_disconnect_message(s->ssh, s->farewell[0] != '\0' ? s->farewell : s->ending);
        ssh_disconnect(s->ssh);
    }
}

static void
drop(struct session *s)
{
    struct front *f = s->front;
    turns_leave(&f->turns, &s->turn);
    judge(s);
    bool signed_in = s->stage == STAGE_OPEN;
    log_event(signed_in ? LOG_INFO_ : LOG_DEBUG_, "session.end", "session=%08x seconds=%llu why=\"%s\"",
              session_label(s->who.session), (unsigned long long)(f->now - s->born) / 1000,
              s->ending == NULL ? "closed" : s->ending);
    if (signed_in) {
        peers_take(s);
        report_gone(f, &s->who);
    }
    while (s->channels != NULL) {
        channel_drop(s->channels);
    }
    auth_done(s);
    loop_remove(&f->loop, &s->watch);
    list_take(s);
    f->nclosed++;
    *(signed_in ? &f->nopen : &f->nhalf_open) -= 1;
    say_goodbye(s);
    ssh_event_remove_session(s->event, s->ssh);
    ssh_event_free(s->event);
    ssh_silent_disconnect(s->ssh);
    ssh_free(s->ssh);
    free(s);
}

static void
on_ready(struct watch *w, uint32_t events)
{
    (void)events;
    session_touch(WATCH_OWNER(w, struct session, watch));
}

static int
on_service(ssh_session ssh, const char *service, void *user)
{
    (void)ssh;
    if (strcmp(service, "ssh-userauth") != 0) {
        session_end(user, "unknown service");
    }
    return 0;
}

static bool
start(struct session *s, int fd)
{
    static const char none[] = "none";
    ssh_set_blocking(s->ssh, 0);
    ssh_options_set(s->ssh, SSH_OPTIONS_COMPRESSION_C_S, none);
    ssh_options_set(s->ssh, SSH_OPTIONS_COMPRESSION_S_C, none);
    if (ssh_bind_accept_fd(s->front->bind, s->ssh, fd) != SSH_OK) {
        return false;
    }
    s->callbacks.userdata = s;
    s->callbacks.service_request_function = on_service;
    s->callbacks.channel_open_request_session_function = channel_open;
    auth_install(s);
    ssh_callbacks_init(&s->callbacks);
    if (ssh_set_server_callbacks(s->ssh, &s->callbacks) != SSH_OK) {
        return false;
    }
    ssh_set_counters(s->ssh, NULL, &s->raw);
    if (ssh_handle_key_exchange(s->ssh) == SSH_ERROR) {
        return false;
    }
    s->event = ssh_event_new();
    return s->event != NULL && ssh_event_add_session(s->event, s->ssh) == SSH_OK &&
           loop_add(&s->front->loop, &s->watch, fd, on_ready, EPOLLIN);
}

void
session_accept(struct front *f, int fd, const struct address *from, struct origin origin)
{
    struct session *s = front_new(sizeof *s);
    s->front = f;
    s->watch.fd = -1;
    s->origin = origin;
    s->born = f->now;
    s->deadline = f->now + f->settings->kex_seconds * 1000u;
    address_text(from, s->address);
    s->ssh = ssh_new();
    ASSERT(s->ssh != NULL);
    if (!start(s, fd)) {
        bool taken = ssh_get_fd(s->ssh) == fd;
        if (s->event != NULL) {
            ssh_event_remove_session(s->event, s->ssh);
            ssh_event_free(s->event);
        }
        ssh_free(s->ssh);
        if (!taken) {
            close(fd);
        }
        free(s);
        return;
    }
    list_put(&f->half_open, s);
    f->nhalf_open++;
    session_touch(s);
}

void
session_opened(struct session *s, uint32_t idle_seconds, uint32_t session_seconds)
{
    struct front *f = s->front;
    const struct config *c = f->settings;
    list_take(s);
    list_put(&f->open, s);
    peers_put(s);
    f->nhalf_open--;
    f->nopen++;
    s->stage = STAGE_OPEN;
    s->deadline = f->now + c->open_seconds * 1000u;
    s->idle_ms = (idle_seconds > 0 ? idle_seconds : c->idle_seconds) * 1000ull;
    s->most_ms = (session_seconds > 0 ? session_seconds : c->session_seconds) * 1000ull;
    s->active = true;
    log_info("session.open", "session=%08x tenant=%d", session_label(s->who.session), s->who.tenant);
}

void
session_software(const struct session *s, char out[SESSION_BANNER])
{
    const char *banner = ssh_get_clientbanner(s->ssh);
    size_t n = 0;
    if (banner != NULL && strncmp(banner, "SSH-2.0-", 8) == 0) {
        banner += 8;
    }
    for (; banner != NULL && *banner > 0x20 && *banner < 0x7f && n < SESSION_BANNER - 1; banner++) {
        out[n++] = *banner;
    }
    out[n] = '\0';
}

/* ---- running ---- */

static void
check_stage(struct session *s)
{
    if (s->stage == STAGE_OPEN) {
        return;
    }
    if (s->raw.in_packets > MOST_PACKETS || s->raw.in_bytes > MOST_BYTES) {
        session_fault(s, "too much was sent before signing in");
    }
    if (s->stage == STAGE_KEX && (ssh_get_status(s->ssh) & SSH_CLOSED) == 0 &&
        ssh_get_cipher_in(s->ssh) != NULL) {
        s->stage = STAGE_AUTH;
        s->deadline = s->born + s->front->settings->auth_seconds * 1000u;
    }
}

/* Bytes the kernel has not taken yet. That libssh would like to be told when more can be written, which it
 * does after each write, is no reason to ask: the next poll tells it. */
static bool
unsent(const struct session *s)
{
    return (ssh_get_status(s->ssh) & SSH_WRITE_PENDING) != 0;
}

/* Every channel has its goodbye, and the kernel has taken it. */
static bool
all_said(const struct session *s)
{
    for (const struct channel *c = s->channels; c != NULL; c = c->next) {
        if (c->client != NULL || !channel_quiet(c)) {
            return false;
        }
    }
    return !unsent(s);
}

static void
act(struct session *s)
{
    check_stage(s);
    auth_run(s);
    for (struct channel *c = s->channels, *next; c != NULL; c = next) {
        next = c->next;
        channel_run(c);
    }
    if (s->stage == STAGE_OPEN && s->opened > MOST_OPENED) {
        session_fault(s, "too many channels were opened");
    }
    if (s->dismissed != NULL && all_said(s)) {
        session_end(s, s->dismissed);
    }
}

/* What one session sent at once is handled in portions: the others have their turn between them. */
static void
run(struct session *s)
{
    uint64_t most = s->raw.in_packets + PORTION;
    bool came = true;
    for (int i = 0; i < ROUNDS && s->raw.in_packets < most && (came || unsent(s)); i++) {
        uint64_t before = s->raw.in_bytes;
        int rc = ssh_event_dopoll(s->event, 0);
        int status = ssh_get_status(s->ssh);
        if (rc == SSH_ERROR || (status & (SSH_CLOSED | SSH_CLOSED_ERROR)) != 0) {
            drop(s);
            return;
        }
        act(s);
        if (s->ending != NULL) {
            drop(s);
            return;
        }
        came = s->raw.in_bytes != before;
    }
    if (came) { /* libssh reads while it writes, too: the loop may have nothing left to tell */
        session_touch(s);
    }
    loop_arm(&s->front->loop, &s->watch, EPOLLIN | (unsent(s) ? EPOLLOUT : 0u));
}

void
session_run_touched(struct front *f)
{
    turns_begin(&f->turns, ARRIVALS);
    for (struct turn *next; (next = turns_next(&f->turns)) != NULL;) {
        run(WATCH_OWNER(next, struct session, turn));
    }
}

bool
session_any_touched(const struct front *f)
{
    return turns_any(&f->turns);
}

/* ---- time ---- */

void
session_hang_up(struct session *s)
{
    for (struct channel *c = s->channels; c != NULL; c = c->next) {
        channel_hang_up(c);
    }
}

static void
sweep_open(struct session *s)
{
    struct front *f = s->front;
    uint64_t age = f->now - s->born;
    if (s->channels != NULL) { /* between channels it may rest: OpenSSH keeps sessions for later commands */
        s->deadline = f->now + s->idle_ms;
    } else if (f->now >= s->deadline) {
        session_end(s, "nothing was asked for");
    }
    if (age >= s->most_ms) {
        session_dismiss(s, "it has lasted its time", STR("The session has lasted its time; sign in again."));
    }
    if (s->dismissed != NULL && f->now >= s->leave_by) {
        session_end(s, s->dismissed);
    }
}

static void
sweep_one(struct session *s)
{
    uint64_t now = s->front->now;
    if (s->stage == STAGE_KEX && now >= s->deadline) {
        session_end(s, "no key exchange in time");
    } else if (s->stage == STAGE_AUTH && now >= s->deadline) {
        session_end(s, "not signed in in time");
    } else if (s->stage == STAGE_OPEN) {
        sweep_open(s);
    }
    for (struct channel *c = s->channels; c != NULL; c = c->next) {
        channel_sweep(c);
    }
}

void
session_sweep(struct front *f)
{
    for (struct session *s = f->half_open; s != NULL; s = s->next) {
        sweep_one(s);
    }
    for (struct session *s = f->open; s != NULL; s = s->next) {
        sweep_one(s);
    }
    STAT_SET(f->stats, sessions, f->nopen);
    STAT_SET(f->stats, half_open, f->nhalf_open);
    STAT_SET(f->stats, clients, f->nclients);
}

void
session_drop_all(struct front *f, const char *why)
{
    f->turns = (struct turns){0};
    while (f->half_open != NULL) {
        f->half_open->ending = why;
        drop(f->half_open);
    }
    while (f->open != NULL) {
        f->open->ending = why;
        drop(f->open);
    }
}
