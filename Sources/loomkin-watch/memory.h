// SPDX-License-Identifier: GPL-2.0-only
#ifndef LOOMKIN_WATCH_MEMORY_H
#define LOOMKIN_WATCH_MEMORY_H

#include <stdio.h>
#include <stdlib.h>

/// Ends the program when there is no memory: whoever supervises it starts it again and looks at everything anew.
static inline void *need(void *memory) {
    if (memory) return memory;
    fputs("loomkin-watch: out of memory\n", stderr);
    exit(1);
}

#endif
