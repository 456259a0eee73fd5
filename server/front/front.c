#include "server/front/front.h"

#include <errno.h>
#include <fcntl.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "common/wire/message.h"
#include "server/front/channel.h"
#include "server/front/client.h"
#include "server/front/control.h"
#include "server/front/hostkey.h"
#include "server/front/listener.h"
#include "server/front/session.h"
#include "server/front/state.h"
#include "server/log.h"

enum {
    SCRATCH = 256 * 1024 * 1024,
    KEPT_FREE = 1024 * 1024,
    TURN_MS = 200,
    TRIM_AFTER = 1000,
    CLOSE_MS = 4000
};

static const char key_exchanges[] = "curve25519-sha256,curve25519-sha256@libssh.org";
static const char ciphers[] = "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com,"
                              "aes256-ctr,aes128-ctr";
static const char macs[] = "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com";
static const char key_types[] =
    "ssh-ed25519,sk-ssh-ed25519@openssh.com,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,"
    "ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256";

static enum rc
open_bind(struct front *f, struct err *reterr)
{
    static const bool no = false;
    static const struct {
        enum ssh_bind_options_e option;
        const void *value;
    } options[] = {
        {SSH_BIND_OPTIONS_PROCESS_CONFIG,            &no          },
        {SSH_BIND_OPTIONS_KEY_EXCHANGE,              key_exchanges},
        {SSH_BIND_OPTIONS_CIPHERS_C_S,               ciphers      },
        {SSH_BIND_OPTIONS_CIPHERS_S_C,               ciphers      },
        {SSH_BIND_OPTIONS_HMAC_C_S,                  macs         },
        {SSH_BIND_OPTIONS_HMAC_S_C,                  macs         },
        {SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES, key_types    },
        {SSH_BIND_OPTIONS_BANNER,                    "Bima"       },
    };
    ssh_key key;
    enum rc rc = hostkey_read(f->config->host_key, &key, reterr);
    close(f->config->host_key);
    if (rc != RC_OK) {
        return rc;
    }
    f->bind = ssh_bind_new();
    ASSERT(f->bind != NULL);
    for (size_t i = 0; i < COUNTOF(options); i++) {
        if (ssh_bind_options_set(f->bind, options[i].option, options[i].value) != SSH_OK) {
            return err_log(reterr, RC_INTERNAL, "libssh does not take option %d", (int)options[i].option);
        }
    }
    if (ssh_bind_options_set(f->bind, SSH_BIND_OPTIONS_IMPORT_KEY, key) != SSH_OK) {
        return err_log(reterr, RC_INTERNAL, "libssh does not take the host key");
    }
    return RC_OK;
}

/* ---- stopping ---- */

static void
drain(struct front *f)
{
    if (f->draining) {
        return;
    }
    f->draining = true;
    STAT_SET(f->stats, draining, 1);
    f->drain_until = f->now + f->settings->drain_seconds * 1000u;
    listener_close(f);
    log_info("front.drain", "sessions=%zu running=%zu", f->nopen, f->mailbox.running);
    for (struct session *s = f->open; s != NULL; s = s->next) {
        for (struct channel *c = s->channels; c != NULL; c = c->next) {
            channel_goaway(c);
        }
    }
}

static bool
quiet(const struct front *f)
{
    if (f->mailbox.running + mailbox_waiting(&f->mailbox) > 0) {
        return false;
    }
    for (const struct session *s = f->open; s != NULL; s = s->next) {
        for (const struct channel *c = s->channels; c != NULL; c = c->next) {
            if (!channel_quiet(c)) {
                return false;
            }
        }
    }
    return true;
}

/* Requests first, then the programs of terminals, then the end. */
static void
drain_on(struct front *f)
{
    if (!f->closing && (f->now >= f->drain_until || quiet(f))) {
        f->closing = true;
        f->close_until = f->now + CLOSE_MS;
        for (struct session *s = f->open; s != NULL; s = s->next) {
            session_hang_up(s);
        }
    }
    f->done = f->closing && (f->now >= f->close_until || (f->nclients == 0 && quiet(f)));
}

/* ---- events ---- */

static void
on_signal(struct watch *w, uint32_t events)
{
    (void)events;
    struct front *f = WATCH_OWNER(w, struct front, signals);
    struct signalfd_siginfo info;
    while (read(w->fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGTERM) {
            drain(f);
        } else if (info.ssi_signo == SIGCHLD) {
            client_reap(f);
        }
    }
}

