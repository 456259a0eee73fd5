#ifndef WIRE_BODY_PART_H
#define WIRE_BODY_PART_H

#include "common/wire/body.h"
#include "common/wire/cbor.h"

/* The pairs body.c puts together; errors are sticky in the reader. Private to body.c and body_parts.c. */

void ref_encode(struct buf *b, const struct body_ref *ref);
void ref_decode(struct rbuf *r, struct body_ref *ret);
void refs_encode(struct buf *b, const struct body_ref *refs, size_t n);
struct body_ref *refs_decode(struct arena *a, struct rbuf *r, size_t *ret_n);
void issues_encode(struct buf *b, const struct body_issue *issues, size_t n);
struct body_issue *issues_decode(struct arena *a, struct rbuf *r, size_t *ret_n);

void events_encode(struct buf *b, const struct body_events *e);
void events_decode(struct arena *a, struct rbuf *r, struct body_events *ret);
void hits_encode(struct buf *b, const struct body_hits *h);
void hits_decode(struct arena *a, struct rbuf *r, struct body_hits *ret);
void home_encode(struct buf *b, const struct body_home *h);
void home_decode(struct arena *a, struct rbuf *r, struct body_home *ret);
void file_encode(struct buf *b, const struct body_file *f);
void file_decode(struct rbuf *r, struct body_file *ret);
void me_encode(struct buf *b, const struct body_me *me);
void me_decode(struct rbuf *r, struct body_me *ret);
void error_encode(struct buf *b, const struct body_error *e);
void error_decode(struct arena *a, struct rbuf *r, struct body_error *ret);
void server_hello_encode(struct buf *b, const struct body_hello *h);
void server_hello_decode(struct rbuf *r, struct body_hello *ret);
void status_encode(struct buf *b, const struct body_pair *pairs, size_t n);
struct body_pair *status_decode(struct arena *a, struct rbuf *r, size_t *ret_n);

#endif
