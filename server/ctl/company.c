#include <string.h>

#include "common/crypt/crypt.h"
#include "server/ctl/ctl.h"

/* The administrator's first password is shown here and nowhere else. */
static enum rc
add(struct ctl *ctl, const char *domain, const char *login, struct err *reterr)
{
    CLEANUP(admin_close) struct admin *db = NULL;
    char password[CTL_PASSWORD], hash[CRYPT_PASSWORD_TEXT];
    enum rc rc = ctl_database_ready(ctl, &db, reterr);
    if (rc != RC_OK)
        return rc;
    ctl_password(password);
    rc = crypt_password_hash(str_from(password), hash, reterr);
    if (rc != RC_OK)
        return rc;
    const char *params[] = {ctl->argv[0], ctl->argv[1], domain, login, hash};
    rc = admin_run(db, &ctl->arena, "select app.platform_operator('add')", NULL, 0, NULL, reterr);
    if (rc == RC_OK)
        rc = admin_run(db, &ctl->arena,
                       "select app.company_make(jsonb_build_object('code', upper($1), 'name', $2::text,"
                       " 'domains', jsonb_build_array(lower($3)), 'admin_login', $4::text, 'admin_hash', "
                       "$5::text), 'company.add')",
                       params, COUNTOF(params), NULL, reterr);
    if (rc == RC_DUPLICATE)
        return err_set(reterr, RC_DUPLICATE, NULL, "the code %s or the domain %s is taken", ctl->argv[0],
                       domain);
    if (rc == RC_OK)
        (void)printf("company=%s\nlogin=%s@%s\npassword=%s\n", ctl->argv[0], login, domain, password);
    crypt_wipe(password, sizeof password);
    return rc;
}

static enum rc
company_add(struct ctl *ctl, struct err *reterr)
{
    const char *domain = NULL, *login = "admin";
    const struct ctl_option options[] = {
        {"--domain", &domain},
        {"--admin",  &login },
    };
    enum rc rc = ctl_options(ctl, options, COUNTOF(options), reterr);
    if (rc != RC_OK)
        return rc;
    if (ctl->argc != 2 || !domain)
        return err_set(reterr, RC_USAGE, NULL, "a company needs a code, a name and a domain");
    return add(ctl, domain, login, reterr);
}

const struct ctl_command ctl_company_add = {
    "company add", "CODE NAME --domain DOMAIN [--admin LOGIN]",
    "make a company with its first administrator; prints the administrator's password once", company_add};
