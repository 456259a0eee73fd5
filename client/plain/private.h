#ifndef PLAIN_PRIVATE_H
#define PLAIN_PRIVATE_H

/* Between the files of plain mode. */

#include "client/cli/ask.h"
#include "client/cli/write.h"
#include "client/config.h"
#include "client/link/layout.h"
#include "client/plain/plain.h"
#include "client/text.h"
#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/limits.h"

/* What a screen that ends says to the one below. */
enum go {
    GO_ON,   /* stay where you are */
    GO_BACK, /* one level */
    GO_HOME,
    GO_QUIT, /* the input is at its end, the line is gone for good, or the person leaves */
};

enum { PLAIN_COLUMNS = 80, PLAIN_TYPED = 8192, PLAIN_LAST = 96, PLAIN_PAGE = 20, IO_MORE_LEAST = 4 };

/* The terminal, pipe or file. Lines in and out; nothing is ever addressed, coloured or erased. */
struct io {
    bool tty_in, tty_out, utf8;
    bool latin1;   /* the terminal speaks ISO-8859-1 */
    bool end;      /* of the input */
    bool skip;     /* the rest of a long text was not wanted; until the next question */
    size_t column; /* lines are no longer than this */
    int rows;      /* lines before "-- more --"; 0: never */
    int line;      /* printed since the last question */
    int signals;   /* tells of Ctrl-C; -1 */
    char typed[PLAIN_TYPED];
    size_t n;
};

/* What a form made or changed. */
struct made {
    bool saved;
    uint32_t entity;
    int64_t id;
};

struct plain {
    struct io io;
    struct link *link;
    const struct client_config *config;
    struct link_options options;
    struct ask_by by;
    struct layout layout; /* columns chosen for lists */
    struct arena life;    /* what lives as long as the program */
    bool over;            /* the line is gone for good, and so is the program */
    enum rc failed;       /* how the last thing that was tried ended */
    struct plain_last {
        uint32_t entity, tag;
        char text[96];
    } last[PLAIN_LAST];
    size_t nlast;
    struct made it; /* the record saved last */
};

/* ---- io.c ---- */

enum heard {
    HEARD_LINE,
    HEARD_BREAK, /* Ctrl-C */
    HEARD_END,   /* of the input */
};

void io_open(struct io *io);
void io_close(struct io *io);
/* A paragraph: wrapped between words, ended with a newline. Control characters become blanks. */
void say(struct plain *p, const char *fmt, ...) PRINTF(2, 3);
/* Lines of a text as they are; those that are too long are wrapped. */
void say_text(struct plain *p, struct str text);
/* Asks and reads a line, blanks cut off, into `a`. The line to the service lives on meanwhile. */
enum heard hear(struct plain *p, struct arena *a, struct str prompt, struct str *ret);
/* The same without showing what is typed; ret is to be freed by the caller with secret_free. */
enum heard hear_secret(struct plain *p, struct str prompt, struct secret *ret);
/* What was typed ahead for something that did not come is thrown away; says how much. */
void io_drop_typed(struct plain *p);

/* ---- call.c ---- */

struct wish {
    enum method method;
    const struct params *params;
    const unsigned char *idem; /* IDEM_BYTES, of a write that may be sent again; NULL: made here */
    struct arena *arena;       /* the answer lives in it */
};

/* Asks and waits; Ctrl-C gives up. A line that is lost is opened again, a session that is over is signed in
   again, and the request sent once more under the same key. Fails as link_request. */
enum rc plain_call(struct plain *p, const struct wish *r, struct body *ret, struct err *reterr) NODISCARD;
/* Waits for the first answer of the service. False: it never came; p->failed says why. */
bool plain_connect(struct plain *p);
const struct schema *plain_schema(const struct plain *p);
const struct locale_info *plain_locale(const struct plain *p);

struct params params_of_entity(uint32_t entity);
struct params params_of_record(uint32_t entity, int64_t id);

/* ---- say.c ---- */

/* The sentence of an error: which field, what is wrong, which records it is about. `e` may be NULL. */
void say_error(struct plain *p, const struct schema_entity *e, const struct err *err,
               const struct body *body);
struct str plain_sentence(struct arena *a, struct str label, struct str name, struct str text);
void say_issues(struct plain *p, const struct schema_entity *e, const struct body_issue *issues, size_t n);
/* "Label: value" line by line. */
void say_fields(struct plain *p, const struct body_record *r);
void say_usage(struct plain *p, const char *fmt, ...) PRINTF(2, 3); /* not understood */
struct str plain_value(struct plain *p, struct arena *a, const struct schema_field *f, const struct value *v);
const struct value *record_value(const struct body_record *r, uint32_t tag); /* NULL when it has none */
const struct value *record_named(const struct schema_entity *e, const struct body_record *r,
                                 const char *name);
