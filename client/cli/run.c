#include "client/cli/run.h"

#include <stdio.h>
#include <unistd.h>

#include "client/cli/ask.h"
#include "client/cli/describe.h"
#include "client/cli/export.h"
#include "client/cli/pages.h"
#include "client/cli/report.h"
#include "client/link/upload.h"
#include "client/secret.h"
#include "client/text.h"
#include "common/base/arena.h"
#include "common/base/limits.h"
#include "common/wire/twin.h"

void
run_refresh(struct run *r)
{
    r->st.schema = link_schema(r->l);
    r->st.locale = link_locale(r->l);
}

static void
show(struct run *r, const struct body *body)
{
    run_refresh(r);
    switch (r->args->format) {
    case FORMAT_TEXT:
        write_text(&r->out, &r->st, body);
        if (body_has(body, BODY_STATUS))
            write_slow(&r->out, r->l);
        return;
    case FORMAT_JSON:
        twin_body(&r->out, r->st.schema, r->st.locale, body);
        buf_add_char(&r->out, '\n');
        return;
    case FORMAT_CSV:
        write_csv(&r->out, &r->st, body);
        return;
    }
}

static int
failed(struct run *r, const struct err *err, const struct body *body)
{
    run_refresh(r);
    report_error(&r->st, err, body);
    return rc_exit(err->code);
}

/* --- secrets: never on the command line, so asked for here --- */

static bool
secret_from_input(struct secret *ret)
{
    char line[LIMIT_PASSWORD + 2];
    if (fgets(line, (int)sizeof(line), stdin) == NULL)
        return false;
    struct str s = str_from(line);
    while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
        s.n--;
    secret_set(ret, s.p, s.n);
    crypt_wipe(line, sizeof(line));
    return true;
}

/* What is chosen is typed twice; what is only shown to the service once. */
static bool
secret_typed(struct arena *a, const struct schema_field *f, struct secret *ret)
{
    bool first = ask_secret(str_printf(a, _("%.*s: "), STR_ARG(f->label)).p, ret);
    if (!first || !secret_is_chosen(f))
        return first;
    struct secret again;
    secret_new(&again, LIMIT_PASSWORD);
    bool ok = ask_secret(str_printf(a, _("%.*s once more: "), STR_ARG(f->label)).p, &again);
    bool same = ok && str_eq((struct str){(const char *)ret->p, ret->n},
                             (struct str){(const char *)again.p, again.n});
    secret_free(&again);
    if (ok && !same)
        report_note("%s", _("the two are not the same"));
    return same;
}

static enum rc
fill_secret(struct run *r, const struct schema_field *f, struct value *v, struct err *reterr)
{
    struct secret typed;
    secret_new(&typed, LIMIT_PASSWORD);
    bool asked = isatty(STDIN_FILENO);
    bool ok = asked ? secret_typed(r->a, f, &typed) : secret_from_input(&typed);
    ok |= !asked && (f->flags & SCHEMA_REQUIRED) == 0; /* input that ends before one that need not be given */
    if (ok)
        *v = VALUE_TEXT(str_dup(r->a, ((struct str){(const char *)typed.p, typed.n})));
    secret_free(&typed);
    if (ok)
        return RC_OK;
    return err_set(reterr, RC_USAGE, str_dup(r->a, f->name).p, _("was not given"));
}

static const struct schema_field *
field_of(const struct cli_command *c, uint32_t tag)
{
    const struct schema_field *fields = c->action != NULL ? c->action->fields : c->entity->fields;
    size_t n = c->action != NULL ? c->action->nfields : c->entity->nfields;
    for (size_t i = 0; i < n; i++)
        if (fields[i].tag == tag)
            return &fields[i];
    return NULL;
}

static enum rc
fill_secrets(struct run *r, struct cli_command *c, struct err *reterr)
{
    struct params *p = &c->params;
    size_t kept = 0;
    for (size_t i = 0; i < p->nfields; i++) {
        struct param_field *given = &p->fields[i];
        const struct schema_field *f = field_of(c, given->field.number);
        bool secret = f != NULL && (f->flags & SCHEMA_SECRET) != 0;
        if (secret && fill_secret(r, f, &given->value, reterr) != RC_OK)
            return RC_USAGE;
        bool empty = secret && c->action != NULL && given->value.text.n == 0;
        if (!empty || (f->flags & SCHEMA_REQUIRED) != 0) /* one that need not be given was not */
            p->fields[kept++] = *given;
    }
    p->nfields = kept;
    return RC_OK;
}

