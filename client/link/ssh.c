/*
 * The SSH transport: one attempt to reach the service's subsystem. The only file of the client that knows
 * libssh.
 *
 * Every libssh call is non-blocking: it is made again with the same arguments until it stops saying "again".
 * To save round trips nothing is asked first: no "none" authentication, no probing of a key that was named,
 * and bytes flow as soon as the subsystem was asked for, before the answer.
 *
 * A person may take longer over a question than the service keeps an unfinished sign-in. So an answer that
 * comes late ends the attempt as lost; what was answered is in the credentials and the next attempt does not
 * ask again.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libssh/libssh.h>

#include "client/link/ssh_line.h"
#include "client/text.h"

static struct ssh_line *
line_of(struct transport *t)
{
    return (struct ssh_line *)t;
}

int
ssh_lost(struct err *reterr, enum rc code, const char *field, const char *text)
{
    (void)err_set(reterr, code, field, "%s", text);
    return TRANSPORT_LOST;
}

void
ssh_clean(char *out, size_t size, const char *text)
{
    (void)snprintf(out, size, "%s", text);
    for (char *p = out; *p != '\0'; p++)
        if ((unsigned char)*p < ' ' || *p == 127)
            *p = ' ';
}

const char *
ssh_farewell(struct ssh_line *line)
{
    static const char said[] = "SSH_MSG_DISCONNECT: ";
    const char *at = line->session != NULL ? strstr(ssh_get_error(line->session), said) : NULL;
    at = at != NULL ? strchr(at + sizeof(said) - 1, ':') : NULL;
    if (at == NULL || at[1] == '\0')
        return NULL;
    ssh_clean(line->note, sizeof(line->note), at + 1);
    return line->note;
}

static bool
speaks_of_now(const char *sentence)
{
    return strstr(sentence, "just now") != NULL || strstr(sentence, "stopping") != NULL;
}

/* The cause as libssh puts it is of use only to people who know SSH, but nobody else could say more. */
int
ssh_lost_line(struct ssh_line *line, struct err *reterr, const char *doing)
{
    const char *said = ssh_farewell(line);
    /* over too many keys a service hangs up as well: then the password is tried */
    bool signing_in =
        line->stage >= STAGE_KEY_FILE && line->stage <= STAGE_NO_SECRET && line->stage != STAGE_KEYS;
    if (said != NULL) {
        bool passes = !signing_in || speaks_of_now(said);
        return ssh_lost(reterr, passes ? RC_UNAVAILABLE : RC_UNAUTHENTICATED, NULL, said);
    }
    (void)err_set(reterr, RC_UNAVAILABLE, "host", "%s %s failed: %s", doing, line->target->host,
                  ssh_get_error(line->session));
    return TRANSPORT_LOST;
}

int
ssh_go(struct ssh_line *line, enum stage stage, int64_t budget_ms)
{
    line->stage = stage;
    line->deadline_ms = budget_ms > 0 ? now_ms() + budget_ms : 0;
    return STEP_ON;
}

int
ssh_ask(struct ssh_line *line, enum link_state kind)
{
    line->base.question = (struct link_question){
        .kind = kind,
        .host = line->target->host,
        .port = line->target->port,
        .login = line->target->login,
        .key_path = line->target->key_path,
        .fingerprint = line->fingerprint,
        .key_type = line->key_type,
        .prompt = line->prompt,
        .note = line->note[0] != '\0' ? line->note : NULL,
        .attempt = line->cred->attempt + 1,
    };
    line->asked = true;
    line->deadline_ms = 0;
    return TRANSPORT_ASK;
}

bool
ssh_answered_late(struct ssh_line *line, struct err *reterr)
{
    if (!line->asked || now_ms() - line->began_ms <= PATIENCE_MS)
        return false;
    line->base.at_once = true;
    (void)err_set(reterr, RC_UNAVAILABLE, "host", _("the sign-in took too long"));
    return true;
}

/* --- stages, in order --- */

static bool
set_options(struct ssh_line *line)
{
    const struct ssh_target *t = line->target;
    unsigned port = (unsigned)t->port;
    int off = 0, on = 1;
    ssh_session s = line->session;
    return ssh_options_set(s, SSH_OPTIONS_HOST, t->host) == 0 &&
           ssh_options_set(s, SSH_OPTIONS_USER, t->login) == 0 &&
           ssh_options_set(s, SSH_OPTIONS_PORT, &port) == 0 &&
           ssh_options_set(s, SSH_OPTIONS_FD, &line->dial.fd) == 0 &&
           ssh_options_set(s, SSH_OPTIONS_PROCESS_CONFIG, &off) == 0 &&
           ssh_options_set(s, SSH_OPTIONS_NODELAY, &on) == 0 &&
           ssh_options_set(s, SSH_OPTIONS_COMPRESSION, "none") == 0 &&
           (t->known_hosts == NULL || ssh_options_set(s, SSH_OPTIONS_KNOWNHOSTS, t->known_hosts) == 0);
}

