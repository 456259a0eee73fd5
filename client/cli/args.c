#include "client/cli/args.h"

#include <stdio.h>

#include "client/cli/suggest.h"
#include "client/text.h"
#include "common/base/arena.h"
#include "common/value/number.h"

enum kind { KIND_TEXT, KIND_NUMBER, KIND_FLAG, KIND_JSON, KIND_CSV };

struct option_row {
    const char *name; /* without dashes */
    char letter;      /* or 0 */
    enum kind kind;
    size_t off;
    int64_t max; /* NUMBER */
    const char *takes, *help;
};

#define AT(m) offsetof(struct cli_args, m)

static const struct option_row options[] = {
    {"login",         'l', KIND_TEXT,   AT(login),         0,       "LOGIN",  N_("sign in as NAME@COMPANY-DOMAIN")                      },
    {"port",          'p', KIND_NUMBER, AT(port),          65535,   "PORT",   N_("port of the service, else 7022")                      },
    {"identity",      'i', KIND_TEXT,   AT(key_path),      0,       "KEY",    N_("private key file to sign in with")                    },
    {"password-file", 0,   KIND_TEXT,   AT(password_file), 0,       "FILE",   N_("its first line is the password")                      },
    {"code-file",     0,   KIND_TEXT,   AT(code_file),     0,       "FILE",
     N_("its first line is the code of the second factor")                                                                              },
    {"json",          0,   KIND_JSON,   AT(format),        0,       NULL,     N_("print JSON")                                          },
    {"csv",           0,   KIND_CSV,    AT(format),        0,       NULL,     N_("print comma-separated values")                        },
    {"limit",         0,   KIND_NUMBER, AT(limit),         1000000, "N",      N_("rows to list; 0 for all")                             },
    {"sort",          0,   KIND_TEXT,   AT(sort),          0,       "FIELD",  N_("order of a list")                                     },
    {"desc",          0,   KIND_FLAG,   AT(desc),          0,       NULL,     N_("largest or newest first")                             },
    {"columns",       0,   KIND_TEXT,   AT(columns),       0,       "FIELDS", N_("columns of a list, with commas between them")         },
    {"export",        0,   KIND_TEXT,   AT(export_path),   0,       "FILE",
     N_("write all rows of a list to FILE.xlsx or FILE.csv")                                                                            },
    {"as-of",         0,   KIND_TEXT,   AT(as_of),         0,       "WHEN",   N_("show the record as it was then")                      },
    {"reason",        0,   KIND_TEXT,   AT(reason),        0,       "TEXT",   N_("why; kept in the history, confirms look-alikes")      },
    {"output",        'o', KIND_TEXT,   AT(out_path),      0,       "FILE",   N_("write there instead of the standard output")          },
    {"format",        0,   KIND_TEXT,   AT(print_format),  0,       "FORMAT", N_("of a printed document: pdf or text")                  },
    {"idem",          0,   KIND_TEXT,   AT(idem),          0,       "HEX",    N_("32 hex digits: repeat a write without doing it twice")},
    {"yes",           0,   KIND_FLAG,   AT(yes),           0,       NULL,     N_("trust the key of a new host without asking")          },
    {"plain",         0,   KIND_FLAG,   AT(plain),         0,       NULL,     N_("ask line by line: for speech readers and scripts")    },
    {"key",           0,   KIND_TEXT,   AT(public_key),    0,       "PUBLIC", N_("public key to verify a certificate with")             },
    {"help",          'h', KIND_FLAG,   AT(help),          0,       NULL,     N_("explain")                                             },
    {"version",       'V', KIND_FLAG,   AT(version),       0,       NULL,     N_("print the version")                                   },
    {"link-fd",       0,   KIND_NUMBER, AT(link_fd),       1023,    "FD",     NULL                                                      },
    {"complete",      0,   KIND_FLAG,   AT(complete),      0,       NULL,     NULL                                                      },
};

/* What the reader goes through: argv and where it is. */
struct reading {
    int argc, at;
    char *const *argv;
    struct cli_args *args;
    struct err *reterr;
};

static const struct option_row *
option_named(struct str name)
{
    for (size_t i = 0; i < COUNTOF(options); i++)
        if (str_eq_c(name, options[i].name))
            return &options[i];
    return NULL;
}

static const struct option_row *
option_lettered(char letter)
{
    for (size_t i = 0; i < COUNTOF(options); i++)
        if (options[i].letter == letter && letter != 0)
            return &options[i];
    return NULL;
}

static enum rc
store(struct reading *r, const struct option_row *o, const char *text)
{
    void *to = (char *)r->args + o->off;
    switch (o->kind) {
    case KIND_TEXT:
        *(const char **)to = text;
        return RC_OK;
    case KIND_NUMBER:
        if (o->off == AT(link_fd) &&
            r->args->link_fd >= 0) /* what a caller adds to the service's own words */
            return err_set(r->reterr, RC_USAGE, o->name, _("--%s is given already"), o->name);
        if (number_parse(str_from(text), 0, o->max, o->name, to, r->reterr) == RC_OK)
            return RC_OK;
        return err_set(r->reterr, RC_USAGE, o->name, _("--%s takes a whole number from 0 to %lld"), o->name,
                       (long long)o->max);
    case KIND_FLAG:
        *(bool *)to = true;
        return RC_OK;
    case KIND_JSON:
        r->args->format = FORMAT_JSON;
        return RC_OK;
    case KIND_CSV:
        r->args->format = FORMAT_CSV;
        return RC_OK;
    }
    return RC_OK;
}

