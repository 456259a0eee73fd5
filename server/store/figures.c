#include "server/store/figures.h"

enum { UNPAID_ROW = 1 };

static const char *const whole[FIGURES_PARTS] = {
    [FIGURES_DUE] =
        "select k, coalesce(sum(n) filter (where (k = 1 and due_date = t.d) or (k = 2 and due_date <= t.d)),"
        " 0)::bigint, coalesce(sum(n) filter (where due_date <= t.d + 7), 0)::bigint,"
        " coalesce(sum(n), 0)::bigint, coalesce(sum(n) filter (where due_date < t.d), 0)::bigint"
        " from (select (select app.today()) as d) t cross join unnest(array[1, 2]) k"
        " left join app.due_count c on c.kind = k and c.due_date <= (select app.today() + 30)"
        " and (k = 2 or c.due_date >= (select app.today() - 30)) group by k order by k",
    [FIGURES_RECEIPTS] = "select count(*) filter (where paid_on >= (select app.today())),"
                         " count(*) filter (where paid_on > (select app.today() - 7)), count(*)"
                         " from (select paid_on from app.receipt where state = 1 limit 1000) x",
    [FIGURES_DAY] =
        "select k, coalesce(f.n, 0)::bigint, coalesce(f.amount, 0)::bigint from unnest(array[1, 2, 3]) k"
        " left join app.day_figure f on f.kind = k and f.day = (select app.today()) and f.branch_id = $1"
        " order by k",
    [FIGURES_SPARK] =
        ("select coalesce(c.n, 0)::bigint from generate_series(0, 13) i left join app.due_count c"
         " on c.due_date = (select app.today()) + i and c.kind = 1 and c.due_date >= (select app.today())"
         " and c.due_date <= (select app.today() + 13) order by i"),
};

static const char *const counted[FIGURES_PARTS] = {
    [FIGURES_DUE] =
        "select k, count(d.row_id) filter (where (k = 1 and due_date = t.d) or (k = 2 and due_date <= t.d)),"
        " count(d.row_id) filter (where due_date <= t.d + 7), count(d.row_id),"
        " count(d.row_id) filter (where due_date < t.d)"
        " from (select (select app.today()) as d) t cross join unnest(array[1, 2]) k"
        " left join app.due_item d on d.is_open and d.kind = k and d.due_date <= (select app.today() + 30)"
        " and (k = 2 or d.due_date >= (select app.today() - 30)) group by k order by k",
    [FIGURES_SPARK] =
        "select count(d.row_id) from generate_series(0, 13) i left join app.due_item d on d.is_open"
        " and d.kind = 1 and d.due_date = (select app.today()) + i and d.due_date >= (select app.today())"
        " and d.due_date <= (select app.today() + 13) group by i order by i",
};

void
figures_ask(const struct value *branch, bool part, struct pg_stmt ret[FIGURES_PARTS])
{
    for (size_t i = 0; i < FIGURES_PARTS; i++)
        ret[i] = (struct pg_stmt){part && counted[i] ? counted[i] : whole[i], branch, i == FIGURES_DAY};
}

static struct figures_span
span(const struct pg_rows *rows, size_t row)
{
    return (struct figures_span){pg_cell(rows, row, 1)->i, pg_cell(rows, row, 2)->i, pg_cell(rows, row, 3)->i,
                                 pg_cell(rows, row, 3)->i};
}

/* What is over already is an alert, not "within" anything. */
struct figures_span
figures_policies(const struct pg_rows rows[FIGURES_PARTS])
{
    struct figures_span s = span(&rows[FIGURES_DUE], 0);
    int64_t over = pg_cell(&rows[FIGURES_DUE], 0, 4)->i;
    s.week -= over;
    s.month -= over;
    return s;
}

struct figures_span
figures_unpaid(const struct pg_rows rows[FIGURES_PARTS])
{
    return span(&rows[FIGURES_DUE], UNPAID_ROW);
}

struct figures_span
figures_receipts(const struct pg_rows rows[FIGURES_PARTS])
{
    const struct pg_rows *r = &rows[FIGURES_RECEIPTS];
    return (struct figures_span){pg_cell(r, 0, 0)->i, pg_cell(r, 0, 1)->i, pg_cell(r, 0, 2)->i,
                                 pg_cell(r, 0, 2)->i};
}
