#include "server/front/turns.h"

void
turns_put(struct turns *t, struct turn *who, bool works)
{
    struct turn_queue *q = works ? &t->working : &t->arriving;
    if (who->waits || who->left) {
        return;
    }
    who->waits = true;
    who->next = NULL;
    *(q->n > 0 ? q->end : &q->head) = who;
    q->end = &who->next;
    q->n++;
}

static bool
take(struct turn_queue *q, struct turn *who)
{
    for (struct turn **at = &q->head; *at != NULL; at = &(*at)->next) {
        if (*at == who) {
            *at = who->next;
            q->end = who->next == NULL ? at : q->end;
            q->n--;
            who->waits = false;
            return true;
        }
    }
    return false;
}

void
turns_leave(struct turns *t, struct turn *who)
{
    /* it may have signed in since it was put in */
    if (who->waits && !take(&t->working, who)) {
        (void)take(&t->arriving, who);
    }
    who->left = true;
}

bool
turns_any(const struct turns *t)
{
    return t->working.n + t->arriving.n > 0;
}

void
turns_begin(struct turns *t, size_t arrivals)
{
    t->working_left = t->working.n;
    t->arriving_left = arrivals;
}

static struct turn *
first(struct turn_queue *q, size_t *left)
{
    struct turn *who = *left > 0 ? q->head : NULL;
    if (who != NULL) {
        (*left)--;
        (void)take(q, who);
    }
    return who;
}

struct turn *
turns_next(struct turns *t)
{
    struct turn *who = first(&t->working, &t->working_left);
    return who != NULL ? who : first(&t->arriving, &t->arriving_left);
}
