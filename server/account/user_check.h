#ifndef ACCOUNT_USER_CHECK_H
#define ACCOUNT_USER_CHECK_H

#include "server/op/op.h"

/* What user records and the own account share; findings go to op_issue. */
void user_check_language(struct op_ctx *ctx, struct str language);
void user_check_email(struct op_ctx *ctx, struct str email);
/* `was`: the number before; one that stays is not looked at. */
void user_check_phone(struct op_ctx *ctx, struct str phone, struct str was);
/* Without brackets: in history and audit they stand around the login. */
bool user_name_is_plain(struct str name);
/* `was`: the name until now, which may be older than this rule. */
void user_check_name(struct op_ctx *ctx, struct str name, struct str was);

/*
 * Nobody does to another what would make him that other: whoever sets up, changes or resets a user holds all
 * rights of the user's role himself, or may give out any role (role.assign; on the platform platform_user.*).
 * `role` 0: the role `user` has now. Fails: RC_FORBIDDEN.
 */
enum rc user_check_rank(struct op_ctx *ctx, int64_t user, int64_t role, const char *field,
                        struct err *reterr) NODISCARD;

#endif
