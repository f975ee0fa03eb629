#define _GNU_SOURCE
#include "CEdit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static FILE *cedit_stream(int descriptor, const char *mode) {
    int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    if (copy < 0) return NULL;
    FILE *stream = fdopen(copy, mode);
    if (stream == NULL) close(copy);
    return stream;
}

EditLine *cedit_open(
    int input, int output, const char *term, void *context, cedit_read_function read, cedit_prompt_function prompt,
    cedit_complete_function complete) {
    FILE *in = cedit_stream(input, "r");
    FILE *out = cedit_stream(output, "w");
    FILE *err = cedit_stream(output, "w");
    EditLine *editor = in && out && err ? el_init("loomkin", in, out, err) : NULL;
    if (editor == NULL) {
        if (in) fclose(in);
        if (out) fclose(out);
        if (err) fclose(err);
        return NULL;
    }
    el_wset(editor, EL_CLIENTDATA, context);
    el_wset(editor, EL_GETCFN, read);
    el_wset(editor, EL_PROMPT, prompt);
    el_set(editor, EL_TERMINAL, term);
    el_wset(editor, EL_EDITOR, L"emacs");
    el_wset(editor, EL_SIGNAL, 0);
    /* Ctrl-C and Ctrl-Z arrive as characters: what they mean is the caller's to say. */
    el_wset(editor, EL_SETTY, L"-d", L"-isig", (wchar_t *)NULL);
    /* Between two lines the terminal stays as it is while editing: what is typed in that moment is neither echoed nor
       taken for a command to the terminal. */
    el_wset(editor, EL_SETTY, L"-x", L"-isig", L"-icanon", L"-echo", (wchar_t *)NULL);
    el_wset(editor, EL_ADDFN, L"loom-complete", L"Complete what is before the cursor", complete);
    static const wchar_t *const keys[][2] = {
        {L"\t", L"loom-complete"},
        {L"^R", L"em-inc-search-prev"},
        {L"\\e[1~", L"ed-move-to-beg"},
        {L"\\e[H", L"ed-move-to-beg"},
        {L"\\eOH", L"ed-move-to-beg"},
        {L"\\e[4~", L"ed-move-to-end"},
        {L"\\e[F", L"ed-move-to-end"},
        {L"\\eOF", L"ed-move-to-end"},
        {L"\\e[3~", L"ed-delete-next-char"},
        {L"\\e[1;5C", L"em-next-word"},
        {L"\\e[1;5D", L"ed-prev-word"},
        {L"^W", L"ed-delete-prev-word"},
        {L"^U", L"vi-kill-line-prev"},
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        el_wset(editor, EL_BIND, keys[i][0], keys[i][1], (wchar_t *)NULL);
    return editor;
}

void cedit_close(EditLine *editor) {
    FILE *streams[3] = {NULL, NULL, NULL};
    for (int i = 0; i < 3; i++) el_get(editor, EL_GETFP, i, &streams[i]);
    el_end(editor);
    for (int i = 0; i < 3; i++)
        if (streams[i]) fclose(streams[i]);
}

void *cedit_context(EditLine *editor) {
    void *context = NULL;
    el_wget(editor, EL_CLIENTDATA, &context);
    return context;
}

void cedit_refresh(EditLine *editor) { el_wset(editor, EL_REFRESH); }


HistoryW *cedit_history_open(EditLine *editor, int size) {
    HistoryW *history = history_winit();
    if (history == NULL) return NULL;
    HistEventW event;
    history_w(history, &event, H_SETSIZE, size);
    history_w(history, &event, H_SETUNIQUE, 1);
    el_wset(editor, EL_HIST, history_w, history);
    return history;
}

void cedit_history_enter(HistoryW *history, const wchar_t *line) {
    HistEventW event;
    history_w(history, &event, H_ENTER, line);
}

int cedit_is_printable(unsigned scalar) { return iswprint((wint_t)scalar); }

int cedit_columns(unsigned scalar) { return wcwidth((wchar_t)scalar); }

/* ---- guard: only async-signal-safe calls, only plain data ---- */

static const int guarded_signals[] = {SIGHUP,  SIGQUIT, SIGTERM, SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE};
enum { guarded_count = sizeof guarded_signals / sizeof guarded_signals[0] };
static struct sigaction found_actions[guarded_count];
static struct termios found_mode;
static volatile sig_atomic_t guarded_terminal = -1;

static void cedit_restore(void) {
    int terminal = guarded_terminal;
    if (terminal < 0) return;
    guarded_terminal = -1;
    static const char end_of_paste_mode[] = "\033[?2004l";
    ssize_t written = write(terminal, end_of_paste_mode, sizeof end_of_paste_mode - 1);
    (void)written;
    tcsetattr(terminal, TCSANOW, &found_mode);
}

static void cedit_die(int number) {
    cedit_restore();
    for (int i = 0; i < guarded_count; i++)
        if (guarded_signals[i] == number) sigaction(number, &found_actions[i], NULL);
    raise(number);
}

void cedit_mode(EditLine *editor, int terminal, int editing) {
    el_wset(editor, EL_PREP_TERM, editing);
    if (!editing && guarded_terminal == terminal) tcsetattr(guarded_terminal, TCSADRAIN, &found_mode);
}

void cedit_guard(int terminal) {
    static int registered = 0;
    if (guarded_terminal >= 0 || tcgetattr(terminal, &found_mode) != 0) return;
    guarded_terminal = terminal;
    if (!registered) {
        registered = 1;
        atexit(cedit_restore);
    }
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = cedit_die;
    action.sa_flags = SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < guarded_count; i++) {
        sigaction(guarded_signals[i], NULL, &found_actions[i]);
        /* What is ignored stays ignored: nohup means it. */
        if (found_actions[i].sa_handler != SIG_IGN) sigaction(guarded_signals[i], &action, NULL);
    }
}

void cedit_unguard(int terminal) {
    if (guarded_terminal < 0 || guarded_terminal != terminal) return;
    cedit_restore();
    for (int i = 0; i < guarded_count; i++) {
        struct sigaction current;
        sigaction(guarded_signals[i], NULL, &current);
        if (current.sa_handler == cedit_die) sigaction(guarded_signals[i], &found_actions[i], NULL);
    }
}
