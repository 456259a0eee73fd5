#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/attr.h"
#include "tests/tui/journey_script.h"
#include "tests/tui/terms_sequences.h"

bool
journey_key(const char *term, const char *name, char out[32])
{
    static const struct {
        const char *name, *capability, *bytes;
    } keys[] = {
        {"Enter",   NULL,    "\r"  },
        {"Tab",     NULL,    "\t"  },
        {"Esc",     NULL,    "\033"},
        {"BackTab", "kcbt",  NULL  },
        {"Down",    "kcud1", NULL  },
        {"Up",      "kcuu1", NULL  },
        {"Left",    "kcub1", NULL  },
    };
    char cap[SEQUENCE_TEXT];
    for (size_t i = 0; i < COUNTOF(keys); i++)
        if (!strcmp(name, keys[i].name)) {
            bool has = keys[i].bytes || sequences_key(term, keys[i].capability, cap);
            snprintf(out, 32, "%s", keys[i].bytes ? keys[i].bytes : has ? cap : "");
            return has;
        }
    if (!strncmp(name, "Ctrl-", 5)) {
        snprintf(out, 32, "%c", name[5] & 31);
        return true;
    }
    int number = name[0] == 'F' ? atoi(name + 1) : 0;
    if (number < 1 || number > 12) {
        snprintf(out, 32, "%s", name);
        return name[0] && !name[1];
    }
    char capability[8];
    snprintf(capability, sizeof capability, "kf%d", number);
    if (sequences_key(term, capability, cap))
        snprintf(out, 32, "%s", cap);
    else
        snprintf(out, 32, "\033%c", "1234567890-="[number - 1]); /* on every terminal */
    return true;
}
