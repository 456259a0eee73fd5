#ifndef SERVER_ADDRESS_H
#define SERVER_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "common/base/err.h"
#include "common/base/str.h"

/* Where a connection comes from. IPv4 stands in its IPv6 form, ::ffff:a.b.c.d. */
struct address {
    unsigned char bytes[16];
};

enum { ADDRESS_TEXT = INET6_ADDRSTRLEN };

/* False: neither IPv4 nor IPv6. */
bool address_of(const struct sockaddr_storage *from, struct address *ret);
/* Without the port; IPv4 as people write it. */
void address_text(const struct address *a, char out[ADDRESS_TEXT]);
/* The household it belongs to: an IPv4 address is one, and so is a /64 of IPv6, whose owner changes the rest
 * at will. */
struct address address_household(const struct address *a);

/* Is it "127.x.y.z:port" or "[::1]:port"? */
bool loopback_is(struct str text);

/* 10.1.0.0/16, 2001:db8::/32, or one address. */
struct prefix {
    struct address base;
    unsigned bits; /* of the 128 */
};

enum { PREFIXES_MAX = 64 };

/* `text` has blanks between prefixes. Fails: RC_BAD_PARAMS naming the word that is none, or too many of them.
 */
enum rc prefixes_read(struct str text, struct prefix ret[PREFIXES_MAX], size_t *ret_n,
                      struct err *reterr) NODISCARD;
bool prefix_has(const struct prefix *p, const struct address *a);

#endif
