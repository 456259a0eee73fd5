#include "server/front/control.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "server/front/front.h"

union ancillary {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int))];
};

bool
control_send(int socket, const struct control *c, int fd)
{
    struct control copy = *c;
    struct iovec part = {.iov_base = &copy, .iov_len = sizeof copy};
    union ancillary space;
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
    memset(&space, 0, sizeof space);
    if (fd >= 0) {
        m.msg_control = space.bytes;
        m.msg_controllen = sizeof space.bytes;
        struct cmsghdr *h = CMSG_FIRSTHDR(&m);
        h->cmsg_level = SOL_SOCKET;
        h->cmsg_type = SCM_RIGHTS;
        h->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(h), &fd, sizeof fd);
    }
    ssize_t n;
    do {
        n = sendmsg(socket, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof copy;
}

bool
control_receive(int socket, struct control *ret, int *ret_fd, bool *ret_gone)
{
    struct control c;
    struct iovec part = {.iov_base = &c, .iov_len = sizeof c};
    union ancillary space;
    struct msghdr m = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = space.bytes, .msg_controllen = sizeof space.bytes};
    ssize_t n;
    *ret_fd = -1;
    *ret_gone = false;
    do {
        n = recvmsg(socket, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    } while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof c) {
        *ret_gone = n == 0 || (n < 0 && errno != EAGAIN);
        return false;
    }
    for (struct cmsghdr *h = CMSG_FIRSTHDR(&m); h != NULL; h = CMSG_NXTHDR(&m, h)) {
        if (h->cmsg_level == SOL_SOCKET && h->cmsg_type == SCM_RIGHTS &&
            h->cmsg_len == CMSG_LEN(sizeof(int))) {
            memcpy(ret_fd, CMSG_DATA(h), sizeof(int));
        }
    }
    *ret = c;
    return true;
}

size_t
front_slots(const struct config *c)
{
    return c->workers + c->bulk_workers + c->platform_workers;
}

enum slot_kind
front_slot(const struct config *c, size_t slot)
{
    if (slot < c->workers) {
        return SLOT_WORK;
    }
    return slot < c->workers + c->bulk_workers ? SLOT_BULK : SLOT_PLATFORM;
}
