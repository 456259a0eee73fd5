#include <string.h>

#include "common/base/attr.h"
#include "common/wire/cbor.h"
#include "common/wire/method.h"
#include "tests/wire/fixture.h"

/* Every message of golden/, made from structs. */

static struct arena *const a = &fixture_arena;

#define IDEM ((struct str){"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f", IDEM_BYTES})
#define NAMED(s) ((struct name_or_number){.name = STR(s)})
#define NUMBER(n) ((struct name_or_number){.number = (n)})
#define HAS(key) (1u << PARAM_##key)
#define PART(key) (1u << BODY_##key)

static struct str
encoded_params(const struct params *p)
{
    struct buf b;
    buf_init(&b, a, 64);
    params_encode(&b, p);
    return buf_str(&b);
}

static void
put_request(struct buf *b, uint64_t id, struct name_or_number method, const struct params *p, struct str idem,
            uint32_t deadline_ms)
{
    struct request r = {id, method, encoded_params(p), idem, deadline_ms};
    request_encode(b, &r);
}

static void
put_reply(struct buf *b, uint64_t id, enum rc code, const struct body *body, struct reply_meta meta)
{
    struct buf inner;
    buf_init(&inner, a, 256);
    body_encode(&inner, body);
    struct reply r = {id, code, buf_str(&inner), meta};
    reply_encode(b, &r);
}

static void
put_hello(struct buf *b)
{
    struct hello h = {1, CAP_DEFLATE, STR("bima 0.1.0 tui"), STR(FIXTURE_HASH), STR("sw")};
    hello_encode(b, &h);
}

static void
put_cancel(struct buf *b)
{
    cancel_encode(b, 12);
}

static void
put_ping(struct buf *b)
{
    ping_encode(b, MESSAGE_PING, UINT64_C(1) << 32);
}

static void
put_pong(struct buf *b)
{
    ping_encode(b, MESSAGE_PONG, UINT64_C(1) << 32);
}

static void
put_goaway(struct buf *b)
{
    goaway_encode(b, STR("the service is stopping"), 5000);
}

static void
put_me_request(struct buf *b)
{
    put_request(b, 1, NUMBER(METHOD_ME), &(struct params){0}, STR_NONE, 0);
}

static void
put_describe(struct buf *b)
{
    struct params p = {.present = HAS(HASH), .hash = STR(FIXTURE_HASH)};
    put_request(b, 2, NUMBER(METHOD_DESCRIBE), &p, STR_NONE, 0);
}

static void
put_find(struct buf *b)
{
    struct params p = {.present = HAS(TEXT) | HAS(LIMIT), .text = STR("t 337-dse"), .limit = 10};
    put_request(b, 3, NUMBER(METHOD_FIND), &p, STR_NONE, 0);
}

static void
put_list(struct buf *b)
{
    struct param_filter filters[] = {
        {NUMBER(12),        FILTER_EQ, {.type = VT_CHOICE, .i = 4}},
        {NAMED("end_date"), FILTER_LE, VALUE_TEXT(STR("+30d"))    }
    };
    struct params p = {
        .present = HAS(ENTITY) | HAS(FILTERS) | HAS(SORT) | HAS(DESC) | HAS(LIMIT) | HAS(CURSOR) | HAS(VIEW) |
                   HAS(TOTAL),
        .entity = NUMBER(6),
        .filters = filters,
        .nfilters = 2,
        .sort = NAMED("end_date"),
        .desc = true,
        .limit = 50,
        .cursor = {"\x01\x02", 2},
        .view = NUMBER(2),
        .total = true
    };
    put_request(b, 4, NUMBER(METHOD_LIST), &p, STR_NONE, 5000);
}

static void
put_list_from(struct buf *b)
{
    struct name_or_number columns[] = {NUMBER(1), NAMED("premium")};
    struct params p = {.present = HAS(ENTITY) | HAS(SORT) | HAS(COLUMNS) | HAS(FROM) | HAS(BACK) | HAS(SUMS) |
                                  HAS(BARE) | HAS(HASH),
                       .entity = NUMBER(6),
                       .sort = NUMBER(1),
                       .columns = columns,
                       .ncolumns = 2,
                       .from = VALUE_TEXT(STR("KK/26/0018")),
                       .back = false,
                       .sums = true,
                       .bare = true,
                       .hash = STR(FIXTURE_HASH)};
    put_request(b, 15, NUMBER(METHOD_LIST), &p, STR_NONE, 0);
}

