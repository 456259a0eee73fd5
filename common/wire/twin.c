#include "common/wire/twin.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/arena.h"
#include "common/base/limits.h"
#include "common/crypt/crypt.h"
#include "common/value/number.h"
#include "common/wire/params.h"

/*
 * JSON in: one line becomes the same message a wire client sends. Limits on counts and lengths are left to
 * params_decode, which reads the result as it reads everybody's.
 */

struct reading {
    struct arena *a;
    const char *part; /* the member being read, for errors */
    struct err *reterr;
    bool in_step;
};

static void
json_free(json_t **j)
{
    json_decref(*j);
}

static struct str
text_of(const struct reading *d, const json_t *j)
{
    return str_dup(d->a, (struct str){json_string_value(j), json_string_length(j)});
}

static enum rc
bad(const struct reading *d, const char *expected)
{
    return err_set(d->reterr, RC_BAD_PARAMS, d->part, "\"%s\" must be %s", d->part, expected);
}

static bool
all_digits(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    }
    return s.n > 0;
}

static enum rc
name_of(const struct reading *d, struct str text, struct name_or_number *ret)
{
    int64_t number = 0;
    if (all_digits(text)) {
        if (number_parse(text, 0, UINT32_MAX, d->part, &number, d->reterr))
            return RC_BAD_PARAMS;
        *ret = (struct name_or_number){.number = (uint32_t)number};
        return RC_OK;
    }
    if (!text.n)
        return bad(d, "a name or a number");
    *ret = (struct name_or_number){.name = text};
    return RC_OK;
}

static enum rc
read_name(const struct reading *d, const json_t *j, struct name_or_number *ret)
{
    if (json_is_string(j))
        return name_of(d, text_of(d, j), ret);
    if (!json_is_integer(j) || json_integer_value(j) < 0 || json_integer_value(j) > UINT32_MAX)
        return bad(d, "a name or a number");
    *ret = (struct name_or_number){.number = (uint32_t)json_integer_value(j)};
    return RC_OK;
}

/* Whole numbers that JavaScript would bend may come as text. */
static enum rc
read_int(const struct reading *d, const json_t *j, int64_t *ret)
{
    if (json_is_string(j))
        return number_parse(text_of(d, j), INT64_MIN, INT64_MAX, d->part, ret, d->reterr);
    if (!json_is_integer(j))
        return bad(d, "a whole number");
    *ret = json_integer_value(j);
    return RC_OK;
}

static enum rc
read_text(const struct reading *d, const json_t *j, struct str *ret)
{
    if (!json_is_string(j))
        return bad(d, "text");
    *ret = text_of(d, j);
    return RC_OK;
}

static enum rc
read_bool(const struct reading *d, const json_t *j, bool *ret)
{
    if (!json_is_boolean(j))
        return bad(d, "true or false");
    *ret = json_is_true(j);
    return RC_OK;
}

static enum rc
read_cursor(const struct reading *d, const json_t *j, struct str *ret)
{
    if (!json_is_string(j) || crypt_unbase64(d->a, text_of(d, j), false, ret, NULL))
        return bad(d, "the base64 text a page before gave");
    return RC_OK;
}

static enum rc
read_stamp(const struct reading *d, const json_t *j, stamp_t *ret)
{
    if (json_is_integer(j)) {
        ret->usec = json_integer_value(j);
        return RC_OK;
    }
    if (!json_is_string(j))
        return bad(d, "a moment such as 2026-02-14T08:30:00Z");
    return stamp_parse(text_of(d, j), 0, d->part, ret, d->reterr);
}

/* A number with decimals goes on as the text it was; false when a double can't hold what was written. */
static bool
real_text(const struct reading *d, double real, struct str *ret)
{
    enum { EXACT_DIGITS = 15 };
    *ret = str_printf(d->a, "%.*g", EXACT_DIGITS, real);
    double back = strtod(ret->p, NULL);
    return !(back < real) && !(back > real);
}

