#include "server/rule/entry/domain.h"

enum { DOMAIN_MOST = 100, LABEL_MOST = 63, EMAIL_MOST = 160, LOGIN_MOST = 40, CODE_MOST = 8, CURRENCY = 3 };

static bool
is_small(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool
is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

struct str
domain_fold(struct arena *a, struct str typed)
{
    struct str s = str_trim(typed);
    if (s.n && s.p[s.n - 1] == '.')
        s.n--;
    char *p = arena_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        p[i] = (char)(is_capital(s.p[i]) ? s.p[i] + 'a' - 'A' : s.p[i]);
    return (struct str){p, s.n};
}

/* Letters, digits and dashes, no dash at either end. */
static bool
is_label(struct str label)
{
    return label.n > 0 && label.n <= LABEL_MOST && label.p[0] != '-' && label.p[label.n - 1] != '-';
}

const char *
domain_problem(struct str domain)
{
    static const char shape[] = "this is no domain: expected words with dots between, such as simba.co.tz";
    if (!domain.n)
        return "a domain is needed: what stands behind the @ of a login, such as simba.co.tz";
    if (domain.n > DOMAIN_MOST)
        return "the domain is too long: at most 100 characters";
    for (size_t i = 0; i < domain.n; i++)
        if (!is_small(domain.p[i]) && !is_digit(domain.p[i]) && domain.p[i] != '.' && domain.p[i] != '-')
            return "a domain has small letters a to z, digits, dots and dashes only";
    size_t labels = 0;
    struct str rest = domain, last = STR_NONE;
    if (domain.p[domain.n - 1] == '.')
        return shape;
    while (rest.n) {
        last = str_split(&rest, '.');
        labels++;
        if (!is_label(last))
            return shape;
    }
    return labels > 1 && last.n > 1 && is_small(last.p[0]) ? NULL : shape;
}

bool
email_fits(struct str email)
{
    size_t at = email.n;
    for (size_t i = 0; i < email.n; i++) {
        if (email.p[i] <= ' ' || email.p[i] == '\x7f' || strchr("<>()[]\\,;:\"", email.p[i]))
            return false;
        if (email.p[i] == '@' && at != email.n)
            return false;
        if (email.p[i] == '@')
            at = i;
    }
    if (at == 0 || at == email.n || email.n > EMAIL_MOST)
        return false;
    struct str domain = str_slice(email, at + 1, email.n);
    return domain.n && memchr(domain.p, '.', domain.n) && domain.p[0] != '.' && domain.p[domain.n - 1] != '.';
}

bool
login_fits(struct str login)
{
    bool fits = login.n > 0 && login.n <= LOGIN_MOST && (is_small(login.p[0]) || is_digit(login.p[0]));
    for (size_t i = 0; fits && i < login.n; i++)
        fits = is_small(login.p[i]) || is_digit(login.p[i]) || login.p[i] == '.' || login.p[i] == '-' ||
               login.p[i] == '_';
    return fits;
}

bool
code_fits(struct str code)
{
    bool fits = code.n > 0 && code.n <= CODE_MOST;
    for (size_t i = 0; fits && i < code.n; i++)
        fits = is_capital(code.p[i]) || is_digit(code.p[i]);
    return fits;
}

bool
currency_fits(struct str currency)
{
    bool fits = currency.n == CURRENCY;
    for (size_t i = 0; fits && i < currency.n; i++)
        fits = is_capital(currency.p[i]);
    return fits;
}