static void
put_export(struct buf *b)
{
    struct params p = {
        .present = HAS(ENTITY) | HAS(CURSOR) | HAS(FORMAT),
        .entity = NAMED("policy"),
        .cursor = {"\x07", 1},
        .format = STR("xlsx")
    };
    put_request(b, 16, NUMBER(METHOD_EXPORT), &p, STR_NONE, 0);
}

static void
put_get(struct buf *b)
{
    struct params p = {.present = HAS(ENTITY) | HAS(KEY), .entity = NAMED("vehicle"), .key = STR("T337DSE")};
    put_request(b, 5, NAMED("get"), &p, STR_NONE, 0);
}

static void
put_add(struct buf *b)
{
    struct param_field fields[] = {
        {NUMBER(2),       VALUE_TEXT(STR("Salma Ibrahim"))       },
        {NUMBER(3),       VALUE_TEXT(STR("0712 345 678"))        },
        {NUMBER(4),       VALUE_NULL                             },
        {NAMED("gender"), VALUE_INT(1)                           },
        {NUMBER(6),       {.type = VT_BOOL, .yes = false}        },
        {NUMBER(7),       {.type = VT_BYTES, .text = STR("\x2a")}}
    };
    struct params p = {.present = HAS(ENTITY) | HAS(FIELDS) | HAS(REASON),
                       .entity = NUMBER(1),
                       .fields = fields,
                       .nfields = COUNTOF(fields),
                       .reason = STR("two people share a phone")};
    put_request(b, 6, NUMBER(METHOD_ADD), &p, IDEM, 0);
}

static void
put_set(struct buf *b)
{
    struct param_field fields[] = {
        {NUMBER(5), VALUE_TEXT(STR("silver"))}
    };
    struct params p = {.present = HAS(ENTITY) | HAS(ID) | HAS(FIELDS) | HAS(VERSION),
                       .entity = NUMBER(2),
                       .id = 811,
                       .fields = fields,
                       .nfields = 1,
                       .version = 3};
    put_request(b, 7, NUMBER(METHOD_SET), &p, IDEM, 30000);
}

static void
put_as_of(struct buf *b)
{
    struct params p = {
        .present = HAS(ENTITY) | HAS(ID) | HAS(AT), .entity = NUMBER(2), .id = 811, .at = {824373000000000}};
    put_request(b, 8, NUMBER(METHOD_AS_OF), &p, STR_NONE, 0);
}

static void
put_print(struct buf *b)
{
    struct params p = {.present = HAS(ENTITY) | HAS(KEY) | HAS(FORMAT),
                       .entity = NUMBER(10),
                       .key = STR("C/KK/26/000001"),
                       .format = STR("pdf")};
    put_request(b, 9, NUMBER(METHOD_PRINT), &p, STR_NONE, 0);
}

static void
put_batch(struct buf *b)
{
    struct param_field name = {NAMED("name"), VALUE_TEXT(STR("Al Noor"))};
    struct param_field customer = {NAMED("customer"), VALUE_TEXT(STR("$0"))};
    struct param_step steps[] = {
        {NUMBER(METHOD_ADD),
         {.present = HAS(ENTITY) | HAS(FIELDS), .entity = NUMBER(1), .fields = &name, .nfields = 1}},
        {NAMED("act"),
         {.present = HAS(ENTITY) | HAS(ACTION) | HAS(FIELDS),
          .entity = NAMED("policy"),
          .action = NAMED("quote"),
          .fields = &customer,
          .nfields = 1}                                                                            },
    };
    struct params p = {.present = HAS(STEPS), .steps = steps, .nsteps = 2};
    put_request(b, 10, NUMBER(METHOD_BATCH), &p, IDEM, 0);
}

static void
put_hello_reply(struct buf *b)
{
    struct body body = {
        .present = PART(SCHEMA) | PART(ME) | PART(HELLO),
        .schema = fixture_schema(),
        .me = {77,
               STR("amina@simba.co.tz"),
               STR("Amina Juma"),
               STR("agent"),
               STR("Kariakoo"),
               STR("Simba Insurance"),
               STR("TZS"),
               fixture_locale, STR("Africa/Dar_es_Salaam"),
               STR("en"),
               STR("Simba"),
               STR("green"),
               STR("Choose a password."),
               false, {5, 2, 1, 3, 2}},
        .hello = {1, STR("bimad 0.1.0"),   STR(FIXTURE_HASH)       }
    };
    put_reply(b, 0, RC_OK, &body, (struct reply_meta){0});
}

