#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/load/load.h"

enum { ARENA = 256 * 1024 * 1024, LINE = 512, USERS = 20000, COMPANIES = 64, VALUES = 20000 };

static const char *const kinds[KINDS] = {"plate", "phone", "name", "vehicle", "policy"};

static struct samples *
company(struct people *p, const char *name)
{
    for (size_t i = 0; i < p->ncompanies; i++)
        if (str_eq_c(p->companies[i].company, name))
            return &p->companies[i];
    if (p->ncompanies == COMPANIES)
        return NULL;
    struct samples *s = &p->companies[p->ncompanies++];
    s->company = str_dup(&p->arena, str_from(name));
    for (size_t k = 0; k < KINDS; k++)
        s->values[k] = arena_new(&p->arena, struct str, VALUES);
    return s;
}

/* Three words of a line, tabs between. */
static bool
split(char *line, char *words[3])
{
    line[strcspn(line, "\n")] = '\0';
    for (size_t i = 0; i < 3; i++) {
        words[i] = line;
        char *tab = strchr(line, '\t');
        if ((tab == NULL) != (i == 2))
            return false;
        if (tab) {
            *tab = '\0';
            line = tab + 1;
        }
    }
    return true;
}

static bool
take_sample(struct people *p, char *const words[3])
{
    struct samples *s = company(p, words[0]);
    for (size_t k = 0; s && k < KINDS; k++)
        if (strcmp(kinds[k], words[1]) == 0 && s->n[k] < VALUES) {
            s->values[k][s->n[k]++] = str_dup(&p->arena, str_from(words[2]));
            return true;
        }
    return false;
}

static bool
take_user(struct people *p, char *const words[3])
{
    struct samples *s = company(p, words[0]);
    if (!s || p->nusers == USERS)
        return false;
    struct user *u = &p->users[p->nusers++];
    const struct str secret = str_dup(&p->arena, str_from(words[2]));
    *u = (struct user){.login = str_dup(&p->arena, str_from(words[1])).p, .samples = s};
    if (secret.n && secret.p[0] == '=')
        u->password = str_slice(secret, 1, secret.n);
    else
        u->key_path = secret.p;
    return true;
}

static bool
read_lines(struct people *p, const char *path, bool (*take)(struct people *, char *const[3]))
{
    char line[LINE], *words[3];
    size_t number = 0;
    bool good = true;
    FILE *f = fopen(path, "r");
    if (!f) {
        perror(path);
        return false;
    }
    while (good && fgets(line, sizeof line, f)) {
        number++;
        good = split(line, words) && take(p, words);
        if (!good)
            fprintf(stderr, "%s line %zu: expected COMPANY, KIND or LOGIN, VALUE or KEY with tabs between\n",
                    path, number);
    }
    fclose(f);
    return good;
}

bool
people_read(struct people *p, const char *samples_path, const char *users_path)
{
    *p = (struct people){0};
    arena_init(&p->arena, ARENA, NULL, NULL);
    p->companies = arena_new(&p->arena, struct samples, COMPANIES);
    p->users = arena_new(&p->arena, struct user, USERS);
    return read_lines(p, samples_path, take_sample) && read_lines(p, users_path, take_user) && p->nusers > 0;
}
