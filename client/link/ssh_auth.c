/* Signing in: the key that was named, else the agent's and the usual ones, then the password; and the second
   factor where one is wanted. */
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

/* A first factor was right: done, or on to the second one. */
static int
factor_right(struct ssh_line *line, int rc)
{
    line->cred->attempt = 0;
    if (rc == SSH_AUTH_SUCCESS)
        return ssh_go(line, STAGE_CHANNEL, CHANNEL_MS);
    unsigned methods = (unsigned)ssh_userauth_list(line->session, NULL);
    return ssh_go(line, (methods & SSH_AUTH_METHOD_INTERACTIVE) != 0 ? STAGE_CODE : STAGE_PASSWORD, AUTH_MS);
}

/* What the service said beside a refusal, kept for the next question. */
static const char *
hear_banner(struct ssh_line *line)
{
    char *banner = ssh_get_issue_banner(line->session);
    line->note[0] = '\0';
    if (banner != NULL)
        ssh_clean(line->note, sizeof(line->note), banner);
    ssh_string_free_char(banner);
    return line->note[0] != '\0' ? line->note : NULL;
}

static int
lost_refused(struct ssh_line *line, struct err *reterr, const char *field, const char *text)
{
    const char *said = hear_banner(line);
    return ssh_lost(reterr, RC_UNAUTHENTICATED, said != NULL ? NULL : field, said != NULL ? said : text);
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
        return factor_right(line, SSH_AUTH_SUCCESS);
    case SSH_AUTH_PARTIAL:
        return factor_right(line, SSH_AUTH_PARTIAL);
    case SSH_AUTH_DENIED:
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
    if (rc == SSH_AUTH_SUCCESS || rc == SSH_AUTH_PARTIAL)
        return factor_right(line, rc);
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
        return lost_refused(line, reterr, "password", _("the login or the password is wrong"));
    (void)hear_banner(line);
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
        return factor_right(line, SSH_AUTH_SUCCESS);
    case SSH_AUTH_PARTIAL:
        return factor_right(line, SSH_AUTH_PARTIAL);
    case SSH_AUTH_DENIED:
        return password_refused(line, reterr);
    default:
        if (cred->attempt > 0 && ssh_farewell(line) == NULL) /* hung up over wrong passwords */
            return ssh_lost(reterr, RC_UNAUTHENTICATED, "password", _("the login or the password is wrong"));
        return ssh_lost_line(line, reterr, "signing in at");
    }
}

/* ---- the second factor ---- */

static int
code_refused(struct ssh_line *line, struct err *reterr)
{
    line->code_sent = line->prompted = false;
    if (++line->cred->attempt >= ATTEMPTS)
        return lost_refused(line, reterr, "code", _("the code is wrong"));
    (void)hear_banner(line);
    if (((unsigned)ssh_userauth_list(line->session, NULL) & SSH_AUTH_METHOD_INTERACTIVE) != 0)
        return ssh_go(line, STAGE_CODE, AUTH_MS);
    line->base.at_once = true; /* the service wants the first factor again */
    return ssh_lost(reterr, RC_UNAVAILABLE, "code", _("the code is wrong"));
}

/* The service asks: its words, and what it says above them. */
static int
hear_prompt(struct ssh_line *line, struct err *reterr)
{
    char echo = 0;
    if (line->code_sent) {
        line->code_sent = false;
        if (++line->cred->attempt >= ATTEMPTS)
            return lost_refused(line, reterr, "code", _("the code is wrong"));
    }
    line->prompted = ssh_userauth_kbdint_getnprompts(line->session) > 0;
    if (!line->prompted)
        return STEP_ON; /* nothing to answer: send just that */
    const char *prompt = ssh_userauth_kbdint_getprompt(line->session, 0, &echo);
    const char *above = ssh_userauth_kbdint_getinstruction(line->session);
    ssh_clean(line->prompt, sizeof(line->prompt), prompt != NULL ? prompt : "");
    if (above != NULL && above[0] != '\0')
        ssh_clean(line->note, sizeof(line->note), above);
    return STEP_ON;
}

static bool
put_code(struct ssh_line *line)
{
    struct credentials *cred = line->cred;
    int rc = ssh_userauth_kbdint_setanswer(line->session, 0, (const char *)cred->code.p);
    secret_set(&cred->code, "", 0);
    line->prompted = false;
    line->code_sent = true;
    return rc == 0;
}

int
ssh_code(struct ssh_line *line, struct err *reterr)
{
    if (line->refused)
        return ssh_lost(reterr, RC_UNAUTHENTICATED, "code",
                        line->cred->attempt > 0
                            ? _("the code is wrong")
                            : _("the code of the second factor is needed: on a terminal, or by --code-file"));
    if (line->prompted && line->cred->code.n == 0)
        return ssh_ask(line, LINK_ASK_CODE);
    if (line->prompted && ssh_answered_late(line, reterr))
        return TRANSPORT_LOST;
    if (line->prompted && !put_code(line))
        return ssh_lost(reterr, RC_INTERNAL, NULL, _("out of memory"));
    switch (ssh_userauth_kbdint(line->session, NULL, NULL)) {
    case SSH_AUTH_AGAIN:
        return TRANSPORT_BUSY;
    case SSH_AUTH_INFO:
        return hear_prompt(line, reterr);
    case SSH_AUTH_SUCCESS:
        return factor_right(line, SSH_AUTH_SUCCESS);
    case SSH_AUTH_DENIED:
    case SSH_AUTH_PARTIAL:
        return code_refused(line, reterr);
    default:
        return ssh_lost_line(line, reterr, "signing in at");
    }
}

/* ---- those who have no account yet ---- */

int
ssh_no_secret(struct ssh_line *line, struct err *reterr)
{
    switch (ssh_userauth_none(line->session, NULL)) {
    case SSH_AUTH_AGAIN:
        return TRANSPORT_BUSY;
    case SSH_AUTH_SUCCESS:
        return ssh_go(line, STAGE_CHANNEL, CHANNEL_MS);
    case SSH_AUTH_DENIED:
    case SSH_AUTH_PARTIAL:
        return lost_refused(line, reterr, "login", _("this service takes no registrations"));
    default:
        return ssh_lost_line(line, reterr, "signing in at");
    }
}
