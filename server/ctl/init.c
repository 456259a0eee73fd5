#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/crypt/crypt.h"
#include "server/ctl/ctl.h"

/* What root makes here belongs to the account the service runs as. */
static enum rc
hand_over(const struct ctl *ctl, const char *path, struct err *reterr)
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

static enum rc
make_state(const struct ctl *ctl, struct err *reterr)
{
    const char *dir = ctl->config.state_dir;
    if (mkdir(dir, 0755) < 0) {
        if (errno != EEXIST)
            return err_log(reterr, RC_INTERNAL, "%s: %s", dir, strerror(errno));
        return RC_OK;
    }
    return hand_over(ctl, dir, reterr);
}

static enum rc
init(struct ctl *ctl, struct err *reterr)
{
    char path[CONFIG_PATH], hex[2 * CRYPT_SIGN_PUBLIC + 1];
    struct signer signer = {0};
    if (ctl->argc != 0)
        return err_set(reterr, RC_USAGE, NULL, "takes no words");
    enum rc rc = make_state(ctl, reterr);
    if (rc != RC_OK)
        return rc;
    ctl_signing_key(ctl, path);
    rc = signer_load(&signer, path, true, reterr);
    if (rc != RC_OK)
        return rc;
    (void)printf("signing_key=%s\npublic_key=%s\n", path,
                 crypt_hex(signer.public_key, CRYPT_SIGN_PUBLIC, hex));
    signer_done(&signer);
    return hand_over(ctl, path, reterr);
}

const struct ctl_command ctl_init = {
    "init", "", "make the state directory and the key that signs certificates; harmless when they are there",
    init};
