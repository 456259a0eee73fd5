#ifndef FRONT_LISTENER_H
#define FRONT_LISTENER_H

struct front;

/* Watches the inherited listeners; takes or turns away whoever connects before any cryptography is done. */
void listener_open(struct front *f);
/* Takes up again what was paused. */
void listener_sweep(struct front *f);
void listener_close(struct front *f);

#endif
