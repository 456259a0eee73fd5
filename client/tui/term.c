#define _GNU_SOURCE
#include "client/tui/term.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <term.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "common/base/attr.h"

static struct {
    SCREEN *screen;
    sigset_t waiting; /* the mask while term_wait sleeps */
    int cursor_y, cursor_x;
    int mark_fd;
    bool hung_up;
    int tty_ready;
} term = {.mark_fd = -1};

static volatile sig_atomic_t new_size, ended;

int64_t
term_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
on_signal(int sig)
{
    if (sig == SIGWINCH)
        new_size = 1;
    else
        ended = 1;
}

/* ---- supervisor ---- */

static volatile sig_atomic_t child_pid;

static void
pass_on(int sig)
{
    if (child_pid > 0)
        kill((pid_t)child_pid, sig);
}

/* What puts any of our terminals right again; asked of terminfo before anything can go wrong. */
static void
restore_text(char *out, size_t size)
{
    static const char *const caps[] = {"rmkx", "cnorm", "sgr0", "rmacs", "rmcup"};
    size_t n = 0;
    int bad;
    out[0] = 0;
    if (setupterm(NULL, STDOUT_FILENO, &bad) != OK)
        return;
    for (size_t i = 0; i < COUNTOF(caps); i++) {
        const char *cap = tigetstr(caps[i]);
        if (cap && cap != (const char *)-1 && n + strlen(cap) < size)
            n += (size_t)snprintf(out + n, size - n, "%s", cap);
    }
    (void)del_curterm(cur_term);
    /* padding of hardware terminals is of no use here */
    char *pad;
    while ((pad = strstr(out, "$<")) && strchr(pad, '>'))
        memmove(pad, strchr(pad, '>') + 1, strlen(strchr(pad, '>')));
}

static void
put_all(int fd, const char *text)
{
    size_t n = strlen(text);
    while (n > 0) {
        ssize_t w = write(fd, text, n);
        if (w <= 0)
            return;
        text += w;
        n -= (size_t)w;
    }
}

/* Terminals that mark pastes have no word for it in their descriptions; the hardware of old and the Linux
   console would print what they are told. */
static bool
marks_pastes(void)
{
    const char *name = getenv("TERM");
    return name && strncmp(name, "vt", 2) != 0 && strcmp(name, "linux") != 0;
}

int
term_supervise(void)
{
    struct termios before;
    if (tcgetattr(STDIN_FILENO, &before) != 0)
        return -1;
    char restore[256];
    restore_text(restore, sizeof restore);
    pid_t pid = fork();
    if (pid < 0)
        return -1;
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGHUP);
        return -1;
    }
    child_pid = pid;
    struct sigaction sa = {.sa_handler = pass_on};
    sigaction(SIGTERM, &sa, NULL);
    sigaction(SIGHUP, &sa, NULL);
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    signal(SIGTSTP, SIG_IGN);
    signal(SIGTTOU, SIG_IGN);
    int status;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (marks_pastes())
        put_all(STDOUT_FILENO, "\033[?2004l");
    put_all(STDOUT_FILENO, restore);
    if (WIFSIGNALED(status)) {
        fprintf(stderr, "\r\nbima: ended by signal %d; your terminal is as before\r\n", WTERMSIG(status));
        return 70;
    }
    return WEXITSTATUS(status);
}

/* ---- start and end ---- */

