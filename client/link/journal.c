#include "client/link/journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "client/link/file.h"
#include "client/link/transport.h"
#include "client/text.h"
#include "common/base/arena.h"
#include "common/crypt/crypt.h"

enum { HEX = 2 * CRYPT_HASH, WHO = 32, OWNER = 16, DIR_MAX = 800, SECONDS_PER_DAY = 86400 };
#define NOBODY "0000000000000000"

struct journal {
    char dir[DIR_MAX];
    char who[WHO + 1];
    char owner[OWNER + 1]; /* empty until something is written */
    int lock;              /* of client-OWNER; -1 */
    int64_t firm_ms;       /* when something was last written firmly */
};

/* The parts of a file's name. */
struct name {
    char who[WHO + 1], owner[OWNER + 1], id[JOURNAL_ID + 1];
};

void
journal_hash(struct str who, char hex[WHO + 1])
{
    unsigned char hash[CRYPT_HASH];
    char all[HEX + 1];
    crypt_hash(who, hash);
    (void)crypt_hex(hash, sizeof(hash), all);
    (void)snprintf(hex, WHO + 1, "%.*s", WHO, all);
}

void
journal_new_id(char id[JOURNAL_ID + 1])
{
    unsigned char bytes[JOURNAL_ID / 2];
    crypt_random(bytes, sizeof(bytes));
    (void)crypt_hex(bytes, sizeof(bytes), id);
}

static bool
take_hex(const char **at, char *out, size_t n)
{
    if (strspn(*at, "0123456789abcdef") != n)
        return false;
    memcpy(out, *at, n);
    out[n] = '\0';
    *at += n;
    return true;
}

static bool
parse_name(const char *file, struct name *ret)
{
    if (strncmp(file, "draft-", 6) != 0)
        return false;
    file += 6;
    return take_hex(&file, ret->who, WHO) && *file++ == '-' && take_hex(&file, ret->owner, OWNER) &&
           *file++ == '-' && take_hex(&file, ret->id, JOURNAL_ID) && *file == '\0';
}

static void
draft_path(const struct journal *j, const char *owner, const char *id, char path[FILE_PATH])
{
    (void)snprintf(path, FILE_PATH, "%s/draft-%s-%s-%s", j->dir, j->who, owner, id);
}

static void
client_path(const struct journal *j, const char *owner, char path[FILE_PATH])
{
    (void)snprintf(path, FILE_PATH, "%s/client-%s", j->dir, owner);
}

/* ---- owners ---- */

/* The lock is on the file that stands there now, not on one that was swept away between making and locking.
 */
static bool
make_owner(struct journal *j)
{
    char path[FILE_PATH];
    struct stat mine, there;
    journal_new_id(j->owner);
    client_path(j, j->owner, path);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 && errno != EEXIST)
        return false;
    bool ok = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &mine) == 0 &&
              stat(path, &there) == 0 && mine.st_ino == there.st_ino;
    if (!ok && fd >= 0)
        (void)close(fd);
    j->lock = ok ? fd : -1;
    return ok;
}

static bool
be_owner(struct journal *j)
{
    if (j->lock >= 0)
        return true;
    file_make_dir(j->dir);
    for (int tries = 0; tries < 3 && j->lock < 0; tries++)
        (void)make_owner(j);
    if (j->lock < 0)
        j->owner[0] = '\0';
    return j->lock >= 0;
}

static bool
owner_lives(const struct journal *j, const char *owner)
{
    char path[FILE_PATH];
    if (strcmp(owner, NOBODY) == 0)
        return false;
    if (j->lock >= 0 && strcmp(owner, j->owner) == 0)
        return true;
    client_path(j, owner, path);
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno != ENOENT;
    bool lives = flock(fd, LOCK_SH | LOCK_NB) != 0; /* shared: others may be asking the same */
    (void)close(fd);
    return lives;
}

/* Its file is removed while its lock is held: an owner that is just being made notices. */
static void
sweep_owner(const struct journal *j, const char *owner)
{
    char path[FILE_PATH];
    client_path(j, owner, path);
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        (void)unlink(path);
    (void)close(fd);
}