static enum rc
read_value(const struct reading *d, const json_t *j, struct value *ret)
{
    switch (json_typeof(j)) {
    case JSON_NULL:
        *ret = VALUE_NULL;
        return RC_OK;
    case JSON_STRING:
        *ret = VALUE_TEXT(text_of(d, j));
        return RC_OK;
    case JSON_INTEGER:
        /* Read as a person would write it: 619500 is an amount in the currency, whole or not. */
        *ret = VALUE_TEXT(str_printf(d->a, "%" JSON_INTEGER_FORMAT, json_integer_value(j)));
        return RC_OK;
    case JSON_TRUE:
    case JSON_FALSE:
        *ret = (struct value){.type = VT_BOOL, .yes = json_is_true(j)};
        return RC_OK;
    case JSON_REAL:
        *ret = VALUE_TEXT(STR_NONE);
        if (real_text(d, json_real_value(j), &ret->text))
            return RC_OK;
        return err_set(d->reterr, RC_BAD_PARAMS, d->part,
                       "a number in \"%s\" has too many digits; write it as text, \"1234.56\"", d->part);
    case JSON_OBJECT:
        /* A reference as replies write it. */
        if (json_object_get(j, "id")) {
            *ret = VALUE_INT(0);
            return read_int(d, json_object_get(j, "id"), &ret->i);
        }
        /* A file's bytes. */
        if (json_is_string(json_object_get(j, "base64"))) {
            const json_t *text = json_object_get(j, "base64");
            ret->type = VT_BYTES;
            return crypt_unbase64(d->a, (struct str){json_string_value(text), json_string_length(text)},
                                  false, &ret->text, d->reterr);
        }
        break;
    case JSON_ARRAY:
        break;
    }
    return err_set(d->reterr, RC_BAD_PARAMS, d->part,
                   "a value in \"%s\" must be text, a number, true, false, null, {\"id\": number} or"
                   " {\"base64\": text}",
                   d->part);
}

static enum rc
read_fields(const struct reading *d, json_t *j, struct params *p)
{
    if (!json_is_object(j))
        return bad(d, "an object of field names");
    p->fields = arena_new(d->a, struct param_field, json_object_size(j));
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(j, name, value)
    {
        struct param_field *f = &p->fields[p->nfields++];
        enum rc rc = name_of(d, str_dup(d->a, str_from(name)), &f->field);
        if (!rc)
            rc = read_value(d, value, &f->value);
        if (rc)
            return rc;
    }
    return RC_OK;
}

static enum rc
read_op(const struct reading *d, const json_t *j, enum filter_op *ret)
{
    int op = -1;
    if (json_is_string(j))
        op = filter_op_by_name((struct str){json_string_value(j), json_string_length(j)});
    else if (json_is_integer(j) && json_integer_value(j) >= FILTER_EQ &&
             json_integer_value(j) <= FILTER_PREFIX)
        op = (int)json_integer_value(j);
    if (op < 0)
        return err_set(d->reterr, RC_BAD_PARAMS, d->part,
                       "a filter's operator must be one of = != < <= > >= ~ (begins with)");
    *ret = (enum filter_op)op;
    return RC_OK;
}

/* {"name": value} asks for equality */
static enum rc
read_equalities(const struct reading *d, json_t *j, struct params *p)
{
    p->filters = arena_new(d->a, struct param_filter, json_object_size(j));
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(j, name, value)
    {
        struct param_filter *f = &p->filters[p->nfilters++];
        enum rc rc = name_of(d, str_dup(d->a, str_from(name)), &f->field);
        if (!rc)
            rc = read_value(d, value, &f->value);
        if (rc)
            return rc;
    }
    return RC_OK;
}

static enum rc
read_filters(const struct reading *d, json_t *j, struct params *p)
{
    if (json_is_object(j))
        return read_equalities(d, j, p);
    if (!json_is_array(j))
        return bad(d, "an array of [field, operator, value], or an object for equality");
    p->filters = arena_new(d->a, struct param_filter, json_array_size(j));
    for (size_t i = 0; i < json_array_size(j); i++) {
        const json_t *filter = json_array_get(j, i);
        struct param_filter *f = &p->filters[p->nfilters++];
        if (json_array_size(filter) != 3)
            return err_set(d->reterr, RC_BAD_PARAMS, d->part, "a filter is [field, operator, value]");
        enum rc rc = read_name(d, json_array_get(filter, 0), &f->field);
        if (!rc)
            rc = read_op(d, json_array_get(filter, 1), &f->op);
        if (!rc)
            rc = read_value(d, json_array_get(filter, 2), &f->value);
        if (rc)
            return rc;
    }
    return RC_OK;
}

