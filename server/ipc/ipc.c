#include "server/ipc/ipc.h"

#include <string.h>

#include "common/crypt/crypt.h"
#include "common/wire/cbor.h"
#include "common/wire/part.h"

enum { JOB_ITEMS = 11, ANSWER_ITEMS = 10, AUDIENCE_ITEMS = 4, NOTICE_ITEMS = 7 };

/* Leaves room for the length and says where. */
static size_t
begin(struct buf *b)
{
    static const unsigned char room[IPC_HEADER] = {0};
    size_t at = b->n;
    buf_add(b, room, sizeof(room));
    return at;
}

static void
end(struct buf *b, size_t at)
{
    size_t length = b->n - at - IPC_HEADER;
    ASSERT(length <= IPC_MAX);
    for (size_t i = 0; i < IPC_HEADER; i++)
        b->p[at + i] = (unsigned char)(length >> (8 * i) & 0xFF);
}

static void
identity_put(struct buf *b, const struct identity *who)
{
    wbuf_int(b, who->tenant);
    wbuf_int(b, who->user);
    wbuf_int(b, who->session);
}

static void
identity_read(struct rbuf *r, struct identity *ret)
{
    ret->tenant = part_i32(r);
    ret->user = rbuf_int(r);
    ret->session = rbuf_int(r);
}

/* Texts go as bytes: what a peer typed as its login need not be UTF-8. */
void
job_put(struct buf *b, const struct job *j)
{
    size_t at = begin(b);
    wbuf_array(b, JOB_ITEMS);
    wbuf_uint(b, j->id);
    wbuf_uint(b, j->kind);
    identity_put(b, &j->who);
    wbuf_bytes(b, j->login);
    wbuf_bytes(b, j->address);
    wbuf_bytes(b, j->client);
    wbuf_bytes(b, j->payload);
    wbuf_uint(b, j->deadline_ms);
    wbuf_uint(b, j->posted_us);
    end(b, at);
}

enum rc
job_read(struct str bytes, struct job *ret, struct err *reterr)
{
    struct rbuf r;
    struct job j = {0};
    rbuf_init(&r, bytes);
    uint64_t items = rbuf_array(&r); /* the last one may be left out */
    if (items != JOB_ITEMS && items != JOB_ITEMS - 1)
        r.bad = true;
    j.id = rbuf_uint(&r);
    uint64_t kind = rbuf_uint(&r);
    if (kind < JOB_AUTH_PASSWORD || kind > JOB_SESSIONS)
        r.bad = true;
    j.kind = (enum job_kind)kind;
    identity_read(&r, &j.who);
    j.login = rbuf_bytes(&r);
    j.address = rbuf_bytes(&r);
    j.client = rbuf_bytes(&r);
    j.payload = rbuf_bytes(&r);
    j.deadline_ms = part_u32(&r);
    if (items == JOB_ITEMS)
        j.posted_us = rbuf_uint(&r);
    if (!rbuf_done(&r))
        return err_log(reterr, RC_BAD_FRAME, "a job between processes is not well formed");
    *ret = j;
    return RC_OK;
}

static void
audience_put(struct buf *b, const struct audience *a)
{
    wbuf_array(b, AUDIENCE_ITEMS);
    wbuf_uint(b, a->part);
    wbuf_int(b, a->id);
    wbuf_int(b, a->branch);
    wbuf_uint(b, a->sees);
}

static void
audience_read(struct rbuf *r, struct audience *ret)
{
    if (rbuf_array(r) != AUDIENCE_ITEMS)
        r->bad = true;
    ret->part = (enum audience_part)part_enum(r, AUDIENCE_CUSTOMER);
    ret->id = rbuf_int(r);
    ret->branch = rbuf_int(r);
    ret->sees = part_u32(r);
    rbuf_leave(r);
}

void
answer_put(struct buf *b, const struct answer *an)
{
    size_t at = begin(b);
    wbuf_array(b, ANSWER_ITEMS);
    wbuf_uint(b, an->id);
    wbuf_uint(b, (uint64_t)an->code);
    identity_put(b, &an->who);
    wbuf_uint(b, an->more);
    wbuf_uint(b, an->idle_seconds);
    wbuf_uint(b, an->session_seconds);
    audience_put(b, &an->audience);
    wbuf_bytes(b, an->payload);
    end(b, at);
}

enum rc
answer_read(struct str bytes, struct answer *ret, struct err *reterr)
{
    struct rbuf r;
    struct answer an = {0};
    rbuf_init(&r, bytes);
    if (rbuf_array(&r) != ANSWER_ITEMS)
        r.bad = true;
    an.id = rbuf_uint(&r);
    an.code = rc_from_wire(rbuf_uint(&r));
    identity_read(&r, &an.who);
    uint64_t more = rbuf_uint(&r);
    if (more > SIGN_IN_CODE)
        r.bad = true;
    an.more = (enum sign_in_more)more;
    an.idle_seconds = part_u32(&r);
    an.session_seconds = part_u32(&r);
    audience_read(&r, &an.audience);
    an.payload = rbuf_bytes(&r);
    if (!rbuf_done(&r))
        return err_log(reterr, RC_BAD_FRAME, "an answer between processes is not well formed");
    *ret = an;
    return RC_OK;
}

