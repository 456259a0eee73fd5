#include "tests/tui/fake_server.h"

#include <string.h>

#include "common/base/attr.h"
#include "common/base/buf.h"

/* Who is signed in, and the part of the description that is about people: roles see different ones. */
#define S(t)                                                                                                 \
    {                                                                                                        \
        t, sizeof(t) - 1                                                                                     \
    }
#define N(a) (a), COUNTOF(a)
#define COLUMN (SCHEMA_LIST | SCHEMA_SORT | SCHEMA_FILTER)
#define NEEDED (SCHEMA_REQUIRED | SCHEMA_CREATE)

/* clang-format off */
static struct schema_choice kinds[] = {{1, S("sign_in"), S("sign-in"), 0}, {2, S("refusal"), S("refusal"), TONE_BAD},
                                       {4, S("change"), S("change"), TONE_GOOD}};
static struct schema_choice outcomes[] = {{1, S("done"), S("done"), 0}, {2, S("refused"), S("refused"), TONE_BAD}};
static struct schema_choice request_states[] = {{1, S("pending"), S("pending"), TONE_SOON},
                                                {2, S("approved"), S("approved"), TONE_GOOD}};

static struct schema_field account_fields[] = {
    {1, S("login"), S("Login"), S("What stands before the @."), S(""), VT_TEXT, SCHEMA_LIST | SCHEMA_KEY, 0, 14, 0, S(""),
     NULL, 0},
    {2, S("name"), S("Name"), S("Your full name."), S(""), VT_TEXT, SCHEMA_EDIT | SCHEMA_LIST, 60, 24, 0, S(""), NULL, 0},
    {3, S("email"), S("E-mail"), S("Address to reach you."), S(""), VT_TEXT, SCHEMA_EDIT | SCHEMA_LIST, 60, 24, 0, S(""),
     NULL, 0},
    {4, S("wants"), S("To do"), S("What must be set up."), S("Signing in"), VT_TEXT, SCHEMA_LIST, 0, 16, 0, S(""), NULL,
     0},
};
static struct schema_field password_fields[] = {
    {1, S("current"), S("Present password"), S("Not needed after a one-time token."), S(""), VT_TEXT, SCHEMA_SECRET, 256,
     24, 0, S(""), NULL, 0},
    {2, S("new"), S("New password"), S("At least 10 characters."), S(""), VT_TEXT, SCHEMA_REQUIRED | SCHEMA_SECRET, 256,
     24, 0, S(""), NULL, 0},
};
static struct schema_field code_fields[] = {
    {1, S("code"), S("Code"), S("The six digits the authenticator shows now."), S(""), VT_TEXT, SCHEMA_REQUIRED, 16, 8, 0,
     S(""), NULL, 0},
};
static struct schema_field user_fields[] = {
    {1, S("login"), S("Login"), S("What stands before the @."), S(""), VT_TEXT, NEEDED | COLUMN | SCHEMA_KEY, 40, 14, 0,
     S(""), NULL, 0},
    {2, S("name"), S("Name"), S("Full name."), S(""), VT_TEXT, NEEDED | SCHEMA_EDIT | COLUMN, 60, 24, 0, S(""), NULL, 0},
};
static struct schema_field audit_fields[] = {
    {1, S("what"), S("What"), S("What was done."), S(""), VT_TEXT, COLUMN | SCHEMA_KEY, 0, 20, 0, S(""), NULL, 0},
    {2, S("at"), S("When"), S("When it happened."), S(""), VT_STAMP, COLUMN, 0, 16, 0, S(""), NULL, 0},
    {3, S("kind"), S("Kind"), S("What it was."), S(""), VT_CHOICE, SCHEMA_LIST | SCHEMA_FILTER, 0, 9, 0, S(""), N(kinds)},
    {4, S("outcome"), S("Outcome"), S("Done or refused."), S(""), VT_CHOICE, SCHEMA_LIST | SCHEMA_FILTER, 0, 8, 0, S(""),
     N(outcomes)},
    {5, S("actor"), S("Who"), S("Who did it."), S(""), VT_TEXT, COLUMN, 0, 22, 0, S(""), NULL, 0},
};
static struct schema_field request_fields[] = {
    {1, S("name"), S("Company"), S("The company's registered name."), S("Company"), VT_TEXT, NEEDED | COLUMN | SCHEMA_KEY,
     60, 28, 0, S(""), NULL, 0},
    {2, S("phone"), S("Phone"), S("Number on which we reach it."), S(""), VT_TEXT, NEEDED | SCHEMA_LIST, 20, 16, 0, S(""),
     NULL, 0},
    {3, S("domain"), S("Domain"), S("Behind the @ of its logins."), S(""), VT_TEXT, NEEDED | SCHEMA_LIST, 60, 28, 0,
     S(""), NULL, 0},
    {4, S("state"), S("State"), S("Pending until somebody decides."), S("Decision"), VT_CHOICE,
     SCHEMA_LIST | SCHEMA_FILTER, 0, 10, 0, S(""), N(request_states)},
};
static struct schema_field company_fields[] = {
    {1, S("code"), S("Code"), S("Short word."), S(""), VT_TEXT, COLUMN | SCHEMA_KEY, 0, 8, 0, S(""), NULL, 0},
    {2, S("name"), S("Name"), S("Registered name."), S(""), VT_TEXT, COLUMN, 0, 28, 0, S(""), NULL, 0},
};
static struct schema_field insured_fields[] = {
    {1, S("vehicle"), S("Vehicle"), S("Plate or chassis number."), S(""), VT_TEXT, SCHEMA_REQUIRED, 40, 20, 0, S(""),
     NULL, 0},
    {2, S("day"), S("Day"), S("The day in question."), S(""), VT_DATE, 0, 0, 10, 0, S("t"), NULL, 0},
};

