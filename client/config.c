#include "client/config.h"

#include "client/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/value/number.h"

enum { LINE_MAX_BYTES = 1024, PORT_MAX = 65535 };

enum kind { KIND_TEXT, KIND_PATH, KIND_PORT, KIND_FLAG };

/* One row a setting: its word in the file, its name in the environment, where it goes. */
static const struct setting {
    const char *name, *environment;
    enum kind kind;
    size_t off;
    const char *choices; /* blank-separated, or NULL for anything */
} settings[] = {
    {"host",        "BIMA_HOST",        KIND_TEXT, offsetof(struct client_config, host),        NULL                       },
    {"port",        "BIMA_PORT",        KIND_PORT, offsetof(struct client_config, port),        NULL                       },
    {"login",       "BIMA_LOGIN",       KIND_TEXT, offsetof(struct client_config, login),       NULL                       },
    {"key",         "BIMA_KEY",         KIND_PATH, offsetof(struct client_config, key_path),    NULL                       },
    {"known_hosts", "BIMA_KNOWN_HOSTS", KIND_PATH, offsetof(struct client_config, known_hosts), NULL                       },
    {"theme",       "BIMA_THEME",       KIND_TEXT, offsetof(struct client_config, theme),       "colour lean mono contrast"},
    {"language",    "BIMA_LANGUAGE",    KIND_TEXT, offsetof(struct client_config, language),    "en sw"                    },
    {"plain",       "BIMA_PLAIN",       KIND_FLAG, offsetof(struct client_config, plain),       NULL                       },
};

static bool
is_choice(const char *choices, struct str value)
{
    struct str rest = str_from(choices);
    while (rest.n > 0)
        if (str_eq(str_split(&rest, ' '), value))
            return true;
    return false;
}

/* "~/…" is the home's, as in a shell. */
static struct str
expand(struct arena *a, struct str path)
{
    const char *home = getenv("HOME");
    if (home == NULL || !str_starts(path, STR("~/")))
        return path;
    return str_printf(a, "%s%.*s", home, STR_ARG(str_slice(path, 1, path.n)));
}

static enum rc
apply(struct client_config *c, struct arena *a, const struct setting *s, struct str value, struct err *reterr)
{
    char *to = (char *)c + s->off;
    int64_t port = 0;
    if (s->kind == KIND_PORT) {
        if (number_parse(value, 1, PORT_MAX, s->name, &port, reterr) != RC_OK)
            return err_set(reterr, RC_USAGE, s->name, _("is a number from 1 to %d"), PORT_MAX);
        *(int *)(void *)to = (int)port;
        return RC_OK;
    }
    if (s->kind == KIND_FLAG)
        return bool_parse(value, s->name, (bool *)(void *)to, reterr) == RC_OK
                   ? RC_OK
                   : err_set(reterr, RC_USAGE, s->name, _("is yes or no"));
    if (s->choices != NULL && !is_choice(s->choices, value))
        return err_set(reterr, RC_USAGE, s->name, "is one of: %s", s->choices);
    if (s->kind == KIND_PATH)
        value = expand(a, value);
    *(const char **)(void *)to = str_dup(a, value).p;
    return RC_OK;
}

static const struct setting *
setting_named(struct str name)
{
    for (size_t i = 0; i < COUNTOF(settings); i++)
        if (str_eq_c(name, settings[i].name))
            return &settings[i];
    return NULL;
}

static enum rc
read_line(struct client_config *c, struct arena *a, struct str line, struct err *reterr)
{
    struct str rest = str_trim(line);
    if (rest.n == 0 || rest.p[0] == '#')
        return RC_OK;
    struct str name = str_trim(str_split(&rest, '='));
    const struct setting *s = setting_named(name);
    if (s == NULL)
        return err_set(reterr, RC_USAGE, NULL, "\"%.*s\" is no setting", STR_ARG(name));
    return apply(c, a, s, str_trim(rest), reterr);
}

static enum rc
read_file(struct client_config *c, struct arena *a, const char *path, struct err *reterr)
{
    char line[LINE_MAX_BYTES];
    FILE *f = fopen(path, "re");
    enum rc rc = RC_OK;
    if (f == NULL)
        return RC_OK;
    for (int number = 1; rc == RC_OK && fgets(line, sizeof(line), f) != NULL; number++) {
        struct err why = {0};
        rc = read_line(c, a, str_from(line), &why);
        if (rc != RC_OK)
            (void)err_set(reterr, rc, NULL, "%s, line %d: %s%s%s", path, number, why.field,
                          why.field[0] != '\0' ? " " : "", why.text);
    }
    (void)fclose(f);
    return rc;
}

static const char *
named_file(struct arena *a, const char *variable)
{
    const char *file = getenv(variable);
    return file != NULL && file[0] != '\0' ? str_dup(a, str_from(file)).p : NULL;
}

static enum rc
read_environment(struct client_config *c, struct arena *a, struct err *reterr)
{
    for (size_t i = 0; i < COUNTOF(settings); i++) {
        const char *value = getenv(settings[i].environment);
        struct err why = {0};
        if (value == NULL || value[0] == '\0' || (c->spawned && settings[i].kind != KIND_FLAG))
            continue;
        if (apply(c, a, &settings[i], str_from(value), &why) != RC_OK)
            return err_set(reterr, RC_USAGE, NULL, "%s %s", settings[i].environment, why.text);
    }
    if (!c->spawned) {
        c->password_file = named_file(a, "BIMA_PASSWORD_FILE");
        c->code_file = named_file(a, "BIMA_CODE_FILE");
    }
    return RC_OK;
}

/* $XDG_…/bima, or the usual place below the home; NULL without either. */
static const char *
place(struct arena *a, const char *variable, const char *below_home)
{
    const char *base = getenv(variable), *home = getenv("HOME");
    if (base != NULL && base[0] == '/')
        return str_printf(a, "%s/bima", base).p;
    if (home == NULL || home[0] != '/')
        return NULL;
    return str_printf(a, "%s/%s/bima", home, below_home).p;
}

enum rc
client_config_load(struct client_config *c, struct arena *a, enum client_where where, struct err *reterr)
{
    struct client_config mine = {.spawned = where == CLIENT_SPAWNED};
    enum rc rc = RC_OK;
    if (where == CLIENT_AT_HOME) {
        mine.config_dir = place(a, "XDG_CONFIG_HOME", ".config");
        mine.cache_dir = place(a, "XDG_CACHE_HOME", ".cache");
        mine.state_dir = place(a, "XDG_STATE_HOME", ".local/state");
        if (mine.config_dir != NULL)
            rc = read_file(&mine, a, str_printf(a, "%s/config", mine.config_dir).p, reterr);
    }
    if (rc == RC_OK)
        rc = read_environment(&mine, a, reterr);
    if (rc == RC_OK)
        *c = mine;
    return rc;
}
