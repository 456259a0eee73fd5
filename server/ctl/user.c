#include "common/crypt/crypt.h"
#include "server/ctl/ctl.h"

static enum rc
reset(struct ctl *ctl, const char *name, const char *domain, struct err *reterr)
{
    CLEANUP(admin_close) struct admin *db = NULL;
    char password[CTL_PASSWORD], hash[CRYPT_PASSWORD_TEXT];
    struct admin_rows rows = {0};
    enum rc rc = ctl_database_ready(ctl, &db, reterr);
    if (rc != RC_OK)
        return rc;
    ctl_password(password);
    rc = crypt_password_hash(str_from(password), hash, reterr);
    const char *params[] = {name, domain, hash};
    if (rc == RC_OK)
        rc = admin_run(
            db, &ctl->arena,
            "with told as (select set_config('app.actor', 'bimactl', false), set_config('app.action', "
            "'password', false)) "
            "update app.user_account u set password_hash = $3 from app.tenant_domain d, told "
            "where d.domain = lower($2) and u.tenant_id = d.tenant_id and u.login = lower($1) returning u.id",
            params, COUNTOF(params), &rows, reterr);
    if (rc == RC_OK && rows.nrows != 1)
        rc = err_set(reterr, RC_NOT_FOUND, "login", "there is no user %s@%s", name, domain);
    if (rc == RC_OK)
        (void)printf("login=%s@%s\npassword=%s\n", name, domain, password);
    crypt_wipe(password, sizeof password);
    return rc;
}

static enum rc
user_password(struct ctl *ctl, struct err *reterr)
{
    const char *name = NULL, *domain = NULL;
    if (ctl->argc != 1)
        return err_set(reterr, RC_USAGE, NULL, "expected one login, name@company-domain");
    enum rc rc = ctl_login(ctl, ctl->argv[0], &name, &domain, reterr);
    return rc == RC_OK ? reset(ctl, name, domain, reterr) : rc;
}

const struct ctl_command ctl_user_password = {
    "user password", "LOGIN", "give a user a new random password; prints it once", user_password};
