#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "server/ctl/ctl.h"

enum { WAIT_S = 5, PIECE = 4096 };

static enum rc
connect_control(const struct ctl *ctl, int *ret, struct err *reterr)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    struct timeval wait = {.tv_sec = WAIT_S};
    if (snprintf(to.sun_path, sizeof to.sun_path, "%s/control.sock", ctl->config.run_dir) >=
        (int)sizeof to.sun_path)
        return err_log(reterr, RC_INTERNAL, "path too long: %s", ctl->config.run_dir);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0)
        return err_log(reterr, RC_INTERNAL, "socket: %s", strerror(errno));
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    if (connect(fd, (const struct sockaddr *)&to, sizeof to) < 0) {
        enum rc rc = err_log(reterr, RC_UNAVAILABLE, "the service does not run or is not ours to ask: %s: %s",
                             to.sun_path, strerror(errno));
        (void)close(fd);
        return rc;
    }
    *ret = fd;
    return RC_OK;
}

static enum rc
status(struct ctl *ctl, struct err *reterr)
{
    static const char ask[] = "status\n";
    char piece[PIECE];
    int fd = -1;
    bool answered = false;
    if (ctl->argc != 0)
        return err_set(reterr, RC_USAGE, NULL, "takes no words");
    enum rc rc = connect_control(ctl, &fd, reterr);
    if (rc != RC_OK)
        return rc;
    ssize_t n = send(fd, ask, sizeof ask - 1, MSG_NOSIGNAL);
    while (n > 0) {
        n = recv(fd, piece, sizeof piece, 0);
        if (n > 0)
            answered = fwrite(piece, 1, (size_t)n, stdout) == (size_t)n;
    }
    (void)close(fd);
    return answered ? RC_OK : err_log(reterr, RC_UNAVAILABLE, "the service does not answer");
}

const struct ctl_command ctl_status = {
    "status", "", "what the service is doing: processes, sessions, queue, database", status};
