#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/crypt/crypt.h"
#include "server/catalog/schema.h"
#include "server/config.h"
#include "server/log.h"
#include "server/master.h"
#include "server/roles.h"

#define CONFIG_FILE "/etc/bima/bimad.conf"

enum { EXIT_FAILED = 1, EXIT_WRONG_USE = 64, EXIT_WRONG_CONFIG = 78 };
enum {
    OPTION_CHECK = 256,
    OPTION_ROLE,
    OPTION_SETTINGS,
    OPTION_VERSION,
    OPTION_SAMPLE,
    OPTION_PAGE,
    OPTION_TEXTS
};

struct options {
    const char *config; /* NULL: CONFIG_FILE, which may be missing */
    const char *role;
    int settings_fd;
    bool check;
};

static int
usage(FILE *out, int status)
{
    fputs("usage: bimad [--config FILE] [--check-config]\n"
          "  -c, --config FILE  settings (default " CONFIG_FILE ")\n"
          "      --sample-config write a file with every key at its default\n"
          "      --catalog-page write the reference page bima-catalog(7)\n"
          "      --catalog-texts write the catalog's texts for translation\n"
          "      --check-config read the settings, say what is wrong with them, do nothing else\n"
          "  -h, --help         this text\n"
          "      --version      the version\n",
          out);
    return status;
}

static int
small_number(const char *text)
{
    int n = 0;
    for (size_t i = 0; text[i] >= '0' && text[i] <= '9' && i < 8; i++) {
        n = n * 10 + (text[i] - '0');
    }
    return n;
}

/* -1: go on. */
static int
read_options(int argc, char **argv, struct options *o)
{
    static const struct option known[] = {
        {"config",        required_argument, NULL, 'c'            },
        {"check-config",  no_argument,       NULL, OPTION_CHECK   },
        {"sample-config", no_argument,       NULL, OPTION_SAMPLE  },
        {"catalog-page",  no_argument,       NULL, OPTION_PAGE    },
        {"catalog-texts", no_argument,       NULL, OPTION_TEXTS   },
        {"help",          no_argument,       NULL, 'h'            },
        {"version",       no_argument,       NULL, OPTION_VERSION },
        {"role",          required_argument, NULL, OPTION_ROLE    }, /* for the master's own use */
        {"settings-fd",   required_argument, NULL, OPTION_SETTINGS},
        {NULL,            0,                 NULL, 0              },
    };
    int c;
    while ((c = getopt_long(argc, argv, "c:h", known, NULL)) != -1) {
        switch (c) {
        case 'c':
            o->config = optarg;
            break;
        case OPTION_CHECK:
            o->check = true;
            break;
        case OPTION_ROLE:
            o->role = optarg;
            break;
        case OPTION_SETTINGS:
            o->settings_fd = small_number(optarg);
            break;
        case OPTION_SAMPLE:
            config_sample(stdout);
            return 0;
        case OPTION_PAGE:
            catalog_page(stdout);
            return 0;
        case OPTION_TEXTS:
            catalog_texts(stdout);
            return 0;
        case OPTION_VERSION:
            puts("bimad " BIMA_VERSION);
            return 0;
        case 'h':
            return usage(stdout, 0);
        default:
            return usage(stderr, EXIT_WRONG_USE);
        }
    }
    return optind == argc ? -1 : usage(stderr, EXIT_WRONG_USE);
}

static bool
read_config(const struct options *o, struct config *c)
{
    struct err err;
    memset(&err, 0, sizeof err);
    if (o->config == NULL && access(CONFIG_FILE, F_OK) != 0) {
        config_defaults(c);
        return true;
    }
    if (config_read(o->config == NULL ? CONFIG_FILE : o->config, c, &err) == RC_OK) {
        return true;
    }
    fprintf(stderr, "bimad: %s\n", err.text);
    return false;
}

int
main(int argc, char **argv)
{
    struct options o = {.settings_fd = -1};
    static struct config config;
    struct err err;
    memset(&err, 0, sizeof err);
    int status = read_options(argc, argv, &o);
    if (status >= 0) {
        return status;
    }
    if (crypt_start(&err) != RC_OK) {
        fprintf(stderr, "bimad: %s\n", err.log);
        return EXIT_FAILED;
    }
    if (o.role != NULL) {
        return role_main(o.role, o.settings_fd);
    }
    if (!read_config(&o, &config)) {
        return EXIT_WRONG_CONFIG;
    }
    if (o.check) {
        puts("The settings are fine.");
        return 0;
    }
    log_open("master", (enum log_level)config.log_level);
    return master_main(&config);
}
