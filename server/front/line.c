#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "server/front/session.h"

unsigned
session_line_ms(const struct session *s)
{
    struct tcp_info info = {.tcpi_rtt = 0};
    socklen_t n = sizeof info;
    if (getsockopt(ssh_get_fd(s->ssh), IPPROTO_TCP, TCP_INFO, &info, &n) != 0)
        return 0;
    return info.tcpi_rtt / 1000;
}
