#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "client/plain/private.h"
#include "common/base/utf8.h"
#include "common/crypt/crypt.h"
#include "common/value/number.h"

enum { LEAST_COLUMNS = 20, MOST_ROWS = 1000, INDENT = 2, BURST_MS = 20 };

void
io_open(struct io *io)
{
    sigset_t breaks;
    int64_t rows = 0;
    *io = (struct io){.tty_in = isatty(STDIN_FILENO), .tty_out = isatty(STDOUT_FILENO), .signals = -1};
    io->utf8 = !io->tty_out || strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    io->latin1 = io->tty_out && strcmp(nl_langinfo(CODESET), "ISO-8859-1") == 0;
    const char *lines = getenv("LINES");
    if (lines != NULL &&
        number_parse(str_from(lines), IO_MORE_LEAST, MOST_ROWS, "LINES", &rows, NULL) == RC_OK)
        io->rows = (int)rows;
    if (!io->tty_in)
        return;
    sigemptyset(&breaks);
    sigaddset(&breaks, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &breaks, NULL);
    io->signals = signalfd(-1, &breaks, SFD_CLOEXEC | SFD_NONBLOCK);
}

void
io_close(struct io *io)
{
    (void)fflush(stdout);
    crypt_wipe(io->typed, sizeof(io->typed));
    if (io->signals >= 0)
        (void)close(io->signals);
}

/* ---- out ---- */

static size_t
columns_now(const struct io *io)
{
    struct winsize size;
    if (!io->tty_out || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return PLAIN_COLUMNS;
    size_t columns = size.ws_col < PLAIN_COLUMNS ? size.ws_col : PLAIN_COLUMNS;
    return columns < LEAST_COLUMNS ? LEAST_COLUMNS : columns;
}

/* Blanks that stand between two things, as in a table. */
static bool
is_gap(struct str s, size_t at)
{
    size_t end = at;
    while (end < s.n && s.p[end] == ' ')
        end++;
    bool inside = at > 0 && s.p[at - 1] != ' ' && end < s.n;
    return inside && end - at > 1 && memchr(".,:;", s.p[at - 1], 4) == NULL;
}

/* What a voice would stumble over is written as it is said; what the terminal can't show becomes '?'. */
static struct str
spoken(struct plain *p, struct arena *a, struct str s)
{
    struct buf b;
    buf_init(&b, a, s.n + 8);
    for (size_t at = 0; at < s.n;) {
        size_t from = at;
        uint32_t cp = utf8_next(s, &at);
        if (cp == 0xb7) { /* middle dot: a comma, without the blank before it */
            b.n -= b.n > 0 && b.p[b.n - 1] == ' ';
            buf_add_char(&b, ',');
        } else if (cp == ' ' && is_gap(s, from)) {
            while (at < s.n && s.p[at] == ' ')
                at++;
            buf_add_str(&b, STR(", "));
        } else if (cp == 0x2192) {
            buf_add_str(&b, STR("to"));
        } else if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0)) {
            buf_add_char(&b, ' ');
        } else if (cp >= 0xa0 && cp <= 0xff && p->io.latin1) {
            buf_add_char(&b, (char)cp);
        } else if (cp >= 0x80 && !p->io.utf8) {
            buf_add_char(&b, '?');
        } else {
            buf_add(&b, s.p + from, at - from);
        }
    }
    return buf_str(&b);
}

static void
put(struct str s)
{
    (void)fwrite(s.p, 1, s.n, stdout);
}

static bool read_line(struct plain *p, struct str prompt, struct str *ret, enum heard *heard);
static void forget_line(struct io *io, struct str line);

/* Only where somebody asked for pages. */
static void
pause_when_full(struct plain *p)
{
    struct io *io = &p->io;
    struct str answer = STR_NONE;
    enum heard heard = HEARD_LINE;
    if (io->rows == 0 || !io->tty_in || io->skip || io->line + 1 < io->rows)
        return;
    bool typed = read_line(p, str_from(_("-- more -- ")), &answer, &heard);
    io->line = 0;
    io->skip = !typed || str_eq_c(str_trim(answer), "q");
    if (typed)
        forget_line(io, answer);
}

static void
put_line(struct plain *p, struct str s, bool indented)
{
    pause_when_full(p);
    if (p->io.skip)
        return;
    if (indented)
        put(STR("  "));
    put(s);
    put(STR("\n"));
    p->io.line++;
}

/* The longest part that fits and ends before a blank. */
static struct str
part_that_fits(struct str s, size_t columns)
{
    struct str part = utf8_fit(s, columns);
    if (part.n == s.n)
        return part;
    size_t cut = part.n;
    if (s.p[cut] != ' ')
        while (cut > 0 && s.p[cut - 1] != ' ')
            cut--;
    return str_slice(s, 0, cut > 0 ? cut : part.n);
}

static void
put_wrapped(struct plain *p, struct str s)
{
    size_t columns = columns_now(&p->io);
    bool first = true;
    while (s.n > 0 && s.p[s.n - 1] == ' ')
        s.n--;
    do {
        struct str part = part_that_fits(s, first ? columns : columns - INDENT);
        s = str_slice(s, part.n, s.n);
        while (s.n > 0 && s.p[0] == ' ')
            s = str_slice(s, 1, s.n);
        while (part.n > 0 && part.p[part.n - 1] == ' ')
            part.n--;
        put_line(p, part, !first);
        first = false;
    } while (s.n > 0);
}

void
say_text(struct plain *p, struct str text)
{
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    while (text.n > 0)
        put_wrapped(p, spoken(p, &a, str_split(&text, '\n')));
    arena_done(&a);
}

