#include "common/base/lang.h"

#include <stdint.h>
#include <string.h>

/* The head of a .mo file, offsets in bytes; each table row is a length and an offset. Texts are sorted. */
enum { MO_COUNT = 8, MO_TEXTS = 12, MO_TRANSLATIONS = 16, MO_ROW = 8, MO_OFFSET = 4 };

/* The one thing that is the process's own: see the header. NULL: English. */
static const struct lang_catalogue *now;

static uint32_t
word(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static const char *
entry(const struct lang_catalogue *c, size_t table, size_t i)
{
    return (const char *)c->mo + word(c->mo + word(c->mo + table) + i * MO_ROW + MO_OFFSET);
}

static const char *
lookup(const struct lang_catalogue *c, const char *text)
{
    size_t low = 0, high = word(c->mo + MO_COUNT);
    if (!text[0]) /* the empty text stands for the catalogue's own head */
        return NULL;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = strcmp(text, entry(c, MO_TEXTS, mid));
        if (order == 0)
            return entry(c, MO_TRANSLATIONS, mid);
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

void
lang_use(const char *code)
{
    size_t count;
    const struct lang_catalogue *all = lang_catalogues(&count);
    now = NULL;
    for (size_t i = 0; code && i < count; i++)
        if (strcmp(all[i].code, code) == 0)
            now = &all[i];
}

const char *
lang_now(void)
{
    return now ? now->code : "en";
}

const char *
lang_known(size_t i)
{
    size_t count;
    const struct lang_catalogue *all = lang_catalogues(&count);
    return i < count ? all[i].code : NULL;
}

const char *
lang_text(const char *text)
{
    const char *found = now && text ? lookup(now, text) : NULL;
    return found ? found : text;
}

const char *
lang_plural(const char *one, const char *other, unsigned long n)
{
    const char *found = now ? lookup(now, one) : NULL;
    if (!found)
        return n == 1 ? one : other;
    return n == 1 ? found : found + strlen(found) + 1;
}
