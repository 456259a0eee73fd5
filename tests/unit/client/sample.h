#ifndef TEST_CLIENT_SAMPLE_H
#define TEST_CLIENT_SAMPLE_H

#include "common/wire/schema.h"

/* A small description: vehicles with an owner, a state and money; enough for every kind of word. */
const struct schema *sample_schema(void);
extern const struct locale_info sample_locale;

enum { SAMPLE_VEHICLE = 2, SAMPLE_CUSTOMER = 1, SAMPLE_USER = 12, SAMPLE_ACCOUNT = 19, SAMPLE_AUDIT = 21 };
enum {
    TAG_PLATE = 1,
    TAG_OWNER = 2,
    TAG_STATE = 3,
    TAG_VALUE = 4,
    TAG_YEAR = 5,
    TAG_ADDED = 6,
    TAG_NOTE = 7
};

#endif
