/* Signing in: the key that was named, else the agent's and the usual ones, then the password. */
#include "client/link/ssh_line.h"
#include "client/text.h"

/* RC_OK, or why the file gives no key. *ret_locked: a passphrase would help. */
static enum rc
load_key(struct ssh_line *line, bool *ret_locked, struct err *reterr)
{
    const char *path = line->target->key_path;
    const struct secret *phrase = &line->cred->passphrase;
    const char *text = phrase->n > 0 ? (const char *)phrase->p : NULL;
    int rc = ssh_pki_import_privkey_file(path, text, NULL, NULL, &line->key);
    if (rc == SSH_OK)
        return RC_OK;
    if (rc == SSH_EOF)
        return err_set(reterr, RC_UNAUTHENTICATED, "key", _("%s cannot be read"), path);
    *ret_locked = true;
    return err_set(reterr, RC_UNAUTHENTICATED, "key", _("%s holds no key, or the passphrase is wrong"), path);
}

int
ssh_key_file(struct ssh_line *line, struct err *reterr)
{
    bool locked = false;
    if (line->refused)
        return ssh_lost(reterr, RC_UNAUTHENTICATED, "key", _("no passphrase was given"));
    if (line->key == NULL && load_key(line, &locked, reterr) != RC_OK) {
        if (!locked || line->cred->attempt >= ATTEMPTS)
            return TRANSPORT_LOST;
        return ssh_ask(line, LINK_ASK_PASSPHRASE);
    }
    if (ssh_answered_late(line, reterr))
        return TRANSPORT_LOST;
    switch (ssh_userauth_publickey(line->session, NULL, line->key)) {
    case SSH_AUTH_AGAIN:
        return TRANSPORT_BUSY;
    case SSH_AUTH_SUCCESS:
        line->cred->attempt = 0;
        return ssh_go(line, STAGE_CHANNEL, CHANNEL_MS);
    case SSH_AUTH_DENIED:
    case SSH_AUTH_PARTIAL:
        line->cred->attempt = 0;
        return ssh_go(line, STAGE_PASSWORD, AUTH_MS);
    default:
        return ssh_lost_line(line, reterr, "signing in at");
    }
}

/* The agent's keys, then the usual files. A service that hangs up over too many of them is met with the
   password next time. */
int
ssh_keys(struct ssh_line *line, struct err *reterr)
{
    int rc = ssh_userauth_publickey_auto(line->session, NULL, NULL);
    if (rc == SSH_AUTH_AGAIN)
        return TRANSPORT_BUSY;
    if (rc == SSH_AUTH_SUCCESS)
        return ssh_go(line, STAGE_CHANNEL, CHANNEL_MS);
    line->cred->keys_refused = true;
    line->base.at_once = true;
    if (rc == SSH_AUTH_ERROR && !ssh_is_connected(line->session))
        return ssh_lost_line(line, reterr, "signing in at");
    line->base.at_once = false;
    return ssh_go(line, STAGE_PASSWORD, AUTH_MS);
}

static int
password_refused(struct ssh_line *line, struct err *reterr)
{
    struct credentials *cred = line->cred;
    cred->attempt++;
    if (cred->password_fixed || cred->attempt >= ATTEMPTS)
        return ssh_lost(reterr, RC_UNAUTHENTICATED, "password", _("the login or the password is wrong"));
    secret_set(&cred->password, "", 0);
    return ssh_ask(line, LINK_ASK_PASSWORD);
}

int
ssh_password(struct ssh_line *line, struct err *reterr)
{
    struct credentials *cred = line->cred;
    if (line->refused)
        return ssh_lost(reterr, RC_UNAUTHENTICATED, "password", _("no password was given"));
    int methods = ssh_userauth_list(line->session, NULL);
    if (methods != 0 && ((unsigned)methods & SSH_AUTH_METHOD_PASSWORD) == 0)
        return ssh_lost(reterr, RC_UNAUTHENTICATED, "key",
                        _("the service knows none of your keys and takes no password"));
    if (cred->password.n == 0)
        return ssh_ask(line, LINK_ASK_PASSWORD);
    if (ssh_answered_late(line, reterr))
        return TRANSPORT_LOST;
    switch (ssh_userauth_password(line->session, NULL, (const char *)cred->password.p)) {
    case SSH_AUTH_AGAIN:
        return TRANSPORT_BUSY;
    case SSH_AUTH_SUCCESS:
        cred->attempt = 0;
        return ssh_go(line, STAGE_CHANNEL, CHANNEL_MS);
    case SSH_AUTH_DENIED:
    case SSH_AUTH_PARTIAL:
        return password_refused(line, reterr);
    default:
        if (cred->attempt > 0) /* hung up over wrong passwords */
            return ssh_lost(reterr, RC_UNAUTHENTICATED, "password", _("the login or the password is wrong"));
        return ssh_lost_line(line, reterr, "signing in at");
    }
}
