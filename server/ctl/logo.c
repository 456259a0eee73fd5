#include <string.h>

#include "common/base/buf.h"
#include "common/crypt/crypt.h"
#include "server/ctl/ctl.h"
#include "server/report/logo.h"

/* Reads at most one byte more than a logo may have: so that too much is seen. */
static enum rc
read_file(struct ctl *ctl, const char *path, struct str *ret, struct err *reterr)
{
    FILE *in = fopen(path, "rbe");
    if (!in)
        return err_set(reterr, RC_BAD_PARAMS, "logo", "%.200s can't be read", path);
    char *p = arena_alloc(&ctl->arena, LOGO_BYTES + 1);
    *ret = (struct str){p, fread(p, 1, LOGO_BYTES + 1, in)};
    (void)fclose(in);
    return RC_OK;
}

static enum rc
store(struct ctl *ctl, const char *code, struct str png, struct err *reterr)
{
    CLEANUP(admin_close) struct admin *db = NULL;
    struct admin_rows rows = {0};
    char *hex = arena_alloc(&ctl->arena, 2 * png.n + 1);
    crypt_hex((const unsigned char *)png.p, png.n, hex);
    const char *params[] = {code, hex};
    enum rc rc = ctl_database_ready(ctl, &db, reterr);
    if (rc == RC_OK)
        rc = admin_run(db, &ctl->arena,
                       "with told as (select set_config('app.actor', 'bimactl', false), "
                       "set_config('app.action', 'logo', false))"
                       " update app.tenant t set certificate_logo = nullif(decode($2, 'hex'), '') from told"
                       " where t.code = upper($1) and t.id > 0 returning t.code, t.id",
                       params, COUNTOF(params), &rows, reterr);
    if (rc == RC_OK && !rows.nrows)
        rc = err_set(reterr, RC_NOT_FOUND, NULL, "there is no company %.20s", code);
    if (rc == RC_OK)
        rc = ctl_note(db, rows.cells[1].p, "company logo", "setting", rows.cells[1].p, reterr);
    if (rc == RC_OK)
        (void)printf("company=%.*s\nlogo=%zu bytes\n", STR_ARG(rows.cells[0]), png.n);
    return rc;
}

static enum rc
company_logo(struct ctl *ctl, struct err *reterr)
{
    struct str png;
    if (ctl->argc != 2)
        return err_set(reterr, RC_USAGE, NULL, "expected the company's code and a PNG file, or none");
    if (strcmp(ctl->argv[1], "none") == 0)
        return store(ctl, ctl->argv[0], STR(""), reterr);
    enum rc rc = read_file(ctl, ctl->argv[1], &png, reterr);
    if (rc == RC_OK)
        rc = logo_check(png, reterr);
    return rc == RC_OK ? store(ctl, ctl->argv[0], png, reterr) : rc;
}

const struct ctl_command ctl_company_logo = {
    "company logo", "CODE FILE", "put a PNG picture on the certificates of a company; none takes it away",
    company_logo};
