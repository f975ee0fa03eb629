// Lua patterns, matched with a step counter that looks at the deadline.
#pragma once
#include "host.h"

typedef struct loom_lua_capture {
    const char *start;
    ptrdiff_t length; // or one of the two below
} loom_lua_capture;
enum { LOOM_LUA_OPEN_CAPTURE = -1, LOOM_LUA_POSITION_CAPTURE = -2, LOOM_LUA_MAX_CAPTURES = 32 };

typedef struct loom_lua_matcher {
    lua_State *L;
    const char *subject, *subject_end, *pattern_end;
    int depth, count; // recursion left, captures
    loom_lua_capture captures[LOOM_LUA_MAX_CAPTURES];
} loom_lua_matcher;

void loom_lua_match_init(loom_lua_matcher *m, lua_State *L, const char *s, size_t ls, const char *p, size_t lp);
const char *loom_lua_match_at(loom_lua_matcher *m, const char *s, const char *p); // end of the match, or NULL
int loom_lua_push_captures(loom_lua_matcher *m, const char *start, const char *end); // the whole match when there are none
void loom_lua_push_capture(loom_lua_matcher *m, int index, const char *start, const char *end);