static uint32_t user_columns[] = {1, 2}, audit_columns[] = {2, 3, 1, 5, 4}, request_columns[] = {1, 3, 4},
                company_columns[] = {1, 2}, account_columns[] = {1, 2};
static struct schema_view user_views[] = {{1, S("all"), S("Users"), user_columns, 2, 1, false}};
static struct schema_view audit_views[] = {{1, S("all"), S("Everything, newest first"), audit_columns, 5, 2, true}};
static struct schema_view request_views[] = {{1, S("all"), S("All"), request_columns, 3, 1, false}};
static struct schema_view company_views[] = {{1, S("all"), S("All"), company_columns, 2, 1, false}};
static struct schema_view account_views[] = {{1, S("me"), S("My account"), account_columns, 2, 1, false}};

static struct schema_action account_actions[] = {
    {1, S("password"), S("Change password"), S("A new password."), true, false, false, 0, 0, '4', N(password_fields), NULL, 0},
    {2, S("factor"), S("Second factor"), S("Shows a code to scan."), true, false, false, 0, 0, '6', NULL, 0, NULL, 0},
    {3, S("confirm"), S("Confirm factor"), S("Shows recovery codes once."), true, false, false, 0, 0, '7', N(code_fields), NULL, 0},
};
static struct schema_action user_actions[] = {
    {1, S("enrol"), S("Enrol"), S("A one-time token, shown once."), true, false, false, 0, 0, '8', NULL, 0, NULL, 0},
};
static struct schema_action request_actions[] = {
    {1, S("reject"), S("Reject"), S("Says no, and why."), true, true, false, 4, 1u << 1, '4', NULL, 0, NULL, 0},
};
static struct schema_action compliance_actions[] = {
    {1, S("insured"), S("Was it insured?"), S("Tells whether a vehicle was insured on a day."), false, false, false, 0, 0,
     0, N(insured_fields), NULL, 0},
};

#define ACCOUNT {FAKE_ACCOUNT, S("account"), S("My account"), S("My account"), S("Yourself: name, password, keys."), \
    false, true, false, false, false, N(account_fields), N(account_views), N(account_actions), NULL, 0, true}
#define USER {FAKE_USER, S("user"), S("User"), S("Users"), S("Someone who signs in."), true, true, true, false, true, \
    N(user_fields), N(user_views), N(user_actions), NULL, 0, false}
#define AUDIT {FAKE_AUDIT, S("audit"), S("Audit"), S("Audit"), S("What was done, tried and read."), false, false, true, \
    false, true, N(audit_fields), N(audit_views), NULL, 0, NULL, 0, false}
#define REQUEST(add, list) {FAKE_REQUEST, S("company_request"), S("Company request"), S("Company requests"), \
    S("A company that wants to join."), add, false, list, false, list, N(request_fields), N(request_views), \
    request_actions, list, NULL, 0, false}
#define COMPANY {FAKE_COMPANY, S("company"), S("Company"), S("Companies"), S("An insurance company."), false, false, \
    true, false, true, N(company_fields), N(company_views), NULL, 0, NULL, 0, false}
#define COMPLIANCE {FAKE_COMPLIANCE, S("compliance"), S("Compliance"), S("Compliance"), \
    S("What the regulator may ask."), false, false, true, false, true, N(company_fields), N(company_views), \
    N(compliance_actions), NULL, 0, false}

static struct schema_entity own[] = {ACCOUNT};
static struct schema_entity admins[] = {ACCOUNT, USER, AUDIT};
static struct schema_entity platform[] = {COMPANY, REQUEST(false, true), AUDIT, ACCOUNT};
static struct schema_entity regulator[] = {COMPLIANCE, ACCOUNT};
static struct schema_entity registering[] = {REQUEST(true, false)};
/* clang-format on */

