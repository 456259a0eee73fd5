#ifndef TUI_BOX_H
#define TUI_BOX_H

#include "client/tui/view.h"

/* A question over the view below: text and up to 9 answers, by digit, first letter or Enter. The outcome's
   choice is the answer's number from 1; 0 when it was left. Texts are copied. */
enum { BOX_ANSWERS = 9 };
struct question {
    uint32_t purpose;
    struct str title, text;
    struct str answers[BOX_ANSWERS];
    int nanswers;
};
void box_ask(struct tui *t, const struct question *q);

/* One line to type over the view below. The outcome's choice is 1 with the text, or 0 when it was left. */
struct line_prompt {
    uint32_t purpose;
    struct str title, text, label, initial;
    bool secret, required;
};
void line_ask(struct tui *t, const struct line_prompt *p);

#endif
