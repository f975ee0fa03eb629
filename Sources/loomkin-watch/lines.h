// SPDX-License-Identifier: GPL-2.0-only
// The lines on standard output: KIND, or KIND, a tab and a path.
#ifndef LOOMKIN_WATCH_LINES_H
#define LOOMKIN_WATCH_LINES_H

void lines_open(void);
/// `folder` may be NULL (a line without a path); `name` may be NULL or empty (the folder itself is meant).
void lines_put(const char *kind, const char *folder, const char *name);
/// Sends what has been put so far. Ends the program when nobody reads any more.
void lines_flush(void);

#endif