static enum rc
read_columns(const struct reading *d, const json_t *j, struct params *p)
{
    enum rc rc = RC_OK;
    if (!json_is_array(j) || json_array_size(j) > LIMIT_FIELDS)
        return bad(d, "an array of field names");
    p->columns = arena_new(d->a, struct name_or_number, json_array_size(j));
    for (size_t i = 0; i < json_array_size(j) && !rc; i++)
        rc = read_name(d, json_array_get(j, i), &p->columns[p->ncolumns++]);
    return rc;
}

static enum rc read_params(struct reading *d, json_t *j, struct params *ret);

static enum rc
read_steps(const struct reading *d, json_t *j, struct params *p)
{
    if (!json_is_array(j) || d->in_step)
        return bad(d, "an array of [method, params], not inside a step");
    p->steps = arena_new(d->a, struct param_step, json_array_size(j));
    for (size_t i = 0; i < json_array_size(j); i++) {
        const json_t *step = json_array_get(j, i);
        struct reading inner = *d;
        inner.in_step = true;
        if (json_array_size(step) != 2)
            return err_set(d->reterr, RC_BAD_PARAMS, d->part, "a step is [method, params]");
        enum rc rc = read_name(d, json_array_get(step, 0), &p->steps[i].method);
        if (!rc)
            rc = read_params(&inner, json_array_get(step, 1), &p->steps[i].params);
        if (rc)
            return rc;
        p->nsteps++;
    }
    return RC_OK;
}

static enum rc
read_part(const struct reading *d, json_t *j, enum param_key key, struct params *p)
{
    switch (key) {
    case PARAM_ENTITY:
        return read_name(d, j, &p->entity);
    case PARAM_ID:
        return read_int(d, j, &p->id);
    case PARAM_KEY:
        return read_text(d, j, &p->key);
    case PARAM_ACTION:
        return read_name(d, j, &p->action);
    case PARAM_FIELDS:
        return read_fields(d, j, p);
    case PARAM_FILTERS:
        return read_filters(d, j, p);
    case PARAM_SORT:
        return read_name(d, j, &p->sort);
    case PARAM_DESC:
        return read_bool(d, j, &p->desc);
    case PARAM_LIMIT:
        return read_int(d, j, &p->limit);
    case PARAM_CURSOR:
        return read_cursor(d, j, &p->cursor);
    case PARAM_TEXT:
        return read_text(d, j, &p->text);
    case PARAM_AT:
        return read_stamp(d, j, &p->at);
    case PARAM_REASON:
        return read_text(d, j, &p->reason);
    case PARAM_VIEW:
        return read_name(d, j, &p->view);
    case PARAM_STEPS:
        return read_steps(d, j, p);
    case PARAM_VERSION:
        return read_int(d, j, &p->version);
    case PARAM_HASH:
        return read_text(d, j, &p->hash);
    case PARAM_FORMAT:
        return read_text(d, j, &p->format);
    case PARAM_TOTAL:
        return read_bool(d, j, &p->total);
    case PARAM_COLUMNS:
        return read_columns(d, j, p);
    case PARAM_FROM:
        return read_value(d, j, &p->from);
    case PARAM_BACK:
        return read_bool(d, j, &p->back);
    case PARAM_SUMS:
        return read_bool(d, j, &p->sums);
    case PARAM_BARE:
        return read_bool(d, j, &p->bare);
    case PARAM_END:
        break;
    }
    return RC_INTERNAL;
}

static enum rc
read_params(struct reading *d, json_t *j, struct params *ret)
{
    struct params p = {0};
    d->part = "params";
    if (!json_is_object(j))
        return bad(d, "an object");
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(j, name, value)
    {
        int key = param_key_by_name(str_from(name));
        if (key < 0)
            return err_set(d->reterr, RC_BAD_PARAMS, "params", "\"params\" has no part \"%.60s\"", name);
        d->part = param_key_name((enum param_key)key);
        enum rc rc = read_part(d, value, (enum param_key)key, &p);
        if (rc)
            return rc;
        p.present |= 1u << key;
    }
    *ret = p;
    return RC_OK;
}

static enum rc
read_idem(struct reading *d, const json_t *j, struct str *ret)
{
    unsigned char *idem = arena_alloc(d->a, IDEM_BYTES);
    d->part = "idem";
    if (!json_is_string(j) || !crypt_unhex(text_of(d, j), idem, IDEM_BYTES))
        return bad(d, "32 hex digits");
    *ret = (struct str){(const char *)idem, IDEM_BYTES};
    return RC_OK;
}

