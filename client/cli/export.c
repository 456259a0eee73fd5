#include "client/cli/export.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "client/link/file.h"
#include "client/text.h"
#include "common/base/arena.h"

static bool
ends_in(const char *path, const char *end)
{
    const size_t n = strlen(path), m = strlen(end);
    return n > m && strcasecmp(path + n - m, end) == 0;
}

static enum rc
choose_format(const struct export_job *job, struct str *ret, struct err *reterr)
{
    if (job->format.n)
        *ret = job->format;
    else if (ends_in(job->path, ".csv"))
        *ret = STR("csv");
    else if (ends_in(job->path, ".xlsx"))
        *ret = STR("xlsx");
    else
        return err_set(reterr, RC_USAGE, "export", _("the name of the file ends in .xlsx or .csv"));
    return RC_OK;
}

static enum rc
cant_write(const struct export_job *job, struct err *reterr)
{
    return err_set(reterr, RC_USAGE, "export", _("could not write %s: %s"), job->path, strerror(errno));
}

/* Two arenas by turns: the cursor of the piece before lives until the next one has come. */
static enum rc
write_pieces(const struct export_job *job, struct params *p, int fd, int64_t *ret_rows, struct err *reterr)
{
    struct arena arenas[2];
    enum rc rc = RC_OK;
    arena_init(&arenas[0], SIZE_MAX, NULL, NULL);
    arena_init(&arenas[1], SIZE_MAX, NULL, NULL);
    for (int turn = 0; rc == RC_OK; turn = !turn) {
        struct body body = {0};
        arena_reset(&arenas[turn]);
        rc = job->ask(job->ctx, p, &arenas[turn], &body, reterr);
        if (rc == RC_OK && (!body_has(&body, BODY_FILE) || !body_has(&body, BODY_PAGE)))
            rc = err_log(reterr, RC_INTERNAL, "an export without its file");
        if (rc == RC_OK && !file_write(fd, body.file.bytes))
            rc = cant_write(job, reterr);
        if (rc != RC_OK)
            break;
        *ret_rows = body.page.total;
        if (job->tell)
            job->tell(job->ctx, body.page.total);
        if (!body.page.next.n)
            break;
        p->cursor = body.page.next;
        p->present |= 1u << PARAM_CURSOR;
    }
    arena_done(&arenas[0]);
    arena_done(&arenas[1]);
    return rc;
}

enum rc
export_run(const struct export_job *job, int64_t *ret_rows, struct err *reterr)
{
    const bool out = strcmp(job->path, "-") == 0;
    struct params p = job->params;
    int64_t rows = 0;
    enum rc rc = choose_format(job, &p.format, reterr);
    if (rc != RC_OK)
        return rc;
    p.present |= 1u << PARAM_FORMAT;
    p.present &= ~(1u << PARAM_LIMIT | 1u << PARAM_TOTAL | 1u << PARAM_CURSOR | 1u << PARAM_FROM);
    const int fd = out ? STDOUT_FILENO : open(job->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return cant_write(job, reterr);
    rc = write_pieces(job, &p, fd, &rows, reterr);
    if (!out && close(fd) != 0 && rc == RC_OK)
        rc = cant_write(job, reterr);
    if (!out && rc != RC_OK)
        (void)unlink(job->path);
    if (rc == RC_OK)
        *ret_rows = rows;
    return rc;
}
