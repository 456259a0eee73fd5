/*
 * A worker and nothing else, for tests that play the front: worker_process FD CONNINFO [TODAY [SIGNING_KEY
 * [ARENA_KILOBYTES ["platform"]]]]. The signing key is made when it is not there.
 */
#include <stdio.h>
#include <string.h>

#include "common/crypt/crypt.h"
#include "common/value/number.h"
#include "server/log.h"
#include "server/personal/personal.h"
#include "server/worker/worker.h"

int
main(int argc, char **argv)
{
    struct err e;
    struct worker_config c = {.role = "bima_worker", .kind = WORKER_COUNTER};
    if (argc < 3 || crypt_start(&e) != RC_OK)
        return 64;
    int64_t fd;
    if (number_parse(str_from(argv[1]), 3, 1023, "fd", &fd, &e) != RC_OK)
        return 64;
    c.fd = (int)fd;
    c.conninfo = argv[2];
    if (argc > 3 && argv[3][0]) {
        c.has_today = true;
        if (date_parse(str_from(argv[3]), "today", &c.today, &e) != RC_OK)
            return 64;
    }
    if (argc > 5) {
        int64_t kilobytes;
        if (number_parse(str_from(argv[5]), 1, 1 << 20, "arena", &kilobytes, &e) != RC_OK)
            return 64;
        c.arena_bytes = (size_t)kilobytes * 1024;
    }
    if (argc > 6 && strcmp(argv[6], "platform") == 0) {
        c.role = "bima_platform";
        c.kind = WORKER_PLATFORM;
    }
    if (argc > 4) {
        struct signer s;
        if (signer_load(&s, argv[4], true, &e) != RC_OK)
            return 70;
        signer_done(&s);
        c.signing_key = argv[4];
        /* the key of personal data stands beside it */
        struct keyring *keys;
        static char master[4096];
        if ((size_t)snprintf(master, sizeof master, "%s.master", argv[4]) >= sizeof master ||
            keyring_open(master, true, &keys, &e) != RC_OK)
            return 70;
        keyring_close(&keys);
        c.master_key = master;
    }
    log_open("worker", LOG_INFO_);
    return worker_main(&c);
}
