#ifndef FRONT_REPORT_H
#define FRONT_REPORT_H

#include "server/front/mailbox.h"

/*
 * Every few seconds a front tells the workers which sessions it holds and which of them were used, the
 * platform's by way of the platform's workers, and ends those that the answers name: a person who was
 * switched off, a company that was suspended, a session ended from elsewhere. Those whose line was closed are
 * named once more as gone; what is not reported any more is over.
 */
enum { REPORT_GONE = 2048 }; /* between two reports; the rest are over when nobody has spoken of them */
struct reporter {
    struct task_owner platform, companies;
    uint64_t at;           /* loop time of the last report */
    struct identity *gone; /* REPORT_GONE of them */
    size_t ngone;
};

struct front;
void report_open(struct front *f);
void report_sweep(struct front *f);
void report_gone(struct front *f, const struct identity *who);
void report_close(struct front *f);

#endif
