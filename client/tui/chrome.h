#ifndef TUI_CHROME_H
#define TUI_CHROME_H

#include <stdint.h>

struct tui;

/* Paints the whole screen: bar on top, views, message line, key bar. `waited_ms` >= 0: since when the service
   is waited for. */
void chrome_paint(struct tui *t, int64_t waited_ms);

/* The least that can be worked on. */
enum { CHROME_MIN_ROWS = 10, CHROME_MIN_COLS = 40 };

#endif
