#include <unistd.h>

#include "server/ctl/ctl.h"
#include "server/personal/personal.h"
#include "server/store/embedded.h"
#include "server/store/migrate.h"

/* Longer than any migration of another process should take. */
enum { WAIT_MS = 60 * 1000 };

/* Customers of an older release are sealed before anybody works with them. */
static enum rc
seal(const struct ctl *ctl, const char *conninfo, struct err *reterr)
{
    char path[CONFIG_PATH];
    int64_t sealed = 0;
    ctl_master_key(ctl, path);
    enum rc rc = personal_prepare(conninfo, path, &sealed, reterr);
    if (rc == RC_OK && sealed > 0)
        (void)printf("sealed=%lld\n", (long long)sealed);
    return rc == RC_OK && access(path, F_OK) == 0 ? ctl_hand_over(ctl, path, reterr) : rc;
}

static enum rc
migrate(struct ctl *ctl, struct err *reterr)
{
    char conninfo[CONFIG_CONNINFO];
    struct migrate_report report;
    if (ctl->argc != 0)
        return err_set(reterr, RC_USAGE, NULL, "takes no words");
    enum rc rc = ctl_conninfo(ctl, conninfo, reterr);
    if (rc == RC_OK)
        rc = migrate_run(conninfo, WAIT_MS, &report, reterr);
    if (rc != RC_OK)
        return rc;
    (void)printf("version=%d\napplied=%d\n", report.version, report.applied);
    return seal(ctl, conninfo, reterr);
}

const struct ctl_command ctl_migrate = {"migrate", "", "bring the database to this program's version",
                                        migrate};
