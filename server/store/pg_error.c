#include "server/store/pg_error.h"

#include <stdio.h>
#include <string.h>

#include "common/base/attr.h"
#include "common/base/lang.h"

/* SQLSTATEs, longest match first: a row with two characters stands for its whole class. */
static const struct {
    const char *state;
    enum rc code;
} states[] = {
    {"40001", RC_RETRY     },
    {"40P01", RC_RETRY     },
    {"55P03", RC_BUSY      },
    {"57014", RC_DEADLINE  },
    {"57P01", RC_RETRY     },
    {"57P02", RC_RETRY     },
    {"57P03", RC_RETRY     },
    {"23505", RC_DUPLICATE },
    {"23P01", RC_REFUSED   },
    {"23514", RC_REFUSED   },
    {"23503", RC_REFUSED   },
    {"23502", RC_BAD_PARAMS},
    {"22021", RC_BAD_PARAMS},
    {"22001", RC_BAD_PARAMS},
    {"22003", RC_REFUSED   },
    {"0A000", RC_RETRY     },
    {"26000", RC_RETRY     },
    {"25P02", RC_RETRY     },
    {"08",    RC_RETRY     },
    {"53",    RC_BUSY      },
};

/* Constraints by name, or by the end of the name where it begins with '*'. */
static const struct {
    const char *constraint;
    enum rc code;
    const char *field, *text;
} constraints[] = {
    {"*_code_key",            RC_DUPLICATE, "code",       N_("this code is already used")                              },
    {"*_login_key",           RC_DUPLICATE, "login",      N_("this login is already used")                             },
    {"domain_taken",          RC_DUPLICATE, "domain",     N_("that domain is taken")                                   },
    {"*_fingerprint_key",     RC_DUPLICATE, "public_key", N_("this key is already on record")                          },
    {"customer_id_key",       RC_DUPLICATE, "id_number",  N_("a customer with this ID number is already on record")    },
    {"vehicle_plate_key",     RC_DUPLICATE, "plate",      N_("a vehicle with this plate is already on record")         },
    {"vehicle_chassis_key",   RC_DUPLICATE, "chassis",
     N_("a vehicle with this chassis number is already on record")                                                     },
    {"plate_or_chassis",      RC_REFUSED,   "plate",      N_("a vehicle needs a plate or a chassis number")            },
    {"one_owner",             RC_REFUSED,   "owner",      N_("the vehicle has another owner on these days")            },
    {"one_active_cover",      RC_REFUSED,   "vehicle",    N_("the vehicle is already insured on these days")           },
    {"one_open_term",         RC_REFUSED,   NULL,         N_("the policy already has a term that waits for payment")   },
    {"one_rate_a_day",        RC_REFUSED,   "from_date",
     N_("the rate book already has a price for this on these days")                                                    },
    {"one_valid_certificate", RC_REFUSED,   NULL,         N_("the cover already has a certificate")                    },
    {"days_in_order",         RC_REFUSED,   "to_date",    N_("the last day must not be before the first")              },
    {"four_eyes",             RC_REFUSED,   NULL,
     N_("this amount must be verified by somebody else than the one who took it")                                      },
    {"code_form",             RC_REFUSED,   "code",       N_("a code has letters and digits only, without blanks")     },
    {"login_form",            RC_REFUSED,   "login",
     N_("a login has small letters, digits, dot, dash and underscore only")                                            },
    {"language_form",         RC_REFUSED,   "language",   N_("the language is two small letters: en or sw")            },
    {"id_whole",              RC_REFUSED,   "id_number",  N_("an ID number needs its ID type, and the type its number")},
    {"phone_form",            RC_REFUSED,   "phone",      N_("a phone number has 6 to 15 digits")                      },
    {"name_given",            RC_REFUSED,   "name",       N_("a name is needed")                                       },
    {"user_name_plain",       RC_REFUSED,   "name",       N_("a name has no brackets")                                 },
};

static bool
name_fits(const char *pattern, const char *name)
{
    if (pattern[0] != '*')
        return strcmp(pattern, name) == 0;
    size_t tail = strlen(pattern + 1), n = strlen(name);
    return n >= tail && strcmp(name + n - tail, pattern + 1) == 0;
}

static enum rc
code_of(const char *state)
{
    for (size_t i = 0; i < COUNTOF(states); i++)
        if (strncmp(states[i].state, state, strlen(states[i].state)) == 0)
            return states[i].code;
    return RC_INTERNAL;
}

static const char *
part(const PGresult *res, int field)
{
    const char *s = PQresultErrorField(res, field);
    return s ? s : "";
}

/* Row-level security and our own guards speak to a person; a grant that is missing is a fault of ours. */
static enum rc
fill_privilege(const char *message, struct err *reterr)
{
    if (strstr(message, "row-level security"))
        return err_set(reterr, RC_FORBIDDEN, NULL, "this would lie outside what you may see");
    if (strstr(message, "permission denied") || strstr(message, "must be"))
        return err_set(reterr, RC_INTERNAL, NULL, "%s", rc_text(RC_INTERNAL));
    return err_set(reterr, RC_FORBIDDEN, NULL, "%s", lang_text(message));
}

static enum rc
fill(const PGresult *res, const char *state, struct err *reterr)
{
    if (strcmp(state, "42501") == 0)
        return fill_privilege(part(res, PG_DIAG_MESSAGE_PRIMARY), reterr);
    const char *constraint = part(res, PG_DIAG_CONSTRAINT_NAME);
    for (size_t i = 0; constraint[0] && i < COUNTOF(constraints); i++)
        if (name_fits(constraints[i].constraint, constraint))
            return err_set(reterr, constraints[i].code, constraints[i].field, "%s",
                           lang_text(constraints[i].text));
    enum rc code = code_of(state);
    if (strcmp(state, "23514") == 0 && constraint[0] &&
        strstr(part(res, PG_DIAG_MESSAGE_PRIMARY), "violates") == NULL)
        /* raised by one of our own guards, whose message is a sentence for the person */
        return err_set(reterr, code, NULL, "%s", lang_text(part(res, PG_DIAG_MESSAGE_PRIMARY)));
    if (strcmp(state, "23503") == 0)
        return err_set(reterr, code, NULL, "it points to a record that is not there");
    if (strcmp(state, "23502") == 0)
        return err_set(reterr, code, part(res, PG_DIAG_COLUMN_NAME), "%s is missing",
                       part(res, PG_DIAG_COLUMN_NAME));
    if (constraint[0])
        return err_set(reterr, code, NULL, "%s (%s)", rc_text(code), constraint);
    return err_set(reterr, code, NULL, "%s", rc_text(code));
}

enum rc
pg_error(const PGresult *failed, struct err *reterr)
{
    struct err local;
    struct err *e = reterr ? reterr : &local;
    const char *state = part(failed, PG_DIAG_SQLSTATE);
    enum rc code = fill(failed, state, e);
    /* DETAIL holds values of the record: it stays out of the log */
    (void)snprintf(e->log, sizeof e->log, "%s %s %s", state, part(failed, PG_DIAG_MESSAGE_PRIMARY),
                   part(failed, PG_DIAG_CONSTRAINT_NAME));
    (void)snprintf(e->sqlstate, sizeof e->sqlstate, "%s", state);
    return code;
}
