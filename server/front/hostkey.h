#ifndef FRONT_HOSTKEY_H
#define FRONT_HOSTKEY_H

#include <libssh/libssh.h>

#include "common/base/err.h"

/* Reads the private key from an open file: a front may not open it by its path. Fails: RC_INTERNAL. */
enum rc hostkey_read(int fd, ssh_key *ret, struct err *reterr) NODISCARD;

#endif
