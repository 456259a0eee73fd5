#ifndef TUI_LOOP_H
#define TUI_LOOP_H

#include "client/tui/key.h"
#include "client/tui/view.h"

/*
 * The loop: one thread, one wait, one paint per turn. Keys are queued and applied in order; while a *barrier*
 * stands (a request whose answer changes the screen) they wait in the queue. What was expected lets them go
 * on; what was not (an error, a question) flushes them and says how many.
 */

/* What lies below the screens: the line to the service and what can be done from everywhere. */
struct tui_host {
    int (*fd)(void *ctx);
    short (*events)(void *ctx);
    int (*timeout_ms)(void *ctx);
    void (*pump)(void *ctx);
    bool (*busy)(void *ctx); /* an answer is still to come */
    void (*cancel)(void *ctx);
    void (*offers)(void *ctx, struct offers *o);
    void (*run)(void *ctx, uint32_t code, int64_t arg);
    void (*home)(void *ctx);  /* pop to home */
    void (*leave)(void *ctx); /* Back on the lowest view */
    void (*lock)(void *ctx);
    bool (*may)(void *ctx, enum cmd c); /* of those commands that no view has to know: lock, suspend */
    /* Left and right end of the bar on top, around the view's title. */
    void (*bar)(void *ctx, char *left, char *right, size_t size);
};

enum { TUI_DEPTH = 24, TUI_QUEUE = 1 << 16, TUI_MESSAGE = 240 };

struct tui {
    struct view *stack[TUI_DEPTH];
    int depth;
    struct view *dead[TUI_DEPTH * 2];
    int ndead;
    uint32_t last_serial;
    struct key_decoder decoder;
    struct key *queue;
    size_t queue_head, queue_n;
    uint64_t bytes_read;
    bool pasting;
    char *paste;
    size_t npaste;
    int barriers;
    int64_t barrier_since_ms;
    int64_t wake_ms; /* when the view on top is to be woken; 0: never */
    char message[TUI_MESSAGE];
    enum role message_role;
    bool dirty, stirred, quit;
    bool enter_saves, hints_hidden; /* as the person wants it */
    int status; /* to exit with */
    const struct tui_host *host;
    void *ctx;
};

void tui_init(struct tui *t, const struct tui_host *host, void *ctx);
int tui_run(struct tui *t); /* until tui_quit; returns the exit status */
void tui_quit(struct tui *t, int status);
void tui_done(struct tui *t);

/* One line for the person; stands until the next key. */
void tui_say(struct tui *t, enum role role, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void tui_touch(struct tui *t); /* something to paint */
/* Calls `wake` of the view on top in a while; a new call replaces the one before. The idle mark waits for it.
 */
void tui_wake(struct tui *t, int ms);
void tui_barrier(struct tui *t);
void tui_unbarrier(struct tui *t);
/* Something came that the person who typed ahead did not know of: what was typed is dropped, and told. */
void tui_flush(struct tui *t);

/* As if its key was pressed. */
void tui_command(struct tui *t, enum cmd c);

#endif
