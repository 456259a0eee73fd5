#include "server/front/guard.h"

#include <libssh/server.h>
#include <stdint.h>
#include <string.h>

enum { LEAST_PACKET = 1024, LOCAL_PACKET = 35000 };
/* struct ssh_channel_struct of 0.10, x86-64 and arm64 alike */
enum { AT_SESSION = 0, AT_LOCAL_PACKET = 20, AT_REMOTE_WINDOW = 28, AT_REMOTE_PACKET = 36 };

static uint32_t
number_at(const void *p, size_t offset)
{
    uint32_t n;
    memcpy(&n, (const unsigned char *)p + offset, sizeof n);
    return n;
}

bool
guard_packet_size(ssh_channel channel)
{
    if (ssh_version(SSH_VERSION_INT(0, 11, 0)) != NULL) {
        return true; /* mended there */
    }
    ssh_session session;
    memcpy(&session, (const unsigned char *)channel + AT_SESSION, sizeof session);
    bool known = session == ssh_channel_get_session(channel) &&
                 number_at(channel, AT_LOCAL_PACKET) == LOCAL_PACKET &&
                 number_at(channel, AT_REMOTE_WINDOW) == ssh_channel_window_size(channel);
    return known && number_at(channel, AT_REMOTE_PACKET) >= LEAST_PACKET;
}

bool
guard_message_known(ssh_session session, ssh_message message)
{
    union guard_message m;
    memcpy(&m.head, message, sizeof m.head);
    return m.head.session == session && m.head.type == ssh_message_type(message);
}

ssh_message
guard_message(union guard_message *m, ssh_session session)
{
    memset(m, 0, sizeof *m);
    m->head.session = session;
    m->head.type = SSH_REQUEST_AUTH;
    return (ssh_message)(void *)m;
}
