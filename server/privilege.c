#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/master.h"

/* Makes it, with its parents, when it is missing. */
static enum rc
make_dir(const char *path, mode_t mode, struct err *reterr)
{
    char part[CONFIG_PATH];
    size_t n = strlen(path);
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != '\0') {
            continue;
        }
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, i == n ? mode : 0755) != 0 && errno != EEXIST) {
            return err_set(reterr, RC_INTERNAL, NULL, "could not make the directory %s: %s", part,
                           strerror(errno));
        }
    }
    return RC_OK;
}

static enum rc
account(const char *key, const char *name, uid_t *ret_uid, gid_t *ret_gid, struct err *reterr)
{
    const struct passwd *p = getpwnam(name);
    if (p == NULL) {
        return err_set(reterr, RC_BAD_PARAMS, key, "%s: there is no account %s on this machine", key, name);
    }
    if (p->pw_uid == 0) {
        return err_set(reterr, RC_BAD_PARAMS, key, "%s must not be root", key);
    }
    *ret_uid = p->pw_uid;
    *ret_gid = p->pw_gid;
    return RC_OK;
}

enum rc
privilege_prepare(struct master *m, struct err *reterr)
{
    const struct config *c = &m->config;
    enum rc rc = make_dir(c->state_dir, 0755, reterr);
    if (rc == RC_OK) {
        rc = make_dir(c->run_dir, 0755, reterr);
    }
    if (rc != RC_OK || !m->as_root) {
        return rc;
    }
    uid_t uid = 0;
    gid_t gid = 0;
    rc = account("user", c->user, &uid, &gid, reterr);
    if (rc == RC_OK) {
        rc = account("front_user", c->front_user, &m->front_uid, &m->front_gid, reterr);
    }
    if (rc != RC_OK) {
        return rc;
    }
    if (uid == m->front_uid) {
        return err_set(reterr, RC_BAD_PARAMS, "front_user",
                       "front_user must not be the same account as user");
    }
    if (chown(c->state_dir, uid, gid) != 0 || chown(c->run_dir, uid, gid) != 0) {
        return err_set(reterr, RC_INTERNAL, NULL, "could not hand %s and %s to %s: %s", c->state_dir,
                       c->run_dir, c->user, strerror(errno));
    }
    return RC_OK;
}

enum rc
privilege_drop(const struct master *m, struct err *reterr)
{
    uid_t uid = 0;
    gid_t gid = 0;
    if (!m->as_root) {
        return RC_OK;
    }
    enum rc rc = account("user", m->config.user, &uid, &gid, reterr);
    if (rc != RC_OK) {
        return rc;
    }
    capng_clear(CAPNG_SELECT_BOTH);
    if (capng_updatev(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_SETUID, CAP_SETGID, CAP_KILL, -1) !=
            0 ||
        capng_change_id((int)uid, (int)gid, CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING) != 0) {
        return err_set(reterr, RC_INTERNAL, NULL, "could not become %s: %s", m->config.user, strerror(errno));
    }
    return RC_OK;
}

bool
privilege_child(const struct master *m, bool to_front)
{
    if (m->as_root && to_front &&
        (setgroups(0, NULL) != 0 || setresgid(m->front_gid, m->front_gid, m->front_gid) != 0 ||
         setresuid(m->front_uid, m->front_uid, m->front_uid) != 0)) {
        return false;
    }
    if (m->as_root) {
        capng_clear(CAPNG_SELECT_BOTH);
        if (capng_apply(CAPNG_SELECT_CAPS) != 0) {
            return false;
        }
    }
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_PDEATHSIG, SIGTERM) == 0;
}
