/*
 * bima: with words a command line, without words and on a terminal the screens, or plain questions. The
 * service starts it too, for those who come with nothing but ssh: then --link-fd names a descriptor that is
 * signed in already.
 */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/cli/ask.h"
#include "client/cli/cli.h"
#include "client/cli/describe.h"
#include "client/cli/verify.h"
#include "client/config.h"
#include "client/link/link.h"
#include "client/plain/plain.h"
#include "client/screen/app.h"
#include "client/text.h"
#include "common/base/arena.h"
#include "common/base/attr.h"
#include "common/base/limits.h"
#include "common/crypt/crypt.h"

enum { ARENA_CAP = 1 << 30 /* bytes; a list of everything, asked for with --limit 0 */ };

static int
print(const struct buf *out)
{
    return fwrite(out->p, 1, out->n, stdout) == out->n && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int
usage(struct arena *a, FILE *to, int code)
{
    struct buf out;
    buf_init(&out, a, 4096);
    usage_text(&out);
    (void)fwrite(out.p, 1, out.n, to);
    return code;
}

static int
verify(struct arena *a, const struct cli_args *args, bool files)
{
    struct err err = {0};
    struct buf out;
    buf_init(&out, a, 1024);
    if (verify_certificate(&out, args, files, &err) != RC_OK)
        return cli_fail(&err);
    return print(&out);
}

/* Options over configuration. */
static enum rc
merge(struct client_config *c, const struct cli_args *args, struct err *reterr)
{
    if (c->spawned && (args->host != NULL || args->login != NULL || args->key_path != NULL ||
                       args->port != 0 || args->password_file != NULL || args->code_file != NULL))
        return err_set(reterr, RC_USAGE, NULL, _("host, login, port and secrets are settled here already"));
    if (args->host != NULL)
        c->host = args->host;
    if (args->login != NULL)
        c->login = args->login;
    if (args->key_path != NULL)
        c->key_path = args->key_path;
    if (args->password_file != NULL)
        c->password_file = args->password_file;
    if (args->code_file != NULL)
        c->code_file = args->code_file;
    if (args->port != 0)
        c->port = (int)args->port;
    const char *term = getenv("TERM");
    c->plain =
        c->plain || args->plain || (term != NULL && strcmp(term, "dumb") == 0 && isatty(STDOUT_FILENO));
    return RC_OK;
}

/* Asked of the environment and not of setlocale: a machine need not have the locale to be read in its
 * language. */
static const char *
language(const struct client_config *c)
{
    static const char *const from[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *lang = c->language;
    for (size_t i = 0; lang == NULL && i < COUNTOF(from); i++) {
        const char *set = getenv(from[i]);
        lang = set != NULL && set[0] ? set : NULL;
    }
    return lang != NULL && strncmp(lang, "sw", 2) == 0 ? "sw" : "en";
}

static struct link_options
options_of(const struct client_config *c, const struct cli_args *args, const char *client)
{
    return (struct link_options){
        .host = c->host,
        .port = c->port,
        .login = c->login,
        .key_path = c->key_path,
        .known_hosts = c->known_hosts,
        .cache_dir = c->cache_dir,
        .fd = (int)args->link_fd,
        .client = client,
        .locale = language(c),
    };
}

/* Without a host or login the screens ask for them and open the link themselves. */
static int
screens(const struct client_config *c, const struct link_options *o)
{
    struct err err = {0};
    struct link *l = NULL;
    bool known = c->spawned || (c->host != NULL && c->login != NULL);
    if (known && link_open(o, &l, &err) != RC_OK)
        return cli_fail(&err);
    return tui_main(l, c);
}

static int
run(struct arena *a, const struct cli_args *args, const struct client_config *c)
{
    bool words = args->nwords > 0 || args->help || args->complete;
    if (!words && !c->plain && !(isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))
        return usage(a, stderr, rc_exit(RC_USAGE));
    const char *client = words      ? "bima " BIMA_VERSION
                         : c->plain ? "bima " BIMA_VERSION " plain"
                                    : "bima " BIMA_VERSION " tui";
    struct link_options o = options_of(c, args, client);
    struct err err = {0};
    struct secret password;
    secret_new(&password, LIMIT_PASSWORD);
    enum rc rc = RC_OK;
    if (c->password_file != NULL)
        rc = read_secret_file(c->password_file, &password, &err);
    o.password = (struct str){(const char *)password.p, password.n};
    o.patient = o.personal = !words;
    int code = 0;
    if (rc != RC_OK)
        code = cli_fail(&err);
    else if (words)
        code = cli_main(a, args, c, &o);
    else if (c->plain)
        code = plain_main(c, &o, args->yes);
    else
        code = screens(c, &o);
    secret_free(&password);
    return code;
}

static int
bima(struct arena *a, int argc, char *const *argv)
{
    struct cli_args args;
    struct client_config config;
    struct err err = {0};
    if (crypt_start(&err) != RC_OK || cli_args_read(a, argc, argv, &args, &err) != RC_OK)
        return cli_fail(&err);
    bool spawned = args.link_fd >= 0;
    if (args.version) {
        (void)printf("bima %s\n", BIMA_VERSION);
        return EXIT_SUCCESS;
    }
    if (client_config_load(&config, a, spawned ? CLIENT_SPAWNED : CLIENT_AT_HOME, &err) != RC_OK)
        return cli_fail(&err);
    if (is_verify(&args))
        return verify(a, &args, !spawned);
    if (!spawned && cli_take_host(a, &args, config.host != NULL, &err) != RC_OK)
        return cli_fail(&err);
    if (merge(&config, &args, &err) != RC_OK)
        return cli_fail(&err);
    if (args.help && args.nwords == 0 && !spawned)
        return usage(a, stdout, EXIT_SUCCESS);
    lang_use(language(&config));
    return run(a, &args, &config);
}

int
main(int argc, char **argv)
{
    struct arena a;
    (void)setlocale(LC_ALL, "");
    (void)signal(SIGPIPE, SIG_IGN); /* a broken line or pipe is told by write, not by death */
    arena_init(&a, ARENA_CAP, NULL, NULL);
    int code = bima(&a, argc, argv);
    arena_done(&a);
    return code;
}
