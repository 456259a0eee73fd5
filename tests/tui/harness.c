#define _GNU_SOURCE
#include "tests/tui/harness.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>
#include <vterm.h>

#include "common/base/utf8.h"

#define MUST(cond, ...)                                                                                      \
    do {                                                                                                     \
        if (!(cond))                                                                                         \
            harness_fail(__VA_ARGS__);                                                                       \
    } while (0)

enum { RAW_MAX = 8 << 20, MARK_MAX = 80, PATIENCE_MS = 20000 };

struct screen {
    pid_t pid;
    int master, slave, rows, cols;
    struct termios before;
    int64_t started_us, first_us, painted_us;
    VTerm *vt;
    VTermScreen *vs;
    struct fake_server server;
    bool has_server, ended, latin1;
    int status;
    char *raw;
    size_t nraw;
    char mark[MARK_MAX]; /* a mark being received */
    size_t nmark;
    bool in_mark;
    uint64_t sent, marked; /* bytes typed; bytes the last mark knew */
    char word[8];          /* of the last mark */
    uint64_t marks;
    int mark_rows, mark_cols;
    char text[32768], line[2048];
};

static int64_t
now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- the child ---- */

static void
run_client(const struct screen_options *o, int fd)
{
    char term[80];
    snprintf(term, sizeof term, "TERM=%s", o->term ? o->term : "xterm-256color");
    char locale[80];
    snprintf(locale, sizeof locale, "LC_ALL=%s", o->locale ? o->locale : "C.UTF-8");
    char *const env[] = {term,
                         locale,
                         (char *)(uintptr_t) "LOCPATH=" BIMA_TEST_LOCALES,
                         (char *)(uintptr_t) "BIMA_IDLE_FD=1",
                         (char *)(uintptr_t) "HOME=/nonexistent",
                         (char *)(uintptr_t) "ASAN_OPTIONS=color=never",
                         (char *)(uintptr_t)o->env,
                         NULL};
    if (fd != 3)
        dup2(fd, 3);
    else
        fcntl(fd, F_SETFD, 0);
    execle(BIMA_TUI_CLIENT, "bima", o->sign_in ? "alone" : "line", o->theme ? o->theme : "", NULL, env);
    _exit(98);
}

struct screen *
screen_start(const struct screen_options *o)
{
    struct screen *s = calloc(1, sizeof *s);
    int pair[2];
    MUST(s && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0, "no socket");
    s->rows = o->rows ? o->rows : 24;
    s->cols = o->cols ? o->cols : 80;
    s->raw = malloc(RAW_MAX);
    struct winsize w = {.ws_row = (unsigned short)s->rows, .ws_col = (unsigned short)s->cols};
    int slave;
    MUST(openpty(&s->master, &slave, NULL, NULL, &w) == 0, "no pseudo-terminal");
    tcgetattr(slave, &s->before);
    s->slave = slave; /* kept open: the settings can be read after the client has gone */
    s->started_us = now_us();
    s->pid = fork();
    if (s->pid == 0) { /* no assertion in here: the test runner's line is not the child's */
        login_tty(slave);
        run_client(o, pair[1]);
    }
    MUST(s->pid > 0 && s->raw, "no process");
    close(pair[1]);
    fcntl(s->master, F_SETFL, O_NONBLOCK);
    fcntl(pair[0], F_SETFL, O_NONBLOCK);
    s->has_server = !o->sign_in;
    s->latin1 = o->locale && strstr(o->locale, "8859-1");
    fake_start(&s->server, pair[0], o->as);
    s->vt = vterm_new(s->rows, s->cols);
    vterm_set_utf8(s->vt, 1);
    s->vs = vterm_obtain_screen(s->vt);
    vterm_screen_enable_altscreen(s->vs, 1);
    vterm_screen_reset(s->vs, 1);
    screen_idle(s);
    return s;
}

struct screen *
screen_home(void)
{
    return screen_start(&(struct screen_options){.rows = 24, .cols = 80});
}

void
screen_stop(struct screen *s)
{
    if (!s->ended) {
        kill(s->pid, SIGKILL);
        while (waitpid(s->pid, &s->status, 0) < 0 && errno == EINTR)
            ;
    }
    close(s->master);
    close(s->slave);
    fake_stop(&s->server);
    vterm_free(s->vt);
    free(s->raw);
    free(s);
}