void
notice_put(struct buf *b, const struct notice *n)
{
    wbuf_array(b, NOTICE_ITEMS);
    wbuf_int(b, n->tenant);
    wbuf_uint(b, n->to);
    wbuf_int(b, n->id);
    wbuf_uint(b, n->sees);
    wbuf_bool(b, n->ends);
    wbuf_bytes(b, n->wire);
    wbuf_bytes(b, n->json);
}

enum rc
notice_read(struct str bytes, struct notice *ret, struct err *reterr)
{
    struct rbuf r;
    struct notice n = {0};
    rbuf_init(&r, bytes);
    if (rbuf_array(&r) != NOTICE_ITEMS)
        r.bad = true;
    n.tenant = part_i32(&r);
    n.to = (enum notice_to)part_enum(&r, NOTICE_USER);
    n.id = rbuf_int(&r);
    n.sees = part_u32(&r);
    n.ends = rbuf_bool(&r);
    n.wire = rbuf_bytes(&r);
    n.json = rbuf_bytes(&r);
    rbuf_leave(&r);
    if (!rbuf_done(&r) || n.to < NOTICE_ALL)
        return err_log(reterr, RC_BAD_FRAME, "a notice between processes is not well formed");
    *ret = n;
    return RC_OK;
}

void
session_reports_put(struct buf *b, const struct session_report *rows, size_t n)
{
    wbuf_array(b, n);
    for (size_t i = 0; i < n; i++) {
        wbuf_array(b, 3);
        wbuf_int(b, rows[i].session);
        wbuf_bool(b, rows[i].active);
        wbuf_bool(b, rows[i].gone);
    }
}

/* The number of rows an array holds; more than may be is no array of ours. */
static size_t
count_rows(struct rbuf *r)
{
    size_t n = rbuf_array(r);
    if (n > SESSIONS_MAX)
        r->bad = true;
    return r->bad ? 0 : n;
}

static void
begin_row(struct rbuf *r, size_t n)
{
    if (rbuf_array(r) != n)
        r->bad = true;
}

enum rc
session_reports_read(struct str bytes, struct session_report *ret, size_t *ret_n, struct err *reterr)
{
    struct rbuf r;
    rbuf_init(&r, bytes);
    size_t n = count_rows(&r);
    for (size_t i = 0; i < n && !r.bad; i++) {
        begin_row(&r, 3);
        ret[i] = (struct session_report){.session = rbuf_int(&r)};
        ret[i].active = rbuf_bool(&r);
        ret[i].gone = rbuf_bool(&r);
        rbuf_leave(&r);
    }
    if (!rbuf_done(&r))
        return err_log(reterr, RC_BAD_FRAME, "a report of sessions is not well formed");
    *ret_n = n;
    return RC_OK;
}

void
session_verdicts_put(struct buf *b, const struct session_verdict *rows, size_t n)
{
    wbuf_array(b, n);
    for (size_t i = 0; i < n; i++) {
        wbuf_array(b, 2);
        wbuf_int(b, rows[i].session);
        wbuf_bytes(b, rows[i].why);
    }
}

enum rc
session_verdicts_read(struct str bytes, struct session_verdict *ret, size_t *ret_n, struct err *reterr)
{
    struct rbuf r;
    rbuf_init(&r, bytes);
    size_t n = count_rows(&r);
    for (size_t i = 0; i < n && !r.bad; i++) {
        begin_row(&r, 2);
        ret[i].session = rbuf_int(&r);
        ret[i].why = rbuf_bytes(&r);
        rbuf_leave(&r);
    }
    if (!rbuf_done(&r))
        return err_log(reterr, RC_BAD_FRAME, "verdicts about sessions are not well formed");
    *ret_n = n;
    return RC_OK;
}

enum rc
ipc_next(struct str in, bool *ret_whole, struct str *ret_body, size_t *ret_took, struct err *reterr)
{
    if (in.n < IPC_HEADER) {
        *ret_whole = false;
        *ret_took = 0;
        return RC_OK;
    }
    uint32_t length = 0;
    for (size_t i = IPC_HEADER; i > 0; i--)
        length = length << 8 | (unsigned char)in.p[i - 1];
    if (length == 0 || length > IPC_MAX)
        return err_log(reterr, RC_BAD_FRAME, "a body of %u bytes between processes", length);
    *ret_whole = in.n - IPC_HEADER >= length;
    *ret_took = *ret_whole ? IPC_HEADER + length : 0;
    if (*ret_whole)
        *ret_body = str_slice(in, IPC_HEADER, IPC_HEADER + length);
    return RC_OK;
}

uint32_t
session_label(int64_t token)
{
    unsigned char hash[CRYPT_HASH];
    uint32_t label;
    crypt_hash((struct str){(const char *)&token, sizeof token}, hash);
    memcpy(&label, hash, sizeof label);
    return label;
}