void
say(struct plain *p, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    char *text = arena_alloc(&a, (size_t)n + 1);
    (void)vsnprintf(text, (size_t)n + 1, fmt, again);
    va_end(again);
    put_wrapped(p, spoken(p, &a, (struct str){text, (size_t)n}));
    arena_done(&a);
}

/* ---- in ---- */

static bool
whole_line(struct io *io, struct str *ret)
{
    const char *end = memchr(io->typed, '\n', io->n);
    bool whole = end != NULL || io->n == sizeof(io->typed) || (io->end && io->n > 0);
    if (whole)
        *ret = (struct str){io->typed, end != NULL ? (size_t)(end - io->typed) : io->n};
    return whole;
}

static void
forget_line(struct io *io, struct str line)
{
    size_t took = line.n + (line.n < io->n && io->typed[line.n] == '\n');
    memmove(io->typed, io->typed + took, io->n - took);
    io->n -= took;
}

static void
read_some(struct io *io)
{
    ssize_t n = read(STDIN_FILENO, io->typed + io->n, sizeof(io->typed) - io->n);
    if (n > 0)
        io->n += (size_t)n;
    else if (n == 0 || errno != EINTR)
        io->end = true;
}

/* Sleeps until something is typed; the link is kept going. True on Ctrl-C. */
static bool
wait_for_typing(struct plain *p)
{
    struct pollfd fds[] = {
        {.fd = STDIN_FILENO,                            .events = POLLIN},
        {.fd = p->io.signals,                           .events = POLLIN},
        {.fd = p->link != NULL ? link_fd(p->link) : -1,
         .events = p->link != NULL ? link_events(p->link) : (short)0    },
    };
    struct signalfd_siginfo info;
    bool asks = p->link != NULL && link_question(p->link) != NULL; /* answered with the next request */
    if (asks)
        fds[2].fd = -1;
    if (poll(fds, COUNTOF(fds), p->link != NULL && !asks ? link_timeout(p->link) : -1) < 0)
        return false;
    if (p->link != NULL && !asks)
        (void)link_pump(p->link);
    if (fds[1].revents != 0 && read(p->io.signals, &info, sizeof(info)) > 0)
        return true;
    if (fds[0].revents != 0)
        read_some(&p->io);
    return false;
}

/* The line stays in the buffer until forget_line. */
static bool
read_line(struct plain *p, struct str prompt, struct str *ret, enum heard *heard)
{
    put(prompt);
    (void)fflush(stdout);
    while (!whole_line(&p->io, ret)) {
        bool broken = !p->io.end && wait_for_typing(p);
        if (broken || (p->io.end && p->io.n == 0)) {
            *heard = broken ? HEARD_BREAK : HEARD_END;
            put(STR("\n"));
            return false;
        }
    }
    *heard = HEARD_LINE;
    return true;
}

/* What was typed, as UTF-8. */
static struct str
typed_text(const struct io *io, struct arena *a, struct str line)
{
    struct buf b;
    char utf8[4];
    if (!io->latin1 || !io->tty_in)
        return str_dup(a, str_trim(line));
    buf_init(&b, a, 2 * line.n + 1);
    for (size_t i = 0; i < line.n; i++)
        buf_add(&b, utf8, utf8_put((unsigned char)line.p[i], utf8));
    return str_trim(buf_str(&b));
}

enum heard
hear(struct plain *p, struct arena *a, struct str prompt, struct str *ret)
{
    struct io *io = &p->io;
    enum heard heard = HEARD_LINE;
    struct str line = STR_NONE;
    struct arena t;
    io->line = 0;
    io->skip = false;
    arena_init(&t, SIZE_MAX, NULL, NULL);
    prompt = spoken(p, &t, prompt);
    while (read_line(p, prompt, &line, &heard)) {
        struct str text = typed_text(io, a, line);
        forget_line(io, line);
        if (!io->tty_in) /* nobody saw it typed: the transcript shall be readable all the same */
            say(p, "%.*s", STR_ARG(text));
        io->line = 0;
        if (utf8_valid(text)) {
            *ret = text;
            break;
        }
        say(p, "%s", _("That is no UTF-8 text; it was not taken."));
    }
    arena_done(&t);
    return heard;
}

enum heard
hear_secret(struct plain *p, struct str prompt, struct secret *ret)
{
    struct io *io = &p->io;
    enum heard heard = HEARD_LINE;
    struct str line = STR_NONE;
    struct arena t;
    secret_new(ret, LIMIT_PASSWORD);
    if (io->tty_in) {
        (void)fflush(stdout);
        arena_init(&t, SIZE_MAX, NULL, NULL);
        bool typed = ask_secret(str_dup(&t, prompt).p, ret);
        arena_done(&t);
        return typed ? HEARD_LINE : HEARD_BREAK;
    }
    if (!read_line(p, prompt, &line, &heard))
        return heard;
    secret_set(ret, line.p, line.n > 0 && line.p[line.n - 1] == '\r' ? line.n - 1 : line.n);
    forget_line(io, line);
    put(STR("\n"));
    return heard;
}

/* Lines of one burst come a moment apart. */
static bool
more_comes(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&input, 1, BURST_MS) > 0;
}

void
io_drop_typed(struct plain *p)
{
    struct io *io = &p->io;
    size_t lines = 0;
    if (!io->tty_in)
        return;
    while (io->n < sizeof(io->typed) && !io->end && more_comes())
        read_some(io);
    for (size_t i = 0; i < io->n; i++)
        lines += io->typed[i] == '\n';
    (void)tcflush(STDIN_FILENO, TCIFLUSH);
    io->n = 0;
    if (lines > 0)
        say(p, ngettext("%zu line typed ahead was dropped.", "%zu lines typed ahead were dropped.", lines),
            lines);
}
