#include "server/job/tell.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common/wire/event.h"
#include "server/catalog/policy.h"
#include "server/catalog/receipt.h"
#include "server/ipc/ipc.h"
#include "server/log.h"
#include "server/store/figures.h"

/* app.outbox.topic, and the columns of app.outbox_after. */
enum topic { T_ENDS = 1, T_UNPAID, T_WAITS, T_DAY, T_RIGHTS, T_MARKS, T_ALL };
enum { C_SEQ, C_XID, C_SETTLED, C_TENANT, C_TOPIC, C_BRANCH, C_CUSTOMER, C_USER, C_DAY };
enum { ROOM = 256, SPARK_DAYS = 14, MOST_PARTS = 64, EVERYBODY = -1 };
/* Where changes never end, each telling speaks of all since the last: many small ones would cost everybody.
 */
enum { TELL_REST_MS = 250 };

struct told {
    int32_t tenant;
    int64_t seq;
};

/* Ids that are told apart one by one, up to a number: then everybody is told. */
struct parts {
    int64_t ids[MOST_PARTS];
    size_t n;
};

/* What changed in one company since the last round. */
struct change {
    struct change *next;
    int32_t tenant;
    int64_t seq;     /* the last */
    unsigned topics; /* bits */
    date_t day;      /* the earliest that something is due on, of the topics of due things */
    bool everything;
    struct parts branches, customers, users, day_branches, moved; /* moved: users whose rights changed */
};

void
teller_init(struct teller *t, const struct jobs_config *c)
{
    *t = (struct teller){.lines = c->news, .nlines = c->nnews};
}

void
teller_done(struct teller *t)
{
    free(t->told);
    t->told = NULL;
}

/* ---- how far ---- */

static struct told *
told_find(struct teller *t, int32_t tenant)
{
    size_t low = 0, high = t->ntold;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (t->told[middle].tenant < tenant)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < t->ntold && t->told[low].tenant == tenant)
        return &t->told[low];
    if (t->ntold == t->room) {
        t->room = t->room ? t->room * 2 : ROOM;
        t->told = realloc(t->told, t->room * sizeof *t->told);
        ASSERT(t->told != NULL);
    }
    memmove(&t->told[low + 1], &t->told[low], (t->ntold - low) * sizeof *t->told);
    t->told[low] = (struct told){.tenant = tenant};
    t->ntold++;
    return &t->told[low];
}

/* ---- sending ---- */

