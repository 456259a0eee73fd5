#include "server/config.h"

#include <errno.h>
#include <ini.h>
#include <string.h>

#include "common/base/str.h"
#include "common/value/date.h"
#include "server/address.h"

enum config_form {
    CONFIG_IS_TEXT,
    CONFIG_IS_PATH,
    CONFIG_IS_NUMBER,
    CONFIG_IS_DAY,
    CONFIG_IS_LEVEL,
    CONFIG_IS_PREFIXES,
    CONFIG_IS_LOOPBACK
};

struct config_row {
    const char *key;
    enum config_form form;
    unsigned roles;
    size_t offset, size; /* size: of a text's place, the NUL included */
    uint32_t least, most;
    const char *fallback;
    const char *unit; /* "" or "seconds" … */
    const char *help;
};

#define TEXT(m, f, roles, fallback, help)                                                                    \
    {                                                                                                        \
#m, f, roles, offsetof(struct config, m), sizeof(((struct config *)0)->m), 0, 0, fallback, "", help  \
    }
#define NUMBER(m, roles, least, most, fallback, unit, help)                                                  \
    {                                                                                                        \
#m, CONFIG_IS_NUMBER, roles, offsetof(struct config, m), 0, least, most, fallback, unit, help        \
    }

enum {
    ALL = CONFIG_FRONT | CONFIG_WORKER | CONFIG_JOBS,
    OUTSIDE = CONFIG_FRONT | CONFIG_METRICS,
    DATABASE = CONFIG_WORKER | CONFIG_JOBS,
};