bool plain_fits(const struct schema_action *act, const struct value *state);
/* The next word, blanks around it dropped; the rest stays in *line. */
struct str take_word(struct str *line);
/* Case does not count, and ' ', '-' and '_' are one: the whole, or its beginning. */
bool begins_like(struct str text, struct str typed);
/* A number from 1 to max; 0: none. */
size_t number_typed(struct str word, size_t max);
/* Numbered choices and one question; 0: none was chosen (Enter, Ctrl-C, end of the input). */
size_t plain_number(struct plain *p, const char *question, size_t n); /* of choices said already */
size_t plain_choose(struct plain *p, const char *question, const struct str *rows, size_t n);

/* ---- words.c ---- */

/* What can be done from everywhere, by its words: lists, new records, the grammar of the command line. False:
   the words are none of it. */
bool plain_words(struct plain *p, struct str typed, enum go *ret);
/* "help", "home", "back", "quit", "rows", "do" and the words above; what else is typed is not understood.
   `help`: lines about the screen, said on "help". */
enum go plain_common(struct plain *p, struct str typed, const char *help);

/* ---- screens ---- */

enum go plain_home(struct plain *p);
enum go plain_find(struct plain *p, struct str text);

/* A list: of an entity, by a view, filters and order; `title` for one that belongs to a record. */
struct list_of {
    const struct schema_entity *e;
    struct params params; /* VIEW, FILTERS, SORT and DESC as far as present */
    struct str title;     /* "" : the view's own */
    uint32_t via;         /* of a related list: the field that points to … */
    const struct body_record *parent;
};
enum go plain_list(struct plain *p, const struct list_of *of);
/* What an option digit does to a record. */
enum go plain_option(struct plain *p, const struct schema_entity *e, int64_t id, char option);
/* The same for several, looked at first: what would come of each, then one question, then what came of it.
   NULL: no such option is looked at first. */
struct plain_row {
    int64_t id;
    size_t number; /* as the person calls it */
};
const struct schema_action *plain_batch_action(const struct schema_entity *e, char option);
enum go plain_batch(struct plain *p, const struct schema_entity *e, const struct schema_action *act,
                    const struct plain_row *rows, size_t n);
bool has_option(struct plain *p, const struct schema_entity *e, char option);
void say_options(struct plain *p, const struct schema_entity *e);
const struct schema_tab *adds_to(struct plain *p, const struct schema_entity *e);

enum go plain_record(struct plain *p, const struct schema_entity *e, int64_t id);
/* By key or as it was: METHOD_GET or METHOD_AS_OF with its params. */
enum go plain_record_by(struct plain *p, enum method method, const struct params *params);
enum go plain_history(struct plain *p, const struct params *record);
enum go plain_as_of(struct plain *p, const struct body_ref *record, struct str typed);
/* Brings back what `then` had, as a new change: says what it changes, asks why, saves. */
enum go plain_restore(struct plain *p, const struct body_record *now, const struct body_record *then);
/* The same of a record as it was at a moment. */
enum go plain_restore_at(struct plain *p, const struct body_ref *record, stamp_t at);
enum go plain_document(struct plain *p, const struct schema_entity *e, int64_t id);
void say_file(struct plain *p, const struct body_file *file);

/* Values given beforehand, as with `customer add name=…`. */
struct given {
    const struct param_field *fields;
    size_t n;
    struct str reason;
    struct str at;       /* label or name of the field to begin with */
    const char *without; /* a field that is not asked; NULL */
    const char *key;     /* of the record an action is on, instead of its id */
};
enum go plain_add(struct plain *p, const struct schema_entity *e, const struct given *g, struct made *ret);
enum go plain_add_under(struct plain *p, const struct schema_tab *tab, const struct body_record *parent);
enum go plain_set(struct plain *p, const struct body_record *r, const struct given *g);
enum go plain_act(struct plain *p, const struct schema_entity *e, const struct schema_action *act,
                  const struct body_record *on, const struct given *g);
/* Before home: what an account is to be set up with; the form of a company that wants to join. */
enum go plain_setup(struct plain *p);
/* The account one may change oneself; NULL: none. Its form: how one wants days, amounts, language. */
const struct schema_entity *plain_own_account(const struct plain *p);
enum go plain_settings(struct plain *p);
bool plain_joins(const struct plain *p);
void plain_join(struct plain *p);
/* `typed`: the plate or phone to begin with. */
enum go plain_sell(struct plain *p, struct str typed);
/* With a vehicle or customer filled in; `plain_sells`: is it of those, and may this person sell? */
enum go plain_sell_with(struct plain *p, const struct schema_entity *e, int64_t id);
bool plain_sells(struct plain *p, const struct schema_entity *e);
enum go plain_sold(struct plain *p, const struct body *results, size_t n);

#endif
