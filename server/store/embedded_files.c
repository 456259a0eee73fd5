#include "server/store/embedded_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INSTALLED "/usr/lib/postgresql"
enum { OLDEST_MAJOR = 15, PATH_ROOM = EMBEDDED_PATH + 32 };

enum rc
embedded_find_bin(char out[EMBEDDED_PATH], struct err *reterr)
{
    DIR *dir = opendir(INSTALLED);
    long best = 0;
    const struct dirent *entry = NULL;
    while (dir && (entry = readdir(dir))) {
        char path[PATH_ROOM + sizeof entry->d_name];
        long major = strtol(entry->d_name, NULL, 10);
        (void)snprintf(path, sizeof path, INSTALLED "/%s/bin/postgres", entry->d_name);
        if (major > best && access(path, X_OK) == 0)
            best = major;
    }
    if (dir)
        (void)closedir(dir);
    if (best < OLDEST_MAJOR)
        return err_log(reterr, RC_INTERNAL, "no PostgreSQL %d or newer in " INSTALLED ": install postgresql",
                       OLDEST_MAJOR);
    (void)snprintf(out, EMBEDDED_PATH, INSTALLED "/%ld/bin", best);
    return RC_OK;
}

static enum rc
make_dir(const char *path, mode_t mode, const struct run_as *as, struct err *reterr)
{
    if (mkdir(path, mode) == 0) {
        if (chmod(path, mode) < 0 || (as->change && chown(path, as->uid, as->gid) < 0))
            return err_log(reterr, RC_INTERNAL, "%s: %s", path, strerror(errno));
        return RC_OK;
    }
    struct stat st;
    if (errno != EEXIST || stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
        return err_log(reterr, RC_INTERNAL, "%s: can't make this directory: %s", path, strerror(errno));
    return RC_OK;
}

/* The beginnings of a cluster whose making was interrupted. */
static enum rc
clear_away(const char *path, const struct run_as *as, struct err *reterr)
{
    char rm[] = "/bin/rm", how[] = "-rf", end[] = "--", what[PATH_ROOM];
    (void)snprintf(what, sizeof what, "%s", path);
    char *argv[] = {rm, how, end, what, NULL};
    struct run_as self = *as;
    self.change = false; /* it lies in a directory the user can't write */
    (void)snprintf(self.home, sizeof self.home, "/");
    return spawn_wait(&self, argv, NULL, 0, reterr);
}

static enum rc
run_initdb(const char *bin_dir, const char *dir, const struct run_as *as, struct err *reterr)
{
    char program[PATH_ROOM], data[PATH_ROOM];
    char d[] = "-D", u[] = "-U", boot[] = "bima_boot", e[] = "-E", utf8[] = "UTF8",
         locale[] = "--locale=C.UTF-8", sums[] = "-k", local[] = "--auth-local=peer",
         host[] = "--auth-host=reject";
    (void)snprintf(program, sizeof program, "%s/initdb", bin_dir);
    (void)snprintf(data, sizeof data, "%s", dir);
    char *argv[] = {program, d, data, u, boot, e, utf8, locale, sums, local, host, NULL};
    struct run_as at_home = *as;
    (void)snprintf(at_home.home, sizeof at_home.home, "/");
    return spawn_wait(&at_home, argv, NULL, 0, reterr);
}

enum rc
embedded_make_data(const struct embedded *e, const struct run_as *as, struct err *reterr)
{
    struct stat st;
    char fresh[PATH_ROOM];
    if (stat(e->data_dir, &st) == 0)
        return RC_OK;
    if (snprintf(fresh, sizeof fresh, "%s.new", e->data_dir) >= (int)sizeof fresh)
        return err_log(reterr, RC_INTERNAL, "path too long: %s", e->data_dir);
    enum rc rc = RC_OK;
    if (stat(fresh, &st) == 0)
        rc = clear_away(fresh, as, reterr);
    if (rc == RC_OK)
        rc = make_dir(fresh, 0700, as, reterr);
    if (rc == RC_OK)
        rc = run_initdb(e->bin_dir, fresh, as, reterr);
    if (rc == RC_OK && rename(fresh, e->data_dir) < 0)
        rc = err_log(reterr, RC_INTERNAL, "%s: %s", e->data_dir, strerror(errno));
    return rc;
}

struct access_files {
    const struct embedded_config *c;
    const char *self;
};

static void
write_peer(FILE *f, const char *user, bool boot)
{
    if (boot)
        (void)fprintf(f, "bima \"%s\" bima_boot\n", user);
    (void)fprintf(f, "bima \"%s\" bima_worker\nbima \"%s\" bima_platform\nbima \"%s\" bima_jobs\n", user,
                  user, user);
}

static FILE *
open_new(const char *dir, const char *name)
{
    char path[PATH_ROOM];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    (void)unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return fd < 0 ? NULL : fdopen(fd, "w");
}

static bool
write_files(void *ctx)
{
    const struct access_files *w = ctx;
    FILE *hba = open_new(w->c->data_dir, "pg_hba.conf");
    FILE *ident = open_new(w->c->data_dir, "pg_ident.conf");
    if (!hba || !ident)
        return false;
    (void)fputs(
        "# Written at every start. Whoever is not in pg_ident.conf is refused, whatever role is asked for.\n"
        "local all bima_boot,bima_worker,bima_platform,bima_jobs peer map=bima\nlocal all all reject\n",
        hba);
    (void)fputs("# Written at every start: user of the machine, role in the database.\n", ident);
    write_peer(ident, "root", true);
    write_peer(ident, w->self, true);
    for (size_t i = 0; i < w->c->npeers; i++) {
        if (strcmp(w->c->peers[i], w->self) != 0)
            write_peer(ident, w->c->peers[i], false);
    }
    bool good = fclose(hba) == 0;
    return fclose(ident) == 0 && good;
}

enum rc
embedded_write_access(const struct embedded_config *c, const struct run_as *as, struct err *reterr)
{
    struct access_files w = {.c = c, .self = as->name};
    enum rc rc = make_dir(c->socket_dir, 0755, as, reterr);
    if (rc == RC_OK)
        rc = spawn_call(as, write_files, &w, "write pg_hba.conf and pg_ident.conf", reterr);
    return rc;
}
