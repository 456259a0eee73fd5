#ifndef SERVER_CTL_H
#define SERVER_CTL_H

#include <stdio.h>

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/base/limits.h"
#include "server/config.h"
#include "server/store/admin.h"

/* bimactl: one command per file, each exports one const struct. */
struct ctl {
    struct config config;
    struct arena arena; /* of the command */
    int argc;           /* the words after the command's own */
    char **argv;
    bool found; /* a command that looks for something wrong has found it: exit status 1 */
};

struct ctl_command {
    const char *words; /* "company add" */
    const char *usage; /* what follows the words */
    const char *help;  /* one line */
    enum rc (*run)(struct ctl *ctl, struct err *reterr);
};

extern const struct ctl_command ctl_audit_export, ctl_audit_key, ctl_audit_verify, ctl_certificate_key,
    ctl_company_add, ctl_demo, ctl_init, ctl_migrate, ctl_status;
enum { CTL_USER = 7 };
extern const struct ctl_command ctl_user[CTL_USER]; /* what is done about one user */
enum { CTL_ADMIN = 3, CTL_COMPANY = 5, CTL_REQUEST = 3 };
extern const struct ctl_command ctl_admin[CTL_ADMIN], ctl_company[CTL_COMPANY], ctl_request[CTL_REQUEST];
extern const struct ctl_command ctl_company_logo, ctl_keys_rotate, ctl_keys_status;

/* -- ctl.c: what commands share */

/* How to reach the database as its administrator. Fails: RC_INTERNAL. */
enum rc ctl_conninfo(const struct ctl *ctl, char out[CONFIG_CONNINFO], struct err *reterr) NODISCARD;
/* The database as its administrator: the configured one, or the embedded one of a running service. */
enum rc ctl_database(const struct ctl *ctl, struct admin **ret, struct err *reterr) NODISCARD;
/* As ctl_database, and refuses one that is not at this program's version. */
enum rc ctl_database_ready(const struct ctl *ctl, struct admin **ret, struct err *reterr) NODISCARD;
/* The file of the certificates' signing key. */
void ctl_signing_key(const struct ctl *ctl, char out[CONFIG_PATH]);
/* The file of the key above all keys of personal data. */
void ctl_master_key(const struct ctl *ctl, char out[CONFIG_PATH]);
/* What root makes or replaces belongs to the account the service runs as. Fails: RC_INTERNAL. */
enum rc ctl_hand_over(const struct ctl *ctl, const char *path, struct err *reterr) NODISCARD;

/* The file of the key that signs the audit. */
void ctl_audit_key_path(const struct ctl *ctl, char out[CONFIG_PATH]);

/* Says in a company's audit (0: the platform's) what the operator does: `what` as "user token", the record
   when there is one (else NULL, NULL). Call it in the transaction of what it is about, or before. Fails:
   RC_INTERNAL. */
enum rc ctl_note(struct admin *db, const char *tenant, const char *what, const char *entity, const char *id,
                 struct err *reterr) NODISCARD;

/* An option of a command: "--domain", its value goes to *value. A value-less row ends the list. */
struct ctl_option {
    const char *name;
    const char **value;
};
/* Takes options out of ctl->argv; what is left are the plain words. Fails: RC_USAGE. */
enum rc ctl_options(struct ctl *ctl, const struct ctl_option *options, size_t n,
                    struct err *reterr) NODISCARD;

/* A password people can type: four groups of letters and digits that look like nothing else, 79 bits. */
enum { CTL_PASSWORD = 24 };
void ctl_password(char out[CTL_PASSWORD]);
/* "name@domain" in lower case; both parts live in the arena. Fails: RC_BAD_PARAMS. */
enum rc ctl_login(struct ctl *ctl, const char *text, const char **ret_name, const char **ret_domain,
                  struct err *reterr) NODISCARD;

#endif
