#include "client/cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "client/cli/ask.h"
#include "client/cli/complete.h"
#include "client/cli/report.h"
#include "client/cli/run.h"
#include "client/cli/suggest.h"
#include "client/config.h"
#include "client/link/file.h"
#include "client/text.h"
#include "common/base/arena.h"
#include "common/value/number.h"

int
cli_fail(const struct err *err)
{
    static const struct style plain;
    report_error(&plain, err, NULL);
    return rc_exit(err->code);
}

/* --- output --- */

static size_t
columns_of(int fd)
{
    struct winsize size;
    int64_t n;
    const char *set = getenv("COLUMNS");
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    if (number_parse(str_from(set), 20, 1000, "COLUMNS", &n, NULL) != RC_OK)
        return 80;
    return (size_t)n;
}

/* What goes to a file or a pipe is UTF-8 whatever the locale says: programs read it. */
static void
take_style(struct run *r)
{
    bool to_file = r->args->out_path != NULL && strcmp(r->args->out_path, "-") != 0;
    r->st.terminal = !to_file && isatty(STDOUT_FILENO);
    r->st.columns = r->st.terminal ? columns_of(STDOUT_FILENO) : 0;
    r->st.utf8 = !r->st.terminal || strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    run_refresh(r);
}

/* A reader that has seen enough (`| head`) is no error. */
static int
write_out(const struct run *r)
{
    const char *path = r->args->out_path;
    struct err err = {0};
    int fd = STDOUT_FILENO;
    if (path != NULL && strcmp(path, "-") != 0)
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        (void)err_set(&err, RC_USAGE, "output", _("could not write %s: %s"), path, strerror(errno));
        return cli_fail(&err);
    }
    bool ok = file_write(fd, buf_str(&r->out)) || (fd == STDOUT_FILENO && errno == EPIPE);
    int why = errno;
    if (fd != STDOUT_FILENO)
        ok = close(fd) == 0 && ok;
    if (ok)
        return 0;
    (void)err_set(&err, RC_INTERNAL, "output", _("could not write: %s"), strerror(why));
    return cli_fail(&err);
}

/* --- the command --- */

/* A command that only reads and is understood by the description kept from last time leaves together with the
   hello: one round trip less. Writes wait until the line stands, so that what breaks before is known not to
   have happened. */
static bool
can_leave_early(struct run *r, struct cli_command *ret)
{
    if (r->st.schema == NULL || r->args->as_of != NULL)
        return false;
    if (command_read(r->a, r->st.schema, r->st.locale, r->args, ret, NULL) != RC_OK)
        return false;
    const struct method_info *m = method_by_number(ret->method);
    bool asks = ret->kind == COMMAND_CALL || ret->kind == COMMAND_LIST;
    return asks && m != NULL && (m->flags & METHOD_WRITES) == 0;
}

static int
run_words(struct run *r)
{
    struct cli_command c;
    struct err err = {0};
    take_style(r);
    if (!can_leave_early(r, &c)) {
        if (link_wait_online(r->l, &err) != RC_OK)
            return cli_fail(&err);
        run_refresh(r);
        if (command_read(r->a, r->st.schema, r->st.locale, r->args, &c, &err) != RC_OK)
            return cli_fail(&err);
    }
    int code = run_command(r, &c);
    int wrote = code == 0 ? write_out(r) : 0;
    return code != 0 ? code : wrote;
}

static enum rc
check_options(const struct cli_args *args, const struct client_config *config, struct err *reterr)
{
    if (config->spawned && args->out_path != NULL && strcmp(args->out_path, "-") != 0)
        return err_set(reterr, RC_USAGE, "output", _("no files here: redirect the output of ssh instead"));
    if (config->spawned && args->export_path != NULL && strcmp(args->export_path, "-") != 0)
        return err_set(reterr, RC_USAGE, "export",
                       _("no files here: --export - --format csv, and redirect the output of ssh"));
    if (args->print_format == NULL)
        return RC_OK;
    static const char *const formats[] = {"pdf", "text", "csv", "xlsx"};
    const size_t first = args->export_path != NULL ? 2 : 0;
    if (strcmp(args->print_format, formats[first]) != 0 &&
        strcmp(args->print_format, formats[first + 1]) != 0)
        return first ? err_set(reterr, RC_USAGE, "format", _("is csv or xlsx"))
                     : err_set(reterr, RC_USAGE, "format", _("is pdf or text"));
    return RC_OK;
}

int
cli_main(struct arena *a, const struct cli_args *args, const struct client_config *config,
         const struct link_options *options)
{
    struct err err = {0};
    struct link *l = NULL;
    struct ask_by by = {.trust = args->yes, .code_file = config->code_file};
    struct link_options o = *options;
    if (check_options(args, config, &err) != RC_OK)
        return cli_fail(&err);
    if (o.fd < 0) {
        o.ask = ask_for_link;
        o.ask_ctx = &by;
    }
    if (link_open(&o, &l, &err) != RC_OK)
        return cli_fail(&err);
    struct run r = {.a = a, .l = l, .args = args, .spawned = config->spawned};
    buf_init(&r.out, a, 4096);
    int code = 0;
    if (args->complete)
        complete_words(&r);
    else
        code = run_words(&r);
    if (args->complete)
        (void)write_out(&r);
    link_close(l);
    return code;
}
