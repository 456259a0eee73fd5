/* The accessors of messages are deprecated in favour of callbacks that must answer at once; see auth.h. */
#define SSH_SUPPRESS_DEPRECATED
#include "server/front/auth.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/base/arena.h"
#include "common/crypt/crypt.h"
#include "server/front/guard.h"
#include "server/front/report.h"
#include "server/front/session.h"
#include "server/front/state.h"
#include "server/log.h"

enum {
    METHODS = SSH_AUTH_METHOD_PASSWORD | SSH_AUTH_METHOD_PUBLICKEY,
    LONGEST_CODE = 64,
    REGISTRATIONS = 32, /* open sessions of them */
    REGISTRATIONS_OF_SOURCE = 4,
    REGISTRATION_IDLE_S = 600,
    REGISTRATION_S = 3600
};

static const char open_login[] = "register", platform_domain[] = "@platform";
static const char busy[] = "sign-in is not possible just now; try again";
static const char too_many_tries[] = "too many sign-in attempts";
static const char registrations_later[] = "too many registrations just now; try again in an hour";
static const char try_later[] = "too many sign-in attempts; try again later";

/* ---- replies ---- */

static void
reply_refused(struct session *s)
{
    union guard_message m;
    ssh_message_reply_default(guard_message(&m, s->ssh));
}

static void
reply_welcome(struct session *s, bool partial)
{
    union guard_message m;
    ssh_message_auth_reply_success(guard_message(&m, s->ssh), partial ? 1 : 0);
}

