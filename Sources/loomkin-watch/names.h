// SPDX-License-Identifier: GPL-2.0-only
// The names under which each watched folder is known: watch descriptor -> paths.
//
// libinotifytools keeps such a map too, but it cannot be kept right from outside: an entry whose folder was deleted
// can't be taken out, and hides the entry of a folder that comes back under its name; a renamed folder is mended by
// deleting from a tree while walking it; and one folder reached by two names gets one of them. So the map is ours.
#ifndef LOOMKIN_WATCH_NAMES_H
#define LOOMKIN_WATCH_NAMES_H

#include <stddef.h>

struct folder {
    int wd;
    size_t count;        // how many names
    char **names;        // no trailing slash, except for "/" itself
    struct folder *next; // in its bucket
};

struct folder *names_find(int wd);
/// Adds `path` to the names of `wd`; adding it twice is the same as once.
void names_add(int wd, const char *path);
/// Forgets `wd`, whose watch has already ended.
void names_forget(int wd);
/// Takes away `path` and every name below it; calls `ended` for each folder that is left without a name.
void names_drop_tree(const char *path, void (*ended)(int wd));
/// Forgets everything; calls `ended` for each folder.
void names_drop_all(void (*ended)(int wd));
size_t names_count(void);

#endif
