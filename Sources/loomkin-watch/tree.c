// SPDX-License-Identifier: GPL-2.0-only
#include "tree.h"

#include "lines.h"
#include "memory.h"
#include "names.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

// Close-write instead of modify: a file is reported when it is whole, not at each of its writes.
static const uint32_t wanted = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF |
                               IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK;

static const struct request *request;
static int descriptor;
static bool *missing; // one for each root
static bool limit_told;

// What a walk does with what it finds.
enum report { SILENT, REPORT };

static bool is_excluded(const char *name) {
    for (size_t i = 0; i < request->excluded_count; i++)
        if (strcmp(request->excluded[i], name) == 0) return true;
    return false;
}

static bool is_root(const char *folder) {
    for (size_t i = 0; i < request->root_count; i++)
        if (strcmp(request->roots[i], folder) == 0) return true;
    return false;
}

static bool is_flat(const char *folder) {
    for (size_t i = 0; i < request->root_count; i++)
        if (request->flat[i] && strcmp(request->roots[i], folder) == 0) return true;
    return false;
}

static void end_watch(int wd) {
    // Fails harmlessly where the kernel has already ended the watch.
    inotify_rm_watch(descriptor, wd);
}

// The library's own inotifytools_watch_file isn't used: it does not say which descriptor it got (see names.h).
static bool add_watch(const char *path, uint32_t extra) {
    int wd = inotify_add_watch(descriptor, path, wanted | extra);
    bool full = wd >= 0 && request->max_watches && names_count() >= request->max_watches && !names_find(wd);
    if (full) {
        end_watch(wd);
        wd = -1;
    }
    if (wd >= 0) {
        names_add(wd, path);
        limit_told = false;
        return true;
    }
    if ((full || errno == ENOSPC) && !limit_told) {
        lines_put("limit", path, NULL);
        limit_told = true;
    }
    return false;
}

static bool is_folder(const char *path, const struct dirent *entry) {
    if (entry->d_type != DT_UNKNOWN) return entry->d_type == DT_DIR;
    struct stat status;
    return lstat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static char *join(const char *folder, const char *name) {
    size_t length = strlen(folder);
    char *path = need(malloc(length + strlen(name) + 2));
    memcpy(path, folder, length);
    if (length && folder[length - 1] != '/') path[length++] = '/';
    strcpy(path + length, name);
    return path;
}

// Watches first and reads second, so that a file made in between is found by one of the two, or by both.
static void walk(const char *path, uint32_t extra, enum report report) {
    if (!add_watch(path, extra) && report == SILENT) return;
    DIR *directory = opendir(path);
    if (!directory) return; // it has gone again, or may not be read
    struct dirent *entry;
    while ((entry = readdir(directory))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        char *child = join(path, entry->d_name);
        bool folder = is_folder(child, entry);
        if (!folder || !is_excluded(entry->d_name)) {
            if (report == REPORT) lines_put("create", child, NULL);
            if (folder && !is_flat(path)) walk(child, IN_DONT_FOLLOW, report);
        }
        free(child);
    }
    closedir(directory);
}

// A root may be a symbolic link: it is followed, and its files are reported under the name it was given.
static void walk_root(size_t root, enum report report) {
    struct stat status;
    const char *path = request->roots[root];
    bool there = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
    if (!there && !missing[root]) lines_put("gone", path, NULL);
    if (there && report == REPORT) lines_put("create", path, NULL);
    if (there) walk(path, 0, report);
    missing[root] = !there;
}

void tree_open(int inotify_descriptor, const struct request *what) {
    descriptor = inotify_descriptor;
    request = what;
    missing = need(calloc(what->root_count, sizeof *missing));
    for (size_t i = 0; i < what->root_count; i++) walk_root(i, SILENT);
    lines_put("ready", NULL, NULL);
}

size_t tree_find_missing(void) {
    size_t count = 0;
    for (size_t i = 0; i < request->root_count; i++) {
        if (!missing[i]) continue;
        walk_root(i, REPORT);
        if (missing[i]) count++;
    }
    return count;
}

static void root_ended(const char *name) {
    if (!is_root(name)) return;
    size_t length = strlen(name);
    bool any = false;
    // A root that lies in this one went with it, and where that was moved nobody else tells.
    for (size_t i = 0; i < request->root_count; i++) {
        const char *root = request->roots[i];
        if (missing[i] || strncmp(root, name, length) != 0 || (root[length] && root[length] != '/')) continue;
        missing[i] = any = true;
        lines_put("gone", root, NULL);
    }
    if (any) names_drop_tree(name, end_watch);
}

// After lost events any name may be wrong. The line comes last: who looks at everything then misses nothing.
static void start_over(void) {
    names_drop_all(end_watch);
    for (size_t i = 0; i < request->root_count; i++) walk_root(i, SILENT);
    lines_put("overflow", NULL, NULL);
}

static void in_folder(const char *folder, const struct inotify_event *event) {
    bool is_directory = event->mask & IN_ISDIR;
    if (is_directory && is_excluded(event->name)) return;
    if (event->mask & (IN_DELETE | IN_MOVED_FROM)) lines_put("delete", folder, event->name);
    else if (is_directory || event->mask & IN_CREATE) lines_put("create", folder, event->name);
    else lines_put("write", folder, event->name);
    if (!is_directory || is_flat(folder)) return;

    // A renamed folder is one that went and one that came: its watches are made anew, so no path can be stale, and
    // what is in it is reported because the reader knows it only under the old name. A deleted one needs nothing: the
    // kernel ends its watch with IN_IGNORED.
    char *path = join(folder, event->name);
    if (event->mask & IN_MOVED_FROM) names_drop_tree(path, end_watch);
    if (event->mask & (IN_CREATE | IN_MOVED_TO)) walk(path, IN_DONT_FOLLOW, REPORT);
    free(path);
}

void tree_handle(const struct inotify_event *event) {
    if (event->mask & IN_Q_OVERFLOW) {
        start_over();
        return;
    }
    const struct folder *folder = names_find(event->wd);
    if (!folder) return;

    // Copied, because handling may change the names of this very folder.
    size_t count = folder->count;
    char **names = need(malloc(count * sizeof *names));
    for (size_t i = 0; i < count; i++) names[i] = need(strdup(folder->names[i]));
    for (size_t i = 0; i < count; i++) {
        if (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)) root_ended(names[i]);
        else if (event->len) in_folder(names[i], event);
        free(names[i]);
    }
    free(names);
    if (event->mask & IN_IGNORED) names_forget(event->wd);
}
