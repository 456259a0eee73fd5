#include "server/audit/heads.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/value/number.h"

enum { LINE = 200, PATH = 300 };

void
heads_done(struct heads *h)
{
    if (!h)
        return;
    free(h->rows);
    *h = (struct heads){0};
}

struct head *
heads_find(const struct heads *h, int32_t tenant, int stream)
{
    for (size_t i = 0; i < h->n; i++)
        if (h->rows[i].tenant == tenant && h->rows[i].stream == stream && !h->rows[i].lost)
            return &h->rows[i];
    return NULL;
}

void
heads_add(struct heads *h, const struct head *row)
{
    if (h->n == h->cap) {
        size_t cap = h->cap ? 2 * h->cap : 64;
        struct head *rows = realloc(h->rows, cap * sizeof *rows);
        ASSERT(rows != NULL);
        h->rows = rows;
        h->cap = cap;
    }
    h->rows[h->n++] = *row;
}

static bool
read_number(struct str *rest, int64_t most, int64_t *ret)
{
    return number_parse(str_split(rest, ' '), 0, most, "line", ret, NULL) == RC_OK;
}

static bool
read_line(struct str line, struct head *ret)
{
    int64_t tenant, stream;
    struct str word = str_split(&line, ' ');
    ret->lost = str_eq_c(word, "lost");
    if ((!ret->lost && !str_eq_c(word, "head")) || !read_number(&line, INT32_MAX, &tenant) ||
        !read_number(&line, STREAM_HISTORY, &stream) || !read_number(&line, INT64_MAX, &ret->seq))
        return false;
    ret->tenant = (int32_t)tenant;
    ret->stream = (int)stream;
    return crypt_unhex(str_trim(line), ret->hash, CRYPT_HASH);
}

enum rc
heads_read(const char *path, struct heads *ret, struct err *reterr)
{
    struct heads h = {0};
    char line[LINE];
    size_t number = 0;
    bool good = true;
    FILE *in = fopen(path, "re");
    if (!in && errno != ENOENT)
        return err_log(reterr, RC_INTERNAL, "%s: %s", path, strerror(errno));
    while (in && good && fgets(line, sizeof line, in)) {
        struct head row = {0};
        number++;
        good = read_line(str_from(line), &row);
        if (good)
            heads_add(&h, &row);
    }
    if (in)
        (void)fclose(in);
    if (!good) {
        heads_done(&h);
        return err_log(reterr, RC_INTERNAL,
                       "%s line %zu: expected head or lost, company, stream, place and hash", path, number);
    }
    *ret = h;
    return RC_OK;
}

static bool
write_rows(FILE *out, const struct heads *h)
{
    char hex[2 * CRYPT_HASH + 1];
    for (size_t i = 0; i < h->n; i++) {
        const struct head *row = &h->rows[i];
        (void)fprintf(out, "%s %" PRId32 " %d %" PRId64 " %s\n", row->lost ? "lost" : "head", row->tenant,
                      row->stream, row->seq, crypt_hex(row->hash, CRYPT_HASH, hex));
    }
    return fflush(out) == 0 && !ferror(out) && fsync(fileno(out)) == 0;
}

enum rc
heads_write(const char *path, const struct heads *h, struct err *reterr)
{
    char aside[PATH];
    (void)snprintf(aside, sizeof aside, "%s.new", path);
    FILE *out = fopen(aside, "we");
    if (!out)
        return err_log(reterr, RC_INTERNAL, "%s: %s", aside, strerror(errno));
    bool good = write_rows(out, h);
    good = fclose(out) == 0 && good;
    if (good && rename(aside, path) == 0)
        return RC_OK;
    return err_log(reterr, RC_INTERNAL, "%s: %s", path, strerror(errno));
}