static struct body_ref *
salma(void)
{
    return FIXTURE_COPY(struct body_ref, {1, 4711, STR("Salma Ibrahim")});
}

static struct body_issue *
issue(void)
{
    return FIXTURE_COPY(struct body_issue, {ISSUE_CONFIRM, STR("phone"),
                                            STR("this phone belongs to Salma Ibrahim"), salma(), 1});
}

static void
put_record(struct buf *b)
{
    struct body body = {
        .present = PART(RECORD) | PART(ISSUES), .record = fixture_record(), .issues = issue(), .nissues = 1};
    put_reply(b, 7, RC_OK, &body,
              (struct reply_meta){.replayed = true, .server_us = 1834, .trace = STR("03c696682703")});
}

static void
put_page(struct buf *b)
{
    struct value first[] = {
        VALUE_TEXT(STR("KK/26/001841")),
        {.type = VT_MONEY, .money = {61950000}      },
        { .type = VT_REF,        .i = 811, .label = STR("T 337 DSE")},
        VALUE_NULL
    };
    struct value second[] = {
        VALUE_TEXT(STR("KK/26/001842")), VALUE_NULL, {.type = VT_REF, .i = 812},
          VALUE_NULL
    };
    struct body_row rows[] = {
        {1841, 2, first },
        {1842, 1, second}
    };
    uint32_t columns[] = {1, 4, 9, 12};
    struct body body = {
        .present = PART(PAGE),
        .page = {.entity = 6,
                 .columns = columns,
                 .ncolumns = 4,
                 .rows = rows,
                 .nrows = 2,
                 .next = {"\x05\x06", 2},
                 .total = 1000,
                 .total_capped = true}
    };
    put_reply(b, 4, RC_OK, &body, (struct reply_meta){0});
}

static void
put_page_sums(struct buf *b)
{
    uint32_t columns[] = {4};
    struct body_sum sums[] = {
        {4, 123900000}
    };
    struct body body = {
        .present = PART(PAGE),
        .page = {.entity = 6,
                 .columns = columns,
                 .ncolumns = 1,
                 .total = 2,
                 .prev = {"\x09", 1},
                 .sums = sums,
                 .nsums = 1}
    };
    put_reply(b, 15, RC_OK, &body, (struct reply_meta){0});
}

static void
put_page_bare(struct buf *b)
{
    struct value cells[] = {VALUE_TEXT(STR("T 337 DSE"))};
    struct body_row rows[] = {
        {1841,       2, cells},
        {4026531841, 1, cells}
    };
    uint32_t columns[] = {9};
    struct body body = {
        .present = PART(PAGE), .page = {6, columns, 1, rows, 2, .total = -1, .ids_apart = true}
    };
    put_reply(b, 17, RC_OK, &body, (struct reply_meta){0});
}

static void
put_events(struct buf *b)
{
    struct body_change change = {5, STR("Colour"), STR("white"), STR("silver")};
    struct body_event event = {
        9001,
        {824373000000000  },
        STR("Amina Juma"),
        STR("10.0.0.7"),
        STR("bima 0.1.0 tui"),
        STR("changed"),
        STR("typing error"),
        { 2, 811, STR("T 337 DSE")},
        &change,
        1
    };
    struct body body = {
        .present = PART(EVENTS), .events = {&event, 1, STR_NONE}
    };
    put_reply(b, 11, RC_OK, &body, (struct reply_meta){0});
}

static void
put_hits(struct buf *b)
{
    struct body_hit hit = {
        {2, 811, STR("T 337 DSE")},
        STR("Salma Ibrahim \xC2\xB7 comprehensive until 2026-11-30"),
        STR("plate")
    };
    struct body body = {
        .present = PART(HITS), .hits = {&hit, 1}
    };
    put_reply(b, 3, RC_OK, &body, (struct reply_meta){0});
}

