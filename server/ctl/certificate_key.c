#include "common/crypt/crypt.h"
#include "server/ctl/ctl.h"

static enum rc
certificate_key(struct ctl *ctl, struct err *reterr)
{
    char path[CONFIG_PATH], hex[2 * CRYPT_SIGN_PUBLIC + 1];
    struct signer signer = {0};
    if (ctl->argc != 0)
        return err_set(reterr, RC_USAGE, NULL, "takes no words");
    ctl_signing_key(ctl, path);
    enum rc rc = signer_load(&signer, path, false, reterr);
    if (rc != RC_OK)
        return rc;
    (void)puts(crypt_hex(signer.public_key, CRYPT_SIGN_PUBLIC, hex));
    signer_done(&signer);
    return RC_OK;
}

const struct ctl_command ctl_certificate_key = {
    "certificate-key", "", "print the public key that certificates are verified with", certificate_key};
