#ifndef TESTS_WIRE_FIXTURE_H
#define TESTS_WIRE_FIXTURE_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/wire/body.h"
#include "common/wire/message.h"

#define FIXTURE_HASH "0123456789abcdef0123456789abcdef" /* of its description */
/* An array in the arena. */
#define FIXTURE_COPY(T, ...)                                                                                 \
    memcpy(arena_new(&fixture_arena, T, COUNTOF(((T[]){__VA_ARGS__}))), (T[]){__VA_ARGS__}, sizeof((T[]){__VA_ARGS__}))

/* An arena for each test, and the messages of golden/ as the structs they come from. */
extern struct arena fixture_arena;
void fixture_start(void);
void fixture_stop(void);

extern const struct locale_info fixture_locale;

/* The description in reply_hello.hex: vehicle with the fields usage (8) and owner (9). */
struct schema *fixture_schema(void);
/* A record with a field of each type. */
struct body_record fixture_record(void);

struct golden {
    const char *name;
    void (*encode)(struct buf *b);
};
const struct golden *fixture_goldens(size_t *ret_count);

/* The bytes of golden/NAME.hex. */
struct str fixture_golden(const char *name);
/* Bytes from hex digits; blanks are passed over. */
struct str fixture_hex(const char *hex);

#endif
