#ifndef BASE_ATTR_H
#define BASE_ATTR_H

/* Compiler attributes and the few macros every file may use. Includes nothing of ours. */

#define NODISCARD __attribute__((warn_unused_result))
#define UNUSED __attribute__((unused))
#define NORETURN __attribute__((noreturn))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define CLEANUP(fn) __attribute__((cleanup(fn)))

#define COUNTOF(a) (sizeof(a) / sizeof((a)[0]))

/* Kept in release builds, unlike assert(): a broken invariant ends the process with a core. */
#define ASSERT(cond) ((cond) ? (void)0 : assert_failed(__FILE__, __LINE__, #cond))
void assert_failed(const char *file, int line, const char *cond) NORETURN;

#endif
