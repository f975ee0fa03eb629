/* libedit for Swift: its variadic functions, which Swift can't call, behind typed ones, and a guard that puts the
   terminal back even when a signal ends the process. */
#ifndef CEDIT_H
#define CEDIT_H

#include <histedit.h>
#include <wchar.h>

typedef int (*cedit_read_function)(EditLine *, wchar_t *);
typedef wchar_t *(*cedit_prompt_function)(EditLine *);
typedef unsigned char (*cedit_complete_function)(EditLine *, wint_t);

/* An editor on two file descriptors, which it does not own. NULL when memory or descriptors ran out. */
EditLine *cedit_open(
    int input, int output, const char *term, void *context, cedit_read_function read, cedit_prompt_function prompt,
    cedit_complete_function complete);
/* Puts the terminal back into the mode it was found in and frees the editor. */
void cedit_close(EditLine *editor);
void *cedit_context(EditLine *editor);

/* Draws prompt and typed text from column 0 of the line the cursor is on. */
void cedit_refresh(EditLine *editor);
/* 1 enters the mode for editing, 0 the one the terminal was found in, where it is guarded. */
void cedit_mode(EditLine *editor, int terminal, int editing);

HistoryW *cedit_history_open(EditLine *editor, int size);
void cedit_history_enter(HistoryW *history, const wchar_t *line);

/* Whether libedit draws this Unicode scalar as it is. */
int cedit_is_printable(unsigned scalar);
/* Terminal columns of a Unicode scalar, by wcwidth; -1 for one that is not printed. */
int cedit_columns(unsigned scalar);

/* From now on the terminal's mode of this moment comes back when the process exits or dies of a signal. There is one
   guarded terminal: a second one is left alone until the first is let go. */
void cedit_guard(int terminal);
void cedit_unguard(int terminal);

#endif
