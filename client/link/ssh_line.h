#ifndef LINK_SSH_LINE_H
#define LINK_SSH_LINE_H

/* One attempt over SSH, shared by ssh.c (the way there, and bytes) and ssh_auth.c (signing in). */

#include <libssh/libssh.h>

#include "client/link/dial.h"
#include "client/link/transport.h"

enum {
    KEX_MS = 20000,
    AUTH_MS = 30000,
    CHANNEL_MS = 15000,
    PATIENCE_MS = 12000, /* of the service with an unfinished sign-in, with a margin */
    ATTEMPTS = 3,
};

enum stage {
    STAGE_DIAL,
    STAGE_KEX,
    STAGE_HOST_KEY,
    STAGE_KEY_FILE,
    STAGE_KEYS,
    STAGE_PASSWORD,
    STAGE_CODE,
    STAGE_NO_SECRET,
    STAGE_CHANNEL,
    STAGE_SUBSYSTEM,
    STAGE_OPEN,
};

struct ssh_line {
    struct transport base;
    const struct ssh_target *target;
    struct credentials *cred;
    struct dialler dial;
    ssh_session session;
    ssh_channel channel;
    ssh_key key;
    enum stage stage;
    int64_t deadline_ms; /* of the stage; 0 while asking and when open */
    int64_t began_ms;    /* the service's patience counts from here */
    bool asked;
    bool subsystem_answered;
    bool refused;   /* the person did not take the host key, or gave no secret */
    bool prompted;  /* the service waits for the code */
    bool code_sent; /* … and one was sent on this line: being asked again means it was wrong */
    char prompt[80], note[300];
    char fingerprint[64];
    char key_type[32];
};

/* What a stage says besides the transport's own words: go on with the stage now set. */
enum { STEP_ON = TRANSPORT_LOST + 1 };

int ssh_lost(struct err *reterr, enum rc code, const char *field, const char *text);
/* The line ended. What the service said with it goes before what libssh says of it; while signing in such a
   sentence is the last word, unless it speaks of this moment only. */
int ssh_lost_line(struct ssh_line *line, struct err *reterr, const char *doing);
/* The sentence the service hung up with, or NULL. */
const char *ssh_farewell(struct ssh_line *line);
/* The service's words without what could steer a terminal. */
void ssh_clean(char *out, size_t size, const char *text);
/* Sets the stage and how long it may take; 0 for ever. */
int ssh_go(struct ssh_line *line, enum stage stage, int64_t budget_ms);
int ssh_ask(struct ssh_line *line, enum link_state kind);
/* True: the person took longer than the service waits, and this attempt is lost. */
bool ssh_answered_late(struct ssh_line *line, struct err *reterr);

/* Stages. */
int ssh_key_file(struct ssh_line *line, struct err *reterr);
int ssh_keys(struct ssh_line *line, struct err *reterr);
int ssh_password(struct ssh_line *line, struct err *reterr);
int ssh_code(struct ssh_line *line, struct err *reterr);
int ssh_no_secret(struct ssh_line *line, struct err *reterr);

#endif
