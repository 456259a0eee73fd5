#include "server/front/channel.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/words.h"
#include "server/front/client.h"
#include "server/front/guard.h"
#include "server/front/session.h"
#include "server/front/state.h"
#include "server/log.h"

enum { WRITE = 16 * 1024, READ = 8 * 1024, HOARD = 4 * 1024 * 1024, EXIT_USAGE = 64, EXIT_BUSY = 75 };
enum { LEAST_COLUMNS = 1, MOST_COLUMNS = 1000, ENV_VALUE = 64 };

/* ---- callbacks: copy and set flags, nothing else ---- */

static struct channel *
touched(void *user)
{
    struct channel *c = user;
    session_touch(c->session);
    return c;
}

static int
on_data(ssh_session ssh, ssh_channel ch, void *data, uint32_t n, int is_stderr, void *user)
{
    (void)ssh;
    (void)ch;
    struct channel *c = touched(user);
    if (is_stderr != 0 || c->ending) {
        return (int)n;
    }
    bool wire = c->want == WANT_WIRE || c->want == WANT_JSON;
    struct bytes *in = c->started && wire ? &c->rpc.in : &c->in;
    size_t most = wire ? RPC_IN : CHANNEL_IN, used = bytes_waiting(in);
    size_t take = used >= most ? 0 : most - used;
    take = take < n ? take : n;
    bytes_add(in, data, take);
    c->declined = take < n;
    c->active = c->session->front->now;
    return (int)take;
}

static void
on_eof(ssh_session ssh, ssh_channel ch, void *user)
{
    (void)ssh;
    (void)ch;
    touched(user)->eof = true;
}

static void
on_close(ssh_session ssh, ssh_channel ch, void *user)
{
    (void)ssh;
    (void)ch;
    touched(user)->closed = true;
}

static bool
word(const char *text, size_t most, const char *extra)
{
    size_t n = strlen(text);
    if (n == 0 || n > most) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        char ch = text[i];
        bool plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9');
        if (!plain && strchr(extra, ch) == NULL) {
            return false;
        }
    }
    return true;
}

static unsigned
size_within(int n)
{
    return n < LEAST_COLUMNS ? 0 : n > MOST_COLUMNS ? (unsigned)MOST_COLUMNS : (unsigned)n;
}

static int
on_pty(ssh_session ssh, ssh_channel ch, const char *term, int columns, int rows, int px, int py, void *user)
{
    (void)ssh;
    (void)ch;
    (void)px;
    (void)py;
    struct channel *c = touched(user);
    if (c->pty || c->want != WANT_NOTHING) {
        return 1;
    }
    c->pty = true;
    c->columns = size_within(columns);
    c->rows = size_within(rows);
    const char *name = word(term, CHANNEL_TERM - 1, "+-._") ? term : "vt100";
    memcpy(c->term, name, strlen(name) + 1);
    return 0;
}

static int
on_resize(ssh_session ssh, ssh_channel ch, int columns, int rows, int px, int py, void *user)
{
    (void)ssh;
    (void)ch;
    (void)px;
    (void)py;
    struct channel *c = touched(user);
    if (!c->pty) {
        return 1;
    }
    c->columns = size_within(columns);
    c->rows = size_within(rows);
    c->resized = true;
    return 0;
}

static int
on_env(ssh_session ssh, ssh_channel ch, const char *name, const char *value, void *user)
{
    (void)ssh;
    (void)ch;
    struct channel *c = touched(user);
    bool wanted = strcmp(name, "LANG") == 0 || strncmp(name, "LC_", 3) == 0 ||
                  strcmp(name, "COLORTERM") == 0 || strcmp(name, "BIMA_PLAIN") == 0;
    if (!wanted || c->want != WANT_NOTHING || c->nenv == CHANNEL_ENV ||
        !word(name, CHANNEL_ENV_TEXT - ENV_VALUE - 2, "_") || !word(value, ENV_VALUE, "+-._@")) {
        return 1;
    }
    char *place = c->env[c->nenv++];
    size_t n = strlen(name);
    memcpy(place, name, n);
    place[n] = '=';
    memcpy(place + n + 1, value, strlen(value) + 1);
    return 0;
}

static int
want(void *user, enum want what)
{
    struct channel *c = touched(user);
    if (c->want != WANT_NOTHING) {
        return 1;
    }
    c->want = what;
    return 0;
}

static int
on_shell(ssh_session ssh, ssh_channel ch, void *user)
{
    (void)ssh;
    (void)ch;
    return want(user, WANT_SHELL);
}

