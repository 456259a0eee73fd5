#include "client/tui/cmd.h"

#include "client/text.h"
#include "common/base/attr.h"

#define EDITS (IN_FORM | IN_LINE)
#define WALKS (IN_HOME | IN_LIST | IN_RECORD | IN_CHOICE | IN_TEXT)

/* clang-format off */
static const struct command commands[] = {
    {CMD_HELP, "help", N_("Help"), N_("Explains the field; again: this screen; again: all keys."),
     IN_ALL, true, {K_F(1)}},
    {CMD_PALETTE, "commands", N_("Commands"), N_("Finds every command by its words, shows its key and runs it."),
     IN_ALL, false, {K_F(2), K_CTRL('G')}},
    {CMD_HOME, "home", N_("Home"), N_("Leaves for the home screen; asks first when something typed would be lost."),
     IN_ALL, true, {K_F(3)}},
    {CMD_PROMPT, "prompt", N_("Choices"), N_("In a field: what can be chosen or found. In a list: filter and sort. "
     "On a record: what can be done with it."),
     IN_ALL, true, {K_F(4)}},
    {CMD_REFRESH, "refresh", N_("Refresh"), N_("Asks the service again."),
     IN_HOME | IN_LIST | IN_RECORD | IN_TEXT, true, {K_F(5)}},
    {CMD_UNDO, "undo", N_("Undo field"), N_("Puts back what stood in this field."),
     IN_FORM, true, {K_F(5)}},
    {CMD_NEW, "new", N_("New"), N_("Home: a new business. List: a new record."),
     IN_HOME | IN_LIST | IN_RECORD, true, {K_F(6)}},
    {CMD_PAGE_BACK, "page-back", N_("Page up"), N_("The page before; of a record the one before it in its list; in a form the error before."),
     IN_ALL, false, {K_F(7), K_PGUP, K_CTRL('B')}},
    {CMD_PAGE_FORWARD, "page-forward", N_("More"), N_("The next page; of a record the next one of its list; in a form the next error."),
     IN_ALL, false, {K_F(8), K_PGDN, K_CTRL('F')}},
    {CMD_DUP, "dup", N_("Same as last"), N_("Takes this field from the last record saved."),
     IN_FORM, true, {K_F(9), K_CTRL('D')}},
    {CMD_SAVE, "save", N_("Save"), N_("Sends the form; jumps to the first field that needs attention."),
     IN_FORM | IN_TEXT, true, {K_F(10), K_CTRL('S')}},
    {CMD_VIEW, "view", N_("Next view"), N_("The next tab of a record: details, lists, history."),
     IN_RECORD | IN_LIST | IN_TEXT, true, {K_F(11)}},
    {CMD_BACK, "back", N_("Back"), N_("One level back; asks first when something typed would be lost."),
     IN_ALL, true, {K_F(12), K_ESC}},
    {CMD_ENTER, "enter", N_("Enter"), N_("Form: next field, on the last one save. List: run the options or open."),
     IN_ALL, false, {K_ENTER}},
    {CMD_NEXT, "next", N_("Next field"), N_("Goes to the next field."),
     IN_FORM | IN_HOME | IN_RECORD, false, {K_TAB}},
    {CMD_PREV, "previous", N_("Previous field"), N_("Goes to the field before."),
     IN_FORM | IN_HOME | IN_RECORD, false, {K_BACKTAB}},
    {CMD_NEXT, "next", N_("Next field"), N_("Goes to the next field."),
     IN_FORM, false, {K_DOWN, K_CTRL('N')}},
    {CMD_PREV, "previous", N_("Previous field"), N_("Goes to the field before."),
     IN_FORM, false, {K_UP, K_CTRL('P')}},
    {CMD_UP, "up", N_("Up"), N_("One row up."),
     WALKS | IN_LINE, false, {K_UP, K_CTRL('P')}},
    {CMD_DOWN, "down", N_("Down"), N_("One row down."),
     WALKS | IN_LINE, false, {K_DOWN, K_CTRL('N')}},
    {CMD_TOP, "top", N_("First"), N_("The first row."),
     IN_LIST | IN_RECORD | IN_TEXT | IN_CHOICE, false, {K_HOME}},
    {CMD_BOTTOM, "bottom", N_("Last"), N_("The last row that is here."),
     IN_LIST | IN_RECORD | IN_TEXT | IN_CHOICE, false, {K_END}},
    {CMD_SORT, "sort", N_("Sort by next column"), N_("Sorts by the next column."),
     IN_LIST, true, {K_CTRL('T')}},
    {CMD_SORT_TURN, "sort-turn", N_("Turn the order"), N_("Turns ascending into descending and back."),
     IN_LIST, true, {K_CTRL('R')}},
    {CMD_FILTER, "filter", N_("Filter"), N_("Type conditions, field by field: state=active end_date<+30d"),
     IN_LIST, true, {K_CTRL('X')}},
    {CMD_COLUMNS, "columns", N_("Columns"), N_("Chooses the columns of this list and their order; they are remembered."),
     IN_LIST, true, {K_CTRL('K')}},
    {CMD_TOTALS, "totals", N_("Totals"), N_("Counts all rows of this list and adds up their amounts."),
     IN_LIST, true, {K_CTRL('A')}},
    {CMD_EXPORT, "export", N_("Export to a file"), N_("Writes what this list shows, all rows of it, to a file for a spreadsheet."),
     IN_LIST, true, {K_CTRL('E')}},
    {CMD_LINE_START, "line-start", N_("Start of field"), N_("Goes to the first character."),
     EDITS, false, {K_HOME, K_CTRL('A')}},
    {CMD_LINE_END, "line-end", N_("End of field"), N_("Goes behind the last character."),
     EDITS, false, {K_END, K_CTRL('E')}},
    {CMD_CLEAR, "clear", N_("Clear field"), N_("Empties the field."),
     EDITS | IN_HOME | IN_LIST, false, {K_CTRL('U')}},
    {CMD_CLEAR_END, "clear-end", N_("Clear to end"), N_("Erases from the cursor to the end of the field."),
     EDITS, false, {K_CTRL('K')}},
    {CMD_ERASE_WORD, "erase-word", N_("Erase word"), N_("Erases the word before the cursor."),
     EDITS, false, {K_CTRL('W')}},
    {CMD_TAKE, "take", N_("Take it"), N_("Takes the record that is offered beside the field; again: gives it back."),
     IN_SELL, true, {K_CTRL('T')}},
    {CMD_MORE, "more", N_("All fields"), N_("Shows every field of the records; again: the usual ones."),
     IN_SELL, true, {K_F(11), K_CTRL('V')}},
    {CMD_ANOTHER, "another", N_("Another vehicle"), N_("A fleet: puts this vehicle on its list and asks for the next."),
     IN_SELL, true, {K_CTRL('R')}},
    {CMD_REPAINT, "repaint", N_("Repaint"), N_("Paints the whole screen again."),
     IN_ALL, true, {K_CTRL('L')}},
    {CMD_LOCK, "lock", N_("Lock"), N_("Hides the screen until the password is given; what is typed stays."),
     IN_ALL, true, {K_CTRL('O')}},
    {CMD_SUSPEND, "suspend", N_("Suspend"), N_("Goes to the shell; fg brings the screen back."),
     IN_ALL, true, {K_CTRL('Z')}},
    {CMD_CANCEL, "cancel", N_("Cancel request"), N_("Gives up what the service is being asked; else as Back."),
     IN_ALL, false, {K_CTRL('C')}},
};
/* clang-format on */

const struct command *
cmd_table(size_t *ret_count)
{
    *ret_count = COUNTOF(commands);
    return commands;
}

const struct command *
cmd_info(enum cmd c)
{
    for (size_t i = 0; i < COUNTOF(commands); i++)
        if (commands[i].id == c)
            return &commands[i];
    return NULL;
}
