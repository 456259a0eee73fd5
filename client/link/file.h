#ifndef LINK_FILE_H
#define LINK_FILE_H

#include <stdbool.h>

#include "common/base/str.h"

struct arena;

/* Small private files of the client: whole or not at all. */
enum { FILE_PATH = 1024 };

/* All of it, however often the kernel takes a part. False: errno says why. */
bool file_write(int fd, struct str bytes);
/* mkdir -p; the last part 0700. */
void file_make_dir(const char *dir);
/* Written aside in `dir` (made when missing), mode 0600, then renamed to `path`. False: `path` is as before.
 */
bool file_replace(const char *dir, const char *path, struct str head, struct str rest);
/* The same, on the disk when it returns: it stands also when the power goes. May take as long as a disk
 * takes. */
bool file_replace_firmly(const char *dir, const char *path, struct str head, struct str rest);
/* The whole of a regular file of 1 to `max` bytes, not through a link; in `a`. */
bool file_read(struct arena *a, const char *path, size_t max, struct str *ret);

#endif
