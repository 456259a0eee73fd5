#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "server/log.h"
#include "server/master.h"

enum { ANSWER = 128 * 1024, ASKED = 64, WAIT_US = 200 * 1000 };

static void
write_child(FILE *out, const char *name, const struct child *c)
{
    fprintf(out, "process=%s pid=%ld restarts=%u\n", name, (long)c->pid, c->restarts);
}

void
status_worker_name(const struct master *m, const struct front_group *g, size_t slot, char out[PAGE_NAME])
{
    size_t first = slot;
    while (first > 0 && front_slot(&m->config, first - 1) == front_slot(&m->config, slot)) {
        first--;
    }
    snprintf(out, PAGE_NAME, "%s.%u.%zu", slot_name(m, slot), g->index, slot - first);
}

static void
write_group(FILE *out, const struct master *m, const struct front_group *g)
{
    char name[PAGE_NAME];
    snprintf(name, sizeof name, "front.%u", g->index);
    write_child(out, name, &g->front);
    for (size_t i = 0; i < front_slots(&m->config); i++) {
        status_worker_name(m, g, i, name);
        write_child(out, name, &g->workers[i]);
    }
}

/* Sum over the fronts of one of their numbers. */
#define SUM(m, name)                                                                                         \
    do {                                                                                                     \
        unsigned long long sum = 0;                                                                          \
        for (unsigned i = 0; i < (m)->config.fronts; i++) {                                                  \
            sum += STAT_GET((m)->groups[i].stats, name);                                                     \
        }                                                                                                    \
        fprintf(out, #name "=%llu\n", sum);                                                                  \
    } while (0)

static void
write_longest_turn(FILE *out, const struct master *m)
{
    unsigned long long longest = 0;
    for (unsigned i = 0; i < m->config.fronts; i++) {
        unsigned long long one = STAT_GET(m->groups[i].stats, longest_turn_ms);
        longest = one > longest ? one : longest;
    }
    fprintf(out, "longest_turn_ms=%llu\n", longest);
}

static void
write_status(FILE *out, const struct master *m)
{
    fprintf(out, "version=%s\nstate=%s\nuptime_seconds=%llu\n", BIMA_VERSION,
            m->stopping ? "stopping" : "running", (unsigned long long)(m->now - m->started) / 1000);
    fprintf(out, "database=%s\ndatabase_kind=%s\n", m->database_up ? "up" : "down",
            m->is_embedded ? "embedded" : "configured");
    if (m->is_embedded) {
        fprintf(out, "process=postgres pid=%ld restarts=%u\n", (long)m->embedded.pid,
                m->database_starts > 0 ? m->database_starts - 1 : 0);
    }
    fprintf(out, "process=master pid=%ld restarts=0\n", (long)getpid());
    SUM(m, sessions);
    SUM(m, half_open);
    SUM(m, clients);
    SUM(m, queue);
    SUM(m, running);
    SUM(m, accepted);
    SUM(m, turned_away);
    SUM(m, logins);
    SUM(m, login_failures);
    SUM(m, requests);
    SUM(m, retries);
    SUM(m, busy);
    SUM(m, barred);
    SUM(m, too_fast);
    SUM(m, dropped_early);
    SUM(m, throttled);
    SUM(m, registrations_refused);
    SUM(m, penalties);
    SUM(m, dismissed);
    write_longest_turn(out, m);
    for (unsigned i = 0; i < m->config.fronts; i++) {
        write_group(out, m, &m->groups[i]);
    }
    write_child(out, "jobs", &m->jobs);
    if (m->nmetrics > 0) {
        write_child(out, "metrics", &m->metrics);
    }
}

/* Whoever asks is this machine's operator: what they send is short and comes at once, or not at all. */
static bool
asked(int fd)
{
    char text[ASKED];
    struct timeval wait = {.tv_usec = WAIT_US};
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    ssize_t n = recv(fd, text, sizeof text, 0);
    return n == 7 && memcmp(text, "status\n", 7) == 0;
}

void
status_answer(struct master *m)
{
    static char text[ANSWER];
    int fd = accept4(m->status, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0) {
        return;
    }
    if (asked(fd)) {
        FILE *out = fmemopen(text, sizeof text, "w");
        if (out != NULL) {
            write_status(out, m);
            fclose(out);
            (void)send(fd, text, strlen(text), MSG_NOSIGNAL);
        }
    } else {
        static const char help[] = "unknown: expected status\n";
        (void)send(fd, help, sizeof help - 1, MSG_NOSIGNAL);
    }
    close(fd);
}
