/* The accessors of messages are deprecated in favour of callbacks that must answer at once; see auth.h. */
#define SSH_SUPPRESS_DEPRECATED
#include "server/front/auth.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/crypt/crypt.h"
#include "server/front/guard.h"
#include "server/front/session.h"
#include "server/front/state.h"
#include "server/log.h"

enum { METHODS = SSH_AUTH_METHOD_PASSWORD | SSH_AUTH_METHOD_PUBLICKEY };

/* ---- replies ---- */

static void
reply_refused(struct session *s)
{
    union guard_message m;
    ssh_message_reply_default(guard_message(&m, s->ssh));
}

static void
reply_welcome(struct session *s)
{
    union guard_message m;
    ssh_message_auth_reply_success(guard_message(&m, s->ssh), 0);
}

static void
reply_sign(struct session *s)
{
    union guard_message m;
    struct str blob = bytes_view(&s->auth.secret);
    ssh_string algorithm = ssh_string_from_char(s->auth.algorithm);
    ssh_string key = ssh_string_new(blob.n);
    if (algorithm != NULL && key != NULL && ssh_string_fill(key, blob.p, blob.n) == 0) {
        ssh_message_auth_reply_pk_ok(guard_message(&m, s->ssh), algorithm, key);
    } else {
        session_end(s, "memory");
    }
    ssh_string_free(algorithm);
    ssh_string_free(key);
}

/* One try is used up. */
static void
refuse(struct session *s)
{
    s->auth.tries++;
    STAT_ADD(s->front->stats, login_failures, 1);
    if (s->auth.tries >= s->front->settings->auth_tries) {
        session_end(s, "too many sign-in attempts"); /* no reply: it would make the client ask once more */
    } else {
        reply_refused(s);
    }
}

/* ---- what a client offers: in a callback, so only copied ---- */

static bool
pin_login(struct session *s, const char *login)
{
    size_t n = login == NULL ? 0 : strlen(login);
    if (s->auth.pinned) {
        return login != NULL && strcmp(login, s->login) == 0;
    }
    if (n > LIMIT_LOGIN) {
        return false;
    }
    memcpy(s->login, login == NULL ? "" : login, n + 1);
    s->auth.pinned = true;
    return true;
}

/* The name to answer a query with; NULL: a kind of key that is not taken. */
static const char *
key_algorithm(ssh_key key)
{
    switch (ssh_key_type(key)) {
    case SSH_KEYTYPE_ED25519:
        return "ssh-ed25519";
    case SSH_KEYTYPE_SK_ED25519:
        return "sk-ssh-ed25519@openssh.com";
    case SSH_KEYTYPE_RSA:
        return "rsa-sha2-512";
    case SSH_KEYTYPE_ECDSA_P256:
        return "ecdsa-sha2-nistp256";
    case SSH_KEYTYPE_ECDSA_P384:
        return "ecdsa-sha2-nistp384";
    case SSH_KEYTYPE_ECDSA_P521:
        return "ecdsa-sha2-nistp521";
    default:
        return NULL;
    }
}

static bool
copy_key(struct session *s, ssh_key key)
{
    struct arena *a = &s->front->scratch;
    struct str blob;
    char *text = NULL;
    s->auth.algorithm = key == NULL ? NULL : key_algorithm(key);
    if (s->auth.algorithm == NULL || ssh_pki_export_pubkey_base64(key, &text) != SSH_OK) {
        return false;
    }
    bool decoded = crypt_unbase64(a, str_from(text), false, &blob, NULL) == RC_OK;
    if (decoded) {
        bytes_done(&s->auth.secret);
        bytes_add(&s->auth.secret, blob.p, blob.n);
    }
    arena_reset(a);
    ssh_string_free_char(text);
    return decoded;
}

/* 0: the reply comes later; 1: refused at once. */
static int
offer_key(struct session *s, ssh_message m)
{
    enum ssh_publickey_state_e state = ssh_message_auth_publickey_state(m);
    bool query = state == SSH_PUBLICKEY_STATE_NONE;
    if ((!query && state != SSH_PUBLICKEY_STATE_VALID) || !copy_key(s, ssh_message_auth_pubkey(m))) {
        s->auth.tries++;
        return 1;
    }
    s->auth.offer = query ? OFFER_KEY_QUERY : OFFER_KEY;
    return 0;
}

static int
offer_password(struct session *s, ssh_message m)
{
    const char *password = ssh_message_auth_password(m);
    size_t n = password == NULL ? 0 : strlen(password);
    if (n == 0 || n > LIMIT_PASSWORD) {
        s->auth.tries++;
        return 1;
    }
    bytes_done(&s->auth.secret);
    bytes_add(&s->auth.secret, password, n);
    s->auth.offer = OFFER_PASSWORD;
    return 0;
}

