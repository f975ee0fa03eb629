// SPDX-License-Identifier: GPL-2.0-only
#include "names.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

// Enough for a hundred thousand folders at a few to a bucket; 32 KB.
#define BUCKETS 4096

static struct folder *buckets[BUCKETS];
static size_t folders;

static struct folder **slot(int wd) {
    struct folder **link = &buckets[(unsigned)wd % BUCKETS];
    while (*link && (*link)->wd != wd) link = &(*link)->next;
    return link;
}

static void take_out(struct folder **link) {
    struct folder *folder = *link;
    *link = folder->next;
    for (size_t i = 0; i < folder->count; i++) free(folder->names[i]);
    free(folder->names);
    free(folder);
    folders--;
}

struct folder *names_find(int wd) { return *slot(wd); }

size_t names_count(void) { return folders; }

void names_add(int wd, const char *path) {
    struct folder **link = slot(wd);
    if (!*link) {
        *link = need(calloc(1, sizeof **link));
        (*link)->wd = wd;
        folders++;
    }
    struct folder *folder = *link;
    for (size_t i = 0; i < folder->count; i++)
        if (strcmp(folder->names[i], path) == 0) return;
    folder->names = need(realloc(folder->names, (folder->count + 1) * sizeof *folder->names));
    folder->names[folder->count++] = need(strdup(path));
}

void names_forget(int wd) {
    struct folder **link = slot(wd);
    if (*link) take_out(link);
}

// Removes the names that are `path` or below it; an empty path means all of them.
static void drop(const char *path, void (*ended)(int wd)) {
    size_t length = strlen(path);
    for (size_t b = 0; b < BUCKETS; b++) {
        struct folder **link = &buckets[b];
        while (*link) {
            struct folder *folder = *link;
            size_t kept = 0;
            for (size_t i = 0; i < folder->count; i++) {
                char *name = folder->names[i];
                int below = strncmp(name, path, length) == 0 && (length == 0 || name[length] == '/' || name[length] == 0);
                if (below) free(name);
                else folder->names[kept++] = name;
            }
            folder->count = kept;
            if (kept) {
                link = &folder->next;
            } else {
                ended(folder->wd);
                take_out(link);
            }
        }
    }
}

void names_drop_tree(const char *path, void (*ended)(int wd)) { drop(path, ended); }

void names_drop_all(void (*ended)(int wd)) { drop("", ended); }