static void
send_to(struct teller *t, size_t line, struct str packet)
{
    ssize_t n;
    do {
        n = send(t->lines[line], packet.p, packet.n, MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    t->behind[line] = n < 0; /* full: the front stands still, or is being started anew */
}

static void
send_notice(struct job_round *round, const struct notice *n, size_t line)
{
    struct buf b;
    buf_init(&b, round->arena, ROOM);
    notice_put(&b, n);
    if (b.n <= NOTICE_MAX)
        send_to(round->teller, line, buf_str(&b));
}

static struct str
json_of(struct arena *a, const struct wire_event *e, const struct home_event *h)
{
    static const char *const kinds[] = {[HOME_COUNTER] = "counter",
                                        [HOME_CHANGED] = "changed",
                                        [HOME_FIGURE] = "figure",
                                        [HOME_ALERTS] = "alerts",
                                        [HOME_SPARK] = "spark"};
    struct buf b;
    buf_init(&b, a, ROOM);
    buf_printf(&b, "{\"event\":\"home\",\"seq\":%llu,\"kind\":\"%s\",\"body\":{", (unsigned long long)e->seq,
               kinds[h->kind]);
    if (h->kind == HOME_COUNTER)
        buf_printf(&b, "\"entity\":%u,\"view\":%u,\"today\":%lld,\"week\":%lld,\"month\":%lld", h->entity,
                   h->view, (long long)h->today, (long long)h->week, (long long)h->month);
    else if (h->kind == HOME_FIGURE)
        buf_printf(&b, "\"place\":%u,\"count\":%lld,\"minor\":%lld", h->place, (long long)h->count,
                   (long long)h->minor);
    buf_add_str(&b, STR("}}"));
    return buf_str(&b);
}

static void
say(struct job_round *round, const struct change *c, struct notice n, const struct home_event *h)
{
    struct buf body, message;
    buf_init(&body, round->arena, ROOM);
    buf_init(&message, round->arena, ROOM);
    home_event_encode(&body, h);
    const struct wire_event e = {STR(EVENT_HOME), (uint64_t)c->seq, h->kind, buf_str(&body)};
    event_encode(&message, &e);
    n.tenant = c->tenant;
    n.wire = buf_str(&message);
    n.json = json_of(round->arena, &e, h);
    for (size_t i = 0; i < round->teller->nlines; i++)
        if (!round->teller->behind[i])
            send_notice(round, &n, i);
}

static void
say_changed(struct job_round *round, const struct change *c, enum notice_to to, int64_t id, bool ends)
{
    say(round, c, (struct notice){.to = to, .id = id, .ends = ends},
        &(struct home_event){.kind = HOME_CHANGED});
}

static void
say_to_each(struct job_round *round, const struct change *c, enum notice_to to, const struct parts *p,
            bool ends)
{
    for (size_t i = 0; i < p->n; i++)
        say_changed(round, c, to, p->ids[i], ends);
}

/* What a front could not be sent is not sent later: what its people see is asked for anew. */
static void
catch_up(struct job_round *round)
{
    struct teller *t = round->teller;
    struct buf body;
    buf_init(&body, round->arena, ROOM);
    event_encode(&body, &(struct wire_event){.topic = STR(EVENT_HOME), .kind = HOME_CHANGED});
    const struct wire_event e = {.topic = STR(EVENT_HOME)};
    const struct notice n = {.tenant = EVERYBODY,
                             .to = NOTICE_ALL,
                             .wire = buf_str(&body),
                             .json = json_of(round->arena, &e, &(struct home_event){.kind = HOME_CHANGED})};
    for (size_t i = 0; i < t->nlines; i++)
        if (t->behind[i])
            send_notice(round, &n, i);
}

/* ---- what to say ---- */

static struct home_event
counter(uint32_t entity, uint32_t view, struct figures_span s)
{
    return (struct home_event){.kind = HOME_COUNTER,
                               .entity = entity,
                               .view = view,
                               .today = s.today,
                               .week = s.week,
                               .month = s.month};
}

static void
say_spark(struct job_round *round, const struct change *c, const struct pg_rows *rows)
{
    struct home_event h = {.kind = HOME_SPARK};
    for (size_t i = 0; i < rows->nrows && i < SPARK_DAYS; i++)
        h.spark[h.nspark++] = pg_cell(rows, i, 0)->i;
    say(round, c, (struct notice){.to = NOTICE_WHOLE, .sees = SEES_POLICIES}, &h);
}

/* To those who see the whole company: the counters that were touched, and from which day on alerts moved. */
static void
say_counters(struct job_round *round, const struct change *c, const struct pg_rows *rows)
{
    const struct notice policies = {.to = NOTICE_WHOLE, .sees = SEES_POLICIES};
    const struct notice receipts = {.to = NOTICE_WHOLE, .sees = SEES_RECEIPTS};
    struct home_event h;
    if (c->topics & 1u << T_ENDS) {
        h = counter(ENTITY_POLICY, POLICY_VIEW_EXPIRING, figures_policies(rows));
        say(round, c, policies, &h);
        say_spark(round, c, &rows[FIGURES_SPARK]);
    }
    if (c->topics & 1u << T_UNPAID) {
        h = counter(ENTITY_POLICY, POLICY_VIEW_UNPAID, figures_unpaid(rows));
        say(round, c, policies, &h);
    }
    if (c->topics & 1u << T_WAITS) {
        h = counter(ENTITY_RECEIPT, RECEIPT_VIEW_TO_VERIFY, figures_receipts(rows));
        say(round, c, receipts, &h);
    }
    if (c->topics & (1u << T_ENDS | 1u << T_UNPAID | 1u << T_WAITS)) {
        h = (struct home_event){.kind = HOME_ALERTS, .day = c->day};
        say(round, c, policies, &h);
    }
}

static void
say_day(struct job_round *round, const struct change *c, int64_t branch, const struct pg_rows *rows)
{
    for (size_t i = 0; i < rows->nrows; i++) {
        const struct home_event h = {.kind = HOME_FIGURE,
                                     .place = (uint32_t)i,
                                     .count = pg_cell(rows, i, 1)->i,
                                     .minor = pg_cell(rows, i, 2)->i};
        say(round, c,
            (struct notice){.to = NOTICE_HOUSE, .id = branch, .sees = SEES_POLICIES | SEES_RECEIPTS}, &h);
    }
}

static enum rc
ask_figures(struct job_round *round, int32_t tenant, int64_t branch, struct pg_rows rows[FIGURES_PARTS],
            struct err *reterr)
{
    const struct value id = VALUE_INT(branch);
    struct pg_stmt stmts[FIGURES_PARTS];
    struct tx tx = {
        .pg = round->pg,
        .who = {.tenant = tenant,
                .service = true,
                .has_today = round->config->has_today,
                .today = round->config->today}
    };
    figures_ask(&id, false, stmts);
    return tx_run(&tx, round->arena, stmts, FIGURES_PARTS, rows, reterr);
}

/* The numbers as they are now, to those who may see them. */
static enum rc
say_numbers(struct job_round *round, const struct change *c, struct err *reterr)
{
    const unsigned due = 1u << T_ENDS | 1u << T_UNPAID | 1u << T_WAITS;
    struct pg_rows rows[FIGURES_PARTS];
    enum rc rc = RC_OK;
    if ((c->topics & due) && !c->day_branches.n)
        rc = ask_figures(round, c->tenant, 0, rows, reterr);
    for (size_t i = 0; rc == RC_OK && i < c->day_branches.n; i++) {
        rc = ask_figures(round, c->tenant, c->day_branches.ids[i], rows, reterr);
        if (rc == RC_OK)
            say_day(round, c, c->day_branches.ids[i], &rows[FIGURES_DAY]);
    }
    if (rc == RC_OK && (c->topics & due))
        say_counters(round, c, rows);
    return rc;
}

/* Who may no longer see something is the first to hear. */
static enum rc
say_change(struct job_round *round, const struct change *c, struct err *reterr)
{
    if (c->topics & 1u << T_RIGHTS)
        say_to_each(round, c, NOTICE_USER, &c->moved, true);
    if (c->everything) {
        say_changed(round, c, NOTICE_ALL, 0, (c->topics & 1u << T_RIGHTS) != 0);
        return RC_OK;
    }
    enum rc rc = say_numbers(round, c, reterr);
    if (rc != RC_OK) /* a company that was suspended meanwhile has nobody to tell */
        return rc == RC_UNAUTHENTICATED ? RC_OK : rc;
    say_to_each(round, c, NOTICE_BRANCH, &c->branches, false);
    say_to_each(round, c, NOTICE_CUSTOMER, &c->customers, false);
    say_to_each(round, c, NOTICE_USER, &c->users, false);
    return RC_OK;
}

/* ---- gathering ---- */

static void
part_add(struct change *c, struct parts *p, const struct value *id)
{
    if (id->type != VT_INT)
        return;
    for (size_t i = 0; i < p->n; i++)
        if (p->ids[i] == id->i)
            return;
    if (p->n == MOST_PARTS)
        c->everything = true;
    else
        p->ids[p->n++] = id->i;
}

static struct change *
change_of(struct job_round *round, struct change **all, int32_t tenant)
{
    struct change **at = all;
    while (*at && (*at)->tenant != tenant)
        at = &(*at)->next;
    if (!*at) {
        *at = arena_new(round->arena, struct change, 1);
        **at = (struct change){.tenant = tenant, .day = {INT32_MAX}};
    }
    return *at;
}

static void
gather(struct change *c, const struct pg_rows *rows, size_t row)
{
    int64_t topic = pg_cell(rows, row, C_TOPIC)->i;
    const struct value *day = pg_cell(rows, row, C_DAY), *user = pg_cell(rows, row, C_USER);
    c->topics |= 1u << topic;
    if (pg_cell(rows, row, C_SEQ)->i > c->seq)
        c->seq = pg_cell(rows, row, C_SEQ)->i;
    if (day->type == VT_DATE && day->date.days < c->day.days)
        c->day = day->date;
    part_add(c, &c->branches, pg_cell(rows, row, C_BRANCH));
    part_add(c, &c->customers, pg_cell(rows, row, C_CUSTOMER));
    if (topic == T_DAY)
        part_add(c, &c->day_branches, pg_cell(rows, row, C_BRANCH));
    if (topic == T_MARKS)
        part_add(c, &c->users, user);
    if (topic == T_RIGHTS)
        part_add(c, &c->moved, user);
    c->everything |= topic == T_ALL || (topic == T_RIGHTS && user->type != VT_INT);
}

/* Rows of one company rise in the order in which they became visible, so its last one says how far it is. */
static struct change *
gather_all(struct job_round *round, const struct pg_rows *rows)
{
    struct change *all = NULL;
    for (size_t i = 0; i < rows->nrows; i++) {
        int32_t tenant = (int32_t)pg_cell(rows, i, C_TENANT)->i;
        if (pg_cell(rows, i, C_SEQ)->i > told_find(round->teller, tenant)->seq)
            gather(change_of(round, &all, tenant), rows, i);
    }
    return all;
}

static void
move_place(struct teller *t, const struct pg_rows *rows)
{
    for (size_t i = 0; i < rows->nrows && pg_cell(rows, i, C_SETTLED)->yes; i++) {
        t->xid = pg_cell(rows, i, C_XID)->i;
        t->seq = pg_cell(rows, i, C_SEQ)->i;
    }
}

static enum rc
find_place(struct job_round *round, struct err *reterr)
{
    const struct pg_stmt stmt = {"select * from app.outbox_start()", NULL, 0};
    struct pg_rows rows;
    enum rc rc = pg_run(round->pg, round->arena, &stmt, 1, &rows, reterr);
    if (rc != RC_OK)
        return rc;
    round->teller->xid = pg_cell(&rows, 0, 0)->i;
    round->teller->seq = pg_cell(&rows, 0, 1)->i;
    round->teller->placed = true;
    return RC_OK;
}

enum rc
job_tell(struct job_round *round, struct err *reterr)
{
    struct teller *t = round->teller;
    struct pg_rows rows = {0};
    const uint64_t started = page_now();
    if (!t || !t->nlines)
        return RC_OK;
    enum rc rc = t->placed ? RC_OK : find_place(round, reterr);
    const struct value params[] = {VALUE_INT(t->xid), VALUE_INT(t->seq)};
    const struct pg_stmt stmt = {"select * from app.outbox_after($1, $2)", params, COUNTOF(params)};
    if (rc == RC_OK)
        rc = pg_run(round->pg, round->arena, &stmt, 1, &rows, reterr);
    if (rc != RC_OK)
        return rc;
    catch_up(round);
    for (struct change *c = gather_all(round, &rows); rc == RC_OK && c; c = c->next) {
        rc = say_change(round, c, reterr);
        round->rest_ms = TELL_REST_MS;
        if (rc == RC_OK)
            told_find(t, c->tenant)->seq = c->seq;
    }
    if (rc == RC_OK)
        move_place(t, &rows);
    if (rc == RC_OK && round->config->page)
        PAGE_SET(round->config->page, told_ms, started);
    return rc;
}

enum rc
job_turn_days(struct job_round *round, struct err *reterr)
{
    const struct jobs_config *c = round->config;
    const struct value today = c->has_today ? (struct value){.type = VT_DATE, .date = c->today} : VALUE_NULL;
    const struct pg_stmt stmt = {"select app.turn_days($1::date)", &today, 1};
    return pg_run(round->pg, round->arena, &stmt, 1, NULL, reterr);
}
