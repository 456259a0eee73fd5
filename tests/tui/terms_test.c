/* The same walk on every terminal in every character set; what a bad line and a bad end do to it. */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "tests/tui/harness.h"
#include "tests/tui/terms_sequences.h"

#define LATIN1 "en_GB.ISO-8859-1"

static void
check_sequences(struct screen *s, const char *term)
{
    static struct sequences known;
    size_t n;
    cr_assert(sequences_read(&known, term), "no description of %s", term);
    if (strncmp(term, "vt", 2) != 0 && strcmp(term, "linux") != 0) /* pastes: in no description */
        for (size_t i = 0; i < 2; i++)
            snprintf(known.known[known.n++], SEQUENCE_TEXT, "[?2004%c", "hl"[i]);
    const char *raw = screen_raw(s, &n), *unknown = sequences_unknown(&known, raw, n);
    cr_assert_null(unknown, "%s does not know ESC %s", term, unknown);
}

static void
same_words(struct screen *a, struct screen *b, const char *after)
{
    char *x = screen_words(a), *y = screen_words(b);
    cr_assert_str_eq(x, y, "after \"%s\":\n%s", after, screen_text(a));
    free(x);
    free(y);
}

Test(sequences, are_known_or_not_by_the_description)
{
    static struct sequences vt100, xterm;
    cr_assert(sequences_read(&vt100, "vt100") && sequences_read(&xterm, "xterm-256color"));
    cr_assert_null(sequences_unknown(&vt100, "\033[5;7Hx\033[K\033[0;7m\033(B", 19));
    cr_assert_str_eq(sequences_unknown(&vt100, "x\033[31m", 6), "[m", "it has no colours");
    cr_assert_str_eq(sequences_unknown(&vt100, "\033[?1049h", 8), "[?1049h");
    cr_assert_str_eq(sequences_unknown(&vt100, "\033[4G", 4), "[G");
    cr_assert_null(sequences_unknown(&xterm, "\033[38;5;3m\033[?1049h\033[4G", 21));
    cr_assert_str_eq(sequences_unknown(&vt100, "\033[?2004h", 8), "[?2004h");
    cr_assert(sequences_unknown(&xterm, "\001", 1));
}

/* Sign-in, home, what was found, a list, a record and its history, a form and what is saved of it. */
static void
walk(const char *term, const char *locale)
{
    static const char *const steps[] = {"customers" ENTER,
                                        DOWN DOWN,
                                        ENTER,
                                        ESC "-",
                                        ESC "3",
                                        "t337dse" ENTER,
                                        ESC "2",
                                        ESC "=",
                                        ESC "3",
                                        "new vehicle" ENTER,
                                        DOWN,
                                        ESC "4",
                                        DOWN ENTER,
                                        ESC "1",
                                        ESC "=",
                                        ESC "3",
                                        "2"};
    struct screen *s = screen_start(&(struct screen_options){.term = term, .locale = locale});
    struct screen *like = screen_home();
    same_words(s, like, "the start");
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        screen_type(s, steps[i]);
        screen_type(like, steps[i]);
        same_words(s, like, steps[i]);
    }
    bool latin1 = locale && !strcmp(locale, LATIN1);
    screen_type(s, "new customer" ENTER ENTER);
    screen_type(s, latin1 ? "Zo\xeb" : "Zo\xc3\xab");
    screen_type(s, ENTER "0655 010 203" ESC "0");
    EXPECT_TEXT(s, "Saved: Customer Zo\xc3\xab");
    screen_send(s, ESC "3sign out" ENTER, 11);
    cr_assert_eq(screen_wait_end(s), 0);
    struct termios before = screen_before(s), after = screen_termios(s);
    cr_assert_eq(before.c_lflag, after.c_lflag);
    cr_assert_eq(before.c_iflag, after.c_iflag);
    check_sequences(s, term);
    screen_stop(s);
    screen_stop(like);
}

