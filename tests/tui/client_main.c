/* The client of the screen tests: the line on descriptor 3, or none; the theme as an argument. With
   BIMA_TEST_STATE it is one that somebody started at home: drafts are kept there. With BIMA_TEST_CONFIG a
   directory with settings of theirs. */
#include <stdlib.h>
#include <string.h>

#include "client/screen/app.h"
#include "common/crypt/crypt.h"

int
main(int argc, char **argv)
{
    struct client_config config = {.spawned = true, .theme = argc > 2 && argv[2][0] ? argv[2] : NULL};
    struct link *link = NULL;
    struct err err = {.code = RC_OK};
    if (crypt_start(&err) != RC_OK)
        return 97;
    if (argc > 1 && !strcmp(argv[1], "line")) {
        struct link_options o = {
            .fd = 3, .client = "bima test tui", .locale = "en", .patient = true, .personal = true};
        if (link_open(&o, &link, &err) != RC_OK)
            return 99;
        config.state_dir = getenv("BIMA_TEST_STATE");
        config.config_dir = getenv("BIMA_TEST_CONFIG");
        config.spawned = !config.state_dir;
    } else {
        config.spawned = false;
    }
    return tui_main(link, &config);
}
