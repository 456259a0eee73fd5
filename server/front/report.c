#include "server/front/report.h"

#include <stdlib.h>

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "server/front/session.h"
#include "server/front/state.h"
#include "server/log.h"

enum { EVERY_MS = 5000, ROW_BYTES = 16 };

/* ---- verdicts ---- */

static int
by_session(const void *a, const void *b)
{
    const struct session_verdict *x = a, *y = b;
    return (x->session > y->session) - (x->session < y->session);
}

static void
carry_out(struct front *f, struct session_verdict *rows, size_t n)
{
    qsort(rows, n, sizeof *rows, by_session);
    for (struct session *s = f->open; s != NULL; s = s->next) {
        struct session_verdict key = {.session = s->who.session};
        const struct session_verdict *v = bsearch(&key, rows, n, sizeof *rows, by_session);
        if (v != NULL) {
            session_dismiss(s, "ended by the service", v->why);
        }
    }
}

static void
take_answer(struct front *f, const struct answer *an)
{
    if (an->code != RC_OK || an->payload.n == 0) {
        return;
    }
    struct session_verdict *rows = front_new(SESSIONS_MAX * sizeof *rows);
    size_t n = 0;
    if (session_verdicts_read(an->payload, rows, &n, NULL) == RC_OK) {
        carry_out(f, rows, n);
    } else {
        log_error("front.report", "error=\"the answer is not well formed\"");
    }
    free(rows);
}

static void
platform_answered(struct task_owner *o, struct task *t, const struct answer *an)
{
    (void)t;
    take_answer(WATCH_OWNER(o, struct front, reporter.platform), an);
}

static void
companies_answered(struct task_owner *o, struct task *t, const struct answer *an)
{
    (void)t;
    take_answer(WATCH_OWNER(o, struct front, reporter.companies), an);
}

/* ---- reports ---- */

static void
post(struct front *f, bool platform, const struct session_report *rows, size_t n)
{
    struct buf b;
    buf_init(&b, &f->scratch, n * ROW_BYTES + ROW_BYTES);
    session_reports_put(&b, rows, n);
    struct job job = {.kind = JOB_SESSIONS, .payload = buf_str(&b)};
    struct task_owner *o = platform ? &f->reporter.platform : &f->reporter.companies;
    if (!mailbox_post(f, o, platform ? LANE_PLATFORM : LANE_WORK, 0, 0, &job)) {
        log_warn("front.report", "error=\"the queues are full\" sessions=%zu", n);
    }
}

/* mailbox_post takes the scratch arena back: rows are gathered anew for each batch. */
static struct session *
send_batch(struct front *f, bool platform, struct session *from)
{
    struct session_report *rows = arena_new(&f->scratch, struct session_report, SESSIONS_MAX);
    size_t n = 0;
    struct session *s = from;
    for (; s != NULL && n < SESSIONS_MAX; s = s->next) {
        if ((s->who.tenant == 0) == platform && !s->dismissed) {
            rows[n++] = (struct session_report){.session = s->who.session, .active = s->active};
            s->active = false;
        }
    }
    if (n > 0) {
        post(f, platform, rows, n);
    }
    arena_reset(&f->scratch);
    return s;
}

static void
send_gone(struct front *f, bool platform)
{
    struct session_report *rows = arena_new(&f->scratch, struct session_report, REPORT_GONE);
    size_t n = 0;
    for (size_t i = 0; i < f->reporter.ngone; i++) {
        if ((f->reporter.gone[i].tenant == 0) == platform) {
            rows[n++] = (struct session_report){.session = f->reporter.gone[i].session, .gone = true};
        }
    }
    if (n > 0) {
        post(f, platform, rows, n);
    }
    arena_reset(&f->scratch);
}

void
report_gone(struct front *f, const struct identity *who)
{
    if (f->reporter.gone != NULL && f->reporter.ngone < REPORT_GONE) {
        f->reporter.gone[f->reporter.ngone++] = *who;
    }
}

static void
report(struct front *f, bool platform)
{
    const struct task_owner *o = platform ? &f->reporter.platform : &f->reporter.companies;
    if (o->tasks != NULL) { /* the last one is still under way */
        return;
    }
    for (struct session *s = f->open; s != NULL;) {
        s = send_batch(f, platform, s);
    }
}

void
report_sweep(struct front *f)
{
    if (f->now - f->reporter.at >= EVERY_MS) {
        f->reporter.at = f->now;
        send_gone(f, true);
        send_gone(f, false);
        f->reporter.ngone = 0;
        report(f, true);
        report(f, false);
    }
}

void
report_open(struct front *f)
{
    f->reporter = (struct reporter){.platform.answered = platform_answered,
                                    .companies.answered = companies_answered,
                                    .at = f->now,
                                    .gone = front_new(REPORT_GONE * sizeof(struct identity))};
}

void
report_close(struct front *f)
{
    mailbox_forget(f, &f->reporter.platform);
    mailbox_forget(f, &f->reporter.companies);
    free(f->reporter.gone);
    f->reporter.gone = NULL;
}
