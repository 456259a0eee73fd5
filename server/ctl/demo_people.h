#ifndef CTL_DEMO_PEOPLE_H
#define CTL_DEMO_PEOPLE_H

#include "common/value/date.h"
#include "server/ctl/demo_dice.h"

/* Who buys insurance in Tanzania: people and companies that don't exist. */
enum { DEMO_NAME = 96, DEMO_TEXT = 48, DEMO_PHONE = 24 };

enum demo_paper {
    DEMO_NIDA,
    DEMO_PASSPORT,
    DEMO_LICENCE,
    DEMO_VOTER,
    DEMO_TIN,
    DEMO_PAPERS,
    DEMO_NO_PAPER = -1
};
/* Codes of app.id_type, by enum demo_paper. */
extern const char *const demo_paper_codes[DEMO_PAPERS];

struct demo_person {
    bool company, woman;
    char name[DEMO_NAME];
    char phone[DEMO_PHONE]; /* "+255 712 345 678" */
    char email[DEMO_NAME];  /* may be empty */
    enum demo_paper paper;
    char id_number[DEMO_TEXT];
    date_t birth; /* not of a company */
    char address[DEMO_NAME];
};

/* Who the n-th customer is; two n never share an ID number. */
void demo_person(struct demo_dice *d, int64_t n, date_t today, struct demo_person *ret);

#endif