static enum rc
fill_files(struct run *r, struct cli_command *c, struct err *reterr)
{
    const struct upload u = {.fields = c->action != NULL ? c->action->fields : c->entity->fields,
                             .nfields = c->action != NULL ? c->action->nfields : c->entity->nfields,
                             .spawned = r->spawned,
                             .input = true};
    return upload_files(r->a, &u, &c->params, reterr);
}

/* --- one request --- */

struct attempt {
    unsigned char idem[IDEM_BYTES];
    struct body body;
    struct err err;
    enum rc rc;
};

static enum rc
take_idem(struct run *r, struct attempt *t)
{
    if (r->args->idem == NULL) {
        crypt_random(t->idem, IDEM_BYTES);
        return RC_OK;
    }
    if (crypt_unhex(str_from(r->args->idem), t->idem, IDEM_BYTES))
        return RC_OK;
    return err_set(&t->err, RC_USAGE, "idem", _("is %d hex digits"), 2 * IDEM_BYTES);
}

static void
request(struct run *r, const struct cli_command *c, struct attempt *t)
{
    const struct method_info *m = method_by_number(c->method);
    bool writes = m != NULL && (m->flags & METHOD_WRITES) != 0;
    struct link_call call = {
        .method = c->method, .params = &c->params, .arena = r->a, .idem = writes ? t->idem : NULL};
    t->body = (struct body){0};
    t->err = (struct err){0};
    t->rc = link_request(r->l, &call, &t->body, &t->err);
    if (writes && rc_retryable(t->rc)) {
        char hex[2 * IDEM_BYTES + 1];
        report_note(_("it may have been saved or not; the same command with --idem %s does it once at most"),
                    crypt_hex(t->idem, IDEM_BYTES, hex));
    }
}

/* A look-alike was found: a person at a terminal may say at once why it is right all the same. */
static bool
reason_given(struct run *r, struct cli_command *c, const struct attempt *t)
{
    struct str reason = STR_NONE;
    if (r->spawned || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO) || params_has(&c->params, PARAM_REASON))
        return false;
    report_error(&r->st, &t->err, &t->body);
    if (!ask_line(r->a, _("To save it all the same, say why (Enter leaves it): "), &reason) || reason.n == 0)
        return false;
    c->params.reason = reason;
    c->params.present |= 1u << PARAM_REASON;
    return true;
}

/* Lines that draw with block characters (a QR code) say nothing where there are none. */
static void
add_without_drawings(struct buf *out, struct str text)
{
    while (text.n > 0) {
        struct str line = str_split(&text, '\n');
        bool draws = false;
        for (size_t i = 0; i + 1 < line.n; i++)
            draws |= (unsigned char)line.p[i] == 0xe2 && (unsigned char)line.p[i + 1] == 0x96;
        if (draws)
            continue;
        buf_add_str(out, line);
        buf_add_char(out, '\n');
    }
}

static int
print_file(struct run *r, const struct body *body)
{
    bool pdf = str_starts(body->file.bytes, STR("%PDF"));
    if (r->args->format == FORMAT_JSON) {
        show(r, body);
        return 0;
    }
    if (pdf && r->st.terminal && r->args->out_path == NULL) {
        report_note(_("a PDF is not for a terminal: name a file with -o, or take --format text"));
        return rc_exit(RC_USAGE);
    }
    if (pdf || r->st.utf8)
        buf_add_str(&r->out, body->file.bytes);
    else
        add_without_drawings(&r->out, body->file.bytes);
    if (!pdf && body->file.bytes.n > 0 && body->file.bytes.p[body->file.bytes.n - 1] != '\n')
        buf_add_char(&r->out, '\n');
    return 0;
}

/* The version the change is based on, for `set` without version=. */
static enum rc
take_version(struct run *r, struct cli_command *c, struct attempt *t)
{
    if (params_has(&c->params, PARAM_VERSION))
        return RC_OK;
    struct params which = c->params;
    which.present &= 1u << PARAM_ENTITY | 1u << PARAM_ID | 1u << PARAM_KEY;
    struct link_call call = {.method = METHOD_GET, .params = &which, .arena = r->a};
    t->rc = link_request(r->l, &call, &t->body, &t->err);
    if (t->rc != RC_OK)
        return t->rc;
    c->params.version = t->body.record.version;
    c->params.present |= 1u << PARAM_VERSION;
    return RC_OK;
}

