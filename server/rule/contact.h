#ifndef RULE_CONTACT_H
#define RULE_CONTACT_H

#include "server/op/op.h"

/* What rules check in the same way. A finding becomes a REFUSE issue on the field. */

void contact_email(struct op_ctx *ctx, const char *field, struct str *email);
void contact_phone(struct op_ctx *ctx, const char *field, struct str phone);
/* Folds the login to small letters. */
void contact_login(struct op_ctx *ctx, const char *field, struct str *login);
void contact_code(struct op_ctx *ctx, const char *field, struct str code);
/* Folds the domain; also refuses one a company has. Fails: as op_query. */
enum rc contact_domain(struct op_ctx *ctx, const char *field, struct str *domain,
                       struct err *reterr) NODISCARD;
/* A name of the time zone database. Fails: as op_query. */
enum rc contact_timezone(struct op_ctx *ctx, const char *field, struct str timezone,
                         struct err *reterr) NODISCARD;

#endif
