#ifndef CLI_EXPORT_H
#define CLI_EXPORT_H

#include "common/wire/body.h"
#include "common/wire/params.h"

/*
 * The rows of a list into a file, piece by piece as the service gives them: nothing is held but the piece on
 * its way. A file that could not be finished is taken away again; one that is there is not overwritten.
 */
struct export_job {
    const char *path;     /* "-": the standard output */
    struct params params; /* of a list: entity, view, filters, sort, columns */
    struct str format;    /* "csv", "xlsx"; empty: by the end of the path */
    /* Asks and waits for one answer in `a`. */
    enum rc (*ask)(void *ctx, const struct params *p, struct arena *a, struct body *ret, struct err *reterr);
    void (*tell)(void *ctx, int64_t rows); /* after each piece; may be NULL */
    void *ctx;
};

/* *ret_rows: how many were written. Fails: RC_USAGE when the path says no format or can't be written; as ask.
 */
enum rc export_run(const struct export_job *job, int64_t *ret_rows, struct err *reterr) NODISCARD;

#endif
