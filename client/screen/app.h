#ifndef SCREEN_APP_H
#define SCREEN_APP_H

#include "client/config.h"
#include "client/link/layout.h"
#include "client/link/link.h"
#include "client/screen/pages.h"
#include "client/tui/form.h"
#include "client/tui/loop.h"
#include "client/tui/view.h"
#include "common/base/limits.h"
#include "common/wire/params.h"

/*
 * The program around the screens: the line to the service, who is signed in, and the calls under way. Each
 * call belongs to a view and is answered to it, or to nobody when it has gone.
 */
enum { APP_CALLS = 64 };

struct app;
struct journal;
struct app_call {
    struct app *app;
    char page[BODY_HASH + 1]; /* its key in the pages kept; "" when its answer is not kept */
    bool used, barrier, writes, may_fail;
    bool own; /* it changes one's own record: account, settings of the company */
    uint64_t id;
    uint32_t view, tag;
    struct arena arena;
};

struct app {
    struct tui tui;
    const struct client_config *config;
    struct link *link;
    bool was_online, holding; /* holding: keys wait for the first connection */
    enum link_state seen;
    struct app_call calls[APP_CALLS];
    struct form_last last;
    struct pages pages;
    int64_t pages_of; /* the user they were shown to */
    uint32_t theme_taken;      /* of the account; 0 none yet */
    struct layout layout;                   /* columns chosen for lists */
    struct journal *journal;                /* of drafts; NULL: none is kept in this session */
    size_t ndrafts;                         /* for home */
    bool drafts_told;                       /* that some are left alone */
    char host[256], login[LIMIT_LOGIN + 1]; /* typed at sign-in */
};

/* Runs the screens on the terminal until the person leaves; returns the exit status of the program. `link`
   may be NULL: then it is opened here, asking for host and login where `config` does not name them. Takes the
   link. */
int tui_main(struct link *link, const struct client_config *config);

struct app *app_of(struct view *v);
const struct schema *app_schema(struct app *a);
const struct locale_info *app_locale(struct app *a);

/* A call for a view. `barrier`: its answer changes the screen, so keys wait for it. */
struct ask {
    enum method method;
    const struct params *params;
    uint32_t tag;
    bool barrier;
    bool remember;             /* a list's first page: asked by its hash when it was seen before */
    bool early;                /* … and answered from there at once, before the service has answered */
    bool may_fail;             /* an error is an answer like another: keys typed ahead stay */
    const unsigned char *idem; /* of a save that may be tried again; NULL: a fresh one where one is needed */
};
bool app_ask(struct view *v, const struct ask *ask); /* false: too many are under way, the person was told */
/* Shows an error that is nobody's in particular. */
void app_say_error(struct view *v, const struct answer *a);
/* Pops to home. */
void app_home(struct app *a);
void app_new_idem(unsigned char idem[IDEM_BYTES]);
enum rc app_connect(struct app *a, struct err *reterr);

/* Takes over how the person wants the screens, as the service told; asks for it again after it was changed. */
void preferences_take(struct app *a);
void preferences_renew(struct app *a);

/* Opens the screen a person begins with: set-up, registration, or home. */
void app_begin(struct app *a);

/* ---- the screens ---- */
void signin_open(struct app *a);
bool signin_is(const struct view *v);
void setup_open(struct app *a);
bool setup_is(const struct view *v);
void lock_open(struct app *a);
void join_open(struct app *a);
void home_open(struct app *a);
/* A list of an entity by one of its views (0: the first). */
void browse_open(struct app *a, uint32_t entity, uint32_t view);
void record_open(struct app *a, uint32_t entity, int64_t id);
/* The record of an entity of which each person has one. */
void record_open_mine(struct app *a, uint32_t entity);
/* A new record (id 0), or changes to `record`. The view below hears of it: outcome `purpose`, choice 1,
 * entity, id. */
void edit_add(struct app *a, uint32_t entity, uint32_t purpose);
/* The same without going to the record when it is saved. */
void edit_add_plain(struct app *a, uint32_t entity, uint32_t purpose);
/* A new record that belongs to `parent`: its field `via` points there, the amount is what is outstanding. */
void edit_add_under(struct app *a, uint32_t entity, uint32_t via, const struct body_record *parent,
                    uint32_t purpose);
void edit_add_under_id(struct app *a, const struct schema_tab *tab, uint32_t parent,
                       int64_t id); /* loads it */
void edit_set(struct app *a, const struct body_record *record, uint32_t purpose);
void edit_set_id(struct app *a, uint32_t entity, int64_t id); /* loads it first */
/* Changes to `now` that bring back what `then` had, with a reason. */
void edit_restore(struct app *a, const struct body_record *now, const struct body_record *then,
                  uint32_t purpose);
/* An action: with parameters a form, with a reason a question, else done at once. id 0 for one beside "add",
   or on one's own record. */
void act_open(struct app *a, uint32_t entity, uint32_t action, int64_t id, uint32_t purpose);
/* The same on one's own record, without the secrets that need not be given. */
void act_open_setup(struct app *a, const struct schema_entity *e, const struct schema_action *act,
                    uint32_t purpose);
void act_open_with(struct app *a, const struct schema_entity *e, const struct schema_action *act,
                   const struct body_record *on, uint32_t purpose);
/* `typed`: a plate, phone or name to begin with. */
void sell_open(struct app *a, struct str typed);
/* The same with a vehicle or customer filled in; `sell_fits`: is it of those, and may this person sell? */
void sell_open_with(struct app *a, uint32_t entity, int64_t id);
bool sell_fits(struct app *a, uint32_t entity);
void difference_open(struct app *a, const struct body_event *e);
void document_open(struct app *a, uint32_t entity, int64_t id, struct str label);
/* A text file that came with an answer; copied, and wiped when it is left. */
void document_show(struct app *a, struct str label, const struct body_file *file);

/* What came of a new business: policy and receipt, and what can be done next. */
void sold_open(struct app *a, const struct body *results, size_t n);

/* Choosing a record for a reference field. */
void refer_open(struct view *owner, uint32_t purpose, const struct schema_field *f, struct str typed);

/* Params in short. */
struct params params_entity(uint32_t entity);
struct params params_record(uint32_t entity, int64_t id);

#endif