static int
on_exec(ssh_session ssh, ssh_channel ch, const char *command, void *user)
{
    (void)ssh;
    (void)ch;
    struct channel *c = user;
    if (strlen(command) > LIMIT_EXEC || want(user, WANT_EXEC) != 0) {
        return 1;
    }
    c->command = strdup(command);
    ASSERT(c->command != NULL);
    return 0;
}

static int
on_subsystem(ssh_session ssh, ssh_channel ch, const char *name, void *user)
{
    (void)ssh;
    (void)ch;
    if (strcmp(name, "bima") == 0) {
        return want(user, WANT_WIRE);
    }
    if (strcmp(name, "bima-json") == 0) {
        return want(user, WANT_JSON);
    }
    return 1;
}

ssh_channel
channel_open(ssh_session ssh, void *user)
{
    struct session *s = user;
    session_touch(s);
    if (s->stage != STAGE_OPEN || s->front->draining || s->dismissed ||
        s->nchannels >= s->front->settings->max_channels) {
        return NULL;
    }
    ssh_channel ch = ssh_channel_new(ssh);
    if (ch == NULL) {
        return NULL;
    }
    struct channel *c = front_new(sizeof *c);
    *c = (struct channel){.session = s, .ssh = ch, .born = s->front->now, .active = s->front->now};
    c->callbacks = (struct ssh_channel_callbacks_struct){
        .userdata = c,
        .channel_data_function = on_data,
        .channel_eof_function = on_eof,
        .channel_close_function = on_close,
        .channel_pty_request_function = on_pty,
        .channel_pty_window_change_function = on_resize,
        .channel_env_request_function = on_env,
        .channel_shell_request_function = on_shell,
        .channel_exec_request_function = on_exec,
        .channel_subsystem_request_function = on_subsystem,
    };
    ssh_callbacks_init(&c->callbacks);
    ssh_set_channel_callbacks(ch, &c->callbacks);
    c->next = s->channels;
    c->link = &s->channels;
    if (c->next != NULL) {
        c->next->link = &c->next;
    }
    s->channels = c;
    s->nchannels++;
    s->opened++;
    return ch;
}

/* ---- ending ---- */

void
channel_drop(struct channel *c)
{
    if (c->client != NULL) {
        client_abandon(c->client);
    }
    rpc_close(&c->rpc);
    bytes_done(&c->in);
    bytes_done(&c->out);
    bytes_done(&c->err);
    free(c->command);
    *c->link = c->next;
    if (c->next != NULL) {
        c->next->link = c->link;
    }
    c->session->nchannels--;
    if (c->started) { /* between channels a session may rest: OpenSSH keeps it for later commands */
        c->session->deadline = c->session->front->now + c->session->idle_ms;
    }
    /* libssh keeps its channel until the client has closed it too, and would go on calling us */
    ssh_remove_channel_callbacks(c->ssh, &c->callbacks);
    ssh_channel_free(c->ssh);
    free(c);
}

static const char *
signal_name(int signal)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {
        {SIGABRT, "ABRT"},
        {SIGFPE,  "FPE" },
        {SIGHUP,  "HUP" },
        {SIGILL,  "ILL" },
        {SIGINT,  "INT" },
        {SIGKILL, "KILL"},
        {SIGPIPE, "PIPE"},
        {SIGQUIT, "QUIT"},
        {SIGSEGV, "SEGV"},
        {SIGTERM, "TERM"}
    };
    for (size_t i = 0; i < COUNTOF(names); i++) {
        if (names[i].number == signal) {
            return names[i].name;
        }
    }
    return "KILL";
}

static void
finish(struct channel *c)
{
    if (!c->closed) {
        if (c->signal != 0) {
            ssh_channel_request_send_exit_signal(c->ssh, signal_name(c->signal), 0, "", "");
        } else if (c->want != WANT_NOTHING) {
            ssh_channel_request_send_exit_status(c->ssh, c->status);
        }
        ssh_channel_send_eof(c->ssh);
        ssh_channel_close(c->ssh);
    }
    channel_drop(c);
}

void
channel_refuse(struct channel *c, int status, const char *text)
{
    bytes_add(&c->err, text, strlen(text));
    bytes_add(&c->err, "\r\n", 2);
    c->status = status;
    c->ending = true;
    session_touch(c->session);
}

/* ---- bytes ---- */

