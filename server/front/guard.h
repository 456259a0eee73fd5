#ifndef FRONT_GUARD_H
#define FRONT_GUARD_H

#include <libssh/libssh.h>
#include <stdbool.h>

/*
 * What libssh 0.10 leaves to its users to refuse.
 */

/*
 * ssh_channel_write of Debian's 0.10.6 never ends when the peer asks for a maximum packet of 10 bytes, and wastes itself
 * below 1024. There is no accessor, so this reads the channel's own memory, after checking that its layout is the
 * one we know. False: refuse the channel.
 */
bool guard_packet_size(ssh_channel channel);

/*
 * libssh frees an authentication message when its callback returns, but a reply needs only the first two members.
 * Fills a stand-in, after checking that the layout is the one we know; false: end the session.
 */
enum { GUARD_MESSAGE = 1024 };
union guard_message {
    struct {
        ssh_session session;
        int type;
    } head;
    unsigned char bytes[GUARD_MESSAGE];
};
bool guard_message_known(ssh_session session, ssh_message message);
ssh_message guard_message(union guard_message *m, ssh_session session);

#endif
