#include "server/front/hostkey.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/crypt/crypt.h"
#include "server/front/front.h"

enum { KEY_FILE = 8 * 1024, PATH = 512 };

static enum rc
write_public(ssh_key key, const char *path, struct err *reterr)
{
    char name[PATH];
    char *text = NULL;
    if (ssh_pki_export_pubkey_base64(key, &text) != SSH_OK) {
        return err_log(reterr, RC_INTERNAL, "could not encode the public host key");
    }
    snprintf(name, sizeof name, "%s.pub", path);
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool written = fd >= 0 && dprintf(fd, "ssh-ed25519 %s\n", text) > 0 && fchmod(fd, 0644) == 0;
    if (fd >= 0) {
        close(fd);
    }
    ssh_string_free_char(text);
    return written ? RC_OK : err_log(reterr, RC_INTERNAL, "could not write %s: %s", name, strerror(errno));
}

/* Written beside its place and moved there: a half-written key is never found. */
static enum rc
write_private(ssh_key key, const char *path, struct err *reterr)
{
    char name[PATH];
    snprintf(name, sizeof name, "%s.new", path);
    mode_t before = umask(077);
    int rc = ssh_pki_export_privkey_file(key, NULL, NULL, NULL, name);
    umask(before);
    if (rc != SSH_OK || chmod(name, 0600) != 0 || rename(name, path) != 0) {
        return err_log(reterr, RC_INTERNAL, "could not write the host key %s: %s", path, strerror(errno));
    }
    return RC_OK;
}

enum rc
hostkey_make(const char *path, struct err *reterr)
{
    ssh_key key = NULL;
    if (access(path, F_OK) == 0) {
        return RC_OK;
    }
    if (errno != ENOENT) {
        return err_log(reterr, RC_INTERNAL, "could not look for the host key %s: %s", path, strerror(errno));
    }
    if (ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key) != SSH_OK) {
        return err_log(reterr, RC_INTERNAL, "could not make a host key");
    }
    enum rc rc = write_public(key, path, reterr);
    if (rc == RC_OK) {
        rc = write_private(key, path, reterr);
    }
    ssh_key_free(key);
    return rc;
}

enum rc
hostkey_read(int fd, ssh_key *ret, struct err *reterr)
{
    char text[KEY_FILE];
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    if (n <= 0) {
        return err_log(reterr, RC_INTERNAL, "could not read the host key: %s",
                       n < 0 ? strerror(errno) : "it is empty");
    }
    text[n] = '\0';
    ssh_key key = NULL;
    int rc = ssh_pki_import_privkey_base64(text, NULL, NULL, NULL, &key);
    crypt_wipe(text, sizeof text);
    if (rc != SSH_OK) {
        return err_log(reterr, RC_INTERNAL, "the host key is not a private key without a passphrase");
    }
    *ret = key;
    return RC_OK;
}