#define WALKS(name, term)                                                                                    \
    Test(walk, name##_in_utf8)                                                                               \
    {                                                                                                        \
        walk(term, NULL);                                                                                    \
    }                                                                                                        \
    Test(walk, name##_in_latin1)                                                                             \
    {                                                                                                        \
        walk(term, LATIN1);                                                                                  \
    }                                                                                                        \
    Test(walk, name##_in_no_locale)                                                                          \
    {                                                                                                        \
        walk(term, "C");                                                                                     \
    }

WALKS(vt100, "vt100")
WALKS(vt220, "vt220")
WALKS(linux_console, "linux")
WALKS(xterm, "xterm")
WALKS(xterm_256color, "xterm-256color")
WALKS(screen, "screen")
WALKS(tmux_256color, "tmux-256color")
WALKS(putty, "putty")

static void
sign_in_on(const char *term)
{
    struct screen *s = screen_start(&(struct screen_options){.term = term, .sign_in = true});
    struct screen *like = screen_start(&(struct screen_options){.sign_in = true});
    same_words(s, like, "the start");
    screen_type(s, ENTER);
    screen_type(like, ENTER);
    same_words(s, like, "Enter");
    screen_send(s, ESC "=", 2);
    cr_assert_eq(screen_wait_end(s), 0);
    check_sequences(s, term);
    screen_stop(s);
    screen_stop(like);
}

Test(sign_in, is_the_same_on_every_terminal)
{
    static const char *const terms[] = {"vt100",  "vt220", "linux",        "xterm",
                                        "screen", "putty", "tmux-256color"};
    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++)
        sign_in_on(terms[i]);
}

/* ---- keys as the descriptions have them ---- */

static void
keys_of(const char *term)
{
    static const struct {
        const char *cap, *before, *shows;
    } keys[] = {
        {"kf1",   "",                                         "again for more"          },
        {"kf2",   "",                                         "Words"                   },
        {"kf4",   "new vehicle" ENTER DOWN,                   "motorcycle"              },
        {"kf6",   "",                                         "Payment"                 },
        {"kcud1", "new customer" ENTER ENTER "x" ENTER,       "National identity number"},
        {"kcuu1", "new customer" ENTER ENTER "x" ENTER ENTER, "Any spelling"            },
        {"kf10",  "new customer" ENTER,                       "Name, Phone"             },
        {"knp",   "customers" ENTER,                          ">__    Customer 13"      },
        {"kcbt",  "new customer" ENTER ENTER ENTER,           "Family and given names"  },
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        char bytes[SEQUENCE_TEXT];
        if (!sequences_key(term, keys[i].cap, bytes))
            continue;
        struct screen *s = screen_start(&(struct screen_options){.term = term, .theme = "mono"});
        if (keys[i].before[0])
            screen_type(s, keys[i].before);
        cr_assert_not(screen_has(s, keys[i].shows), "before %s:\n%s", keys[i].cap, screen_text(s));
        screen_type(s, bytes);
        cr_assert(screen_has(s, keys[i].shows), "%s of %s:\n%s", keys[i].cap, term, screen_text(s));
        screen_stop(s);
    }
}

#define KEYS(name, term)                                                                                     \
    Test(keys, of_##name)                                                                                    \
    {                                                                                                        \
        keys_of(term);                                                                                       \
    }

KEYS(vt100, "vt100")
KEYS(vt220, "vt220")
KEYS(linux_console, "linux")
KEYS(xterm, "xterm")
KEYS(xterm_256color, "xterm-256color")
KEYS(screen, "screen")
KEYS(tmux_256color, "tmux-256color")
KEYS(putty, "putty")

/* ---- a line that tears everything apart ---- */

Test(torn, keys_whose_bytes_come_one_by_one_are_the_same_keys)
{
    static const char *const steps[] = {F2 "new cust" ENTER, DOWN "Rehema" BACKTAB, DOWN DOWN F4,
                                        F12 F12 "2",         "customers" ENTER F8,  UP "\033[6~\033[5~" F11};
    struct screen *s =
        screen_start(&(struct screen_options){.env = "SSH_CONNECTION=1 2 3 4", .theme = "colour"});
    struct screen *like = screen_home();
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        screen_type_apart(s, steps[i]);
        screen_type(like, steps[i]);
        char *text = strdup(screen_text(like));
        cr_assert_str_eq(screen_text(s), text, "after step %zu:\n%s", i, screen_text(s));
        free(text);
    }
    screen_stop(s);
    screen_stop(like);
}

Test(torn, a_paste_whose_bytes_come_one_by_one_stays_in_its_field)
{
    struct screen *s =
        screen_start(&(struct screen_options){.env = "SSH_CONNECTION=1 2 3 4", .theme = "colour"});
    screen_type(s, "new customer" ENTER ENTER);
    screen_type_apart(s, "\033[200~Zo\xc3\xab\tAlly\r\033[21~Mbwana\033[201~");
    EXPECT_TEXT(s, "> Name *  . . . Zo\xc3\xab Ally");
    cr_assert_eq(screen_server(s)->saves, 0, "keys in a paste press nothing");
    screen_stop(s);
}

Test(storm, of_three_hundred_sizes_leaves_what_a_calm_line_leaves)
{
    static const char text[] = "Rehema Ally Mbwana";
    struct screen *s = screen_home(), *like = screen_home();
    screen_type(s, "new customer" ENTER ENTER);
    screen_type(like, "new customer" ENTER ENTER);
    unsigned seed = 11;
    for (size_t i = 0; i < 300; i++) {
        seed = seed * 1103515245u + 12345u;
        screen_resize(s, 5 + (int)(seed >> 16) % 55, 20 + (int)(seed >> 20) % 180);
        if (i % 10 == 0 && i / 10 < sizeof text - 1)
            screen_send(s, &text[i / 10], 1);
        if (i % 50 == 49)
            screen_idle(s);
    }
    screen_resize(s, 24, 80);
    screen_type(s, ENTER);
    screen_type(like, text);
    screen_type(like, ENTER);
    char *calm = strdup(screen_text(like));
    cr_assert_str_eq(screen_text(s), calm);
    free(calm);
    screen_stop(s);
    screen_stop(like);
}

/* ---- the end, however it comes ---- */

static void
ends_well_after(const char *term, int sig, bool supervisor)
{
    struct screen *s = screen_start(&(struct screen_options){.term = term});
    int client = pidfd_open(screen_child(s), 0);
    cr_assert_geq(client, 0);
    kill(supervisor ? screen_pid(s) : screen_child(s), sig);
    (void)screen_wait_end(s);
    screen_drain(s, client);
    close(client);
    struct termios before = screen_before(s), after = screen_termios(s);
    cr_assert_eq(before.c_lflag, after.c_lflag, "%s after signal %d", term, sig);
    cr_assert_eq(before.c_iflag, after.c_iflag);
    cr_assert_eq(before.c_oflag, after.c_oflag);
    size_t n;
    const char *raw = screen_raw(s, &n);
    if (memmem(raw, n, "\033[?1049h", 8)) {
        cr_assert(memmem(raw, n, "\033[?1049l", 8), "%s: the normal screen is back", term);
        cr_assert(memmem(raw, n, "\033[?2004l", 8), "%s: pastes are as before", term);
    }
    check_sequences(s, term);
    screen_stop(s);
}

static void
ends_well(int sig)
{
    ends_well_after("xterm-256color", sig, false);
    ends_well_after("vt100", sig, false);
    ends_well_after("linux", sig, false);
    ends_well_after("tmux-256color", sig, false);
}

Test(end, after_segv)
{
    ends_well(SIGSEGV);
}
Test(end, after_abrt)
{
    ends_well(SIGABRT);
}
Test(end, after_kill)
{
    ends_well(SIGKILL);
}
Test(end, after_hangup)
{
    ends_well(SIGHUP);
}
Test(end, after_term)
{
    ends_well(SIGTERM);
}
Test(end, of_the_supervisor_by_kill)
{
    ends_well_after("xterm-256color", SIGKILL, true);
    ends_well_after("vt220", SIGKILL, true);
}
Test(end, of_the_supervisor_by_hangup)
{
    ends_well_after("xterm-256color", SIGHUP, true);
}
