#include "client/cli/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "client/text.h"
#include "common/base/arena.h"
#include "common/base/limits.h"

enum { CTRL_C = 3, LINE = 640 };

static void
say(int fd, const char *text)
{
    ssize_t n = write(fd, text, strlen(text));
    (void)n; /* a prompt that cannot be shown is no reason to stop */
}

struct line {
    char p[LINE];
    size_t n;
};

/* Asks and reads a line. Ctrl-C ends the line instead of the program, so that the terminal's echo is always
   put back. What was typed before the question is thrown away: it was meant for something else. */
static bool
read_line(int tty, const char *prompt, bool hidden, struct line *ret)
{
    struct termios before, now;
    if (tcgetattr(tty, &before) != 0)
        return false;
    now = before;
    now.c_lflag &= ~(tcflag_t)(ISIG | (hidden ? ECHO : 0));
    now.c_cc[VEOL] = CTRL_C;
    (void)tcsetattr(tty, TCSAFLUSH, &now);
    say(tty, prompt);
    ssize_t n;
    do
        n = read(tty, ret->p, sizeof(ret->p));
    while (n < 0 && errno == EINTR);
    bool whole = n > 0 && ret->p[n - 1] == '\n';
    (void)tcsetattr(tty, TCSANOW, &before);
    if (hidden || !whole)
        say(tty, "\n");
    ret->n = whole ? (size_t)n - 1 : 0;
    return whole;
}

/* On the terminal the program belongs to, whatever the standard streams are. */
static bool
ask(const char *prompt, bool hidden, struct line *ret)
{
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty < 0)
        return false;
    bool ok = read_line(tty, prompt, hidden, ret);
    (void)close(tty);
    return ok;
}

bool
ask_secret(const char *prompt, struct secret *ret)
{
    struct line line;
    bool ok = ask(prompt, true, &line);
    if (ok)
        secret_set(ret, line.p, line.n);
    crypt_wipe(&line, sizeof(line));
    return ok;
}

bool
ask_line(struct arena *a, const char *prompt, struct str *ret)
{
    struct line line;
    bool ok = ask(prompt, false, &line);
    if (ok)
        *ret = str_dup(a, str_trim((struct str){line.p, line.n}));
    return ok;
}

enum rc
read_secret_file(const char *path, struct secret *ret, struct err *reterr)
{
    char bytes[LINE];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, bytes, sizeof(bytes)) : -1;
    if (fd >= 0)
        (void)close(fd);
    if (n < 0)
        return err_set(reterr, RC_USAGE, "password", _("could not read %s: %s"), path, strerror(errno));
    const char *end = memchr(bytes, '\n', (size_t)n);
    size_t length = end != NULL ? (size_t)(end - bytes) : (size_t)n;
    if (length > 0 && bytes[length - 1] == '\r')
        length--;
    secret_set(ret, bytes, length);
    crypt_wipe(bytes, sizeof(bytes));
    if (length == 0)
        return err_set(reterr, RC_USAGE, "password", _("the first line of %s is empty"), path);
    return RC_OK;
}

static void
ask_host_key(bool trust, struct link *l, const struct link_question *q)
{
    struct arena a;
    struct str answer = STR_NONE;
    arena_init(&a, 1 << 16, NULL, NULL);
    if (!trust) {
        struct str prompt = str_printf(&a,
                                       _("The host %s (port %d) is new. Its %s key is\n  %s\n"
                                         "Compare it with what the operator told you. Trust it? [yes/no] "),
                                       q->host, q->port, q->key_type, q->fingerprint);
        if (!ask_line(&a, prompt.p, &answer))
            (void)fprintf(stderr, _("bima: %s is new and there is nobody to ask; --yes trusts it\n"),
                          q->host);
        trust = str_eq_c(answer, "yes") || str_eq_c(answer, "y") || str_eq_c(answer, "ndiyo");
    }
    link_answer_host_key(l, trust);
    arena_done(&a);
}

/* What the service says, what was wrong, and what is asked. */
static void
prompt_of(const struct link_question *q, char prompt[LINE])
{
    const char *again = q->attempt > 1 ? _("That was not right. Once more.\n") : "";
    const char *note = q->note != NULL ? q->note : "", *end = q->note != NULL ? "\n" : "";
    int n = snprintf(prompt, LINE, "%s%s%s", again, note, end);
    char *to = prompt + (n < LINE ? n : LINE - 1);
    size_t room = (size_t)(prompt + LINE - to);
    if (q->kind == LINK_ASK_PASSPHRASE)
        (void)snprintf(to, room, _("Passphrase of %s: "), q->key_path);
    else if (q->kind == LINK_ASK_CODE)
        (void)snprintf(to, room, "%s", q->prompt[0] != '\0' ? q->prompt : _("Code: "));
    else
        (void)snprintf(to, room, _("Password of %s at %s: "), q->login, q->host);
}

/* A file is read once: the same code again would be as wrong as before. */
static bool
code_from_file(const struct ask_by *by, const struct link_question *q, struct secret *ret)
{
    struct err err = {0};
    if (q->attempt > 1)
        return false;
    if (read_secret_file(by->code_file, ret, &err) == RC_OK)
        return true;
    (void)fprintf(stderr, "bima: %s\n", err.text);
    return false;
}

void
ask_for_link(void *ask_by, struct link *l, const struct link_question *q)
{
    const struct ask_by *by = ask_by;
    if (q->kind == LINK_ASK_HOST_KEY) {
        ask_host_key(by->trust, l, q);
        return;
    }
    char prompt[LINE];
    struct secret secret;
    secret_new(&secret, LIMIT_PASSWORD);
    prompt_of(q, prompt);
    bool filed = q->kind == LINK_ASK_CODE && by->code_file != NULL;
    if (filed ? code_from_file(by, q, &secret) : ask_secret(prompt, &secret))
        link_answer_secret(l, (struct str){(const char *)secret.p, secret.n});
    else
        link_answer_secret(l, STR_NONE);
    secret_free(&secret);
}
