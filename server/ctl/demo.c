#include "server/ctl/ctl.h"

static enum rc
demo(struct ctl *ctl, struct err *reterr)
{
    (void)ctl;
    return err_set(reterr, RC_USAGE, NULL, "not yet");
}

const struct ctl_command ctl_demo = {"demo", "[--customers N] [--seed S] [--passwords FILE]", "fill", demo};