static int
on_message(ssh_session ssh, ssh_message m, void *user)
{
    struct session *s = user;
    if (ssh_message_type(m) != SSH_REQUEST_AUTH) {
        return 1;
    }
    if (!guard_message_known(ssh, m)) {
        session_end(s, "libssh has another layout than expected");
        return 0;
    }
    if (s->auth.offer != OFFER_NONE || s->auth.asked != OFFER_NONE || s->stage == STAGE_OPEN) {
        session_end(s, "sign-in requests sent without waiting for the answer");
        return 0;
    }
    if (!pin_login(s, ssh_message_auth_user(m))) {
        session_end(s, "the login changed");
        return 0;
    }
    switch (ssh_message_subtype(m)) {
    case SSH_AUTH_METHOD_PASSWORD:
        return offer_password(s, m);
    case SSH_AUTH_METHOD_PUBLICKEY:
        return offer_key(s, m);
    case SSH_AUTH_METHOD_NONE:
        return 1; /* asks which methods there are */
    default:
        s->auth.tries++;
        return 1;
    }
}

/* libssh would ask Kerberos, files and the name service before it finds out that nobody wants this method. */
static ssh_string
no_gssapi(ssh_session ssh, const char *user, int n, ssh_string *oids, void *data)
{
    (void)ssh;
    (void)user;
    (void)n;
    (void)oids;
    struct session *s = data;
    s->auth.tries++;
    return NULL;
}

/* ---- deciding ---- */

static unsigned
sessions_of(const struct front *f, int64_t user)
{
    unsigned n = 0;
    for (const struct session *s = f->open; s != NULL; s = s->next) {
        n += s->who.user == user;
    }
    return n;
}

static void
welcome(struct session *s, const struct identity *who)
{
    if (sessions_of(s->front, who->user) >= s->front->settings->max_sessions_per_user) {
        session_end(s, "too many sessions of this user");
        return;
    }
    s->who = *who;
    while (s->who.session <= 0) {
        crypt_random(&s->who.session, sizeof s->who.session);
        s->who.session &= INT64_MAX;
    }
    STAT_ADD(s->front->stats, logins, 1);
    reply_welcome(s);
    session_opened(s);
}

static void
decided(struct task_owner *o, struct task *t, const struct answer *an)
{
    (void)t;
    struct session *s = WATCH_OWNER(o, struct session, auth.tasks);
    enum offer asked = s->auth.asked;
    s->auth.asked = OFFER_NONE;
    session_touch(s);
    if (an->code == RC_OK && asked == OFFER_KEY_QUERY) {
        reply_sign(s);
    } else if (an->code == RC_OK) {
        welcome(s, &an->who);
    } else if (rc_retryable(an->code)) {
        session_end(s, an->code == RC_RATE_LIMITED ? "too many sign-in attempts; try again later"
                                                   : "sign-in is not possible just now; try again");
    } else {
        refuse(s);
    }
    bytes_done(&s->auth.secret);
}

void
auth_run(struct session *s)
{
    if (s->ending == NULL && s->auth.tries >= s->front->settings->auth_tries) {
        session_end(s, "too many sign-in attempts");
    }
    if (s->auth.offer == OFFER_NONE || s->ending != NULL) {
        return;
    }
    char software[SESSION_BANNER];
    session_software(s, software);
    struct job job = {.kind = s->auth.offer == OFFER_PASSWORD ? JOB_AUTH_PASSWORD : JOB_AUTH_KEY,
                      .login = str_from(s->login),
                      .address = str_from(s->address),
                      .client = str_from(software),
                      .payload = bytes_view(&s->auth.secret)};
    s->auth.asked = s->auth.offer;
    s->auth.offer = OFFER_NONE;
    bool posted =
        !s->front->draining && mailbox_post(s->front, &s->auth.tasks, LANE_AUTH, s->source, 0, &job);
    if (s->auth.asked == OFFER_PASSWORD) {
        bytes_done(&s->auth.secret);
    }
    if (!posted) {
        s->auth.asked = OFFER_NONE;
        session_end(s, "sign-in is not possible just now; try again");
    }
}

void
auth_install(struct session *s)
{
    s->auth.tasks.answered = decided;
    ssh_set_auth_methods(s->ssh, METHODS);
    s->callbacks.gssapi_select_oid_function = no_gssapi;
    ssh_set_message_callback(s->ssh, on_message, s);
}

void
auth_done(struct session *s)
{
    mailbox_forget(s->front, &s->auth.tasks);
    bytes_done(&s->auth.secret);
}
