/* The client of the plain tests: the line on descriptor 3; "local": as on a person's own machine. */
#include <locale.h>
#include <string.h>

#include "client/config.h"
#include "client/plain/plain.h"
#include "common/crypt/crypt.h"

int
main(int argc, char **argv)
{
    struct client_config config = {.spawned = argc < 2 || strcmp(argv[1], "local") != 0};
    struct link_options o = {.fd = 3, .client = "bima test plain", .locale = "en", .personal = true};
    struct err err = {.code = RC_OK};
    (void)setlocale(LC_ALL, "");
    if (crypt_start(&err) != RC_OK)
        return 97;
    return plain_main(&config, &o, false);
}