static int
step_dial(struct ssh_line *line, struct err *reterr)
{
    bool done = false;
    if (dialler_step(&line->dial, &done, reterr) != RC_OK)
        return TRANSPORT_LOST;
    if (!done)
        return TRANSPORT_BUSY;
    line->session = ssh_new();
    if (line->session == NULL)
        return ssh_lost(reterr, RC_INTERNAL, NULL, _("out of memory"));
    if (!set_options(line))
        return ssh_lost(reterr, RC_USAGE, "host", _("the host or login has characters that cannot be used"));
    ssh_set_blocking(line->session, 0);
    line->dial.fd = -1; /* the session's from here on */
    line->began_ms = now_ms();
    return ssh_go(line, STAGE_KEX, KEX_MS);
}

static int
step_kex(struct ssh_line *line, struct err *reterr)
{
    int rc = ssh_connect(line->session);
    if (rc == SSH_AGAIN)
        return TRANSPORT_BUSY;
    if (rc != SSH_OK)
        return ssh_lost_line(line, reterr, _("the secure line to"));
    return ssh_go(line, STAGE_HOST_KEY, AUTH_MS);
}

static bool
take_fingerprint(struct ssh_line *line)
{
    ssh_key key = NULL;
    unsigned char *hash = NULL;
    size_t n = 0;
    if (ssh_get_server_publickey(line->session, &key) != SSH_OK)
        return false;
    bool ok = ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &n) == 0;
    char *text = ok ? ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, n) : NULL;
    if (text != NULL)
        (void)snprintf(line->fingerprint, sizeof(line->fingerprint), "%s", text);
    (void)snprintf(line->key_type, sizeof(line->key_type), "%s", ssh_key_type_to_char(ssh_key_type(key)));
    ssh_string_free_char(text);
    ssh_clean_pubkey_hash(&hash);
    ssh_key_free(key);
    return text != NULL;
}

static int
first_sign_in(struct ssh_line *line)
{
    if (strcmp(line->target->login, LINK_REGISTER) == 0)
        return ssh_go(line, STAGE_NO_SECRET, AUTH_MS);
    if (line->target->key_path != NULL)
        return ssh_go(line, STAGE_KEY_FILE, AUTH_MS);
    bool password = line->cred->password.n > 0 || line->cred->keys_refused;
    return ssh_go(line, password ? STAGE_PASSWORD : STAGE_KEYS, AUTH_MS);
}

static int
host_refused(struct ssh_line *line, struct err *reterr)
{
    (void)err_set(reterr, RC_UNAUTHENTICATED, "host",
                  _("%s is not a known host and its key %s was not accepted"), line->target->host,
                  line->fingerprint);
    return TRANSPORT_LOST;
}

static int
step_host_key(struct ssh_line *line, struct err *reterr)
{
    if (line->refused)
        return host_refused(line, reterr);
    if (!take_fingerprint(line))
        return ssh_lost(reterr, RC_UNAUTHENTICATED, "host", _("the host showed no key"));
    if (ssh_answered_late(line, reterr))
        return TRANSPORT_LOST;
    if (line->cred->trusted[0] != '\0' && strcmp(line->cred->trusted, line->fingerprint) == 0)
        return first_sign_in(line);
    switch (ssh_session_is_known_server(line->session)) {
    case SSH_KNOWN_HOSTS_OK:
        return first_sign_in(line);
    case SSH_KNOWN_HOSTS_NOT_FOUND:
    case SSH_KNOWN_HOSTS_UNKNOWN:
        return ssh_ask(line, LINK_ASK_HOST_KEY);
    case SSH_KNOWN_HOSTS_CHANGED:
    case SSH_KNOWN_HOSTS_OTHER:
        (void)err_set(reterr, RC_UNAUTHENTICATED, "host",
                      _("the key of %s is not the one on record (now %s): refused. Ask the operator whether "
                        "the key was changed; if so remove the old one from known_hosts"),
                      line->target->host, line->fingerprint);
        return TRANSPORT_LOST;
    case SSH_KNOWN_HOSTS_ERROR:
        break;
    }
    return ssh_lost_line(line, reterr, _("looking up the known key of"));
}

