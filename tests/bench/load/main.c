/*
 * bench_load: keeps many sessions busy for some seconds and prints what it saw as one line of JSON.
 * tests/bench/run starts it; by hand: see --help.
 */
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "common/crypt/crypt.h"
#include "tests/bench/load/load.h"

static int
usage(FILE *out, int status)
{
    fputs("usage: bench_load --port PORT --samples FILE --users FILE --work WORK [OPTION …]\n"
          "  --host HOST        default 127.0.0.1\n"
          "  --sessions N       each with one request under way; default 1\n"
          "  --idle N           signed in beside them and silent; default 0\n"
          "  --opening N        how many sign in at once; default 16\n"
          "  --subscribe        the idle ones want to be told what changes; one busy session waits until "
          "they were\n"
          "  --storm N          sign in all at once while the busy ones ask, until they are all there\n"
          "  --seconds N        default 5\n"
          "  --requests N       so many instead of so long\n"
          "  --per-line N       a session signs in anew after so many\n"
          "  --first N          number of the first request; new business is made of it\n"
          "  --known-hosts FILE, --cache DIR\n"
          "works:",
          out);
    for (size_t i = 0; work_name(i); i++)
        fprintf(out, " %s", work_name(i));
    fputc('\n', out);
    return status;
}

static void
print(const struct load_options *o, const char *work, const struct load_result *r)
{
    const struct histogram *h = &r->latency;
    const double n = h->n ? (double)h->n : 1;
    printf("{\"work\":\"%s\",\"sessions\":%zu,\"idle\":%zu,\"seconds\":%.3f,\"done\":%" PRIu64
           ",\"per_second\":%.1f,\"failures\":%" PRIu64 ",\"unanswered\":%" PRIu64 ",\"p50_us\":%" PRIu64
           ",\"p95_us\":%" PRIu64 ",\"p99_us\":%" PRIu64 ",\"max_us\":%" PRIu64
           ",\"up\":%.0f,\"down\":%.0f,\"sign_ins\":%" PRIu64 ",\"sign_in_p50_us\":%" PRIu64
           ",\"sign_in_p99_us\":%" PRIu64 ",\"told\":%" PRIu64 ",\"told_p50_us\":%" PRIu64
           ",\"told_max_us\":%" PRIu64 ",\"storm_seconds\":%.3f}\n",
           work, o->sessions, o->idle, r->seconds, r->done, (double)r->done / r->seconds, r->failures,
           r->unanswered, histogram_at(h, 50), histogram_at(h, 95), histogram_at(h, 99), h->max,
           (double)r->up / n, (double)r->down / n, r->sign_in.n, histogram_at(&r->sign_in, 50),
           histogram_at(&r->sign_in, 99), r->told.n, histogram_at(&r->told, 50), r->told.max,
           r->storm_seconds);
}

enum {
    HOST = 256,
    PORT,
    SAMPLES,
    USERS_,
    WORK,
    SESSIONS,
    IDLE,
    OPENING,
    SUBSCRIBE,
    STORM,
    SECONDS,
    REQUESTS,
    PER_LINE,
    FIRST,
    KNOWN,
    CACHE,
    HELP
};

struct arguments {
    struct load_options o;
    const char *samples, *users, *work;
};

static bool
take(struct arguments *a, int option)
{
    const size_t n = optarg ? strtoul(optarg, NULL, 10) : 0;
    switch (option) {
    case HOST:
        a->o.host = optarg;
        return true;
    case PORT:
        a->o.port = (int)n;
        return true;
    case SAMPLES:
        a->samples = optarg;
        return true;
    case USERS_:
        a->users = optarg;
        return true;
    case WORK:
        a->work = optarg;
        a->o.work = work_named(optarg);
        return a->o.work != NULL;
    case SESSIONS:
        a->o.sessions = n;
        return true;
    case IDLE:
        a->o.idle = n;
        return true;
    case OPENING:
        a->o.opening = n;
        return n > 0;
    case SUBSCRIBE:
        a->o.subscribe = true;
        return true;
    case STORM:
        a->o.storm = n;
        return true;
    case SECONDS:
        a->o.seconds = (int)n;
        return n > 0;
    case REQUESTS:
        a->o.requests = n;
        return n > 0;
    case PER_LINE:
        a->o.per_line = n;
        return n > 0;
    case FIRST:
        a->o.first_turn = n;
        return true;
    case KNOWN:
        a->o.known_hosts = optarg;
        return true;
    case CACHE:
        a->o.cache_dir = optarg;
        return true;
    default:
        return false;
    }
}

int
main(int argc, char **argv)
{
    static const struct option known[] = {
        {"host",        required_argument, NULL, HOST     },
        {"port",        required_argument, NULL, PORT     },
        {"samples",     required_argument, NULL, SAMPLES  },
        {"users",       required_argument, NULL, USERS_   },
        {"work",        required_argument, NULL, WORK     },
        {"sessions",    required_argument, NULL, SESSIONS },
        {"idle",        required_argument, NULL, IDLE     },
        {"opening",     required_argument, NULL, OPENING  },
        {"subscribe",   no_argument,       NULL, SUBSCRIBE},
        {"storm",       required_argument, NULL, STORM    },
        {"seconds",     required_argument, NULL, SECONDS  },
        {"requests",    required_argument, NULL, REQUESTS },
        {"per-line",    required_argument, NULL, PER_LINE },
        {"first",       required_argument, NULL, FIRST    },
        {"known-hosts", required_argument, NULL, KNOWN    },
        {"cache",       required_argument, NULL, CACHE    },
        {"help",        no_argument,       NULL, HELP     },
        {NULL,          0,                 NULL, 0        },
    };
    struct arguments a = {
        .o = {.host = "127.0.0.1", .sessions = 1, .opening = 16, .seconds = 5}
    };
    static struct people people;
    static struct load_result result;
    int c;
    while ((c = getopt_long(argc, argv, "", known, NULL)) != -1)
        if (!take(&a, c))
            return c == HELP ? usage(stdout, 0) : usage(stderr, 64);
    if (optind < argc || !a.samples || !a.users || !a.o.work || a.o.port == 0)
        return usage(stderr, 64);
    struct rlimit files = {0};
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    (void)signal(SIGPIPE, SIG_IGN);
    if (crypt_start(NULL) != RC_OK || !people_read(&people, a.samples, a.users))
        return 64;
    bool good = load_run(&a.o, &people, &result);
    if (result.failures)
        fprintf(stderr, "bench_load: %" PRIu64 " failures; the first: %s\n", result.failures, result.failure);
    if (good)
        print(&a.o, a.work, &result);
    arena_done(&people.arena);
    return good ? 0 : 1;
}