/* How much may be written now without libssh hoarding it. */
static size_t
writable(const struct channel *c)
{
    if ((ssh_get_status(c->session->ssh) & SSH_WRITE_PENDING) != 0) {
        return 0;
    }
    size_t window = ssh_channel_window_size(c->ssh);
    return window < WRITE ? window : (size_t)WRITE;
}

/* Bytes sent; less than asked for: later. */
static size_t
send_some(struct channel *c, struct str bytes, bool is_stderr)
{
    size_t most = writable(c), n = bytes.n < most ? bytes.n : most;
    if (n == 0) {
        return 0;
    }
    int sent = is_stderr ? ssh_channel_write_stderr(c->ssh, bytes.p, (uint32_t)n)
                         : ssh_channel_write(c->ssh, bytes.p, (uint32_t)n);
    if (sent < 0) {
        c->closed = true;
        return 0;
    }
    return (size_t)sent;
}

static void
flush_queue(struct channel *c, struct bytes *b, bool is_stderr)
{
    size_t n;
    while (bytes_waiting(b) > 0 && !c->closed && (n = send_some(c, bytes_view(b), is_stderr)) > 0) {
        bytes_take(b, n);
    }
}

static void
flush(struct channel *c)
{
    flush_queue(c, &c->err, true);
    flush_queue(c, &c->out, false);
    if (c->rpc.front != NULL) {
        struct str s;
        size_t n;
        while (!c->closed && (s = outq_front(&c->rpc.out)).n > 0 && (n = send_some(c, s, false)) > 0) {
            outq_sent(&c->rpc.out, n);
        }
    }
}

/* Input that libssh kept for us is offered again only when more comes: ask for it when there is room. */
static void
fetch(struct channel *c)
{
    unsigned char piece[READ];
    bool wire = c->rpc.front != NULL;
    while (c->declined && !c->closed) {
        size_t used = bytes_waiting(wire ? &c->rpc.in : &c->in);
        if (used + READ > (wire ? (size_t)RPC_IN : (size_t)CHANNEL_IN)) {
            break;
        }
        int n = ssh_channel_read_nonblocking(c->ssh, piece, sizeof piece, 0);
        if (n <= 0) {
            c->declined = false;
            break;
        }
        bytes_add(wire ? &c->rpc.in : &c->in, piece, (size_t)n);
    }
    if (c->declined && ssh_channel_poll(c->ssh, 0) > HOARD) {
        session_fault(c->session, "the client ignores the window");
    }
}

/* ---- starting ---- */

static void
wake(struct rpc *r)
{
    session_touch(r->session);
}

static void
start_subsystem(struct channel *c)
{
    struct str early = bytes_view(&c->in);
    rpc_open(&c->rpc, c->session, c->want == WANT_JSON);
    c->rpc.wake = wake;
    bytes_add(&c->rpc.in, early.p, early.n);
    bytes_done(&c->in);
}

static void
start_client(struct channel *c)
{
    struct front *f = c->session->front;
    struct str *words = NULL;
    size_t nwords = 0;
    struct err err;
    memset(&err, 0, sizeof err);
    if (f->nclients >= f->settings->max_clients) {
        channel_refuse(c, EXIT_BUSY, "The service is busy; try again.");
        return;
    }
    if (c->command != NULL &&
        words_split(&f->scratch, str_from(c->command), &words, &nwords, &err) != RC_OK) {
        channel_refuse(c, EXIT_USAGE, err.text);
    } else {
        c->client = client_start(c, words, nwords);
        if (c->client == NULL) {
            channel_refuse(c, EXIT_BUSY, "The client program could not be started.");
        }
    }
    arena_reset(&f->scratch);
}

static void
start(struct channel *c)
{
    c->started = true;
    if (!guard_packet_size(c->ssh)) {
        session_fault(c->session, "the maximum packet size is too small");
    } else if (c->want == WANT_WIRE || c->want == WANT_JSON) {
        start_subsystem(c);
    } else if (c->want == WANT_SHELL && !c->pty) {
        channel_refuse(
            c, EXIT_USAGE,
            "Usage: ssh -t LOGIN@HOST for the terminal, ssh LOGIN@HOST ENTITY VERB ... for a command");
    } else {
        start_client(c);
    }
}

/* ---- running ---- */

static void
run_rpc(struct channel *c)
{
    rpc_run(&c->rpc);
    fetch(c);
    if (c->eof && !c->declined && !c->rpc.ended) {
        c->rpc.ended = true; /* a last line without newline counts now */
    }
    rpc_run(&c->rpc);
    flush(c);
    bool over = c->rpc.ended && c->rpc.inflight == 0;
    if ((c->rpc.broken || over) && outq_waiting(&c->rpc.out) == 0) {
        c->status = c->rpc.broken ? rc_exit(RC_BAD_FRAME) : 0;
        c->ending = true;
    }
}