/* clang-format off */
static const struct config_row rows[] = {
    TEXT(listen, CONFIG_IS_TEXT, 0, "127.0.0.1:7022", "addresses to listen on, host:port, blanks between"),
    TEXT(state_dir, CONFIG_IS_PATH, ALL, "/var/lib/bima", "where keys and the embedded database are kept"),
    TEXT(run_dir, CONFIG_IS_PATH, DATABASE, "/run/bima", "where the control socket is made"),
    TEXT(conninfo, CONFIG_IS_TEXT, DATABASE, "", "PostgreSQL connection; empty: the embedded database"),
    TEXT(host_key, CONFIG_IS_PATH, 0, "", "SSH host key; empty: state_dir/host_key; made at first start"),
    TEXT(signing_key, CONFIG_IS_PATH, DATABASE, "", "key that signs certificates; empty: state_dir/signing_key"),
    TEXT(audit_key, CONFIG_IS_PATH, CONFIG_JOBS, "", "key that signs the audit; empty: state_dir/audit_key; made at first start"),
    TEXT(master_key, CONFIG_IS_PATH, DATABASE, "", "key that protects personal data; empty: state_dir/master_key; made at first start"),
    TEXT(user, CONFIG_IS_TEXT, 0, "bima", "account to run as when started as root"),
    TEXT(front_user, CONFIG_IS_TEXT, 0, "bima-front", "account of the network processes when started as root"),
    TEXT(client_program, CONFIG_IS_PATH, CONFIG_FRONT, "/usr/bin/bima", "program run for terminal and command sessions"),
    TEXT(today, CONFIG_IS_DAY, DATABASE, "", "fixed day for training and tests; empty: the real one"),
    {"log_level", CONFIG_IS_LEVEL, ALL | CONFIG_METRICS, offsetof(struct config, log_level), 0, 0, 3, "info", "", "debug, info, warn or error"},
    NUMBER(fronts, 0, 1, 16, "1", "", "network processes"),
    NUMBER(workers, CONFIG_FRONT, 1, 64, "4", "", "workers of each network process"),
    NUMBER(bulk_workers, CONFIG_FRONT, 1, 16, "1", "", "workers of each network process for exports and imports"),
    NUMBER(platform_workers, CONFIG_FRONT, 1, 8, "1", "", "workers of each network process for the platform and registration"),
    NUMBER(max_sessions, CONFIG_FRONT, 1, 50000, "10000", "", "sessions of one network process"),
    NUMBER(max_half_open, CONFIG_FRONT, 1, 10000, "200", "", "sessions not signed in yet"),
    NUMBER(max_half_open_per_source, CONFIG_FRONT, 1, 10000, "20", "", "sessions not signed in yet, from one address"),
    NUMBER(max_sessions_per_user, CONFIG_FRONT, 1, 10000, "16", "", "sessions of one user"),
    NUMBER(max_channels, CONFIG_FRONT, 1, 100, "10", "", "channels of one session"),
    NUMBER(max_clients, CONFIG_FRONT, 1, 10000, "200", "", "terminal and command sessions of one network process"),
    NUMBER(queue, OUTSIDE, 1, 100000, "2048", "", "requests waiting for a worker"),
    NUMBER(queue_per_user, CONFIG_FRONT, 1, 10000, "64", "", "requests of one user waiting for a worker"),
    NUMBER(auth_tries, CONFIG_FRONT, 1, 20, "6", "", "passwords and keys that may be tried in one session"),
    TEXT(offices, CONFIG_IS_PREFIXES, CONFIG_FRONT, "", "addresses and prefixes of offices, blanks between: spared from penalties by address"),
    NUMBER(handshakes_per_second, CONFIG_FRONT, 1, 10000, "500", "", "new sessions of one network process in a second; more of them wait"),
    NUMBER(connects_per_minute, CONFIG_FRONT, 1, 100000, "120", "", "new sessions in a minute from one address; ten times as many where people sign in, and from offices"),
    NUMBER(registrations_per_hour, CONFIG_FRONT, 1, 100000, "60", "", "registration sessions in an hour"),
    NUMBER(registrations_per_source, CONFIG_FRONT, 1, 100000, "6", "", "registration sessions in an hour from one address"),
    NUMBER(kex_seconds, CONFIG_FRONT, 1, 600, "10", "seconds", "time to agree on keys"),
    NUMBER(auth_seconds, CONFIG_FRONT, 1, 3600, "120", "seconds", "time to sign in"),
    NUMBER(open_seconds, CONFIG_FRONT, 1, 3600, "20", "seconds", "time until a session asks for anything"),
    NUMBER(hello_seconds, CONFIG_FRONT, 1, 3600, "10", "seconds", "time until a channel asks for what it wants and a client says hello"),
    NUMBER(request_seconds, CONFIG_FRONT, 1, 3600, "30", "seconds", "longest time for one request"),
    NUMBER(idle_seconds, CONFIG_FRONT, 1, 604800, "14400", "seconds", "time without a request until a session is closed"),
    NUMBER(terminal_idle_seconds, CONFIG_FRONT, 1, 604800, "1800", "seconds", "time without a key press until a terminal session is closed"),
    NUMBER(session_seconds, CONFIG_FRONT, 1, 604800, "86400", "seconds", "longest time for one session"),
    NUMBER(drain_seconds, CONFIG_FRONT, 0, 600, "10", "seconds", "time requests have to finish when the service stops"),
    TEXT(metrics_listen, CONFIG_IS_LOOPBACK, 0, "", "loopback address:port of metrics and health over HTTP, such as 127.0.0.1:9464; empty: none"),
    NUMBER(slow_request_ms, CONFIG_WORKER, 0, 600000, "500", "milliseconds", "a request that takes longer is logged with its times; 0: none is"),
};
/* clang-format on */

