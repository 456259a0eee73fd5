#include "tests/tui/journey_script.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/attr.h"

static bool
take_step(struct journey_step *steps, size_t *n, const char *word, const char *rest)
{
    static const char *const words[] = {"type", "key", "see", "unseen"};
    for (size_t i = 0; i < COUNTOF(words) && *n < JOURNEY_STEPS; i++)
        if (!strcmp(word, words[i])) {
            struct journey_step *s = &steps[(*n)++];
            s->kind = (enum step_kind)i;
            snprintf(s->text, sizeof s->text, "%s", rest);
            return true;
        }
    return false;
}

static bool
take_line(struct journey *j, bool *plain, char *line)
{
    line[strcspn(line, "\n")] = 0;
    if (!line[0] || line[0] == '#')
        return true;
    if (sscanf(line, "keys %d of %d", &j->keys, &j->budget) == 2)
        return true;
    if (!strcmp(line, "screen") || !strcmp(line, "plain")) {
        *plain = line[0] == 'p';
        return true;
    }
    char *rest = strchr(line, ' ');
    if (rest)
        *rest++ = 0;
    return take_step(*plain ? j->plain : j->screen, *plain ? &j->nplain : &j->nscreen, line,
                     rest ? rest : "");
}

static bool
read_one(const char *folder, const char *name, struct journey *ret, char wrong[200])
{
    char path[400], line[300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "r");
    bool ok = f != NULL, plain = false;
    int n = 0;
    memset(ret, 0, sizeof *ret);
    snprintf(ret->name, sizeof ret->name, "%.*s", (int)strcspn(name, "."), name);
    while (ok && fgets(line, sizeof line, f)) {
        n++;
        ok = take_line(ret, &plain, line);
    }
    ok = ok && ret->budget > 0 && ret->nscreen > 0;
    if (!ok)
        snprintf(wrong, 200, "%.100s, line %d", name, n);
    if (f)
        fclose(f);
    return ok;
}

static int
is_script(const struct dirent *e)
{
    size_t n = strlen(e->d_name);
    return n > 4 && !strcmp(e->d_name + n - 4, ".txt");
}

bool
journeys_read(const char *folder, struct journey *ret, size_t *ret_n, char wrong[200])
{
    struct dirent **names;
    int n = scandir(folder, &names, is_script, alphasort);
    bool ok = n > 0 && n <= JOURNEYS;
    if (!ok)
        snprintf(wrong, 200, "%d scripts in %.150s", n, folder);
    for (int i = 0; i < n; i++) {
        ok = ok && read_one(folder, names[i]->d_name, &ret[i], wrong);
        free(names[i]);
    }
    if (n >= 0)
        free(names);
    *ret_n = ok ? (size_t)n : 0;
    return ok;
}

int
journey_count(const struct journey *j)
{
    int n = 0;
    for (size_t i = 0; i < j->nscreen; i++) {
        const char *p = j->screen[i].text;
        while (j->screen[i].kind == STEP_KEY && *p) {
            p += strspn(p, " ");
            n += *p != 0;
            p += strcspn(p, " ");
        }
    }
    return n;
}
