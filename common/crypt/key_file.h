#ifndef CRYPT_KEY_FILE_H
#define CRYPT_KEY_FILE_H

#include "common/crypt/crypt.h"

/*
 * A file of secret keys: 64 hex digits a line, the one in use first. Only its owner may read it (0600). While
 * a key is being replaced the one before stands in the second line.
 */
enum { KEY_FILE_KEY = 32, KEY_FILE_KEYS = 2 };

struct key_file {
    struct secret keys[KEY_FILE_KEYS];
    size_t n;
};

/* `what` names the file in errors: "signing seed". Makes it with one new key when there is none and `make` is
   set; two starters at once agree on one key. Fails: RC_INTERNAL. */
enum rc key_file_load(struct key_file *ret, const char *what, const char *path, bool make,
                      struct err *reterr) NODISCARD;
/* Puts another file in its place, at once and whole, with the same owner. Fails: RC_INTERNAL, the old file
 * stands. */
enum rc key_file_save(const struct key_file *f, const char *what, const char *path,
                      struct err *reterr) NODISCARD;
void key_file_done(struct key_file *f);

#endif