static int
step_channel(struct ssh_line *line, struct err *reterr)
{
    if (line->channel == NULL)
        line->channel = ssh_channel_new(line->session);
    if (line->channel == NULL)
        return ssh_lost(reterr, RC_INTERNAL, NULL, _("out of memory"));
    int rc = ssh_channel_open_session(line->channel);
    if (rc == SSH_AGAIN)
        return TRANSPORT_BUSY;
    if (rc != SSH_OK)
        return ssh_lost_line(line, reterr, _("opening a channel at"));
    return ssh_go(line, STAGE_SUBSYSTEM, CHANNEL_MS);
}

/* Once asked for, the answer is not waited for: a refusal shows as a closed channel, or here. */
static int
step_subsystem(struct ssh_line *line, struct err *reterr)
{
    int rc = ssh_channel_request_subsystem(line->channel, "bima");
    if (rc == SSH_ERROR)
        return ssh_lost(reterr, RC_UNAVAILABLE, "host", _("this host does not offer the service \"bima\""));
    line->subsystem_answered = rc == SSH_OK;
    return ssh_go(line, STAGE_OPEN, 0);
}

static int
step_open(struct ssh_line *line, struct err *reterr)
{
    if (!line->subsystem_answered) {
        int rc = ssh_channel_request_subsystem(line->channel, "bima");
        if (rc == SSH_ERROR)
            return ssh_lost(reterr, RC_UNAVAILABLE, "host",
                            _("this host does not offer the service \"bima\""));
        line->subsystem_answered = rc == SSH_OK;
    }
    return TRANSPORT_READY;
}

static int (*const stages[])(struct ssh_line *, struct err *) = {
    [STAGE_DIAL] = step_dial,         [STAGE_KEX] = step_kex,
    [STAGE_HOST_KEY] = step_host_key, [STAGE_KEY_FILE] = ssh_key_file,
    [STAGE_KEYS] = ssh_keys,          [STAGE_PASSWORD] = ssh_password,
    [STAGE_CODE] = ssh_code,          [STAGE_NO_SECRET] = ssh_no_secret,
    [STAGE_CHANNEL] = step_channel,   [STAGE_SUBSYSTEM] = step_subsystem,
    [STAGE_OPEN] = step_open,
};

/* A stage that waits for ever: the service was silent for too long, or it left, which libssh does not always
   tell (its agent loop goes on saying "again"). Left over too many keys, it is met with the password at once.
 */
static bool
hung_up(struct ssh_line *line, struct err *reterr)
{
    bool late = line->deadline_ms > 0 && now_ms() >= line->deadline_ms;
    bool left = line->session != NULL && line->stage > STAGE_KEX && !ssh_is_connected(line->session);
    if (!late && !left)
        return false;
    if (line->stage == STAGE_KEYS) {
        line->cred->keys_refused = true;
        line->base.at_once = left;
    }
    if (left && ssh_farewell(line) != NULL) {
        (void)ssh_lost_line(line, reterr, "");
        return true;
    }
    (void)err_set(reterr, RC_UNAVAILABLE, "host",
                  left ? _("%s closed the line during sign-in") : _("%s does not answer"),
                  line->target->host);
    return true;
}

static enum transport_rc
ssh_step(struct transport *t, struct err *reterr)
{
    struct ssh_line *line = line_of(t);
    if (t->question.kind != 0)
        return TRANSPORT_ASK;
    for (;;) {
        int rc = stages[line->stage](line, reterr);
        if (rc == TRANSPORT_BUSY && hung_up(line, reterr))
            return TRANSPORT_LOST;
        if (rc != STEP_ON)
            return (enum transport_rc)rc;
    }
}

/* --- answers --- */

static void
ssh_answer_host_key(struct transport *t, bool trust)
{
    struct ssh_line *line = line_of(t);
    if (t->question.kind != LINK_ASK_HOST_KEY)
        return;
    t->question.kind = 0;
    line->refused = !trust;
    if (!trust)
        return;
    (void)snprintf(line->cred->trusted, sizeof(line->cred->trusted), "%s", line->fingerprint);
    /* A read-only home must not stop the work: then the question comes again next time. */
    (void)ssh_session_update_known_hosts(line->session);
    line->deadline_ms = now_ms() + AUTH_MS;
}

static void
ssh_answer_secret(struct transport *t, struct str secret)
{
    struct ssh_line *line = line_of(t);
    enum link_state kind = t->question.kind;
    struct credentials *cred = line->cred;
    struct secret *to = kind == LINK_ASK_PASSPHRASE ? &cred->passphrase
                        : kind == LINK_ASK_PASSWORD ? &cred->password
                        : kind == LINK_ASK_CODE     ? &cred->code
                                                    : NULL;
    if (to == NULL)
        return;
    t->question.kind = 0;
    line->refused = secret.n == 0;
    cred->attempt += kind == LINK_ASK_PASSPHRASE ? 1 : 0;
    secret_set(to, secret.p, secret.n);
    line->deadline_ms = now_ms() + AUTH_MS;
}

