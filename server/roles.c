#include "server/roles.h"

#include <stdio.h>
#include <string.h>

#include "server/front/front.h"
#include "server/job/jobs.h"
#include "server/log.h"
#include "server/metrics/metrics.h"
#include "server/store/migrate.h"
#include "server/worker/worker.h"

enum { WRONG = 78 }; /* configuration error, as sysexits has it */

/* What the settings of a process hold beside the keys: descriptors it inherited. */
struct inherited {
    struct front_config front;
    int worker_line, page, place;
    int stats[METRICS_FRONTS]; /* of the metrics process */
    size_t nstats;
    int news[JOBS_FRONTS]; /* of the jobs process */
    size_t nnews;
};

static size_t
read_numbers(const char *text, int *fds, size_t most)
{
    size_t n = 0;
    const char *p = text;
    while (n < most) {
        int sign = 1, value = 0, digits = 0;
        while (*p == ' ') {
            p++;
        }
        if (*p == '-') {
            sign = -1;
            p++;
        }
        for (; *p >= '0' && *p <= '9' && digits < 8; p++, digits++) {
            value = value * 10 + (*p - '0');
        }
        if (digits == 0) {
            break;
        }
        fds[n++] = sign * value;
    }
    return n;
}

static void
take_descriptors(void *ctx, const char *key, const char *value)
{
    struct inherited *in = ctx;
    if (strcmp(key, "fd_front") == 0) {
        (void)read_numbers(value, &in->worker_line, 1);
    } else if (strcmp(key, "fd_control") == 0) {
        (void)read_numbers(value, &in->front.control, 1);
    } else if (strcmp(key, "fd_host_key") == 0) {
        (void)read_numbers(value, &in->front.host_key, 1);
    } else if (strcmp(key, "fd_stats") == 0) {
        in->nstats = read_numbers(value, in->stats, METRICS_FRONTS);
        in->front.stats = in->stats[0];
    } else if (strcmp(key, "fd_page") == 0) {
        (void)read_numbers(value, &in->page, 1);
    } else if (strcmp(key, "fd_place") == 0) {
        (void)read_numbers(value, &in->place, 1);
    } else if (strcmp(key, "fd_news") == 0) {
        in->nnews = read_numbers(value, in->news, JOBS_FRONTS);
        in->front.news = in->nnews > 0 ? in->news[0] : 0;
    } else if (strcmp(key, "fd_listeners") == 0) {
        in->front.nlisteners = read_numbers(value, in->front.listeners, FRONT_LISTENERS);
    } else if (strcmp(key, "fd_workers") == 0) {
        (void)read_numbers(value, in->front.workers, FRONT_WORKERS);
    }
}

static bool
read_settings(int fd, struct inherited *in, struct config *c)
{
    struct err err;
    char text[LOG_TEXT];
    memset(&err, 0, sizeof err);
    FILE *file = fdopen(fd, "r");
    if (file == NULL) {
        return false;
    }
    rewind(file); /* the master wrote through a copy of the same open file */
    enum rc rc = config_read_stream(file, "settings", take_descriptors, in, c, &err);
    fclose(file);
    if (rc != RC_OK) {
        log_error("role.settings", "error=%s", log_text(err.text, text));
    }
    return rc == RC_OK;
}

static int
run_worker(const struct inherited *in, const struct config *c, enum worker_kind kind)
{
    struct worker_config w = {.fd = in->worker_line,
                              .conninfo = c->conninfo,
                              .role = kind == WORKER_PLATFORM ? "bima_platform" : "bima_worker",
                              .has_today = c->today[0] != '\0',
                              .signing_key = c->signing_key,
                              .master_key = c->master_key,
                              .kind = kind,
                              .page = in->page > 0 ? page_map(in->page, true) : NULL,
                              .place = (size_t)in->place,
                              .slow_ms = c->slow_request_ms};
    if (w.has_today && date_parse(str_from(c->today), "today", &w.today, NULL) != RC_OK) {
        return WRONG;
    }
    return worker_main(&w);
}

static int
run_jobs(const struct inherited *in, const struct config *c)
{
    struct jobs_config j = {.conninfo = c->conninfo,
                            .has_today = c->today[0] != '\0',
                            .audit_key = c->audit_key,
                            .news = in->news,
                            .nnews = in->nnews,
                            .page = in->page > 0 ? page_map(in->page, true) : NULL};
    if (j.has_today && date_parse(str_from(c->today), "today", &j.today, NULL) != RC_OK) {
        return WRONG;
    }
    return jobs_main(&j);
}

int
role_main(const char *role, int settings_fd)
{
    static struct config settings;
    static struct inherited in;
    if (!read_settings(settings_fd, &in, &settings)) {
        return WRONG;
    }
    log_open(role, (enum log_level)settings.log_level);
    if (strcmp(role, "front") == 0) {
        in.front.settings = &settings;
        return front_main(&in.front);
    }
    static const char *const kinds[] = {
        [WORKER_COUNTER] = "worker", [WORKER_BULK] = "bulk", [WORKER_PLATFORM] = "platform"};
    for (size_t i = 0; i < COUNTOF(kinds); i++) {
        if (strcmp(role, kinds[i]) == 0) {
            return run_worker(&in, &settings, (enum worker_kind)i);
        }
    }
    if (strcmp(role, "jobs") == 0) {
        return run_jobs(&in, &settings);
    }
    if (strcmp(role, "metrics") == 0) {
        const struct metrics_config m = {.listener = in.front.listeners[0],
                                         .page = in.page,
                                         .stats = in.stats,
                                         .nstats = in.nstats,
                                         .queue = settings.queue};
        return metrics_main(&m);
    }
    if (strcmp(role, "probe") == 0) {
        return migrate_check(settings.conninfo, NULL) == RC_OK ? 0 : 1;
    }
    return WRONG;
}
