#include "server/ctl/ctl.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "common/crypt/crypt.h"
#include "server/store/embedded.h"
#include "server/store/migrate.h"

enum rc
ctl_conninfo(const struct ctl *ctl, char out[CONFIG_CONNINFO], struct err *reterr)
{
    char sockets[CONFIG_PATH + 16], embedded[EMBEDDED_CONNINFO];
    if (ctl->config.conninfo[0] != '\0') {
        (void)snprintf(out, CONFIG_CONNINFO, "%s", ctl->config.conninfo);
        return RC_OK;
    }
    (void)snprintf(sockets, sizeof sockets, "%s/postgres", ctl->config.run_dir);
    enum rc rc = embedded_conninfo(sockets, "bima_boot", embedded, reterr);
    if (rc == RC_OK)
        (void)snprintf(out, CONFIG_CONNINFO, "%s", embedded);
    return rc;
}

enum rc
ctl_database(const struct ctl *ctl, struct admin **ret, struct err *reterr)
{
    char conninfo[CONFIG_CONNINFO];
    enum rc rc = ctl_conninfo(ctl, conninfo, reterr);
    return rc == RC_OK ? admin_open(conninfo, ret, reterr) : rc;
}

enum rc
ctl_database_ready(const struct ctl *ctl, struct admin **ret, struct err *reterr)
{
    char conninfo[CONFIG_CONNINFO];
    enum rc rc = ctl_conninfo(ctl, conninfo, reterr);
    if (rc == RC_OK)
        rc = migrate_check(conninfo, reterr);
    return rc == RC_OK ? admin_open(conninfo, ret, reterr) : rc;
}

/* What the settings say, else a name below the state directory. */
static void
key_path(const struct ctl *ctl, const char *named, const char *name, char out[CONFIG_PATH])
{
    if (named[0] != '\0')
        (void)snprintf(out, CONFIG_PATH, "%s", named);
    else
        (void)snprintf(out, CONFIG_PATH, "%.*s/%s", CONFIG_DIR, ctl->config.state_dir, name);
}

void
ctl_signing_key(const struct ctl *ctl, char out[CONFIG_PATH])
{
    key_path(ctl, ctl->config.signing_key, "signing_key", out);
}

void
ctl_audit_key_path(const struct ctl *ctl, char out[CONFIG_PATH])
{
    key_path(ctl, ctl->config.audit_key, "audit_key", out);
}

void
ctl_master_key(const struct ctl *ctl, char out[CONFIG_PATH])
{
    key_path(ctl, ctl->config.master_key, "master_key", out);
}

enum rc
ctl_hand_over(const struct ctl *ctl, const char *path, struct err *reterr)
{
    if (geteuid() != 0)
        return RC_OK;
    const struct passwd *pw = getpwnam(ctl->config.user);
    if (!pw)
        return err_log(reterr, RC_INTERNAL, "no account \"%s\" on this machine; see user in bimad.conf",
                       ctl->config.user);
    if (lchown(path, pw->pw_uid, pw->pw_gid) < 0)
        return err_log(reterr, RC_INTERNAL, "%s: %s", path, strerror(errno));
    return RC_OK;
}

enum rc
ctl_note(struct admin *db, const char *tenant, const char *what, const char *entity, const char *id,
         struct err *reterr)
{
    const char *params[] = {tenant, what, entity, id};
    return admin_run(
        db, NULL,
        "select app.audit_note($1::int, 7, $2, 'bimactl', null, null, 'bimactl', null, 1, null, 1, $3,"
        " $4::bigint)",
        params, COUNTOF(params), NULL, reterr);
}

enum rc
ctl_options(struct ctl *ctl, const struct ctl_option *options, size_t n, struct err *reterr)
{
    int kept = 0;
    for (int i = 0; i < ctl->argc; i++) {
        char *word = ctl->argv[i];
        if (strncmp(word, "--", 2) != 0) {
            ctl->argv[kept++] = word;
            continue;
        }
        size_t k = 0;
        while (k < n && strcmp(options[k].name, word) != 0)
            k++;
        if (k == n)
            return err_set(reterr, RC_USAGE, NULL, "unknown option %.60s", word);
        if (i + 1 == ctl->argc)
            return err_set(reterr, RC_USAGE, NULL, "%s needs a value", word);
        *options[k].value = ctl->argv[++i];
    }
    ctl->argc = kept;
    return RC_OK;
}

void
ctl_password(char out[CTL_PASSWORD])
{
    /* none of which looks like another */
    static const char signs[] = "abcdefghjkmnpqrstuvwxyz23456789";
    enum { SIGNS = sizeof signs - 1, GROUPS = 4, GROUP = 4 };
    size_t at = 0;
    for (int i = 0; i < GROUPS * GROUP; i++) {
        unsigned char byte;
        do {
            crypt_random(&byte, 1);
        } while (byte >= 256 / SIGNS * SIGNS); /* every sign equally often */
        if (i > 0 && i % GROUP == 0)
            out[at++] = '-';
        out[at++] = signs[byte % SIGNS];
    }
    out[at] = '\0';
}

enum rc
ctl_login(struct ctl *ctl, const char *text, const char **ret_name, const char **ret_domain,
          struct err *reterr)
{
    const char *sign = strchr(text, '@');
    if (!sign || sign == text || sign[1] == '\0' || strlen(text) > LIMIT_LOGIN)
        return err_set(reterr, RC_BAD_PARAMS, "login", "\"%.100s\" is no login: expected name@company-domain",
                       text);
    struct str name = str_dup(&ctl->arena, (struct str){text, (size_t)(sign - text)});
    *ret_name = name.p;
    *ret_domain = str_dup(&ctl->arena, str_from(sign + 1)).p;
    return RC_OK;
}