/* --- bytes --- */

static ssize_t
ssh_read(struct transport *t, void *p, size_t n, struct err *reterr)
{
    struct ssh_line *line = line_of(t);
    int got = ssh_channel_read_nonblocking(line->channel, p, (uint32_t)n, 0);
    if (got > 0)
        return got;
    bool closed = ssh_channel_is_eof(line->channel) || ssh_channel_is_closed(line->channel);
    if (got == SSH_ERROR || got == SSH_EOF || closed || !ssh_is_connected(line->session)) {
        const char *said = ssh_farewell(line);
        if (said != NULL)
            (void)ssh_lost(reterr, RC_UNAVAILABLE, NULL, said);
        else
            (void)err_set(reterr, RC_UNAVAILABLE, "host", _("the line to %s was closed"), line->target->host);
        return -1;
    }
    return 0;
}

static ssize_t
ssh_write_some(struct transport *t, const void *p, size_t n, struct err *reterr)
{
    struct ssh_line *line = line_of(t);
    uint32_t window = ssh_channel_window_size(line->channel);
    /* libssh would queue without end: wait until what it holds has left. */
    if (window == 0 || (ssh_get_status(line->session) & SSH_WRITE_PENDING) != 0)
        return 0;
    if (n > window)
        n = window;
    if (n > 16384)
        n = 16384;
    int wrote = ssh_channel_write(line->channel, p, (uint32_t)n);
    if (wrote >= 0)
        return wrote;
    (void)err_set(reterr, RC_UNAVAILABLE, "host", _("the line to %s was closed"), line->target->host);
    return -1;
}

static int
ssh_line_fd(const struct transport *t)
{
    const struct ssh_line *line = (const struct ssh_line *)t;
    if (t->question.kind != 0)
        return -1;
    return line->session != NULL ? ssh_get_fd(line->session) : line->dial.fd;
}

/* Output that waits for the window needs POLLIN only; what libssh holds waits for the socket. That it wants
 * to hear of room after each write (its poll flags) the next step tells it anyway. */
static short
ssh_events(const struct transport *t, bool has_output)
{
    const struct ssh_line *line = (const struct ssh_line *)t;
    if (line->session == NULL)
        return POLLOUT;
    bool pending = (ssh_get_status(line->session) & SSH_WRITE_PENDING) != 0;
    bool room = has_output && line->channel != NULL && ssh_channel_window_size(line->channel) > 0;
    return pending || room ? POLLIN | POLLOUT : POLLIN;
}

static int64_t
ssh_deadline(const struct transport *t)
{
    const struct ssh_line *line = (const struct ssh_line *)t;
    return line->stage == STAGE_DIAL ? line->dial.deadline_ms : line->deadline_ms;
}

static void
ssh_close(struct transport *t)
{
    struct ssh_line *line = line_of(t);
    dialler_done(&line->dial);
    if (line->channel != NULL && line->stage == STAGE_OPEN)
        (void)ssh_channel_close(line->channel);
    if (line->channel != NULL)
        ssh_channel_free(line->channel);
    ssh_key_free(line->key);
    if (line->session != NULL) {
        int fd = ssh_get_fd(line->session); /* libssh closes none that it was given */
        ssh_disconnect(line->session);
        ssh_free(line->session);
        if (fd >= 0)
            (void)close(fd);
    }
    free(line);
}

static const struct transport_ops ssh_ops = {
    .step = ssh_step,
    .answer_host_key = ssh_answer_host_key,
    .answer_secret = ssh_answer_secret,
    .read = ssh_read,
    .write = ssh_write_some,
    .fd = ssh_line_fd,
    .events = ssh_events,
    .deadline = ssh_deadline,
    .close = ssh_close,
};

enum rc
ssh_dial(void *ssh_target, struct credentials *cred, struct transport **ret, struct err *reterr)
{
    const struct ssh_target *target = ssh_target;
    struct ssh_line *line = calloc(1, sizeof(*line));
    ASSERT(line != NULL);
    line->base.ops = &ssh_ops;
    line->target = target;
    line->cred = cred;
    enum rc rc = dialler_start(&line->dial, target->host, target->port, reterr);
    if (rc != RC_OK) {
        free(line);
        return rc;
    }
    *ret = &line->base;
    return RC_OK;
}