/* ---- the directory ---- */

static bool
is_old(const struct stat *st)
{
    return time(NULL) - st->st_mtime > (time_t)JOURNAL_DAYS * SECONDS_PER_DAY;
}

/* Written by a program that ended before it was renamed. */
static bool
is_aside(const char *file)
{
    return file[0] == '.' && strlen(file) == sizeof(".XXXXXX") - 1;
}

/* What nobody came back for in a week, of whatever login, and what ended programs left. */
static void
sweep(const struct journal *j)
{
    DIR *dir = opendir(j->dir);
    const struct dirent *e;
    while (dir != NULL && (e = readdir(dir)) != NULL) {
        char path[FILE_PATH + 256], owner[OWNER + 1];
        const char *rest = e->d_name + 7;
        struct stat st;
        struct name name;
        (void)snprintf(path, sizeof(path), "%s/%s", j->dir, e->d_name);
        if (strncmp(e->d_name, "client-", 7) == 0 && take_hex(&rest, owner, OWNER) && *rest == '\0')
            sweep_owner(j, owner);
        else if ((strncmp(e->d_name, "draft-", 6) == 0 || is_aside(e->d_name)) && lstat(path, &st) == 0 &&
                 S_ISREG(st.st_mode) && is_old(&st) &&
                 !(parse_name(e->d_name, &name) && owner_lives(j, name.owner)))
            (void)unlink(path);
    }
    if (dir != NULL)
        (void)closedir(dir);
}

struct journal *
journal_open(const char *dir, struct str who)
{
    if (dir == NULL || strlen(dir) >= DIR_MAX)
        return NULL;
    struct journal *j = calloc(1, sizeof(*j));
    if (j == NULL)
        return NULL;
    (void)snprintf(j->dir, sizeof(j->dir), "%s", dir);
    journal_hash(who, j->who);
    j->lock = -1;
    sweep(j);
    return j;
}

void
journal_close(struct journal *j)
{
    char path[FILE_PATH];
    if (j == NULL)
        return;
    if (j->lock >= 0) {
        client_path(j, j->owner, path);
        (void)unlink(path);
        (void)close(j->lock);
    }
    free(j);
}

struct str
journal_who(const struct journal *j)
{
    return str_from(j->who);
}

/* ---- reading ---- */

/* NULL: fine. */
static const char *
read_draft(struct arena *a, const char *path, struct journal_entry *e)
{
    struct stat st;
    struct str all;
    char want[HEX + 1];
    unsigned char hash[CRYPT_HASH];
    if (lstat(path, &st) != 0)
        return errno == ENOENT ? "" : _("can't be read");
    if (!S_ISREG(st.st_mode))
        return _("no plain file");
    if (st.st_uid != geteuid())
        return _("belongs to somebody else");
    if (st.st_mode & 022)
        return _("others may write to it");
    if (st.st_size > JOURNAL_BYTES)
        return _("too large");
    if (st.st_size == 0)
        return _("damaged");
    if (!file_read(a, path, JOURNAL_BYTES, &all))
        return access(path, F_OK) != 0 ? "" : _("can't be read");
    e->bytes = str_slice(all, HEX + 1, all.n);
    crypt_hash(e->bytes, hash);
    (void)crypt_hex(hash, sizeof(hash), want);
    if (all.n <= HEX + 1 || all.p[HEX] != '\n' || !str_eq((struct str){all.p, HEX}, (struct str){want, HEX}))
        return _("damaged");
    e->written = (int64_t)st.st_mtime;
    return NULL;
}

static void
insert_newest_first(struct journal_list *l, const struct journal_entry *e)
{
    size_t at = l->n < JOURNAL_MAX ? l->n++ : JOURNAL_MAX - 1;
    while (at > 0 && l->entries[at - 1].written < e->written) {
        l->entries[at] = l->entries[at - 1];
        at--;
    }
    l->entries[at] = *e;
}