static void
put_farewell(struct channel *c)
{
    struct bytes *b = c->pty ? &c->out : &c->err;
    const char *text = c->last_words != NULL ? c->last_words : c->session->farewell;
    bytes_add(b, text, strlen(text));
    bytes_add(b, "\r\n", c->pty ? 2 : 0);
    bytes_add(b, "\n", c->pty ? 0 : 1);
}

static void
run_client(struct channel *c)
{
    if (c->resized) {
        c->resized = false;
        client_resize(c->client, c->columns, c->rows);
    }
    fetch(c);
    bool over = client_run(c->client);
    flush(c);
    if (over && !c->ending) {
        if (c->farewell) {
            put_farewell(c);
            flush(c);
        }
        c->ending = true;
        client_abandon(c->client); /* sets status and signal */
        c->client = NULL;
    }
}

void
channel_run(struct channel *c)
{
    if (c->closed) {
        finish(c);
        return;
    }
    if (c->want != WANT_NOTHING && !c->started) {
        start(c);
    }
    if (c->session->ending != NULL) {
        return;
    }
    if (c->client != NULL) {
        run_client(c);
    } else if (c->rpc.front != NULL) {
        run_rpc(c);
    } else {
        flush(c);
    }
    if (c->closed || (c->ending && bytes_waiting(&c->err) == 0 && bytes_waiting(&c->out) == 0)) {
        finish(c);
    }
}

/* A terminal rests when nobody presses a key, anything else when nothing is asked for. */
static bool
is_idle(const struct channel *c)
{
    uint64_t now = c->session->front->now, most = c->session->idle_ms;
    uint64_t most_terminal = c->session->front->settings->terminal_idle_seconds * 1000ull;
    if (c->client != NULL && c->pty) {
        return now - c->active >= (most_terminal < most ? most_terminal : most);
    }
    const struct rpc *r = c->client != NULL ? &c->client->rpc : &c->rpc;
    uint64_t since = c->client != NULL && c->active > r->active ? c->active : r->active;
    return r->front != NULL && r->inflight == 0 && now - since >= most;
}

void
channel_sweep(struct channel *c)
{
    const struct front *f = c->session->front;
    uint64_t most = f->settings->hello_seconds * 1000ull;
    if (c->ending) {
        return;
    }
    if (c->hang_at != 0 && f->now >= c->hang_at && c->client != NULL) {
        c->farewell = true;
        client_hang_up(c->client);
    }
    if (!c->started && f->now - c->born >= most) {
        session_end(c->session, "nothing was asked for on a channel");
    } else if (c->want == WANT_WIRE && !c->rpc.greeted && f->now - c->born >= most) {
        session_end(c->session, "no hello in time");
    } else if (!is_idle(c)) {
        return;
    } else if (c->client != NULL) {
        c->farewell = true;
        c->last_words = "Nothing was asked for a long time. Sign in again.";
        client_hang_up(c->client);
    } else {
        session_dismiss(c->session, "idle", STR("Nothing was asked for a long time. Sign in again."));
    }
}

void
channel_dismiss(struct channel *c)
{
    struct str sentence = str_from(c->session->farewell);
    if (c->client != NULL) {
        rpc_dismiss(&c->client->rpc, sentence);
        c->hang_at = c->session->front->now + CHANNEL_DISMISS_MS;
        c->farewell = c->pty; /* its screens are gone when it has ended; a command says itself why */
    } else {
        rpc_dismiss(&c->rpc, sentence);
    }
}

void
channel_goaway(struct channel *c)
{
    if (c->rpc.front != NULL) {
        rpc_goaway(&c->rpc);
    }
    if (c->client != NULL) {
        rpc_goaway(&c->client->rpc);
    }
    session_touch(c->session);
}

void
channel_hang_up(struct channel *c)
{
    if (c->client != NULL) {
        client_hang_up(c->client);
    }
}

bool
channel_quiet(const struct channel *c)
{
    if (c->rpc.front != NULL) {
        return rpc_quiet(&c->rpc);
    }
    bool line_quiet = c->client == NULL || (c->pty && rpc_quiet(&c->client->rpc));
    return line_quiet && bytes_waiting(&c->out) == 0 && bytes_waiting(&c->err) == 0;
}