static const struct config_row *
row_named(const char *key)
{
    for (size_t i = 0; i < COUNTOF(rows); i++) {
        if (strcmp(rows[i].key, key) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

static enum rc
check_prefixes(const struct config_row *row, const char *value, struct err *reterr)
{
    struct prefix some[PREFIXES_MAX];
    size_t n;
    struct err err;
    memset(&err, 0, sizeof err);
    if (prefixes_read(str_from(value), some, &n, &err) != RC_OK) {
        return err_set(reterr, RC_BAD_PARAMS, row->key, "%s: %s", row->key, err.text);
    }
    return RC_OK;
}

static enum rc
set_text(char *place, const struct config_row *row, const char *value, struct err *reterr)
{
    size_t n = strlen(value);
    if (n >= row->size) {
        return err_set(reterr, RC_BAD_PARAMS, row->key, "%s is longer than %zu characters", row->key,
                       row->size - 1);
    }
    if (row->form == CONFIG_IS_PATH && n > 0 && value[0] != '/') {
        return err_set(reterr, RC_BAD_PARAMS, row->key, "%s must be a path that starts with /", row->key);
    }
    date_t day;
    if (row->form == CONFIG_IS_DAY && n > 0 && date_parse(str_from(value), row->key, &day, reterr) != RC_OK) {
        return err_set(reterr, RC_BAD_PARAMS, row->key, "%s must be a day such as 2026-03-01, or empty",
                       row->key);
    }
    if (row->form == CONFIG_IS_PREFIXES) {
        enum rc rc = check_prefixes(row, value, reterr);
        if (rc != RC_OK) {
            return rc;
        }
    }
    if (row->form == CONFIG_IS_LOOPBACK && n > 0 && !loopback_is(str_from(value))) {
        return err_set(reterr, RC_BAD_PARAMS, row->key,
                       "%s must be a loopback address and a port, such as 127.0.0.1:9464 or [::1]:9464, or "
                       "empty: what it tells is not for the network",
                       row->key);
    }
    memcpy(place, value, n + 1);
    return RC_OK;
}

static enum rc
set_number(uint32_t *place, const struct config_row *row, const char *value, struct err *reterr)
{
    uint32_t n = 0;
    size_t digits = 0;
    for (; value[digits] >= '0' && value[digits] <= '9' && digits < 8; digits++) {
        n = n * 10 + (uint32_t)(value[digits] - '0');
    }
    if (digits == 0 || value[digits] != '\0' || n < row->least || n > row->most) {
        return err_set(reterr, RC_BAD_PARAMS, row->key, "%s must be a whole number from %u to %u", row->key,
                       row->least, row->most);
    }
    *place = n;
    return RC_OK;
}

static enum rc
set_row(struct config *c, const struct config_row *row, const char *value, struct err *reterr)
{
    void *place = (char *)c + row->offset;
    if (row->form == CONFIG_IS_NUMBER) {
        return set_number(place, row, value, reterr);
    }
    if (row->form == CONFIG_IS_LEVEL) {
        int level = log_level_by_name(value);
        if (level < 0) {
            return err_set(reterr, RC_BAD_PARAMS, row->key, "%s must be debug, info, warn or error",
                           row->key);
        }
        *(uint32_t *)place = (uint32_t)level;
        return RC_OK;
    }
    return set_text(place, row, value, reterr);
}

void
config_defaults(struct config *c)
{
    memset(c, 0, sizeof *c);
    for (size_t i = 0; i < COUNTOF(rows); i++) {
        struct err err;
        ASSERT(set_row(c, &rows[i], rows[i].fallback, &err) == RC_OK);
    }
}

struct reading {
    FILE *in;
    unsigned line; /* of the file, from 1 */
    struct config *config;
    bool seen[COUNTOF(rows)];
    void (*extra)(void *ctx, const char *key, const char *value);
    void *ctx;
    struct err err;
};

static char *
read_line(char *out, int cap, void *stream)
{
    struct reading *r = stream;
    char *line = fgets(out, cap, r->in);
    r->line += line != NULL;
    if (line != NULL && line[strspn(line, " \t")] == '[') {
        (void)err_set(&r->err, RC_BAD_PARAMS, NULL, "sections are not known; every line is key = value");
        return NULL;
    }
    return line;
}

/* inih wants non-zero for "go on". */
static int
take_pair(void *user, const char *section, const char *key, const char *value)
{
    struct reading *r = user;
    (void)section;
    if (r->extra != NULL && strncmp(key, "fd_", 3) == 0) {
        r->extra(r->ctx, key, value);
        return 1;
    }
    const struct config_row *row = row_named(key);
    if (row == NULL) {
        (void)err_set(&r->err, RC_BAD_PARAMS, NULL, "the key %.60s is not known", key);
        return 0;
    }
    size_t i = (size_t)(row - rows);
    if (r->seen[i]) {
        (void)err_set(&r->err, RC_BAD_PARAMS, key, "%s is given twice", key);
        return 0;
    }
    r->seen[i] = true;
    return set_row(r->config, row, value, &r->err) == RC_OK;
}

enum rc
config_read_stream(FILE *in, const char *name, void (*extra)(void *, const char *, const char *), void *ctx,
                   struct config *ret, struct err *reterr)
{
    struct config c;
    struct reading r = {.in = in, .config = &c, .extra = extra, .ctx = ctx};
    config_defaults(&c);
    ini_use_stack = false;
    ini_max_line = 4096;
    ini_initial_alloc = 4096;
    ini_allow_multiline = false;
    ini_allow_inline_comments = false; /* a conninfo may hold a semicolon */
    ini_stop_on_first_error = true;
    int rc = ini_parse_stream(read_line, &r, take_pair, &r);
    if (rc != 0 || r.err.text[0] != '\0') {
        return err_set(reterr, RC_BAD_PARAMS, r.err.field, "%s line %u: %s", name, r.line,
                       r.err.text[0] != '\0' ? r.err.text : "expected key = value");
    }
    *ret = c;
    return RC_OK;
}

enum rc
config_read(const char *path, struct config *ret, struct err *reterr)
{
    FILE *in = fopen(path, "re");
    if (in == NULL) {
        return err_set(reterr, RC_NOT_FOUND, NULL, "could not open %s: %s", path, strerror(errno));
    }
    enum rc rc = config_read_stream(in, path, NULL, NULL, ret, reterr);
    fclose(in);
    return rc;
}

void
config_write(FILE *out, const struct config *c, enum config_role role)
{
    for (size_t i = 0; i < COUNTOF(rows); i++) {
        const struct config_row *row = &rows[i];
        const void *place = (const char *)c + row->offset;
        if ((row->roles & (unsigned)role) == 0) {
            continue;
        }
        if (row->form == CONFIG_IS_NUMBER) {
            fprintf(out, "%s = %u\n", row->key, *(const uint32_t *)place);
        } else if (row->form == CONFIG_IS_LEVEL) {
            fprintf(out, "%s = %s\n", row->key, log_level_name(*(const uint32_t *)place));
        } else {
            fprintf(out, "%s = %s\n", row->key, (const char *)place);
        }
    }
}

void
config_sample(FILE *out)
{
    fputs("# Settings of the Bima service; see bimad.conf(5). Every key is here with its default.\n", out);
    for (size_t i = 0; i < COUNTOF(rows); i++) {
        const struct config_row *row = &rows[i];
        fprintf(out, "\n# %s", row->help);
        if (row->form == CONFIG_IS_NUMBER) {
            fprintf(out, "; %s%sfrom %u to %u", row->unit, row->unit[0] == '\0' ? "" : " ", row->least,
                    row->most);
        }
        fprintf(out, "\n#%s =%s%s\n", row->key, row->fallback[0] == '\0' ? "" : " ", row->fallback);
    }
}

static void
fill_path(char out[CONFIG_PATH], const char *dir, const char *name)
{
    if (out[0] == '\0') {
        size_t n = strlen(dir), m = strlen(name);
        ASSERT(n + 1 + m < CONFIG_PATH);
        memcpy(out, dir, n);
        out[n] = '/';
        memcpy(out + n + 1, name, m + 1);
    }
}

void
config_fill_paths(struct config *c)
{
    fill_path(c->host_key, c->state_dir, "host_key");
    fill_path(c->signing_key, c->state_dir, "signing_key");
    fill_path(c->audit_key, c->state_dir, "audit_key");
    fill_path(c->master_key, c->state_dir, "master_key");
}