static void
fix_locale(void)
{
    setlocale(LC_ALL, "");
    if (!strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968"))
        setlocale(LC_CTYPE, "C.UTF-8");
}

static void
define_keys(struct key_decoder *d)
{
    static const struct {
        const char *cap;
        enum key_code code;
    } caps[] = {
        {"kcuu1", K_UP     },
        {"kcud1", K_DOWN   },
        {"kcub1", K_LEFT   },
        {"kcuf1", K_RIGHT  },
        {"khome", K_HOME   },
        {"kend",  K_END    },
        {"kpp",   K_PGUP   },
        {"knp",   K_PGDN   },
        {"kich1", K_INSERT },
        {"kdch1", K_DELETE },
        {"kcbt",  K_BACKTAB},
        {"kent",  K_ENTER  },
    };
    for (size_t i = 0; i < COUNTOF(caps); i++) {
        const char *seq = tigetstr(caps[i].cap);
        if (seq && seq != (const char *)-1)
            key_define(d, seq, caps[i].code);
    }
    for (int n = 1; n <= 12; n++) {
        char cap[8];
        snprintf(cap, sizeof cap, "kf%d", n);
        const char *seq = tigetstr(cap);
        if (seq && seq != (const char *)-1)
            key_define(d, seq, K_F(n));
    }
}

static void
catch_signals(void)
{
    sigset_t block;
    sigemptyset(&block);
    sigaddset(&block, SIGWINCH);
    sigaddset(&block, SIGTERM);
    sigaddset(&block, SIGHUP);
    sigprocmask(SIG_BLOCK, &block, &term.waiting);
    sigdelset(&term.waiting, SIGWINCH);
    sigdelset(&term.waiting, SIGTERM);
    sigdelset(&term.waiting, SIGHUP);
    struct sigaction sa = {.sa_handler = on_signal};
    sigaction(SIGWINCH, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);
    sigaction(SIGHUP, &sa, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static void
open_mark(void)
{
    const char *fd = getenv("BIMA_IDLE_FD");
    if (fd && *fd >= '0' && *fd <= '9')
        term.mark_fd = (int)strtol(fd, NULL, 10);
    if (term.mark_fd >= 0 && fcntl(term.mark_fd, F_GETFD) < 0)
        term.mark_fd = -1;
}

enum rc
term_open(enum theme theme, struct key_decoder *d, struct err *reterr)
{
    fix_locale();
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return err_set(reterr, RC_UNAVAILABLE, NULL, "the screens need a terminal; give a command instead");
    catch_signals();
    term.screen = newterm(NULL, stdout, stdin);
    if (!term.screen)
        return err_set(reterr, RC_UNAVAILABLE, NULL,
                       "this terminal (TERM) is not known here; try TERM=vt100");
    set_term(term.screen);
    raw();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    typeahead(-1);
    theme_start(theme);
    key_init(d, getenv("SSH_CONNECTION") ? 300 : 25);
    d->latin1 = !strcmp(nl_langinfo(CODESET), "ISO-8859-1");
    define_keys(d);
    open_mark();
    if (marks_pastes())
        put_all(STDOUT_FILENO, "\033[?2004h");
    return RC_OK;
}

void
term_close(void)
{
    if (!term.screen)
        return;
    if (marks_pastes())
        put_all(STDOUT_FILENO, "\033[?2004l");
    endwin();
    delscreen(term.screen);
    term.screen = NULL;
}

/* What a shell starts as a job has a process group of its own; what is started in place of a shell, or by one
   that only runs commands, is in the group of the session. */
bool
term_may_suspend(void)
{
    return getpgrp() != getsid(0);
}

void
term_suspend(void)
{
    if (marks_pastes())
        put_all(STDOUT_FILENO, "\033[?2004l");
    endwin();
    kill(0, SIGSTOP); /* the whole job, or the shell would wait for the supervisor */
    if (marks_pastes())
        put_all(STDOUT_FILENO, "\033[?2004h");
    new_size = 1;
    clearok(curscr, TRUE);
    refresh();
}

void
term_size(int *ret_rows, int *ret_cols)
{
    getmaxyx(stdscr, *ret_rows, *ret_cols);
}

bool
term_resized(void)
{
    if (!new_size)
        return false;
    new_size = 0;
    struct winsize w;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_row > 0 && w.ws_col > 0)
        resizeterm(w.ws_row, w.ws_col);
    return true;
}

bool
term_ended(void)
{
    return ended || term.hung_up;
}

short
term_wait(int fd, short events, int timeout_ms)
{
    struct pollfd p[2] = {
        {STDIN_FILENO, POLLIN, 0},
        {fd,           events, 0}
    };
    struct timespec t = {timeout_ms / 1000, (long)(timeout_ms % 1000) * 1000000};
    int n = ppoll(p, fd >= 0 ? 2 : 1, timeout_ms < 0 ? NULL : &t, &term.waiting);
    term.tty_ready = n > 0 && p[0].revents;
    return n > 0 && fd >= 0 ? p[1].revents : 0;
}

int
term_read(unsigned char *out, int room)
{
    struct pollfd p = {STDIN_FILENO, POLLIN, 0};
    if (room <= 0 || (!term.tty_ready && poll(&p, 1, 0) <= 0))
        return 0;
    term.tty_ready = 0;
    ssize_t n = read(STDIN_FILENO, out, (size_t)room);
    if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
        term.hung_up = true;
    return n > 0 ? (int)n : 0;
}

/* ---- painting ---- */

void
term_begin(void)
{
    attr_set(A_NORMAL, 0, NULL);
    erase();
}

void
term_cursor(int y, int x)
{
    term.cursor_y = y;
    term.cursor_x = x;
}

void
term_show(void)
{
    move(term.cursor_y, term.cursor_x);
    wnoutrefresh(stdscr);
    doupdate();
}

void
term_bell(void)
{
    beep();
}

void
term_repaint(void)
{
    clearok(curscr, TRUE);
}

void
term_mark(const char *word, uint64_t bytes_read)
{
    if (term.mark_fd < 0)
        return;
    char text[64];
    int rows, cols;
    term_size(&rows, &cols);
    snprintf(text, sizeof text, "\033]9;%s %llu %dx%d\007", word, (unsigned long long)bytes_read, rows, cols);
    put_all(term.mark_fd, text);
}
