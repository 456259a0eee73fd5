#include "client/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/fuzz/fuzz.h"

/* The client's own settings, ~/.config/bima/config: taken as a whole or refused with the line that is wrong.
 */

static const char *
the_file(void)
{
    static char path[64];
    if (path[0])
        return path;
    char dir[] = "/tmp/bima-fuzz-XXXXXX";
    ASSERT(mkdtemp(dir) != NULL);
    ASSERT(setenv("XDG_CONFIG_HOME", dir, 1) == 0 && setenv("HOME", dir, 1) == 0);
    snprintf(path, sizeof path, "%s/bima", dir);
    ASSERT(mkdir(path, 0700) == 0);
    snprintf(path, sizeof path, "%s/bima/config", dir);
    return path;
}

static bool
is_one_of(const char *word, const char *const *list, size_t n)
{
    bool found = word == NULL;
    for (size_t i = 0; i < n && !found; i++)
        found = strcmp(word, list[i]) == 0;
    return found;
}

void
fuzz_one(struct arena *a, struct str data)
{
    static const char *const themes[] = {"colour", "lean", "mono", "contrast"}, *const languages[] = {"en",
                                                                                                      "sw"};
    struct client_config c;
    struct err err = {0};
    FILE *out = fopen(the_file(), "w");
    ASSERT(out && fwrite(data.p, 1, data.n, out) == data.n && fclose(out) == 0);
    if (client_config_load(&c, a, CLIENT_AT_HOME, &err)) {
        ASSERT(err.code == RC_USAGE && strstr(err.text, "line "));
        return;
    }
    ASSERT(c.port >= 0 && c.port <= 65535);
    ASSERT(is_one_of(c.theme, themes, COUNTOF(themes)) &&
           is_one_of(c.language, languages, COUNTOF(languages)));
    const char *const texts[] = {c.host, c.login, c.key_path, c.known_hosts};
    for (size_t i = 0; i < COUNTOF(texts); i++)
        ASSERT(!texts[i] || !strchr(texts[i], '\n'));
}
