#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "common/crypt/crypt.h"
#include "server/ctl/ctl.h"
#include "server/personal/personal.h"

static enum rc
make_state(const struct ctl *ctl, struct err *reterr)
{
    const char *dir = ctl->config.state_dir;
    if (mkdir(dir, 0755) < 0) {
        if (errno != EEXIST)
            return err_log(reterr, RC_INTERNAL, "%s: %s", dir, strerror(errno));
        return RC_OK;
    }
    return ctl_hand_over(ctl, dir, reterr);
}

static enum rc
make_master_key(const struct ctl *ctl, struct err *reterr)
{
    CLEANUP(keyring_close) struct keyring *keys = NULL;
    char path[CONFIG_PATH];
    ctl_master_key(ctl, path);
    enum rc rc = keyring_open(path, true, &keys, reterr);
    if (rc == RC_OK)
        (void)printf("master_key=%s\n", path);
    return rc ? rc : ctl_hand_over(ctl, path, reterr);
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
    rc = ctl_hand_over(ctl, path, reterr);
    return rc ? rc : make_master_key(ctl, reterr);
}

const struct ctl_command ctl_init = {"init", "",
                                     "make the state directory, the key that signs certificates and the one "
                                     "that protects personal data; harmless when they are there",
                                     init};
