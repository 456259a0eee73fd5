#ifndef CTL_DEMO_COMPANY_H
#define CTL_DEMO_COMPANY_H

#include <stdio.h>

#include "server/ctl/ctl.h"
#include "server/ctl/demo_story.h"

/* The two demo companies, their branches and staff. */

/* Fails: RC_DUPLICATE when one of them is in the database, RC_INTERNAL. */
enum rc demo_company_check(struct admin *db, struct arena *a, struct err *reterr) NODISCARD;

/* Who can sign in: made random, shown once. */
enum { DEMO_LOGINS = 8 };
struct demo_login {
    char login[DEMO_TEXT]; /* with its domain */
    char password[CTL_PASSWORD];
};

/* Makes both companies in the open transaction and fills `ret` with what the database gave them. */
enum rc demo_company_make(struct admin *db, struct arena *a, struct demo_company ret[DEMO_COMPANIES],
                          struct demo_login ret_logins[DEMO_LOGINS], struct err *reterr) NODISCARD;

/* "login password", one a line. */
void demo_company_print(FILE *out, const struct demo_login logins[DEMO_LOGINS]);

#endif