static void
reply_prompt(struct session *s)
{
    union guard_message m;
    const char *prompts[] = {s->auth.prompt};
    char echo[] = {0};
    s->auth.prompted = true;
    if (ssh_message_auth_interactive_request(guard_message(&m, s->ssh), "", "", 1, prompts, echo) != SSH_OK) {
        session_end(s, "memory");
    }
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

/* One try is used up. `why`: a sentence for the person, or empty; SSH has no place for it but the end. */
static void
refuse(struct session *s, struct str why)
{
    s->auth.tries++;
    STAT_ADD(s->front->stats, login_failures, 1);
    if (why.n > 0) {
        session_end_saying(s, "refused with a reason", why);
    } else if (s->auth.tries >= s->front->settings->auth_tries) {
        session_end(s, too_many_tries); /* no reply: it would make the client ask once more */
    } else {
        reply_refused(s);
    }
}

/* ---- whose sign-in it is ---- */

static bool
is_open_login(const struct session *s)
{
    return strcmp(s->login, open_login) == 0;
}

static enum lane
lane_of(const struct session *s)
{
    size_t n = strlen(s->login), m = sizeof platform_domain - 1;
    bool platform = is_open_login(s) || (n > m && strcasecmp(s->login + n - m, platform_domain) == 0);
    return platform ? LANE_PLATFORM : LANE_AUTH;
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

/* 0: acted on after dopoll; 1: refused at once. */
static int
offer_code(struct session *s, ssh_message m)
{
    if (ssh_message_auth_kbdint_is_response(m) == 0) {
        s->auth.tries += s->auth.prompted || !s->auth.wants_code;
        s->auth.offer = s->auth.wants_code ? OFFER_PROMPT : OFFER_NONE;
        return s->auth.wants_code ? 0 : 1;
    }
    const char *answer =
        ssh_userauth_kbdint_getnanswers(s->ssh) == 1 ? ssh_userauth_kbdint_getanswer(s->ssh, 0) : NULL;
    size_t n = answer == NULL ? 0 : strlen(answer);
    if (!s->auth.prompted || !s->auth.wants_code) {
        session_fault(s, "an answer to a question that was not asked");
        return 0;
    }
    s->auth.prompted = false;
    if (n == 0 || n > LONGEST_CODE) {
        s->auth.tries++;
        return 1;
    }
    bytes_done(&s->auth.secret);
    bytes_add(&s->auth.secret, answer, n);
    crypt_wipe((char *)(uintptr_t)answer, n); /* libssh keeps answers until the next ones come */
    s->auth.offer = OFFER_CODE;
    return 0;
}

/* Which methods there are; or all that registration needs. */
static int
offer_none(struct session *s)
{
    s->auth.offer = is_open_login(s) ? OFFER_OPEN : OFFER_NONE;
    return is_open_login(s) ? 0 : 1;
}

/* After the first factor only the second is talked about. */
static int
offer(struct session *s, ssh_message m)
{
    int method = ssh_message_subtype(m);
    if (method == SSH_AUTH_METHOD_INTERACTIVE) {
        return offer_code(s, m);
    }
    if (s->auth.wants_code) {
        s->auth.tries++;
        return 1;
    }
    switch (method) {
    case SSH_AUTH_METHOD_PASSWORD:
        return offer_password(s, m);
    case SSH_AUTH_METHOD_PUBLICKEY:
        return offer_key(s, m);
    case SSH_AUTH_METHOD_NONE:
        return offer_none(s);
    default:
        s->auth.tries++;
        return 1;
    }
}

/* An answer to a prompt names nobody. */
static bool
names_login(ssh_message m)
{
    return ssh_message_subtype(m) != SSH_AUTH_METHOD_INTERACTIVE ||
           ssh_message_auth_kbdint_is_response(m) == 0;
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
        session_fault(s, "sign-in requests sent without waiting for the answer");
        return 0;
    }
    if (names_login(m) && !pin_login(s, ssh_message_auth_user(m))) {
        session_fault(s, "the login changed");
        return 0;
    }
    return offer(s, m);
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

static bool
has_room(const struct session *s, const struct identity *who)
{
    struct front *f = s->front;
    if (!is_open_login(s)) {
        return session_count_of(f, who->user, 0) < f->settings->max_sessions_per_user;
    }
    return session_count_of(f, who->user, 0) < REGISTRATIONS &&
           session_count_of(f, who->user, s->origin.source) < REGISTRATIONS_OF_SOURCE;
}

static void
welcome(struct session *s, const struct answer *an)
{
    struct front *f = s->front;
    uint32_t idle = an->idle_seconds, most = an->session_seconds;
    if (!has_room(s, &an->who)) {
        s->excused = true;
        report_gone(f, &an->who);
        session_end(s, is_open_login(s) ? registrations_later : "too many sessions of this user");
        return;
    }
    s->who = an->who;
    STAT_ADD(f->stats, logins, 1);
    if (is_open_login(s)) { /* it says nothing about who is there: trusts nobody */
        idle = idle > 0 ? idle : (uint32_t)REGISTRATION_IDLE_S;
        most = most > 0 ? most : (uint32_t)REGISTRATION_S;
    } else {
        abuse_signed_in(&f->abuse, &s->origin, str_from(s->login), s->auth.taken, f->now);
    }
    reply_welcome(s, false);
    session_opened(s, idle, most);
}

static void
want_code(struct session *s, const struct answer *an)
{
    size_t n = an->payload.n < AUTH_PROMPT - 1 ? an->payload.n : (size_t)AUTH_PROMPT - 1;
    s->auth.wants_code = true;
    s->auth.pending = an->who;
    if (n > 0) {
        memcpy(s->auth.prompt, an->payload.p, n);
    }
    s->auth.prompt[n] = '\0';
    ssh_set_auth_methods(s->ssh, SSH_AUTH_METHOD_INTERACTIVE);
    reply_welcome(s, true);
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
    } else if (an->code == RC_OK && an->more == SIGN_IN_CODE) {
        want_code(s, an);
    } else if (an->code == RC_OK) {
        welcome(s, an);
    } else if (rc_retryable(an->code)) {
        s->excused = true;
        session_end_saying(s, an->code == RC_RATE_LIMITED ? try_later : busy, an->payload);
    } else {
        refuse(s, an->payload);
    }
    bytes_done(&s->auth.secret);
}

/* Is it let through to a worker? Ends the session when not. */
static bool
within_limits(struct session *s)
{
    struct front *f = s->front;
    const struct config *c = f->settings;
    struct rate all = {.burst = c->registrations_per_hour, .per_hour = c->registrations_per_hour};
    struct rate each = {.burst = c->registrations_per_source, .per_hour = c->registrations_per_source};
    if (s->auth.offer == OFFER_OPEN && !abuse_registers(&f->abuse, &s->origin, &all, &each, f->now)) {
        STAT_ADD(f->stats, registrations_refused, 1);
        session_end(s, registrations_later);
        return false;
    }
    if (s->auth.offer != OFFER_OPEN && !abuse_tries(&f->abuse, &s->origin, str_from(s->login), f->now)) {
        STAT_ADD(f->stats, throttled, 1);
        session_end(s, try_later);
        return false;
    }
    s->auth.taken += s->auth.offer != OFFER_OPEN;
    return true;
}

static void
ask_worker(struct session *s)
{
    static const enum job_kind kinds[] = {[OFFER_PASSWORD] = JOB_AUTH_PASSWORD,
                                          [OFFER_KEY_QUERY] = JOB_AUTH_KEY,
                                          [OFFER_KEY] = JOB_AUTH_SIGNED,
                                          [OFFER_OPEN] = JOB_AUTH_OPEN,
                                          [OFFER_CODE] = JOB_AUTH_CODE};
    char software[SESSION_BANNER];
    session_software(s, software);
    struct job job = {.kind = kinds[s->auth.offer],
                      .who = s->auth.pending,
                      .login = str_from(s->login),
                      .address = str_from(s->address),
                      .client = str_from(software),
                      .payload = bytes_view(&s->auth.secret)};
    s->auth.asked = s->auth.offer;
    s->auth.offer = OFFER_NONE;
    bool posted =
        !s->front->draining && mailbox_post(s->front, &s->auth.tasks, lane_of(s), s->origin.source, 0, &job);
    if (job_is_secret(job.kind)) {
        bytes_done(&s->auth.secret);
    }
    if (!posted) {
        s->auth.asked = OFFER_NONE;
        s->excused = true;
        session_end(s, busy);
    }
}

void
auth_run(struct session *s)
{
    if (s->ending == NULL && s->auth.tries >= s->front->settings->auth_tries) {
        session_end(s, too_many_tries);
    }
    if (s->auth.offer == OFFER_NONE || s->ending != NULL) {
        return;
    }
    if (s->auth.offer == OFFER_PROMPT) {
        s->auth.offer = OFFER_NONE;
        reply_prompt(s);
    } else if (within_limits(s)) {
        ask_worker(s);
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
