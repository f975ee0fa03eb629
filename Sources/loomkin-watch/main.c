// SPDX-License-Identifier: GPL-2.0-only
// loomkin-watch: says on standard output what changes in some folders. See --help.
//
// A program of its own because libinotifytools may be linked by GPL-2.0 programs only, and so that its global state
// can end with a process. Whoever starts it should start it again when it ends, and then look at everything once.

#define _GNU_SOURCE // SYS_pidfd_open

#include "lines.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <inotifytools/inotifytools.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sysexits.h>
#include <unistd.h>

// How often a root that is not there is looked for, in milliseconds.
#define MISSING_ROOT_INTERVAL 1000
// Lines are sent at the latest after so many events, so that a long burst does not fill the buffer unseen.
#define EVENTS_A_BATCH 512

static const char help[] =
    "Usage: loomkin-watch [--max-watches N] [--exclude NAME]... [--flat DIR]... DIR...\n"
    "\n"
    "Watches folders and everything below them. Writes one line for each event: a kind,\n"
    "a tab, a path. In paths \\t, \\n, \\r and \\\\ stand for tab, newline, return and backslash.\n"
    "\n"
    "  ready           all folders are watched\n"
    "  create PATH     a new file or folder\n"
    "  write PATH      a file was written and closed, or moved here\n"
    "  delete PATH     a file or folder was deleted or moved away\n"
    "  overflow        events were lost: look at everything again\n"
    "  limit PATH      no watch left for this folder and perhaps others\n"
    "                  (more: sysctl fs.inotify.max_user_watches)\n"
    "  gone DIR        this DIR is not there; it is reported with `create` when it comes back\n"
    "\n"
    "An event may be reported twice. A DIR that is a symbolic link is followed; links below it are not.\n"
    "Ends when its standard input is closed or its parent process ends.\n"
    "\n"
    "  --max-watches N  use at most N watches (one for each folder)\n"
    "  --exclude NAME   leave out folders of this name, for example .git\n"
    "  --flat DIR       watch what lies in DIR itself, nothing deeper\n"
    "  --version        say the version\n"
    "  --help           say this\n";

static int refuse(const char *what, const char *value) {
    fprintf(stderr, "loomkin-watch: %s%s (see loomkin-watch --help)\n", what, value);
    return EX_USAGE;
}

// libinotifytools does not say its descriptor, and without it one cannot wait for two things at once: it blocks for
// whole seconds or for ever. A new descriptor is always the lowest free one, so the next one is what it will get.
static int open_inotify(void) {
    int next = dup(STDERR_FILENO);
    if (next < 0) return -1;
    close(next);
    if (!inotifytools_initialize()) {
        errno = inotifytools_error();
        return -1;
    }
    int waiting;
    if (ioctl(next, FIONREAD, &waiting) != 0) return -1;
    fcntl(next, F_SETFD, FD_CLOEXEC);
    return next;
}

// End of file on standard input is the usual sign that the parent has ended, but a sibling may have inherited the
// other end. Not PR_SET_PDEATHSIG: it tells of the *thread* that started us, and threads of a pool come and go.
static int open_parent(void) { return (int)syscall(SYS_pidfd_open, getppid(), 0); }

static int watch(int inotify, int parent) {
    size_t missing = tree_find_missing();
    bool more = true; // the library may hold events that it has read already, which the descriptor does not show
    lines_flush();
    for (;;) {
        struct pollfd waits[] = {
            {.fd = inotify, .events = POLLIN},
            {.fd = STDIN_FILENO, .events = POLLIN},
            {.fd = parent, .events = POLLIN}, // a negative descriptor is passed over
        };
        if (poll(waits, 3, more ? 0 : missing ? MISSING_ROOT_INTERVAL : -1) < 0) {
            if (errno == EINTR) continue;
            perror("loomkin-watch: poll");
            return EX_OSERR;
        }
        if (waits[2].revents) return EX_OK;
        if (waits[1].revents) {
            char unread[256];
            if (read(STDIN_FILENO, unread, sizeof unread) <= 0) return EX_OK;
        }
        // Timeout 0 of inotifytools_next_events asks without waiting; of inotifytools_next_event it waits for ever.
        struct inotify_event *event = NULL;
        for (int i = 0; i < EVENTS_A_BATCH && (event = inotifytools_next_events(0, 1)); i++) tree_handle(event);
        more = event != NULL;
        missing = tree_find_missing();
        lines_flush();
    }
}

// False where the name is empty.
static bool add_root(struct request *request, char *word, bool flat) {
    for (size_t end = strlen(word); end > 1 && word[end - 1] == '/'; end--) word[end - 1] = 0;
    if (!*word) return false;
    request->flat[request->root_count] = flat;
    request->roots[request->root_count++] = word;
    return true;
}

int main(int argc, char **argv) {
    const char *roots[argc + 1], *excluded[argc + 1];
    bool flat[argc + 1];
    struct request request = {.roots = roots, .flat = flat, .excluded = excluded};
    int options = 1;
    for (int i = 1; i < argc; i++) {
        char *word = argv[i];
        if (options && strcmp(word, "--help") == 0) return fputs(help, stdout) < 0;
        if (options && strcmp(word, "--version") == 0) return puts("loomkin-watch 0.1.0") < 0;
        if (options && strcmp(word, "--") == 0) {
            options = 0;
        } else if (options && (strcmp(word, "--exclude") == 0 || strcmp(word, "--max-watches") == 0 || strcmp(word, "--flat") == 0)) {
            if (i + 1 == argc) return refuse("a value is missing after ", word);
            char *value = argv[++i], *end;
            if (strcmp(word, "--flat") == 0) {
                if (!add_root(&request, value, true)) return refuse("a folder needs a name", "");
                continue;
            }
            if (strcmp(word, "--exclude") == 0) {
                excluded[request.excluded_count++] = value;
                continue;
            }
            long count = strtol(value, &end, 10);
            if (*end || end == value || count < 1) return refuse("--max-watches needs a whole number above 0, not ", value);
            request.max_watches = (size_t)count;
        } else if (options && word[0] == '-') {
            return refuse("unknown option ", word);
        } else {
            if (!add_root(&request, word, false)) return refuse("a folder needs a name", "");
        }
    }
    if (request.root_count == 0) return refuse("name at least one folder", "");

    int parent = open_parent();
    int inotify = open_inotify();
    if (inotify < 0) {
        fprintf(stderr, "loomkin-watch: inotify cannot be used: %s%s\n", strerror(errno),
                errno == EMFILE ? " (raise fs.inotify.max_user_instances with sysctl)" : "");
        return EX_OSERR;
    }
    lines_open();
    tree_open(inotify, &request);
    return watch(inotify, parent);
}
