#include "client/cli/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "client/cli/suggest.h"
#include "client/text.h"
#include "common/base/arena.h"
#include "common/certificate/certificate.h"

enum { FILE_MAX = 8 << 20 /* bytes; a certificate's PDF is some 50 KB */ };

bool
is_verify(const struct cli_args *args)
{
    return args->nwords >= 2 && same_word(args->words[1], STR("verify")) &&
           (same_word(args->words[0], STR("certificate")) || same_word(args->words[0], STR("certificates")));
}

static enum rc
read_file(struct arena *a, const char *path, struct str *ret, struct err *reterr)
{
    struct buf b;
    unsigned char chunk[8192];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_set(reterr, RC_USAGE, "file", _("could not open %s: %s"), path, strerror(errno));
    buf_init(&b, a, sizeof(chunk));
    ssize_t n;
    while ((n = read(fd, chunk, sizeof(chunk))) > 0 && b.n <= FILE_MAX)
        buf_add(&b, chunk, (size_t)n);
    (void)close(fd);
    if (n < 0)
        return err_set(reterr, RC_USAGE, "file", _("could not read %s: %s"), path, strerror(errno));
    if (b.n > FILE_MAX)
        return err_set(reterr, RC_TOO_LARGE, "file", _("%s is too large to be a certificate"), path);
    *ret = buf_str(&b);
    return RC_OK;
}

static enum rc
given(struct arena *a, struct str word, bool files, struct str *ret, struct err *reterr)
{
    struct stat st;
    *ret = word;
    if (str_starts(word, STR("BIMA1.")) || !files)
        return RC_OK;
    if (str_eq_c(word, "-"))
        return read_file(a, "/dev/stdin", ret, reterr);
    if (stat(word.p, &st) == 0)
        return read_file(a, word.p, ret, reterr);
    return err_set(reterr, RC_USAGE, "file", _("\"%.*s\" is neither a file nor the text of a certificate"),
                   STR_ARG(word));
}

/* The key itself, or a file that holds it. */
static enum rc
public_key(struct arena *a, const char *text, bool files, unsigned char ret[CRYPT_SIGN_PUBLIC],
           struct err *reterr)
{
    struct stat st;
    struct str bytes = str_from(text);
    if (files && stat(text, &st) == 0) {
        enum rc rc = read_file(a, text, &bytes, reterr);
        if (rc != RC_OK)
            return rc;
    }
    return certificate_key(a, str_trim(bytes), ret, reterr);
}

/* The facts in the order they are told. */
enum { FACTS = 9 };

static const char *const names[FACTS] = {"number",        "company", "holder", "plate", "chassis",
                                         "vehicle_class", "usage",   "from",   "to"};
static const char *const labels[FACTS] = {N_("Certificate"), N_("Company"), N_("Holder"),
                                          N_("Plate"),       N_("Chassis"), N_("Vehicle"),
                                          N_("Usage"),       N_("From"),    N_("Until")};

static void
facts_text(struct buf *out, const struct str *values)
{
    buf_printf(out, "%s\n", _("The certificate is genuine."));
    for (size_t i = 0; i < FACTS; i++)
        if (values[i].n > 0)
            buf_printf(out, "%-12s  %.*s\n", _(labels[i]), STR_ARG(values[i]));
}

static void
facts_json(struct buf *out, const struct str *values)
{
    json_t *o = json_object();
    (void)json_object_set_new(o, "genuine", json_true());
    for (size_t i = 0; i < FACTS; i++)
        (void)json_object_set_new(o, names[i], json_stringn(values[i].n > 0 ? values[i].p : "", values[i].n));
    char *text = json_dumps(o, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    ASSERT(text != NULL);
    buf_printf(out, "%s\n", text);
    free(text);
    json_decref(o);
}

static void
write_facts(struct buf *out, enum cli_format format, const struct certificate_facts *f)
{
    char from[DATE_TEXT], to[DATE_TEXT];
    const struct str values[FACTS] = {
        f->number,
        f->company,
        f->holder,
        f->plate,
        f->chassis,
        f->vehicle_class,
        f->usage,
        str_from(date_text(f->from, from)),
        str_from(date_text(f->to, to)),
    };
    if (format == FORMAT_JSON)
        facts_json(out, values);
    else
        facts_text(out, values);
}

enum rc
verify_certificate(struct buf *out, const struct cli_args *args, bool files, struct err *reterr)
{
    unsigned char key[CRYPT_SIGN_PUBLIC];
    struct certificate_facts facts;
    struct str bytes;
    if (args->nwords != 3 || args->public_key == NULL)
        return err_set(reterr, RC_USAGE, NULL, _("usage: bima certificate verify FILE-or-TEXT --key PUBLIC"));
    enum rc rc = public_key(out->a, args->public_key, files, key, reterr);
    if (rc == RC_OK)
        rc = given(out->a, args->words[2], files, &bytes, reterr);
    if (rc == RC_OK)
        rc = certificate_verify(out->a, bytes, key, &facts, reterr);
    if (rc == RC_OK)
        write_facts(out, args->format, &facts);
    return rc;
}
