#include "server/store/migrate.h"

#include "server/ctl/ctl.h"
#include "server/store/embedded.h"

/* Longer than any migration of another process should take. */
enum { WAIT_MS = 60 * 1000 };

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
    if (rc == RC_OK)
        (void)printf("version=%d\napplied=%d\n", report.version, report.applied);
    return rc;
}

const struct ctl_command ctl_migrate = {"migrate", "", "bring the database to this program's version",
                                        migrate};
