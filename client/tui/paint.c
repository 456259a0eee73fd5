#include "client/tui/paint.h"

#include <langinfo.h>
#include <ncurses.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "client/tui/paint_private.h"
#include "client/tui/term.h"
#include "common/base/utf8.h"
#include "common/wire/schema.h"

static int
clamp(int n, int low, int high)
{
    return n < low ? low : n > high ? high : n;
}

struct area
area_sub(const struct area *a, int y, int x, int rows, int cols)
{
    y = clamp(y, 0, a->rows);
    x = clamp(x, 0, a->cols);
    return (struct area){a->y + y, a->x + x, clamp(rows, 0, a->rows - y), clamp(cols, 0, a->cols - x)};
}

struct area
area_centre(const struct area *a, int rows, int cols)
{
    rows = clamp(rows, 0, a->rows);
    cols = clamp(cols, 0, a->cols);
    return area_sub(a, (a->rows - rows) / 2, (a->cols - cols) / 2, rows, cols);
}

static void
use_role(enum role role)
{
    unsigned long attrs;
    short pair;
    theme_look(role, &attrs, &pair);
    attr_set((attr_t)attrs, pair, NULL);
}

/* Line drawing in the role set now: curses' own line characters carry no attributes. On a lean line a third
   of the bytes will do. */
static cchar_t
line_char(const cchar_t *of)
{
    cchar_t ret;
    wchar_t text[CCHARW_MAX + 1];
    attr_t own, set;
    short pair;
    getcchar(of, text, &own, &pair, NULL);
    attr_get(&set, &pair, NULL);
    if (theme_is_lean()) {
        own = A_NORMAL;
        text[0] = of == WACS_HLINE ? L'-' : of == WACS_VLINE ? L'|' : L'+';
        text[1] = 0;
    }
    setcchar(&ret, text, set | own, pair, NULL);
    return ret;
}

static void
line_across(int y, int x, const cchar_t *of, int n)
{
    cchar_t c = line_char(of);
    mvhline_set(y, x, &c, n);
}

static void
line_down(int y, int x, const cchar_t *of, int n)
{
    cchar_t c = line_char(of);
    mvvline_set(y, x, &c, n);
}

/* One character with its combining marks' base only; what the terminal can't show is "?". */
static void
put_cp(int y, int x, uint32_t cp)
{
    wchar_t text[2] = {(wchar_t)cp, 0};
    char bytes[16];
    mbstate_t st;
    memset(&st, 0, sizeof st);
    if (cp >= 0x80 && wcrtomb(bytes, (wchar_t)cp, &st) == (size_t)-1)
        text[0] = L'?';
    mvaddnwstr(y, x, text, 1);
}

static int
put_text(int y, int x, struct str s)
{
    int at = x;
    for (size_t pos = 0; pos < s.n;) {
        uint32_t cp = utf8_next(s, &pos);
        int w = utf8_width_cp(cp);
        if (w == 0)
            continue;
        put_cp(y, at, cp);
        at += w;
    }
    return at - x;
}

int
paint(const struct area *a, struct spot at, struct str text)
{
    if (at.y < 0 || at.y >= a->rows || at.x < 0 || at.x >= a->cols)
        return 0;
    int room = a->cols - at.x;
    if (at.width > 0 && at.width < room)
        room = at.width;
    int want = (int)utf8_width(text), used = 0;
    use_role(at.role);
    int y = a->y + at.y, x = a->x + at.x;
    if (want <= room) {
        if (at.right && at.width > 0)
            x += room - want;
        used = put_text(y, x, text);
    } else {
        used = put_text(y, x, utf8_fit(text, (size_t)(room > 0 ? room - 1 : 0)));
        put_cp(y, x + used, '>');
        used++;
    }
    attr_set(A_NORMAL, 0, NULL);
    return used;
}