static void
list_file(struct journal *j, struct arena *a, const char *file, struct journal_list *ret)
{
    char path[FILE_PATH];
    struct name name;
    struct journal_entry e = {.written = 0};
    if (!parse_name(file, &name) || strcmp(name.who, j->who) != 0 || owner_lives(j, name.owner))
        return;
    draft_path(j, name.owner, name.id, path);
    (void)snprintf(e.id, sizeof(e.id), "%s", name.id);
    const char *why = read_draft(a, path, &e);
    if (why == NULL)
        insert_newest_first(ret, &e);
    else if (why[0] != '\0' && ret->nbad < JOURNAL_MAX)
        ret->bad[ret->nbad++] = (struct journal_bad){str_dup(a, str_from(file)), why};
}

void
journal_list(struct journal *j, struct arena *a, struct journal_list *ret)
{
    memset(ret, 0, sizeof(*ret));
    DIR *dir = opendir(j->dir);
    const struct dirent *e;
    while (dir != NULL && (e = readdir(dir)) != NULL)
        list_file(j, a, e->d_name, ret);
    if (dir != NULL)
        (void)closedir(dir);
}

/* ---- changing ---- */

/* The file of a draft whose owner, if it had one, is gone. */
static bool
find_free(const struct journal *j, const char *id, char path[FILE_PATH])
{
    bool found = false;
    DIR *dir = opendir(j->dir);
    const struct dirent *e;
    while (dir != NULL && !found && (e = readdir(dir)) != NULL) {
        struct name name;
        found = parse_name(e->d_name, &name) && strcmp(name.who, j->who) == 0 && strcmp(name.id, id) == 0 &&
                !owner_lives(j, name.owner);
        if (found)
            draft_path(j, name.owner, name.id, path);
    }
    if (dir != NULL)
        (void)closedir(dir);
    return found;
}

static void
make_room(struct journal *j)
{
    size_t n = 0;
    DIR *dir = opendir(j->dir);
    const struct dirent *e;
    char oldest[FILE_PATH] = "", path[FILE_PATH];
    time_t when = 0;
    while (dir != NULL && (e = readdir(dir)) != NULL) {
        struct name name;
        struct stat st;
        if (!parse_name(e->d_name, &name) || strcmp(name.who, j->who) != 0)
            continue;
        n++;
        draft_path(j, name.owner, name.id, path);
        if (owner_lives(j, name.owner) || lstat(path, &st) != 0 || (oldest[0] && st.st_mtime >= when))
            continue;
        when = st.st_mtime;
        memcpy(oldest, path, sizeof(oldest));
    }
    if (dir != NULL)
        (void)closedir(dir);
    if (n >= JOURNAL_MAX && oldest[0] != '\0')
        (void)unlink(oldest);
}

bool
journal_put(struct journal *j, const char *id, struct str bytes, bool firmly)
{
    char path[FILE_PATH], head[HEX + 2];
    unsigned char hash[CRYPT_HASH];
    if (bytes.n + HEX + 1 > JOURNAL_BYTES || !be_owner(j))
        return false;
    draft_path(j, j->owner, id, path);
    if (access(path, F_OK) != 0) {
        make_room(j);
        firmly = true;
    }
    crypt_hash(bytes, hash);
    (void)crypt_hex(hash, sizeof(hash), head);
    head[HEX] = '\n';
    if (!firmly && now_ms() - j->firm_ms < JOURNAL_FIRM_MS)
        return file_replace(j->dir, path, (struct str){head, HEX + 1}, bytes);
    bool ok = file_replace_firmly(j->dir, path, (struct str){head, HEX + 1}, bytes);
    j->firm_ms = now_ms();
    return ok;
}

bool
journal_take(struct journal *j, const char *id)
{
    char from[FILE_PATH], to[FILE_PATH];
    if (!be_owner(j) || !find_free(j, id, from))
        return false;
    draft_path(j, j->owner, id, to);
    return rename(from, to) == 0;
}

void
journal_release(struct journal *j, const char *id)
{
    char from[FILE_PATH], to[FILE_PATH];
    draft_path(j, j->owner, id, from);
    draft_path(j, NOBODY, id, to);
    (void)rename(from, to);
}

void
journal_drop(struct journal *j, const char *id)
{
    char path[FILE_PATH];
    draft_path(j, j->owner, id, path);
    (void)unlink(path);
}
