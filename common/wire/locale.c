#include <stdio.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/wire/schema.h"

/* Days and amounts as one person writes them. */

static void
swap_signs(char *text, char thousands, char point)
{
    for (; *text; text++)
        *text = *text == ',' ? thousands : *text == '.' ? point : *text;
}

char *
locale_money(const struct locale_info *l, money_t m, char out[MONEY_TEXT])
{
    money_text(m, l->exponent, out);
    if (l->amounts == SCREEN_AMOUNTS_DOT)
        swap_signs(out, '.', ',');
    else if (l->amounts == SCREEN_AMOUNTS_BLANK)
        swap_signs(out, ' ', ',');
    return out;
}

char *
locale_date(const struct locale_info *l, date_t d, char out[DATE_TEXT])
{
    date_text(d, out);
    char sign = l->dates == SCREEN_DATES_SLASH ? '/' : '.';
    if (l->dates != SCREEN_DATES_SLASH && l->dates != SCREEN_DATES_DOT)
        return out;
    char year[5] = {out[0], out[1], out[2], out[3], 0}, month[3] = {out[5], out[6], 0};
    char day[3] = {out[8], out[9], 0};
    (void)snprintf(out, DATE_TEXT, "%s%c%s%c%s", day, sign, month, sign, year);
    return out;
}

char *
locale_stamp(const struct locale_info *l, stamp_t t, char out[STAMP_TEXT])
{
    char day[DATE_TEXT];
    stamp_local(t, l->offset_minutes, out);
    locale_date(l, stamp_day(t, l->offset_minutes), day);
    memcpy(out, day, strlen(day)); /* as long in every writing */
    return out;
}

struct str
locale_money_typed(struct arena *a, const struct locale_info *l, struct str typed)
{
    if (l->amounts != SCREEN_AMOUNTS_DOT && l->amounts != SCREEN_AMOUNTS_BLANK)
        return typed;
    char *text = arena_alloc(a, typed.n + 1);
    memcpy(text, typed.p, typed.n);
    text[typed.n] = 0;
    swap_signs(text, '.', l->amounts == SCREEN_AMOUNTS_DOT ? ',' : '.');
    return (struct str){text, typed.n};
}

struct str
locale_stamp_typed(struct arena *a, const struct locale_info *l, struct str typed)
{
    struct str rest = typed, day = str_split(&rest, ' ');
    char text[DATE_TEXT];
    struct err unread;
    date_t d;
    bool own = l->dates == SCREEN_DATES_SLASH || l->dates == SCREEN_DATES_DOT;
    if (!own || date_parse(day, "", &d, &unread) == RC_OK ||
        date_parse_typed(day, l->today, "", &d, &unread) != RC_OK)
        return typed;
    return str_printf(a, "%s%s%.*s", date_text(d, text), rest.n ? " " : "", STR_ARG(rest));
}
