// SPDX-License-Identifier: GPL-2.0-only
// Watching whole trees of folders with one inotify descriptor.
#ifndef LOOMKIN_WATCH_TREE_H
#define LOOMKIN_WATCH_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/inotify.h>

/// What to watch, as the command line says it.
struct request {
    const char **roots;
    bool *flat; // for each root: only the folder itself, nothing below it
    size_t root_count;
    const char **excluded; // names of folders, wherever they stand
    size_t excluded_count;
    size_t max_watches; // 0: as many as the system gives
};

/// Watches every root of `request` through `descriptor`; both must outlive the tree.
void tree_open(int descriptor, const struct request *request);
/// Puts the lines that `event` stands for, and follows folders that come and go.
void tree_handle(const struct inotify_event *event);
/// Looks again for roots that are not there; says how many are still missing.
size_t tree_find_missing(void);

#endif
