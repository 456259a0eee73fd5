#ifndef ENTRY_DOMAIN_H
#define ENTRY_DOMAIN_H

#include "common/base/arena.h"
#include "common/base/str.h"

/* Words of strangers and of new companies, checked without looking anything up. Sentences begin with a small
 * letter. */

/* Small letters, without blanks around and a dot at the end. Lives in `a`. */
struct str domain_fold(struct arena *a, struct str typed);
/* What is wrong with a folded domain; NULL: nothing. The database says the same (app.domain_problem). */
const char *domain_problem(struct str domain);

/* "salma@example.com": one @ with something that can be a name before and a domain behind it. */
bool email_fits(struct str email);
/* 1 to 40 small letters, digits, dots, dashes, underscores; begins with a letter or digit. */
bool login_fits(struct str login);
/* 1 to 8 capital letters and digits. */
bool code_fits(struct str code);
/* Three capital letters. */
bool currency_fits(struct str currency);

#endif