bool
paint_has_blocks(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

int
paint_text(const struct area *a, int y, int x, enum role role, const char *text)
{
    return paint(a, (struct spot){.y = y, .x = x, .role = role}, str_from(text));
}

int
paint_format(const struct area *a, struct spot at, const char *fmt, ...)
{
    char line[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    return paint(a, at, str_from(line));
}

void
paint_run(const struct area *a, struct spot at, uint32_t cp, int n)
{
    if (at.y < 0 || at.y >= a->rows)
        return;
    use_role(at.role);
    for (int x = at.x; x < at.x + n && x < a->cols; x++)
        if (x >= 0)
            put_cp(a->y + at.y, a->x + x, cp);
    attr_set(A_NORMAL, 0, NULL);
}

void
paint_rule(const struct area *a, int y, int x, int n)
{
    n = n < a->cols - x ? n : a->cols - x;
    if (y < 0 || y >= a->rows || x < 0 || n <= 0)
        return;
    use_role(ROLE_FRAME);
    line_across(a->y + y, a->x + x, WACS_HLINE, n);
    attr_set(A_NORMAL, 0, NULL);
}

void
paint_clear(const struct area *a)
{
    attr_set(A_NORMAL, 0, NULL);
    for (int y = 0; y < a->rows; y++)
        mvhline(a->y + y, a->x, ' ', a->cols);
}

struct area
paint_box(const struct area *a, struct str title)
{
    paint_clear(a);
    if (a->rows < 2 || a->cols < 4)
        return *a;
    int bottom = a->y + a->rows - 1, right = a->x + a->cols - 1;
    use_role(ROLE_FRAME);
    line_across(a->y, a->x, WACS_HLINE, a->cols);
    line_across(bottom, a->x, WACS_HLINE, a->cols);
    line_down(a->y, a->x, WACS_VLINE, a->rows);
    line_down(a->y, right, WACS_VLINE, a->rows);
    line_across(a->y, a->x, WACS_ULCORNER, 1);
    line_across(a->y, right, WACS_URCORNER, 1);
    line_across(bottom, a->x, WACS_LLCORNER, 1);
    line_across(bottom, right, WACS_LRCORNER, 1);
    attr_set(A_NORMAL, 0, NULL);
    if (title.n) {
        int n = paint(a, (struct spot){.y = 0, .x = 3, .width = a->cols - 6, .role = ROLE_HEAD}, title);
        paint_run(a, (struct spot){.y = 0, .x = 2}, ' ', 1);
        paint_run(a, (struct spot){.y = 0, .x = 3 + n}, ' ', 1);
    }
    return area_sub(a, 1, 2, a->rows - 2, a->cols - 4);
}

void
paint_cursor(const struct area *a, int y, int x)
{
    if (a->rows > 0 && a->cols > 0)
        term_cursor(a->y + clamp(y, 0, a->rows - 1), a->x + clamp(x, 0, a->cols - 1));
}

void
paint_spark(const struct area *a, struct spot at, const int64_t *values, int n)
{
    static const char steps[] = "_.:-=+##";
    bool blocks = paint_has_blocks() && !theme_is_lean();
    int64_t most = 1;
    for (int i = 0; i < n; i++)
        if (values[i] > most)
            most = values[i];
    for (int i = 0; i < n; i++) {
        int level = (int)((values[i] < 0 ? 0 : values[i]) * 7 / most);
        uint32_t cp = blocks ? 0x2581u + (uint32_t)level : (uint32_t)steps[level];
        paint_run(a, (struct spot){.y = at.y, .x = at.x + i, .role = at.role}, cp, 1);
    }
}

struct tone_look
tone_look(int tone)
{
    switch (tone) {
    case TONE_BAD:
        return (struct tone_look){"!!", ROLE_BAD};
    case TONE_WARN:
        return (struct tone_look){"!", ROLE_WARN};
    case TONE_SOON:
        return (struct tone_look){".", ROLE_SOON};
    case TONE_GOOD:
        return (struct tone_look){"", ROLE_GOOD};
    case TONE_OFF:
        return (struct tone_look){"", ROLE_DIM};
    default:
        return (struct tone_look){"", ROLE_TEXT};
    }
}
