#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "common/crypt/crypt.h"
#include "server/ctl/ctl.h"

#define CONFIG_FILE "/etc/bima/bimad.conf"

enum { EXIT_FOUND = 1, EXIT_WRONG_USE = 64, EXIT_FAILED = 70, EXIT_WRONG_CONFIG = 78 };

/* A command on the server machine may work on a million records. */
#define ARENA_CAP ((size_t)512 * 1024 * 1024)

static const struct ctl_command *const commands[] = {
    &ctl_init,        &ctl_migrate,     &ctl_company_add,  &ctl_company[0],   &ctl_company[1],
    &ctl_company[2],  &ctl_company[3],  &ctl_company[4],   &ctl_company_logo, &ctl_admin[0],
    &ctl_admin[1],    &ctl_admin[2],    &ctl_request[0],   &ctl_request[1],   &ctl_request[2],
    &ctl_user[0],     &ctl_user[1],     &ctl_user[2],      &ctl_user[3],      &ctl_user[4],
    &ctl_user[5],     &ctl_user[6],     &ctl_status,       &ctl_demo,         &ctl_certificate_key,
    &ctl_keys_rotate, &ctl_keys_status, &ctl_audit_verify, &ctl_audit_export, &ctl_audit_key,
};

static void
usage(FILE *out)
{
    (void)fputs("usage: bimactl [--config FILE] COMMAND …\n\n", out);
    for (size_t i = 0; i < COUNTOF(commands); i++)
        (void)fprintf(out, "  %s %s\n      %s\n", commands[i]->words, commands[i]->usage, commands[i]->help);
    (void)fputs("\n--config defaults to " CONFIG_FILE "; see bimactl(8).\n", out);
}

/* How many words of argv name the command; 0: it is another one. */
static int
matches(const struct ctl_command *c, int argc, char **argv)
{
    const char *rest = c->words;
    int n = 0;
    while (*rest) {
        size_t length = strcspn(rest, " ");
        if (n >= argc || strlen(argv[n]) != length || strncmp(argv[n], rest, length) != 0)
            return 0;
        n++;
        rest += length + (rest[length] == ' ');
    }
    return n;
}

static bool
read_config(const char *path, struct config *ret)
{
    struct err err = {0};
    if (!path && access(CONFIG_FILE, F_OK) != 0) {
        config_defaults(ret);
        return true;
    }
    if (config_read(path ? path : CONFIG_FILE, ret, &err) == RC_OK)
        return true;
    (void)fprintf(stderr, "bimactl: %s\n", err.text);
    return false;
}

static int
run(const struct ctl_command *c, struct ctl *ctl)
{
    struct err err = {0};
    arena_init(&ctl->arena, ARENA_CAP, NULL, NULL);
    enum rc rc = c->run(ctl, &err);
    arena_done(&ctl->arena);
    if (rc == RC_OK)
        return ctl->found ? EXIT_FOUND : 0;
    /* The operator sees the cause. */
    (void)fprintf(stderr, "bimactl: %s: %s\n", c->words, err.log[0] ? err.log : err.text);
    if (rc == RC_USAGE)
        (void)fprintf(stderr, "usage: bimactl %s %s\n", c->words, c->usage);
    return rc_exit(rc);
}

int
main(int argc, char **argv)
{
    static const struct option known[] = {
        {"config",  required_argument, NULL, 'c'},
        {"help",    no_argument,       NULL, 'h'},
        {"version", no_argument,       NULL, 'V'},
        {NULL,      0,                 NULL, 0  },
    };
    static struct ctl ctl;
    const char *path = NULL;
    struct err err = {0};
    int option;
    while ((option = getopt_long(argc, argv, "+c:hV", known, NULL)) != -1) {
        if (option == 'c') {
            path = optarg;
        } else if (option == 'V') {
            (void)puts("bimactl " BIMA_VERSION);
            return 0;
        } else {
            usage(option == 'h' ? stdout : stderr);
            return option == 'h' ? 0 : EXIT_WRONG_USE;
        }
    }
    if (crypt_start(&err) != RC_OK) {
        (void)fprintf(stderr, "bimactl: %s\n", err.log);
        return EXIT_FAILED;
    }
    if (!read_config(path, &ctl.config))
        return EXIT_WRONG_CONFIG;
    for (size_t i = 0; i < COUNTOF(commands); i++) {
        int n = matches(commands[i], argc - optind, argv + optind);
        if (n == 0)
            continue;
        ctl.argc = argc - optind - n;
        ctl.argv = argv + optind + n;
        return run(commands[i], &ctl);
    }
    usage(stderr);
    return EXIT_WRONG_USE;
}
