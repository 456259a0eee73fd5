#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "client/plain/private.h"
#include "common/base/utf8.h"

/* A document as it is printed: its text is said, its PDF goes to a file where this program runs at home. */

/* Pictures made of blocks say nothing. */
static bool
is_picture(struct str line)
{
    bool drawn = false;
    for (size_t at = 0; at < line.n;) {
        uint32_t cp = utf8_next(line, &at);
        if (cp >= 0x2580 && cp <= 0x259f)
            drawn = true;
        else if (cp != ' ')
            return false;
    }
    return drawn;
}

/* A line drawn of signs. */
static bool
is_rule(struct str line)
{
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] != line.p[0] || strchr("=-_*~", line.p[i]) == NULL)
            return false;
    return line.n > 3;
}

void
say_file(struct plain *p, const struct body_file *file)
{
    struct str rest = file->bytes;
    bool told = false;
    if (str_starts(rest, STR("%PDF"))) {
        say(p, "%s", _("This is a PDF, which can't be said."));
        return;
    }
    while (rest.n > 0) {
        struct str line = str_trim(str_split(&rest, '\n'));
        if (is_rule(line))
            continue;
        if (!is_picture(line))
            say_text(p, line.n > 0 ? line : STR(" "));
        else if (!told)
            say(p, "%s", _("(a picture to scan is left out)"));
        told = told || is_picture(line);
    }
}

static enum rc
fetch(struct plain *p, struct params *params, const char *format, struct arena *a, struct body *ret)
{
    struct err err = {0};
    params->format = str_from(format);
    struct wish r = {.method = METHOD_PRINT, .params = params, .arena = a};
    enum rc rc = plain_call(p, &r, ret, &err);
    if (rc == RC_OK && !body_has(ret, BODY_FILE))
        rc = err_set(&err, RC_INTERNAL, NULL, "%s", _("the service sent no document"));
    if (rc != RC_OK)
        say_error(p, NULL, &err, ret);
    return rc;
}

static bool
write_new(const char *path, struct str bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = fd >= 0;
    while (ok && bytes.n > 0) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        ok = n >= 0 || errno == EINTR;
        if (n > 0)
            bytes = str_slice(bytes, (size_t)n, bytes.n);
    }
    int why = errno;
    if (fd >= 0 && close(fd) != 0)
        return false;
    errno = why;
    return ok;
}

static enum go
save(struct plain *p, struct params *params, struct arena *a)
{
    struct body body = {0};
    struct str path = STR_NONE;
    enum heard heard = hear(p, a, str_from(_("Save the PDF as (Enter for no): ")), &path);
    if (heard == HEARD_END)
        return GO_QUIT;
    if (heard == HEARD_BREAK || path.n == 0 || fetch(p, params, "pdf", a, &body) != RC_OK)
        return GO_ON;
    if (write_new(str_dup(a, path).p, body.file.bytes))
        say(p, _("Saved as %.*s."), STR_ARG(path));
    else
        say_usage(p, _("Could not write %.*s: %s. Nothing is overwritten."), STR_ARG(path), strerror(errno));
    return GO_ON;
}

enum go
plain_document(struct plain *p, const struct schema_entity *e, int64_t id)
{
    struct arena a;
    struct body body = {0};
    enum go go = GO_ON;
    arena_init(&a, SIZE_MAX, NULL, NULL);
    struct params params = params_of_record(e->number, id);
    params.present |= 1u << PARAM_FORMAT;
    if (fetch(p, &params, "text", &a, &body) == RC_OK) {
        say_file(p, &body.file);
        if (!p->config->spawned)
            go = save(p, &params, &a);
    }
    arena_done(&a);
    return p->over ? GO_QUIT : go;
}