static int
run_call(struct run *r, struct cli_command *c)
{
    struct attempt t = {0};
    if (take_idem(r, &t) != RC_OK ||
        (c->entity != NULL && (fill_secrets(r, c, &t.err) != RC_OK || fill_files(r, c, &t.err) != RC_OK)))
        return failed(r, &t.err, NULL);
    if (c->kind == COMMAND_SET && take_version(r, c, &t) != RC_OK)
        return failed(r, &t.err, &t.body);
    request(r, c, &t);
    if (t.rc == RC_CONFIRM && reason_given(r, c, &t)) {
        crypt_random(t.idem, IDEM_BYTES); /* another request than the one refused */
        request(r, c, &t);
    }
    if (t.rc != RC_OK) {
        int code = failed(r, &t.err, &t.body);
        if (t.rc == RC_CONFLICT)
            report_conflict(r->a, &r->st, &c->params, &t.body);
        if (t.rc == RC_CONFIRM)
            report_note("%s", _("to save it all the same add --reason \"why\""));
        return code;
    }
    report_warnings(&r->st, &t.body);
    if (body_has(&t.body, BODY_FILE))
        return print_file(r, &t.body);
    show(r, &t.body);
    return 0;
}

static int
run_pages(struct run *r, const struct cli_command *c)
{
    struct pages p = {
        .a = r->a,
        .l = r->l,
        .method = c->method,
        .params = c->params,
        .limit = r->args->limit >= 0 ? r->args->limit : LIMIT_PAGE_DEFAULT,
    };
    struct body body = {0};
    struct err err = {0};
    bool more = false;
    if (pages_read(&p, &body, &more, &err) != RC_OK)
        return failed(r, &err, &body);
    show(r, &body);
    if (more && r->args->limit < 0)
        report_note(_("there are more rows: see --limit"));
    return 0;
}

/* --- a list into a file --- */

static enum rc
ask_piece(void *ctx, const struct params *p, struct arena *a, struct body *ret, struct err *reterr)
{
    struct run *r = ctx;
    struct link_call call = {.method = METHOD_EXPORT, .params = p, .arena = a};
    return link_request(r->l, &call, ret, reterr);
}

static int
run_export(struct run *r, const struct cli_command *c)
{
    int64_t rows = 0;
    struct err err = {0};
    const struct export_job job = {.path = r->args->export_path,
                                   .params = c->params,
                                   .format = str_from(r->args->print_format),
                                   .ask = ask_piece,
                                   .ctx = r};
    if (export_run(&job, &rows, &err) != RC_OK)
        return failed(r, &err, NULL);
    report_note(_("%lld rows written to %s"), (long long)rows, job.path);
    return 0;
}

static int
run_describe(struct run *r, const struct cli_command *c)
{
    struct schema one = *r->st.schema;
    struct schema_entity entity;
    if (r->args->format == FORMAT_TEXT) {
        describe_text(&r->out, &r->st, c->entity);
        return 0;
    }
    if (r->args->format == FORMAT_CSV) {
        describe_csv(&r->out, &r->st, c->entity);
        return 0;
    }
    if (c->entity != NULL) {
        entity = *c->entity;
        one.entities = &entity;
        one.nentities = 1;
    }
    struct body body = {.present = 1u << BODY_SCHEMA, .schema = &one};
    show(r, &body);
    return 0;
}

int
run_command(struct run *r, struct cli_command *c)
{
    switch (c->kind) {
    case COMMAND_CALL:
        return c->method == METHOD_HISTORY ? run_pages(r, c) : run_call(r, c);
    case COMMAND_SET:
        return run_call(r, c);
    case COMMAND_LIST:
        return r->args->export_path != NULL ? run_export(r, c) : run_pages(r, c);
    case COMMAND_DESCRIBE:
        return run_describe(r, c);
    case COMMAND_HELP:
        help_text(&r->out, &r->st, c);
        return 0;
    }
    return rc_exit(RC_INTERNAL);
}
