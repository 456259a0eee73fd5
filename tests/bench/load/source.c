/*
 * What one address may try is limited, and branch offices have one each: every few lines come from a loopback
 * address of their own.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

enum { LINES = 4, SOURCES = 8192, FIRST_SOURCE = 0x7f010001 };

int __real_connect(int fd, const struct sockaddr *to, socklen_t n);
int __wrap_connect(int fd, const struct sockaddr *to, socklen_t n);

static uint32_t
next_source(void)
{
    static uint32_t lines;
    return FIRST_SOURCE + lines++ / LINES % SOURCES;
}

/* Stands in for the C library's (see CMakeLists.txt): the link has no use for a choice of address. */
int
__wrap_connect(int fd, const struct sockaddr *to, socklen_t n)
{
    static const int on = 1;
    if (to->sa_family == AF_INET && n >= sizeof(struct sockaddr_in)) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)to;
        struct sockaddr_in from = {.sin_family = AF_INET};
        if (ntohl(v4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET) {
            from.sin_addr.s_addr = htonl(next_source());
            (void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
            (void)bind(fd, (const struct sockaddr *)&from, sizeof from);
        }
    }
    return __real_connect(fd, to, n);
}
