#ifndef CLIENT_SECRET_H
#define CLIENT_SECRET_H

#include <stdbool.h>

#include "common/wire/schema.h"

/* A secret that is chosen here, so worth typing twice: "password", "new_password". One that is only shown to
   the service (the present password, a code, a passphrase) is typed once. */
static inline bool
secret_is_chosen(const struct schema_field *f)
{
    return (f->flags & SCHEMA_SECRET) != 0 &&
           (str_eq(f->name, STR("password")) || str_starts(f->name, STR("new")));
}

#endif
