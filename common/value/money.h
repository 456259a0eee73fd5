#ifndef VALUE_MONEY_H
#define VALUE_MONEY_H

#include <stdint.h>

#include "common/base/err.h"
#include "common/base/str.h"

/* An amount: an integer count of the currency's minor unit. The currency stands with the tenant. */
typedef struct {
    int64_t minor;
} money_t;

/* A rate in parts per million: 3.5 % is 35000. */
typedef struct {
    int32_t ppm;
} rate_t;

/* Largest amount accepted from a person, in minor units: leaves room for every sum we form. */
#define MONEY_MAX INT64_C(1000000000000000)

enum rc money_add(money_t a, money_t b, money_t *ret, struct err *reterr) NODISCARD;
/* amount x rate, rounded half away from zero. Fails: RC_REFUSED when the product leaves int64. */
enum rc money_scale(money_t amount, rate_t rate, money_t *ret, struct err *reterr) NODISCARD;

/* "15,000,000", "15000000.50", "61k", "1.5m", "-20": digits with optional thousands commas or blanks; at most
   `exponent` decimals. Fails: RC_BAD_PARAMS naming what is expected. `field` names the field in the error. */
enum rc money_parse(struct str text, int exponent, const char *field, money_t *ret,
                    struct err *reterr) NODISCARD;
/* "619,500" (minor part only when not zero) into out; returns out. */
#define MONEY_TEXT 48
char *money_text(money_t m, int exponent, char out[MONEY_TEXT]);
/* "619500.00": for machines; always `exponent` decimals. */
char *money_plain(money_t m, int exponent, char out[MONEY_TEXT]);

/* "3.5", "3.5%", at most 4 decimals, 0..1000 %. */
enum rc rate_parse(struct str text, const char *field, rate_t *ret, struct err *reterr) NODISCARD;
char *rate_text(rate_t r, char out[MONEY_TEXT]); /* "3.5" */

#endif
