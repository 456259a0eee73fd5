#include <curses.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/screen/app.h"
#include "client/tui/term.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/service.h"

/*
 * The whole client on a terminal that is not there: keys, sequences and pastes go through decoder, views,
 * forms and painting, answers come from the honest service or, behind the first byte of LIES, from one that
 * means harm. The first byte says how large the terminal is; a byte of PAUSE lets what was typed be answered
 * first.
 */
enum { LIES = 0xff, PAUSE = 0xfd, IDLE_MOST = 4, TURNS_MOST = 4000 };

static struct {
    struct str keys;
    int64_t clock;
    int idle, turns;
} now;

int __wrap_term_supervise(void);
enum rc __wrap_term_open(enum theme theme, struct key_decoder *d, struct err *reterr);
void __wrap_term_close(void);
void __wrap_term_suspend(void);
bool __wrap_term_resized(void);
bool __wrap_term_ended(void);
short __wrap_term_wait(int fd, short events, int timeout_ms);
int __wrap_term_read(unsigned char *out, int room);
int64_t __wrap_term_now(void);

int
__wrap_term_supervise(void)
{
    return -1;
}

enum rc
__wrap_term_open(enum theme theme, struct key_decoder *d, struct err *reterr)
{
    static SCREEN *screen;
    (void)reterr;
    if (!screen) {
        ASSERT(setlocale(LC_ALL, "C.UTF-8") != NULL);
        screen = newterm("xterm-256color", fopen("/dev/null", "w"), fopen("/dev/null", "r"));
        ASSERT(screen != NULL);
        set_term(screen);
    }
    theme_start(theme);
    key_init(d, 25);
    return RC_OK;
}

void
__wrap_term_close(void)
{
}

void
__wrap_term_suspend(void)
{
}

bool
__wrap_term_resized(void)
{
    return false;
}

bool
__wrap_term_ended(void)
{
    return now.idle > IDLE_MOST || now.turns > TURNS_MOST;
}

int64_t
__wrap_term_now(void)
{
    return now.clock;
}

/* Nothing is waited for: when nobody has anything to say, time passes. */
short
__wrap_term_wait(int fd, short events, int timeout_ms)
{
    struct pollfd p = {fd, events, 0};
    const bool served = service_pump();
    now.turns++;
    now.clock += 1;
    if (served || now.keys.n) {
        now.idle = 0;
    } else {
        now.clock += timeout_ms > 0 ? timeout_ms : 100;
        now.idle++;
    }
    return fd >= 0 && poll(&p, 1, 0) > 0 ? p.revents : 0;
}

int
__wrap_term_read(unsigned char *out, int room)
{
    size_t n = 0;
    while (n < (size_t)room && n < now.keys.n && (unsigned char)now.keys.p[n] != PAUSE) {
        out[n] = (unsigned char)now.keys.p[n];
        n++;
    }
    now.keys = str_slice(now.keys, n + (n == 0 && now.keys.n > 0), now.keys.n);
    return (int)n;
}

static void
resize(unsigned char how)
{
    static const int sizes[][2] = {
        {24, 80 },
        {10, 40 },
        {50, 160},
        {3,  12 }
    };
    if (stdscr)
        resizeterm(sizes[how % COUNTOF(sizes)][0], sizes[how % COUNTOF(sizes)][1]);
}

void
fuzz_one(struct arena *a, struct str data)
{
    static const struct client_config config = {.spawned = true};
    struct link *link = NULL;
    (void)a;
    if (!data.n)
        return;
    struct str lies = str_slice(data, 1, data.n);
    now.keys = str_split(&lies, (char)LIES);
    now.clock = 1000;
    now.idle = now.turns = 0;
    resize((unsigned char)data.p[0]);
    const struct link_options o = {.fd = service_start(lies),
                                   .client = "bima test tui",
                                   .locale = "en",
                                   .patient = true,
                                   .personal = true};
    ASSERT(link_open(&o, &link, NULL) == RC_OK);
    (void)tui_main(link, &config);
    service_stop();
}