static enum rc
unknown_option(struct reading *r, const char *word)
{
    struct suggestion near = {.typed = str_trim(str_from(word + (word[1] == '-' ? 2 : 1)))};
    for (size_t i = 0; i < COUNTOF(options); i++)
        if (options[i].help != NULL)
            suggest(&near, str_from(options[i].name));
    if (near.best.n == 0)
        return err_set(r->reterr, RC_USAGE, NULL, _("unknown option %s; see bima --help"), word);
    return err_set(r->reterr, RC_USAGE, NULL, _("unknown option %s; did you mean --%.*s?"), word,
                   STR_ARG(near.best));
}

/* `value` is what stood behind '=' or the letter, or NULL: then the next word is taken where one is needed.
 */
static enum rc
take_option(struct reading *r, const struct option_row *o, const char *value)
{
    bool takes = o->kind == KIND_TEXT || o->kind == KIND_NUMBER;
    if (!takes && value != NULL)
        return err_set(r->reterr, RC_USAGE, o->name, _("--%s takes no value"), o->name);
    if (takes && value == NULL) {
        if (r->at + 1 >= r->argc)
            return err_set(r->reterr, RC_USAGE, o->name, _("--%s needs a value (%s)"), o->name, o->takes);
        value = r->argv[++r->at];
    }
    return store(r, o, value);
}

static enum rc
read_option(struct reading *r, const char *word)
{
    if (word[1] != '-') {
        const struct option_row *o = option_lettered(word[1]);
        if (o == NULL)
            return unknown_option(r, word);
        return take_option(r, o, word[2] != '\0' ? word + 2 : NULL);
    }
    struct str rest = str_from(word + 2);
    struct str name = str_split(&rest, '=');
    const struct option_row *o = option_named(name);
    if (o == NULL)
        return unknown_option(r, word);
    return take_option(r, o, word[2 + name.n] == '=' ? word + 3 + name.n : NULL);
}

enum rc
cli_args_read(struct arena *a, int argc, char *const *argv, struct cli_args *ret, struct err *reterr)
{
    struct cli_args args = {.link_fd = -1, .limit = -1};
    struct reading r = {.argc = argc, .argv = argv, .args = &args, .reterr = reterr};
    bool options_over = false;
    args.words = arena_new(a, struct str, (size_t)argc + 1);
    for (r.at = 1; r.at < argc; r.at++) {
        const char *word = argv[r.at];
        enum rc rc = RC_OK;
        if (!options_over && str_eq_c(str_from(word), "--"))
            options_over = true;
        else if (!options_over && word[0] == '-' && word[1] != '\0')
            rc = read_option(&r, word);
        else
            args.words[args.nwords++] = str_from(word);
        if (rc != RC_OK)
            return rc;
    }
    *ret = args;
    return RC_OK;
}

const char *
cli_option_help(size_t i, const char **ret_syntax)
{
    static char syntax[48];
    if (i >= COUNTOF(options) || options[i].help == NULL)
        return NULL;
    const struct option_row *o = &options[i];
    const char *takes = o->takes != NULL ? o->takes : "";
    if (o->letter != 0)
        (void)snprintf(syntax, sizeof(syntax), "-%c, --%s %s", o->letter, o->name, takes);
    else
        (void)snprintf(syntax, sizeof(syntax), "    --%s %s", o->name, takes);
    *ret_syntax = syntax;
    return _(o->help);
}

/* --- host --- */

static bool
is_one_of(struct str word, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq_c(word, list[i]))
            return true;
    return false;
}

static bool
has_char(struct str s, char c)
{
    return s.n > 0 && memchr(s.p, c, s.n) != NULL;
}

static bool
is_host(const struct cli_args *args, bool has_host)
{
    static const char *const commands[] = {"find", "describe", "me", "home", "status", "help"};
    static const char *const verbs[] = {"list", "show", "add", "set", "history", "print", "verify"};
    struct str first = args->words[0];
    if (is_one_of(first, commands, COUNTOF(commands)))
        return false;
    if (has_char(first, '.') || has_char(first, ':') || has_char(first, '@') || str_eq_c(first, "localhost"))
        return true;
    return !has_host && !(args->nwords > 1 && is_one_of(args->words[1], verbs, COUNTOF(verbs)));
}

/* "host:7022" and "[::1]:7022"; a bare IPv6 address has more colons and no port. */
static enum rc
split_port(struct str *host, int64_t *ret_port, struct err *reterr)
{
    struct str rest = *host, port = STR_NONE;
    if (host->n > 0 && host->p[0] == '[') {
        rest = str_slice(rest, 1, rest.n);
        *host = str_split(&rest, ']');
        port = rest.n > 1 && rest.p[0] == ':' ? str_slice(rest, 1, rest.n) : STR_NONE;
    } else if (has_char(rest, ':')) {
        struct str name = str_split(&rest, ':');
        if (has_char(rest, ':'))
            return RC_OK;
        *host = name;
        port = rest;
    }
    if (port.n == 0)
        return RC_OK;
    if (number_parse(port, 1, 65535, "port", ret_port, reterr) == RC_OK)
        return RC_OK;
    return err_set(reterr, RC_USAGE, "port", _("the port is a number from 1 to 65535, not %.*s"),
                   STR_ARG(port));
}

enum rc
cli_take_host(struct arena *a, struct cli_args *args, bool has_host, struct err *reterr)
{
    if (args->nwords == 0 || !is_host(args, has_host))
        return RC_OK;
    struct str host = args->words[0];
    for (size_t i = host.n; i > 0; i--) {
        if (host.p[i - 1] != '@')
            continue;
        args->login = str_dup(a, str_slice(host, 0, i - 1)).p;
        host = str_slice(host, i, host.n);
        break;
    }
    enum rc rc = split_port(&host, &args->port, reterr);
    if (rc != RC_OK)
        return rc;
    args->host = str_dup(a, host).p;
    args->words++;
    args->nwords--;
    return RC_OK;
}
