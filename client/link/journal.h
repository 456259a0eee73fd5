#ifndef LINK_JOURNAL_H
#define LINK_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/str.h"

struct arena;

/*
 * Half-filled forms of one login at one service, kept over the end of the program: one file per draft in
 * `dir`, `draft-WHO-OWNER-ID`, mode 0600: a line with the BLAKE2b-256 of the rest, then the rest, which is
 * the caller's. WHO is a hash and tells nobody whom one signs in as.
 *
 * OWNER is the running program that works on the draft: it holds a lock on its file `client-OWNER` until it
 * ends, however it ends. A draft whose owner is gone, or that was let go (owner 0), is anybody's of the same
 * login: who renames the file first has it.
 *
 * Files of any login older than JOURNAL_DAYS go when a journal is opened. When there are JOURNAL_MAX of one
 * login the oldest that nobody works on goes for a new one.
 */
enum {
    JOURNAL_MAX = 32,
    JOURNAL_BYTES = 256 * 1024,
    JOURNAL_DAYS = 7,
    JOURNAL_ID = 16,
    JOURNAL_FIRM_MS = 2000
};

struct journal;

/* `who`: "login@host:port". NULL when there is no directory or no memory for it. */
struct journal *journal_open(const char *dir, struct str who);
/* NULL-safe. What it still works on stays, free for others. */
void journal_close(struct journal *j);
struct str journal_who(const struct journal *j); /* the hash of `who`, in hexadecimal */
void journal_hash(struct str who, char hex[33]);

struct journal_entry {
    char id[JOURNAL_ID + 1];
    int64_t written; /* seconds since 1970 */
    struct str bytes;
};
/* Why a file was left alone; NULL for none. */
struct journal_bad {
    struct str name;
    const char *why; /* of the catalogue, in the person's language */
};
struct journal_list {
    struct journal_entry entries[JOURNAL_MAX];
    size_t n; /* newest first */
    struct journal_bad bad[JOURNAL_MAX];
    size_t nbad;
};
/* Drafts nobody works on. Texts in `a`. */
void journal_list(struct journal *j, struct arena *a, struct journal_list *ret);

void journal_new_id(char id[JOURNAL_ID + 1]);
/*
 * Writes a draft this program works on (made when it is new). False: it could not be written. It outlives the
 * program at once; the computer's power only when `firmly` (a save is about to leave with its key), when it
 * is new, and else every JOURNAL_FIRM_MS: the keyboard does not wait for a disk at each field.
 */
bool journal_put(struct journal *j, const char *id, struct str bytes, bool firmly);
/* Makes a listed draft this program's. False: another was faster, or it has gone. */
bool journal_take(struct journal *j, const char *id);
/* Lets it go, to be listed again. */
void journal_release(struct journal *j, const char *id);
/* Removes a draft this program works on. */
void journal_drop(struct journal *j, const char *id);

#endif
