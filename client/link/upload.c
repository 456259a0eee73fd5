#include "client/link/upload.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "client/link/file.h"
#include "client/text.h"
#include "common/base/arena.h"

enum { KIB = 1024 };

/* All of the standard input, but for what is more than `max`. */
static bool
read_input(struct arena *a, size_t max, struct str *ret)
{
    char *p = arena_alloc(a, max + 1);
    size_t n = 0;
    ssize_t got = 1;
    while (got != 0 && n <= max) {
        got = read(STDIN_FILENO, p + n, max + 1 - n);
        if (got < 0 && errno != EINTR)
            return false;
        n += got > 0 ? (size_t)got : 0;
    }
    *ret = (struct str){p, n};
    return n > 0 && n <= max;
}

static enum rc
take(struct arena *a, const struct upload *u, const struct schema_field *f, struct value *v,
     struct err *reterr)
{
    const char *name = str_dup(a, f->name).p, *path = str_dup(a, v->text).p;
    const bool input = u->input && str_eq_c(v->text, "-");
    struct str bytes;
    if (u->spawned && !input)
        return err_set(
            reterr, RC_BAD_PARAMS, name,
            _("your files are not here: use bima on your machine, or give - and let ssh read the file"));
    if (input ? !read_input(a, f->max, &bytes) : !file_read(a, path, f->max, &bytes))
        return err_set(reterr, RC_BAD_PARAMS, name,
                       _("%s: expected a file of 1 byte to %u KiB that you may read"), path, f->max / KIB);
    *v = (struct value){.type = VT_BYTES, .text = bytes};
    return RC_OK;
}

enum rc
upload_files(struct arena *a, const struct upload *u, struct params *p, struct err *reterr)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < p->nfields; i++)
        for (size_t k = 0; rc == RC_OK && k < u->nfields; k++)
            if (u->fields[k].tag == p->fields[i].field.number && u->fields[k].type == VT_BYTES &&
                p->fields[i].value.type == VT_TEXT)
                rc = take(a, u, &u->fields[k], &p->fields[i].value, reterr);
    return rc;
}
