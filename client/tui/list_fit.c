#include "client/tui/list.h"
#include "common/base/utf8.h"

/* Which columns have room, and how wide each is: by what is in the rows, and its heading. */

enum {
    LEAST_TEXT = 10,
    LEAST_PROSE = 12,
    NUMBER = 18, /* a first column up to this wide holds numbers */
    SPARE = 2,
    MOST_GROWN = 24, /* as wide as words may make a column */
    MOST_SPARE = 16
};

/* What may be cut: nothing; names; all. Which columns have room is decided before the rows are looked at, by
   what the description says (CUT_BLIND): the same for whoever asks for these columns and for whoever has
   them, on every page. */
enum cut { CUT_NONE, CUT_PROSE, CUT_ANY, CUT_BLIND };

void
list_measure(struct list *l, size_t from, size_t n)
{
    struct arena a;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    for (size_t row = from; row < from + n; row++)
        for (size_t i = 0; i < l->ncolumns; i++) {
            const int width = (int)utf8_width(l->cell(l->ctx, &a, row, i).text);
            if (width > l->columns[i].need)
                l->columns[i].need = width;
        }
    arena_done(&a);
}

static int
larger(int a, int b)
{
    return a > b ? a : b;
}

static int
smaller(int a, int b)
{
    return a < b ? a : b;
}

static int
heading(const struct list_column *c)
{
    return (int)utf8_width(c->label);
}

/* As the description has it. */
static int
described(const struct list_column *c)
{
    return larger(c->width, heading(c) + 1);
}

static int
wanted(const struct list_column *c)
{
    return c->grows ? larger(described(c), smaller(c->need, MOST_GROWN)) : described(c);
}

/* What shows its heading and its cells whole, as far as these are known. */
static int
whole(const struct list *l, const struct list_column *c)
{
    const int head = heading(c) + (l->sort == (size_t)(c - l->columns) ? SPARE : 0);
    return c->need ? smaller(larger(c->need, head), wanted(c)) : wanted(c);
}

/* Cut as far as it still says something. The number that names the row is of no use cut short; its width has
   a little to spare. */
static int
least(const struct list *l, const struct list_column *c)
{
    if (c->firm)
        return c->width;
    if (c == l->columns && described(c) <= NUMBER)
        return larger(described(c) - SPARE, LEAST_TEXT);
    return larger(described(c) * 3 / 4, LEAST_TEXT);
}

static int
kept(const struct list *l, const struct list_column *c, enum cut cut)
{
    if (cut == CUT_BLIND)
        return c->right ? described(c) : least(l, c);
    if (cut == CUT_NONE || c->right)
        return whole(l, c);
    if (c->prose)
        return smaller(whole(l, c), LEAST_PROSE);
    return cut == CUT_PROSE ? whole(l, c) : smaller(whole(l, c), least(l, c));
}

static int
needed(const struct list *l)
{
    int sum = 0;
    for (size_t i = 0; i < l->ncolumns; i++)
        sum += l->columns[i].shown ? l->columns[i].shown + LIST_GAP : 0;
    return sum - LIST_GAP;
}

/* The widest of those that have something to give. */
static struct list_column *
giver(struct list *l, enum cut cut)
{
    struct list_column *ret = NULL;
    for (size_t i = 0; i < l->ncolumns; i++) {
        struct list_column *c = &l->columns[i];
        const bool may = c->shown && c->shown > kept(l, c, cut);
        if (may && (!ret || c->shown > ret->shown))
            ret = c;
    }
    return ret;
}

static bool
give(struct list *l, int room, enum cut cut)
{
    struct list_column *c;
    while (needed(l) > room && (c = giver(l, cut)))
        c->shown--;
    return needed(l) <= room;
}

/* All that are shown at their width, then the widest a little narrower. */
static bool
squeeze(struct list *l, const bool *shown, int room)
{
    for (size_t i = 0; i < l->ncolumns; i++)
        l->columns[i].shown = shown[i] ? described(&l->columns[i]) : 0;
    return give(l, room, CUT_BLIND);
}

/* Columns of little weight go first, from the right, then the others. */
static bool
drop(struct list *l, bool *shown, int room)
{
    for (int weight = 1; weight >= 0; weight--)
        for (size_t i = l->ncolumns; i-- > 1;) {
            if (squeeze(l, shown, room))
                return true;
            shown[i] = shown[i] && l->columns[i].narrow != (weight == 1);
        }
    return squeeze(l, shown, room);
}

/* One that went before a wider one may have room beside what is left. */
static bool
choose(struct list *l, int room)
{
    bool shown[LIST_COLUMNS];
    for (size_t i = 0; i < l->ncolumns; i++)
        shown[i] = true;
    if (!drop(l, shown, room))
        return false;
    for (size_t i = 1; i < l->ncolumns; i++)
        if (!shown[i]) {
            shown[i] = true;
            shown[i] = squeeze(l, shown, room);
        }
    return squeeze(l, shown, room);
}

/* What is empty in the columns goes first, then the ends of names, then of the rest. */
static void
share(struct list *l, int room)
{
    for (size_t i = 0; i < l->ncolumns; i++)
        l->columns[i].shown = l->columns[i].shown ? wanted(&l->columns[i]) : 0;
    for (enum cut cut = CUT_NONE; cut <= CUT_ANY; cut++)
        (void)give(l, room, cut);
}

static void
widen(struct list *l, int room)
{
    struct list_column *widest = NULL;
    const int spare = room - needed(l);
    for (size_t i = 0; i < l->ncolumns; i++) {
        struct list_column *c = &l->columns[i];
        if (c->shown && !c->right && (!widest || c->shown > widest->shown))
            widest = c;
    }
    if (widest && spare > 0)
        widest->shown += smaller(spare, MOST_SPARE);
}

void
list_fit(struct list *l, int cols)
{
    int x = LIST_MARKER + (l->options ? LIST_OPTION : 1) + (l->marks ? LIST_MARK : 0);
    const int room = cols - x;
    if (choose(l, room))
        share(l, room);
    else
        l->columns[0].shown = larger(room, 1);
    widen(l, room);
    for (size_t i = 0; i < l->ncolumns; i++) {
        l->columns[i].x = x;
        x += l->columns[i].shown ? l->columns[i].shown + LIST_GAP : 0;
    }
}
