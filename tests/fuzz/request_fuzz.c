#include <string.h>

#include "common/base/utf8.h"
#include "common/wire/cbor.h"
#include "common/wire/method.h"
#include "server/op/ops.h"
#include "server/op/parts.h"
#include "tests/fuzz/fuzz.h"

/*
 * What a request asks, as a worker understands it before it asks the database: entities, fields, values of
 * every type given as text and as numbers, filters, orders, columns, cursors of lists and of exports, steps
 * of batches. The first byte picks the method, the rest are its parameters. The database is away (tx_run
 * and tx_run_settled fail), so that what is behind it does not have to be made up.
 */
enum rc __wrap_tx_run(struct tx *tx, struct arena *a, const struct pg_stmt *stmts, size_t n,
                      struct pg_rows *ret, struct err *reterr);

enum rc
__wrap_tx_run(struct tx *tx, struct arena *a, const struct pg_stmt *stmts, size_t n, struct pg_rows *ret,
              struct err *reterr)
{
    (void)tx;
    (void)a;
    (void)ret;
    for (size_t i = 0; i < n; i++) {
        ASSERT(stmts[i].sql[0]);
        for (size_t k = 0; k < stmts[i].nparams; k++)
            ASSERT(stmts[i].params[k].type != VT_TEXT || utf8_valid(stmts[i].params[k].text));
    }
    return err_set(reterr, RC_RETRY, NULL, "the database is away");
}

enum rc __wrap_tx_run_settled(struct tx *tx, struct arena *a, const struct pg_stmt *stmts, size_t n,
                              struct pg_rows *ret, struct err *reterr);

enum rc
__wrap_tx_run_settled(struct tx *tx, struct arena *a, const struct pg_stmt *stmts, size_t n,
                      struct pg_rows *ret, struct err *reterr)
{
    return __wrap_tx_run(tx, a, stmts, n, ret, reterr);
}

static const struct {
    enum method number;
    op_fn *run;
} handlers[] = {
    {METHOD_FIND,    op_find   },
    {METHOD_LIST,    op_list   },
    {METHOD_GET,     op_get    },
    {METHOD_CHECK,   op_check  },
    {METHOD_ADD,     op_add    },
    {METHOD_SET,     op_set    },
    {METHOD_ACT,     op_act    },
    {METHOD_HISTORY, op_history},
    {METHOD_AS_OF,   op_as_of  },
    {METHOD_EXPORT,  op_export },
    {METHOD_PRINT,   op_print  },
    {METHOD_BATCH,   op_batch  },
    {METHOD_HOME,    op_home   },
};

static struct op_context
the_person(bool platform)
{
    return (struct op_context){
        .tenant = platform ? 0 : 2,
        .user = 7,
        .rights = {.words = STR("*.*"), .platform = platform},
        .exponent = 2,
        .offset_minutes = 180,
        .today = {20500                  },
        .currency = STR("TZS"),
        .country_prefix = STR("255"),
        .login = STR("neema"),
        .user_name = STR("Neema"),
        .language = STR("en"),
        .policy_pattern = STR("{branch}/{year}/{seq:6}"),
        .fleet_policies = true,
    };
}

void
fuzz_one(struct arena *a, struct str data)
{
    struct params *p = arena_new(a, struct params, 1);
    struct tx tx = {.open = true};
    struct op_ctx ctx = {.arena = a, .tx = &tx};
    struct rbuf r;
    struct err err = {0};
    if (!data.n)
        return;
    const unsigned char which = (unsigned char)data.p[0];
    const struct method_info *m = method_by_number(handlers[which % COUNTOF(handlers)].number);
    ctx.who = the_person(which & 0x80);
    rbuf_init(&r, str_slice(data, 1, data.n));
    if (params_decode(a, &r, p, &err) || method_check_params(m, p, &err))
        return;
    struct body *body = arena_new(a, struct body, 1);
    enum rc rc = handlers[which % COUNTOF(handlers)].run(&ctx, p, body, &err);
    ASSERT(rc == RC_OK || err.text[0] || err.log[0]);
}