static void
on_control(struct watch *w, uint32_t events)
{
    (void)events;
    struct front *f = WATCH_OWNER(w, struct front, control);
    struct control c;
    int fd;
    bool gone;
    while (control_receive(w->fd, &c, &fd, &gone)) {
        if (c.kind == CONTROL_WORKER && fd >= 0) {
            (void)fcntl(fd, F_SETFL, O_NONBLOCK);
            mailbox_worker(f, c.slot, fd);
        } else if (fd >= 0) {
            close(fd);
        }
    }
    f->lost |= gone;
}

static bool
watch_signals(struct front *f)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT); /* blocked only: a key press in a terminal is the master's business */
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGPIPE);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return fd >= 0 && loop_add(&f->loop, &f->signals, fd, on_signal, EPOLLIN);
}

/* ---- the loop ---- */

static void
sweep(struct front *f)
{
    listener_sweep(f);
    session_sweep(f);
    report_sweep(f);
    mailbox_sweep(f);
    client_sweep(f);
    session_run_touched(f);
    if (f->nclosed >= TRIM_AFTER) { /* what a storm of sessions left behind */
        f->nclosed = 0;
        (void)malloc_trim(0);
    }
    if (f->draining) {
        drain_on(f);
    }
}

static void
note_turn(const struct front *f)
{
    uint64_t took = loop_now() - f->now;
    if (took > SLOW_TURN_MS) {
        STAT_ADD(f->stats, slow_turns, 1);
    }
    if (took > STAT_GET(f->stats, longest_turn_ms)) {
        STAT_SET(f->stats, longest_turn_ms, took);
    }
}

static void
run(struct front *f)
{
    uint64_t swept = 0;
    while (!f->done && !f->lost) {
        f->now = loop_now();
        STAT_SET(f->stats, heartbeat_ms, f->now);
        if (f->now - swept >= TURN_MS) {
            swept = f->now;
            sweep(f);
        }
        loop_wait(&f->loop, session_any_touched(f) ? 0 : TURN_MS);
        f->now = loop_now();
        loop_turn(&f->loop);
        session_run_touched(f);
        note_turn(f);
    }
}

static enum rc
open_front(struct front *f, struct err *reterr)
{
    /* each frame is packed with some 100 KiB that are free again at once: not given back each time */
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_FREE);
    (void)mallopt(M_TOP_PAD, KEPT_FREE / 4);
    ssh_set_log_level(SSH_LOG_NOLOG);
    arena_init(&f->scratch, SCRATCH, NULL, NULL);
    f->stats = mmap(NULL, sizeof *f->stats, PROT_READ | PROT_WRITE, MAP_SHARED, f->config->stats, 0);
    if (f->stats == MAP_FAILED || !loop_open(&f->loop) || !watch_signals(f) ||
        !loop_add(&f->loop, &f->control, f->config->control, on_control, EPOLLIN)) {
        return err_log(reterr, RC_INTERNAL, "could not start: %s", strerror(errno));
    }
    enum rc rc = prefixes_read(str_from(f->settings->offices), f->offices, &f->noffices, reterr);
    if (rc == RC_OK) {
        rc = open_bind(f, reterr);
    }
    if (rc == RC_OK) {
        f->now = loop_now();
        abuse_open(&f->abuse);
        mailbox_open(f);
        report_open(f);
        news_open(f, f->config->news);
        listener_open(f);
    }
    return rc;
}

static void
close_front(struct front *f)
{
    listener_close(f);
    session_drop_all(f, GOAWAY_STOPPING);
    for (struct client *k = f->clients; k != NULL; k = k->next) {
        (void)kill(k->pid, SIGKILL);
    }
    report_close(f);
    news_close(f);
    mailbox_close(f);
    abuse_close(&f->abuse);
    ssh_bind_free(f->bind);
    loop_close(&f->loop, &f->signals);
    loop_close(&f->loop, &f->control);
    close(f->loop.fd);
    arena_done(&f->scratch);
}

int
front_main(const struct front_config *c)
{
    static struct front front;
    struct err err;
    char text[LOG_TEXT];
    memset(&err, 0, sizeof err);
    front.config = c;
    front.settings = c->settings;
    if (open_front(&front, &err) != RC_OK) {
        log_error("front.start", "error=%s", log_text(err.log, text));
        return 1;
    }
    log_info("front.start", "listeners=%zu workers=%zu", c->nlisteners, front.mailbox.nslots);
    run(&front);
    bool lost = front.lost;
    close_front(&front);
    log_info("front.end", "lost=%d", lost);
    return lost ? 1 : 0;
}