/* Everything of a company's that may only be looked at. */
static size_t
read_only(struct schema_entity *to, const struct schema *business)
{
    for (size_t i = 0; i < business->nentities; i++) {
        to[i] = business->entities[i];
        to[i].may_add = to[i].may_set = false;
        to[i].nactions = 0;
    }
    return business->nentities;
}

void
fake_people_schema(struct fake_server *s)
{
    static const struct {
        const char *as, *hash;
        struct schema_entity *entities;
        size_t n;
        bool business, may_change;
    } roles[] = {
        {"manager",   "10112233445566778899aabbccddeeff", N(admins),      true,  true },
        {"viewer",    "20112233445566778899aabbccddeeff", N(own),         true,  false},
        {"limited",   "30112233445566778899aabbccddeeff", N(own),         false, false},
        {"super",     "40112233445566778899aabbccddeeff", N(platform),    false, false},
        {"regulator", "50112233445566778899aabbccddeeff", N(regulator),   false, false},
        {"register",  "60112233445566778899aabbccddeeff", N(registering), false, false}
    };
    for (size_t i = 0; s->as && i < COUNTOF(roles); i++) {
        if (strcmp(roles[i].as, s->as) != 0)
            continue;
        struct schema business = s->schema;
        struct schema_entity *all =
            arena_new(&s->arena, struct schema_entity, business.nentities + roles[i].n);
        size_t n = 0;
        if (roles[i].business && roles[i].may_change)
            memcpy(all, business.entities, (n = business.nentities) * sizeof *all);
        else if (roles[i].business)
            n = read_only(all, &business);
        memcpy(all + n, roles[i].entities, roles[i].n * sizeof *all);
        s->schema = (struct schema){.hash = str_from(roles[i].hash),
                                    .entities = all,
                                    .nentities = n + roles[i].n,
                                    .sell = roles[i].may_change ? FLOW_NEW_BUSINESS : 0};
    }
}

static bool
is(const struct fake_server *s, const char *as)
{
    return s->as && strcmp(s->as, as) == 0;
}

struct body_me
fake_me(const struct fake_server *s)
{
    struct civil day = {2026, 3, 2};
    bool above = is(s, "super") || is(s, "regulator") || is(s, "register");
    struct body_me me = {
        .user = 77,
        .login = is(s, "register") ? STR("register") : STR("amina"),
        .name = STR("Amina Said"),
        .role = s->as && !is(s, "swahili") ? str_from(s->as) : STR("agent"),
        .branch = above ? STR_NONE : STR("Kariakoo"),
        .company = above ? STR("Platform") : STR("Simba Insurance"),
        .currency = STR("TZS"),
        .locale = {.exponent = 2, .offset_minutes = 180, .today = date_of(day)},
        .timezone = STR("Africa/Dar_es_Salaam"),
        .language = is(s, "swahili") ? STR("sw") : STR("en"),
        .platform = above
    };
    if (is(s, "manager")) {
        me.brand = STR("SIMBA");
        me.colour = STR("green");
    }
    if (is(s, "particular"))
        me.screens = (struct me_screens){SCREEN_THEME_CONTRAST, SCREEN_ENTER_SAVE, SCREEN_HINTS_HIDDEN,
                                         SCREEN_DATES_SLASH, SCREEN_AMOUNTS_DOT};
    if (s->wants && s->wants[0])
        me.todo = STR("Set up your account first.");
    return me;
}

static void
audited(struct fake_server *s, int day, int kind, const char *what, int outcome)
{
    struct fake_record *r = fake_add(s, FAKE_AUDIT);
    int64_t at = ((int64_t)date_of((struct civil){2026, 2, 20}).days + day) * 86400 + 43200;
    r->values[1] = VALUE_TEXT(str_from(what));
    r->values[2] = (struct value){.type = VT_STAMP, .stamp = {at * 1000000}};
    r->values[3] = (struct value){.type = VT_CHOICE, .i = kind};
    r->values[4] = (struct value){.type = VT_CHOICE, .i = outcome};
    r->values[5] = VALUE_TEXT(STR("Amina Said (amina)"));
}

static void
named(struct fake_server *s, uint32_t entity, const char *one, const char *two)
{
    struct fake_record *r = fake_add(s, entity);
    r->values[1] = VALUE_TEXT(str_from(one));
    r->values[2] = VALUE_TEXT(str_from(two));
}

