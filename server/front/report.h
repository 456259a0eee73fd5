#ifndef FRONT_REPORT_H
#define FRONT_REPORT_H

#include "server/front/mailbox.h"

/*
 * Every few seconds a front tells the workers which sessions it holds and which of them were used, the
 * platform's by way of the platform's workers, and ends those that the answers name: a person who was
 * switched off, a company that was suspended, a session ended from elsewhere. A session that is not reported
 * any more is over.
 */
struct reporter {
    struct task_owner platform, companies;
    uint64_t at; /* loop time of the last report */
};

struct front;
void report_open(struct front *f);
void report_sweep(struct front *f);
void report_close(struct front *f);

#endif
