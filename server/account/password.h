#ifndef ACCOUNT_PASSWORD_H
#define ACCOUNT_PASSWORD_H

#include "common/base/str.h"

/* Why a password is too easy to guess, as a sentence; NULL when it may be used. `login` without @. */
enum { PASSWORD_LEAST = 10 };
const char *password_weakness(struct str password, struct str login, struct str name);

#endif
