#include "server/metrics/metrics.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "server/log.h"
#include "server/metrics/state.h"

/* Who is slow or sends nonsense holds a place for a while and nothing else: the places are many, the time is
 * short, and this process serves nobody but monitors. */
enum {
    MOST_CONNECTIONS = 512,
    TIMEOUT_S = 3,
    CONNECTION_MEMORY = 8 * 1024,
    ANSWER = 64 * 1024,
    ARENA = 16 * 1024 * 1024,
    WAIT_MS = 1000
};

static volatile sig_atomic_t stopped;

static void
stop(int signal_number)
{
    (void)signal_number;
    stopped = 1;
}

/* SIGTERM is held back except while waiting, so that it is never missed. */
static sigset_t
hold_sigterm(void)
{
    sigset_t held, before;
    struct sigaction act = {.sa_handler = stop}, ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&act.sa_mask);
    sigemptyset(&held);
    sigaddset(&held, SIGTERM);
    sigprocmask(SIG_BLOCK, &held, &before);
    (void)sigaction(SIGTERM, &act, NULL);
    (void)sigaction(SIGINT, &ignore, NULL); /* Ctrl-C at a terminal is the master's to handle */
    (void)sigaction(SIGPIPE, &ignore, NULL);
    sigdelset(&before, SIGTERM);
    return before;
}

/* ---- answers ---- */

static enum MHD_Result
send_text(struct MHD_Connection *to, unsigned status, struct str text, const char *type)
{
    struct MHD_Response *r =
        MHD_create_response_from_buffer(text.n, (void *)(uintptr_t)text.p, MHD_RESPMEM_MUST_COPY);
    if (r == NULL) {
        return MHD_NO;
    }
    (void)MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    (void)MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED) {
        (void)MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    }
    enum MHD_Result sent = MHD_queue_response(to, status, r);
    MHD_destroy_response(r);
    return sent;
}

static enum MHD_Result
send_word(struct MHD_Connection *to, unsigned status, const char *text)
{
    char line[128];
    int n = snprintf(line, sizeof line, "%s\n", text);
    return send_text(to, status, (struct str){line, (size_t)n}, "text/plain; charset=utf-8");
}

static enum MHD_Result
send_state(struct MHD_Connection *to, const char *why_not)
{
    return send_word(to, why_not == NULL ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE,
                     why_not == NULL ? "ok" : why_not);
}

static enum MHD_Result
send_metrics(struct metrics *m, struct MHD_Connection *to)
{
    struct buf b;
    m->scrapes++;
    buf_init(&b, &m->arena, ANSWER);
    families_write(m, &b);
    enum MHD_Result sent =
        send_text(to, MHD_HTTP_OK, buf_str(&b), "text/plain; version=0.0.4; charset=utf-8");
    arena_reset(&m->arena);
    return sent;
}

static enum MHD_Result
answer(void *ctx, struct MHD_Connection *to, const char *url, const char *method, const char *version,
       const char *upload, size_t *nupload, void **state)
{
    static int seen;
    struct metrics *m = ctx;
    (void)version;
    (void)upload;
    if (*state == NULL) { /* the head has come; answered when all of it has */
        *state = &seen;
        return MHD_YES;
    }
    *nupload = 0; /* a body is not looked at */
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0) {
        return send_word(to, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD are answered");
    }
    if (strcmp(url, "/metrics") == 0) {
        return send_metrics(m, to);
    }
    if (strcmp(url, "/healthz") == 0) {
        return send_state(to, health_why_not(m));
    }
    if (strcmp(url, "/readyz") == 0) {
        return send_state(to, ready_why_not(m));
    }
    return send_word(to, MHD_HTTP_NOT_FOUND, "there are /metrics, /healthz and /readyz");
}

/* What clients do wrong is theirs to mend: it would only fill the log. */
static void
quiet(void *ctx, const char *fmt, va_list args)
{
    (void)ctx;
    (void)fmt;
    (void)args;
}

/* ---- the process ---- */

static bool
map_all(struct metrics *m)
{
    const struct metrics_config *c = m->config;
    m->page = page_map(c->page, false);
    for (size_t i = 0; i < c->nstats; i++) {
        m->fronts[i] = mmap(NULL, sizeof *m->fronts[i], PROT_READ, MAP_SHARED, c->stats[i], 0);
        if (m->fronts[i] == MAP_FAILED) {
            return false;
        }
    }
    return m->page != NULL;
}

static void
serve(struct MHD_Daemon *daemon, const sigset_t *waiting)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
    struct pollfd line = {.fd = info->epoll_fd, .events = POLLIN};
    while (!stopped) {
        MHD_UNSIGNED_LONG_LONG due;
        long ms = WAIT_MS;
        if (MHD_get_timeout(daemon, &due) == MHD_YES && due < WAIT_MS) {
            ms = (long)due;
        }
        const struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
        if (ppoll(&line, 1, &left, waiting) >= 0) {
            (void)MHD_run(daemon);
        }
    }
}

int
metrics_main(const struct metrics_config *c)
{
    static struct metrics m;
    m.config = c;
    const sigset_t waiting = hold_sigterm();
    if (c->nstats > METRICS_FRONTS || !map_all(&m)) {
        log_error("metrics.start", "cause=shared memory");
        return 1;
    }
    arena_init(&m.arena, ARENA, NULL, NULL);
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_ERROR_LOG, 0, NULL, NULL, answer, &m, MHD_OPTION_EXTERNAL_LOGGER, quiet, NULL,
        MHD_OPTION_LISTEN_SOCKET, c->listener, MHD_OPTION_CONNECTION_LIMIT, (unsigned)MOST_CONNECTIONS,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (daemon == NULL) {
        log_error("metrics.start", "cause=could not serve: errno=%d", errno);
        return 1;
    }
    log_info("metrics.start", "fronts=%zu", c->nstats);
    serve(daemon, &waiting);
    MHD_stop_daemon(daemon);
    arena_done(&m.arena);
    log_info("metrics.end", " ");
    return 0;
}
