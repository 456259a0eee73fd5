#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client/config.h"
#include "client/plain/plain.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/service.h"

/*
 * The screens as questions and answers: lines as they may come from a pipe, against the honest service or,
 * behind the first byte of LIES, against one that means harm. It ends by itself when there are no lines.
 */
enum { LIES = 0xff, PATIENCE = 20 };

int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout);
int __real_poll(struct pollfd *fds, nfds_t n, int timeout);

static int idle;

/* Whoever waits lets the service go on. One that never answers is gone at last. */
int
__wrap_poll(struct pollfd *fds, nfds_t n, int timeout)
{
    (void)timeout;
    idle = service_pump() ? 0 : idle + 1;
    if (idle > PATIENCE)
        service_cut();
    return __real_poll(fds, n, 0);
}

static void
type(struct str lines)
{
    static int nowhere = -1;
    if (nowhere < 0) {
        nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
        ASSERT(nowhere >= 0 && dup2(nowhere, STDOUT_FILENO) >= 0);
    }
    int fd = memfd_create("lines", MFD_CLOEXEC);
    ASSERT(fd >= 0 && write(fd, lines.p, lines.n) == (ssize_t)lines.n && lseek(fd, 0, SEEK_SET) == 0);
    ASSERT(dup2(fd, STDIN_FILENO) == STDIN_FILENO);
    close(fd);
}

void
fuzz_one(struct arena *a, struct str data)
{
    const struct client_config config = {.spawned = true};
    struct str lies = data, lines = str_split(&lies, (char)LIES);
    (void)a;
    idle = 0;
    type(lines.n ? lines : STR("\n"));
    const struct link_options o = {
        .fd = service_start(lies), .client = "bima test plain", .locale = "en", .personal = true};
    (void)plain_main(&config, &o, false);
    service_stop();
}
