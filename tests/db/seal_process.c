/* seal_process CONNINFO KEY once|forever: the sealing job alone. "once" seals what there is and prints how
 * many rows. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/crypt/crypt.h"
#include "server/job/seal.h"
#include "server/log.h"

int
main(int argc, char **argv)
{
    struct err err = {0};
    struct arena arena;
    struct sealer sealer;
    int64_t n = 0;
    if (argc != 4 || crypt_start(&err) != RC_OK)
        return 64;
    log_open("seal", LOG_WARN_);
    const struct jobs_config config = {.conninfo = argv[1], .audit_key = argv[2]};
    bool forever = strcmp(argv[3], "forever") == 0;
    arena_init(&arena, (size_t)32 * 1024 * 1024, NULL, NULL);
    struct job_round round = {
        .pg = pg_new(argv[1], "bima_jobs"), .arena = &arena, .config = &config, .sealer = &sealer};
    enum rc rc = sealer_init(&sealer, &config, &err);
    do {
        if (rc == RC_OK)
            rc = job_seal(&round, &sealer, &n, &err);
        arena_reset(&arena);
    } while (rc == RC_OK && forever);
    if (rc == RC_OK)
        (void)printf("%" PRId64 "\n", n);
    else
        (void)fprintf(stderr, "%s\n", err.log);
    sealer_done(&sealer);
    pg_free(round.pg);
    arena_done(&arena);
    return rc == RC_OK ? 0 : 1;
}