struct fake_server *
screen_server(struct screen *s)
{
    return &s->server;
}

pid_t
screen_pid(struct screen *s)
{
    return s->pid;
}

pid_t
screen_child(struct screen *s)
{
    char path[64], text[64] = "";
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", s->pid, s->pid);
    int fd = open(path, O_RDONLY);
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    MUST(n > 0, "the supervisor has no child");
    return (pid_t)strtol(text, NULL, 10);
}

/* ---- what the client writes ---- */

/* A mark is "ESC ] 9 ; word bytes RxC BEL"; everything else goes to the terminal. */
static void
take_mark(struct screen *s)
{
    unsigned long long bytes = 0;
    s->mark[s->nmark] = 0;
    if (sscanf(s->mark, "\033]9;%7s %llu %dx%d", s->word, &bytes, &s->mark_rows, &s->mark_cols) == 4) {
        s->marked = bytes;
        s->marks++;
    }
    s->in_mark = false;
    s->nmark = 0;
}

/* The terminal speaks one character set or the other; its screen is read as UTF-8. */
static void
show_bytes(struct screen *s, const char *p, size_t n)
{
    if (!s->latin1) {
        vterm_input_write(s->vt, p, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        char utf8[4];
        vterm_input_write(s->vt, utf8, utf8_put((unsigned char)p[i], utf8));
    }
}

static void
take_bytes(struct screen *s, const char *p, size_t n)
{
    static const char intro[] = "\033]9;";
    int64_t now = now_us();
    for (size_t i = 0; i < n; i++) {
        char c = p[i];
        if (s->in_mark) {
            if (c == '\007')
                take_mark(s);
            else if (s->nmark + 1 < MARK_MAX)
                s->mark[s->nmark++] = c;
            continue;
        }
        s->mark[s->nmark++] = c;
        size_t len = s->nmark;
        if (len <= 4 && !memcmp(s->mark, intro, len)) {
            s->in_mark = len == 4;
            continue;
        }
        show_bytes(s, s->mark, len);
        s->painted_us = now;
        if (s->nraw + len < RAW_MAX) {
            memcpy(s->raw + s->nraw, s->mark, len);
            s->nraw += len;
        }
        s->nmark = 0;
    }
}

static bool
is_blank(struct screen *s)
{
    for (int y = 0; y < s->rows; y++)
        if (screen_line(s, y)[0])
            return false;
    return true;
}

static bool
pump_for(struct screen *s, int ms)
{
    struct pollfd p[2] = {
        {s->master,                         POLLIN, 0},
        {s->has_server ? s->server.fd : -1, POLLIN, 0}
    };
    char bytes[4096];
    if (poll(p, 2, ms) <= 0)
        return false;
    if (p[1].revents && !fake_pump(&s->server)) {
        s->has_server = false;
        close(s->server.fd);
        s->server.fd = -1;
    }
    if (!p[0].revents)
        return true;
    ssize_t n = read(s->master, bytes, sizeof bytes);
    if (n > 0)
        take_bytes(s, bytes, (size_t)n);
    if (!s->first_us && !is_blank(s))
        s->first_us = s->painted_us - s->started_us;
    return n > 0 || errno == EAGAIN || errno == EINTR;
}

static bool
pump(struct screen *s)
{
    return pump_for(s, PATIENCE_MS);
}

static void
wait_word(struct screen *s, const char *word)
{
    while (s->marked < s->sent || strcmp(s->word, word) != 0 || s->mark_rows != s->rows ||
           s->mark_cols != s->cols)
        MUST(pump(s), "the client does not come to \"%s\" (%s, %llu of %llu bytes taken):\n%s", word, s->word,
             (unsigned long long)s->marked, (unsigned long long)s->sent, screen_text(s));
}

void
screen_idle(struct screen *s)
{
    wait_word(s, "idle");
}

void
screen_waiting(struct screen *s)
{
    wait_word(s, "wait");
    while (s->has_server && s->server.hold &&
           s->server.nheld == 0) /* it waits, but its call is still on the way */
        MUST(pump(s), "no call comes");
}

void
screen_send(struct screen *s, const char *keys, size_t n)
{
    s->word[0] = 0; /* only a mark written from now on counts */
    while (n > 0) {
        ssize_t w = write(s->master, keys, n);
        if (w > 0) {
            keys += w;
            n -= (size_t)w;
            s->sent += (uint64_t)w;
        } else {
            MUST(pump(s), "the client takes no keys");
        }
    }
}

void
screen_type(struct screen *s, const char *keys)
{
    screen_send(s, keys, strlen(keys));
    screen_idle(s);
}

void
screen_type_apart(struct screen *s, const char *keys)
{
    for (; *keys; keys++) {
        int unread = 1;
        screen_send(s, keys, 1);
        while (unread > 0) {
            (void)pump_for(s, 1);
            MUST(ioctl(s->slave, FIONREAD, &unread) == 0, "the terminal has gone");
        }
    }
    screen_idle(s);
}

void
screen_resize(struct screen *s, int rows, int cols)
{
    struct winsize w = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    s->rows = rows;
    s->cols = cols;
    vterm_set_size(s->vt, rows, cols);
    ioctl(s->master, TIOCSWINSZ, &w);
}

void
screen_cut(struct screen *s)
{
    s->word[0] = 0;
    s->has_server = false;
    close(s->server.fd);
    s->server.fd = -1;
    screen_idle(s);
}

int
screen_wait_end(struct screen *s)
{
    while (waitpid(s->pid, &s->status, WNOHANG) == 0)
        (void)pump_for(s, 20);
    s->ended = true;
    while (pump_for(s, 0))
        ;
    return WIFEXITED(s->status) ? WEXITSTATUS(s->status) : 128 + WTERMSIG(s->status);
}

void
screen_drain(struct screen *s, int process)
{
    struct pollfd p = {process, POLLIN, 0};
    while (poll(&p, 1, 0) == 0)
        (void)pump_for(s, 20);
    while (pump_for(s, 0))
        ;
}

void
screen_reap(struct screen *s)
{
    while (waitpid(s->pid, &s->status, 0) < 0 && errno == EINTR)
        ;
    s->ended = true;
}

struct termios
screen_before(struct screen *s)
{
    return s->before;
}

struct termios
screen_termios(struct screen *s)
{
    struct termios t;
    tcgetattr(s->slave, &t);
    return t;
}

int64_t
screen_first_us(struct screen *s)
{
    return s->first_us;
}

int64_t
screen_painted_us(struct screen *s)
{
    return s->painted_us;
}

/* ---- what stands there ---- */

const char *
screen_line(struct screen *s, int row)
{
    size_t n = 0, end = 0;
    for (int x = 0; x < s->cols; x++) {
        VTermScreenCell cell;
        vterm_screen_get_cell(s->vs, (VTermPos){.row = row, .col = x}, &cell);
        uint32_t cp = cell.chars[0];
        if (cp == UINT32_MAX)
            continue;
        n += utf8_put(cp ? cp : ' ', s->line + n);
        if (cp && cp != ' ')
            end = n;
    }
    s->line[end] = 0;
    return s->line;
}

const char *
screen_text(struct screen *s)
{
    size_t n = 0;
    for (int y = 0; y < s->rows; y++)
        n += (size_t)snprintf(s->text + n, sizeof s->text - n, "%s\n", screen_line(s, y));
    return s->text;
}

bool
screen_has(struct screen *s, const char *text)
{
    return strstr(screen_text(s), text) != NULL;
}

void
screen_cursor(struct screen *s, int *ret_row, int *ret_col)
{
    VTermPos pos;
    vterm_state_get_cursorpos(vterm_obtain_state(s->vt), &pos);
    *ret_row = pos.row;
    *ret_col = pos.col;
}

char
screen_at_cursor(struct screen *s)
{
    int row, col;
    screen_cursor(s, &row, &col);
    VTermScreenCell cell;
    vterm_screen_get_cell(s->vs, (VTermPos){.row = row, .col = col}, &cell);
    return cell.chars[0] && cell.chars[0] < 128 ? (char)cell.chars[0] : ' ';
}

size_t
screen_bytes(struct screen *s)
{
    return s->nraw;
}

const char *
screen_raw(struct screen *s, size_t *ret_n)
{
    *ret_n = s->nraw;
    return s->raw;
}