static enum rc
read_deadline(struct reading *d, const json_t *j, uint32_t *ret)
{
    d->part = "deadline_ms";
    if (!json_is_integer(j) || json_integer_value(j) < 0 || json_integer_value(j) > UINT32_MAX)
        return bad(d, "a number of milliseconds");
    *ret = (uint32_t)json_integer_value(j);
    return RC_OK;
}

static enum rc
read_request(struct reading *d, json_t *line, struct request *ret)
{
    struct params p = {0};
    const char *name = NULL;
    json_t *value = NULL;
    enum rc rc = RC_OK;
    json_object_foreach(line, name, value)
    {
        struct str member = str_from(name);
        d->part = "method";
        if (str_eq_c(member, "method"))
            rc = read_name(d, value, &ret->method);
        else if (str_eq_c(member, "params"))
            rc = read_params(d, value, &p);
        else if (str_eq_c(member, "idem"))
            rc = read_idem(d, value, &ret->idem);
        else if (str_eq_c(member, "deadline_ms"))
            rc = read_deadline(d, value, &ret->deadline_ms);
        else if (!str_eq_c(member, "id"))
            rc = err_set(d->reterr, RC_BAD_PARAMS, NULL, "a request has no member \"%.60s\"", name);
        if (rc)
            return rc;
    }
    d->part = "method";
    if (!json_object_get(line, "method"))
        return bad(d, "named: describe, find, get …");
    struct buf b;
    buf_init(&b, d->a, 256);
    params_encode(&b, &p);
    ret->params_raw = buf_str(&b);
    return RC_OK;
}

static enum rc
read_hello(struct reading *d, const json_t *j, struct hello *ret)
{
    const json_t *versions = json_object_get(j, "versions");
    const json_t *client = json_object_get(j, "client"), *locale = json_object_get(j, "locale");
    d->part = "hello";
    if (!json_is_object(j) || !json_is_array(versions) || (client && !json_is_string(client)) ||
        (locale && !json_is_string(locale)))
        return bad(d, "{\"versions\": [1], \"client\": \"…\"}");
    for (size_t i = 0; i < json_array_size(versions); i++) {
        if (json_integer_value(json_array_get(versions, i)) == PROTOCOL_VERSION)
            ret->version = PROTOCOL_VERSION;
    }
    ret->client = client ? text_of(d, client) : STR_NONE;
    ret->locale = locale ? text_of(d, locale) : STR_NONE;
    return RC_OK;
}

/* Brackets outside strings; jansson recurses once for each level. */
static bool
too_deep(struct str line)
{
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < line.n; i++) {
        char c = line.p[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '[' || c == '{'))
            depth++;
        else if (!quoted && (c == ']' || c == '}'))
            depth--;
        if (depth > LIMIT_DEPTH)
            return true;
    }
    return false;
}

enum rc
twin_read(struct arena *a, struct str line, struct message *ret, uint64_t *ret_id, struct err *reterr)
{
    *ret_id = 0;
    if (line.n > LIMIT_JSON_LINE)
        return err_set(reterr, RC_TOO_LARGE, NULL, "a line can have at most %u bytes", LIMIT_JSON_LINE);
    if (too_deep(line))
        return err_set(reterr, RC_BAD_FRAME, NULL, "the line nests deeper than %d levels", LIMIT_DEPTH);
    json_error_t where;
    json_t *j CLEANUP(json_free) = json_loadb(line.n ? line.p : "", line.n, JSON_REJECT_DUPLICATES, &where);
    if (!json_is_object(j))
        return err_set(reterr, RC_BAD_FRAME, NULL, "a line must be one JSON object; see byte %d",
                       j ? 1 : where.position);
    const json_t *id = json_object_get(j, "id");
    if (json_is_integer(id) && json_integer_value(id) > 0)
        *ret_id = (uint64_t)json_integer_value(id);
    struct reading d = {.a = a, .reterr = reterr};
    struct message m = {0};
    enum rc rc = RC_OK;
    if (json_object_get(j, "hello") && json_object_size(j) == 1) {
        m.kind = MESSAGE_HELLO;
        rc = read_hello(&d, json_object_get(j, "hello"), &m.hello);
    } else if (*ret_id == 0) {
        rc = err_set(reterr, RC_BAD_PARAMS, "id", "\"id\" must be a whole number above 0");
    } else {
        m.kind = MESSAGE_REQUEST;
        m.request.id = *ret_id;
        rc = read_request(&d, j, &m.request);
    }
    if (!rc)
        *ret = m;
    return rc;
}