void
fake_people_data(struct fake_server *s)
{
    if (!s->as || is(s, "particular") || is(s, "swahili"))
        return;
    s->wants = is(s, "limited") ? "password factor" : "";
    struct fake_record *me = fake_add(s, FAKE_ACCOUNT);
    me->values[1] = VALUE_TEXT(STR("amina"));
    me->values[2] = VALUE_TEXT(STR("Amina Said"));
    me->values[3] = VALUE_TEXT(STR("amina@simba.co.tz"));
    named(s, FAKE_USER, "juma", "Juma Hamisi");
    named(s, FAKE_COMPANY, "SIMBA", "Simba Insurance");
    named(s, FAKE_COMPANY, "TWIGA", "Twiga Assurance");
    named(s, FAKE_COMPLIANCE, "SIMBA", "Simba Insurance");
    named(s, FAKE_REQUEST, "Ndovu Cover", "0712 000 000");
    s->records[s->nrecords - 1].values[3] = VALUE_TEXT(STR("ndovu.co.tz"));
    s->records[s->nrecords - 1].values[4] = (struct value){.type = VT_CHOICE, .i = 1};
    audited(s, 0, 1, "sign in", 1);
    audited(s, 1, 2, "policy cancel", 2);
    audited(s, 2, 4, "customer add", 1);
}

void
fake_people_home(struct fake_server *s, struct body *ret)
{
    /* clang-format off */
    static struct body_counter counters[] = {{S("Requests"), 1, -1, -1, FAKE_REQUEST, 1},
                                             {S("Companies"), 2, -1, -1, FAKE_COMPANY, 1}};
    static struct body_figure figures[] = {{S("Sign-ins"), 34, false, {0}}, {S("Errors"), 0, false, {0}}};
    /* clang-format on */
    ret->present |= 1u << BODY_HOME;
    if (is(s, "super"))
        ret->home =
            (struct body_home){.counters = counters, .ncounters = 2, .figures = figures, .nfigures = 2};
}

/* What a camera reads: 22 rows of 40 columns. */
static struct str
drawing(struct arena *a)
{
    static const char *const blocks[] = {"█", "▀", "▄", " "};
    struct buf b;
    buf_init(&b, a, 4096);
    for (unsigned y = 0; y < 21; y++) {
        for (unsigned x = 0; x < 40; x++)
            buf_add_str(&b, str_from(x == 0 || x == 39 ? "█" : blocks[(x * 7 + y * 5 + x * y) % 4]));
        buf_add_char(&b, '\n');
    }
    return buf_str(&b);
}

static void
give_file(struct body *ret, struct str name, struct str text)
{
    ret->present |= 1u << BODY_FILE;
    ret->file = (struct body_file){name, STR("text/plain; charset=utf-8"), text};
}

static enum rc
own_password(struct fake_server *s, const struct params *p, struct err *err)
{
    for (size_t i = 0; i < p->nfields; i++)
        if (p->fields[i].field.number == 2 && p->fields[i].value.text.n < 10)
            return err_set(err, RC_REFUSED, "new", "at least 10 characters");
    s->wants = s->wants[0] ? "factor" : "";
    return RC_OK;
}

static enum rc
own_confirm(struct fake_server *s, const struct params *p, struct body *ret, struct err *err)
{
    if (p->nfields != 1 || !str_eq_c(p->fields[0].value.text, "123456"))
        return err_set(err, RC_REFUSED, "code", "the code is wrong, or the clock of the phone is");
    s->wants = "";
    s->as = "manager"; /* the session is open: what it may do is another matter */
    fake_schema(s);
    give_file(ret, STR("recovery-codes.txt"), STR("Recovery codes of amina\n\n   1   AAAA-BBBB-CCCC\n"));
    return RC_OK;
}

enum rc
fake_people_act(struct fake_server *s, struct str action, const struct params *p, struct arena *a,
                struct body *ret, struct err *err)
{
    if (str_eq_c(action, "password"))
        return own_password(s, p, err);
    if (str_eq_c(action, "confirm"))
        return own_confirm(s, p, ret, err);
    if (str_eq_c(action, "factor"))
        give_file(ret, STR("second-factor.txt"),
                  str_printf(a,
                             "%.*s\nTake this into an authenticator, or type the key:\n\nkey     JBSW Y3DP\n",
                             STR_ARG(drawing(a))));
    if (str_eq_c(action, "enrol"))
        give_file(ret, STR("token.txt"), STR("login   juma@simba.co.tz\ntoken   KXTR-9F2M-PPQ7\n"));
    if (str_eq_c(action, "insured"))
        give_file(
            ret, STR("insured.txt"),
            STR("T 337 DSE on 2026-03-02\n\nCode   Company                    Vehicle  Insured  From        "
                "Until       "
                "Certificate\nSIMBA  Simba Insurance            known    yes      2025-03-03  2026-03-02  "
                "C/KK/26/000001\n\nAsked of one company that lets the regulator ask; the question stands in "
                "its audit as well.\n"));
    return RC_OK;
}