static void
put_home(struct buf *b)
{
    struct body_counter counter = {STR("Policies"), 12, 83, 291, 6, 2};
    struct body_figure figures[] = {
        {STR("Issued"), 34, true,  {1241250000}},
        {STR("Claims"), 3,  false, {0}         }
    };
    struct body_alert alert = {
        {6,                    1841, STR("KK/26/001841")},
        TONE_BAD,
        STR("Policy KK/26/001841  T 337 DSE"),
        STR("unpaid"),
        {9554},
        5,
        14729
    };
    int64_t spark[] = {4, 26, 18};
    struct body body = {
        .present = PART(HOME),
        .home = {&counter,
                 1, figures,
                 2, &alert,
                 1, 22,
                 STR("Renewals, 14 days"),
                 spark, 3,
                 3, {824373000000000}}
    };
    put_reply(b, 12, RC_OK, &body, (struct reply_meta){0});
}

static void
put_file(struct buf *b)
{
    struct body body = {
        .present = PART(FILE), .file = {STR("certificate.txt"), STR("text/plain"), STR("BIMA\n")}
    };
    put_reply(b, 9, RC_OK, &body, (struct reply_meta){0});
}

static void
put_results(struct buf *b)
{
    struct body *results = arena_new(a, struct body, 2);
    results[0].present = PART(RECORD);
    results[0].record = (struct body_record){1, 4711, 1, STR("Salma Ibrahim"), NULL, 0};
    struct body body = {.present = PART(RESULTS), .results = results, .nresults = 2};
    put_reply(b, 10, RC_OK, &body, (struct reply_meta){0});
}

static void
put_status(struct buf *b)
{
    struct body_pair pairs[] = {
        {STR("version"), STR("0.1.0")     },
        {STR("today"),   STR("2026-03-01")}
    };
    struct body body = {.present = PART(STATUS), .status = pairs, .nstatus = 2};
    put_reply(b, 13, RC_OK, &body, (struct reply_meta){0});
}

static void
put_error(struct buf *b)
{
    struct err err;
    (void)err_set(&err, RC_CONFIRM, "phone", "%s", rc_text(RC_CONFIRM));
    err_add_ref(&err, 1, 4711, "Salma Ibrahim");
    struct body body = {.present = PART(ERROR), .error = body_error_of(a, &err)};
    body.error.issues = issue();
    body.error.nissues = 1;
    body.error.trace = STR("9f2c");
    put_reply(b, 6, RC_CONFIRM, &body, (struct reply_meta){.retry_after_ms = 250});
}

static void
put_event(struct buf *b)
{
    const struct home_event e = {
        .kind = HOME_COUNTER, .entity = 6, .view = 2, .today = 12, .week = 83, .month = 291};
    struct buf body;
    buf_init(&body, a, 64);
    home_event_encode(&body, &e);
    event_encode(b, &(struct wire_event){STR(EVENT_HOME), 41, e.kind, buf_str(&body)});
}

static void
put_subscribe(struct buf *b)
{
    struct request r = {.id = 17, .method = {.number = METHOD_SUBSCRIBE}};
    request_encode(b, &r);
}

const struct golden *
fixture_goldens(size_t *ret_count)
{
    static const struct golden goldens[] = {
        {"hello",             put_hello      },
        {"cancel",            put_cancel     },
        {"ping",              put_ping       },
        {"pong",              put_pong       },
        {"goaway",            put_goaway     },
        {"event",             put_event      },
        {"request_subscribe", put_subscribe  },
        {"request_me",        put_me_request },
        {"request_describe",  put_describe   },
        {"request_find",      put_find       },
        {"request_list",      put_list       },
        {"request_list_from", put_list_from  },
        {"request_export",    put_export     },
        {"request_get",       put_get        },
        {"request_add",       put_add        },
        {"request_set",       put_set        },
        {"request_as_of",     put_as_of      },
        {"request_print",     put_print      },
        {"request_batch",     put_batch      },
        {"reply_hello",       put_hello_reply},
        {"reply_record",      put_record     },
        {"reply_page",        put_page       },
        {"reply_page_sums",   put_page_sums  },
        {"reply_page_bare",   put_page_bare  },
        {"reply_events",      put_events     },
        {"reply_hits",        put_hits       },
        {"reply_home",        put_home       },
        {"reply_file",        put_file       },
        {"reply_results",     put_results    },
        {"reply_status",      put_status     },
        {"reply_error",       put_error      },
    };
    *ret_count = COUNTOF(goldens);
    return goldens;
}
