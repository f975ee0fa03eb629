// SPDX-License-Identifier: GPL-2.0-only
#include "lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void lines_open(void) {
    // Whole batches instead of lines: one write wakes the reader once. Batches end with lines_flush.
    setvbuf(stdout, NULL, _IOFBF, 1 << 16);
}

// A name may hold any byte but '/' and NUL; these four would break the line.
static void put_escaped(const char *text) {
    for (; *text; text++) {
        switch (*text) {
        case '\\': fputs("\\\\", stdout); break;
        case '\t': fputs("\\t", stdout); break;
        case '\n': fputs("\\n", stdout); break;
        case '\r': fputs("\\r", stdout); break;
        default: putchar_unlocked(*text);
        }
    }
}

void lines_put(const char *kind, const char *folder, const char *name) {
    fputs(kind, stdout);
    if (folder) {
        putchar_unlocked('\t');
        put_escaped(folder);
        if (name && *name) {
            if (strcmp(folder, "/") != 0) putchar_unlocked('/');
            put_escaped(name);
        }
    }
    putchar_unlocked('\n');
}

void lines_flush(void) {
    if (fflush(stdout) != 0) exit(1);
}
