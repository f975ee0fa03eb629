// The matcher follows section 6.4.1 of the Lua manual, in results and in error texts. Lua's own cannot be stopped while it
// backtracks; this one counts each step.
#include "match.h"
#include <ctype.h>
#include <string.h>

enum { MAX_DEPTH = 200 };

static unsigned char byte(char c) { return (unsigned char)c; }

static const char *match(loom_lua_matcher *m, const char *s, const char *p);

void loom_lua_match_init(loom_lua_matcher *m, lua_State *L, const char *s, size_t ls, const char *p, size_t lp) {
    m->L = L;
    m->subject = s;
    m->subject_end = s + ls;
    m->pattern_end = p + lp;
    m->depth = MAX_DEPTH;
    m->count = 0;
}

const char *loom_lua_match_at(loom_lua_matcher *m, const char *s, const char *p) {
    m->count = 0;
    m->depth = MAX_DEPTH;
    loom_lua_tick(m->L, 1);
    return match(m, s, p);
}

static int closed_capture(loom_lua_matcher *m, int digit) {
    int index = digit - '1';
    if (index < 0 || index >= m->count || m->captures[index].length == LOOM_LUA_OPEN_CAPTURE) {
        return luaL_error(m->L, "invalid capture index %%%d", index + 1);
    }
    return index;
}

static int capture_to_close(loom_lua_matcher *m) {
    for (int i = m->count - 1; i >= 0; i--) {
        if (m->captures[i].length == LOOM_LUA_OPEN_CAPTURE) return i;
    }
    return luaL_error(m->L, "invalid pattern capture");
}

// End of the single-character class that begins at p.
static const char *class_end(loom_lua_matcher *m, const char *p) {
    char first = *p++;
    if (first == '%') {
        if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (ends with '%%')");
        return p + 1;
    }
    if (first != '[') return p;
    if (p < m->pattern_end && *p == '^') p++;
    do { // a ']' in the first place stands for itself
        if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
        if (*p++ == '%') {
            if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
            p++;
        }
    } while (p == m->pattern_end || *p != ']');
    return p + 1;
}

static int in_class(int c, int class) {
    int result;
    switch (tolower(class)) {
    case 'a': result = isalpha(c); break;
    case 'c': result = iscntrl(c); break;
    case 'd': result = isdigit(c); break;
    case 'g': result = isgraph(c); break;
    case 'l': result = islower(c); break;
    case 'p': result = ispunct(c); break;
    case 's': result = isspace(c); break;
    case 'u': result = isupper(c); break;
    case 'w': result = isalnum(c); break;
    case 'x': result = isxdigit(c); break;
    case 'z': result = c == 0; break; // deprecated, and still there
    default: return class == c;
    }
    return isupper(class) ? !result : result != 0;
}

// p stands on '[', last on its ']'.
static int in_set(int c, const char *p, const char *last) {
    int found = 1;
    if (p[1] == '^') {
        found = 0;
        p++;
    }
    while (++p < last) {
        if (*p == '%') {
            p++;
            if (in_class(c, byte(*p))) return found;
        } else if (p[1] == '-' && p + 2 < last) {
            p += 2;
            if (byte(p[-2]) <= c && c <= byte(*p)) return found;
        } else if (byte(*p) == c) {
            return found;
        }
    }
    return !found;
}

static int single(const loom_lua_matcher *m, const char *s, const char *p, const char *end) {
    if (s >= m->subject_end) return 0;
    int c = byte(*s);
    switch (*p) {
    case '.': return 1;
    case '%': return in_class(c, byte(p[1]));
    case '[': return in_set(c, p, end - 1);
    default: return byte(*p) == c;
    }
}

static const char *balance(loom_lua_matcher *m, const char *s, const char *p) {
    if (p >= m->pattern_end - 1) luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
    if (s >= m->subject_end || *s != *p) return NULL;
    int open = *p, close = p[1], depth = 1;
    while (++s < m->subject_end) {
        loom_lua_tick(m->L, 1);
        if (*s == close) {
            if (--depth == 0) return s + 1;
        } else if (*s == open) {
            depth++;
        }
    }
    return NULL;
}

static const char *expand_longest(loom_lua_matcher *m, const char *s, const char *p, const char *end) {
    ptrdiff_t i = 0;
    while (single(m, s + i, p, end)) {
        loom_lua_tick(m->L, 1 + (end - p) / 8);
        i++;
    }
    for (; i >= 0; i--) {
        loom_lua_tick(m->L, 1);
        const char *result = match(m, s + i, end + 1);
        if (result != NULL) return result;
    }
    return NULL;
}

static const char *expand_shortest(loom_lua_matcher *m, const char *s, const char *p, const char *end) {
    for (;;) {
        loom_lua_tick(m->L, 1 + (end - p) / 8);
        const char *result = match(m, s, end + 1);
        if (result != NULL) return result;
        if (!single(m, s, p, end)) return NULL;
        s++;
    }
}

static const char *open_capture(loom_lua_matcher *m, const char *s, const char *p, ptrdiff_t kind) {
    if (m->count >= LOOM_LUA_MAX_CAPTURES) luaL_error(m->L, "too many captures");
    m->captures[m->count].start = s;
    m->captures[m->count].length = kind;
    m->count++;
    const char *result = match(m, s, p);
    if (result == NULL) m->count--;
    return result;
}

static const char *close_capture(loom_lua_matcher *m, const char *s, const char *p) {
    int index = capture_to_close(m);
    m->captures[index].length = s - m->captures[index].start;
    const char *result = match(m, s, p);
    if (result == NULL) m->captures[index].length = LOOM_LUA_OPEN_CAPTURE;
    return result;
}

static const char *back_reference(loom_lua_matcher *m, const char *s, int digit) {
    int index = closed_capture(m, digit);
    ptrdiff_t length = m->captures[index].length; // a position capture matches nothing again: its length is taken as huge
    if (length < 0 || m->subject_end - s < length) return NULL;
    loom_lua_tick(m->L, 1 + length / 64);
    return memcmp(m->captures[index].start, s, (size_t)length) == 0 ? s + length : NULL;
}

static int at_frontier(loom_lua_matcher *m, const char *s, const char *p, const char *end) {
    int before = s == m->subject ? 0 : byte(s[-1]), after = s == m->subject_end ? 0 : byte(*s);
    return !in_set(before, p, end - 1) && in_set(after, p, end - 1);
}

// Loops where the rest of the pattern is matched last, so that plain sequences take no C stack.
static const char *match_rest(loom_lua_matcher *m, const char *s, const char *p) {
    for (; p != m->pattern_end;) {
        loom_lua_tick(m->L, 1);
        switch (*p) {
        case '(':
            return p + 1 < m->pattern_end && p[1] == ')' ? open_capture(m, s, p + 2, LOOM_LUA_POSITION_CAPTURE)
                                                         : open_capture(m, s, p + 1, LOOM_LUA_OPEN_CAPTURE);
        case ')': return close_capture(m, s, p + 1);
        case '$':
            if (p + 1 == m->pattern_end) return s == m->subject_end ? s : NULL;
            break;
        case '%':
            if (p + 1 == m->pattern_end) break; // class_end says what is wrong
            if (p[1] == 'b') {
                s = balance(m, s, p + 2);
                if (s == NULL) return NULL;
                p += 4;
                continue;
            }
            if (p[1] == 'f') {
                p += 2;
                if (p == m->pattern_end || *p != '[') luaL_error(m->L, "missing '[' after '%%f' in pattern");
                const char *end = class_end(m, p);
                if (!at_frontier(m, s, p, end)) return NULL;
                p = end;
                continue;
            }
            if (isdigit(byte(p[1]))) {
                s = back_reference(m, s, byte(p[1]));
                if (s == NULL) return NULL;
                p += 2;
                continue;
            }
            break;
        default: break;
        }
        const char *end = class_end(m, p);
        char suffix = end < m->pattern_end ? *end : '\0';
        int here = single(m, s, p, end);
        if (suffix == '+') return here ? expand_longest(m, s + 1, p, end) : NULL;
        if (here && suffix == '*') return expand_longest(m, s, p, end);
        if (here && suffix == '-') return expand_shortest(m, s, p, end);
        if (suffix == '*' || suffix == '-' || suffix == '?') {
            const char *result = here ? match(m, s + 1, end + 1) : NULL;
            if (result != NULL) return result;
            p = end + 1;
            continue;
        }
        if (!here) return NULL;
        s++;
        p = end;
    }
    return s;
}

static const char *match(loom_lua_matcher *m, const char *s, const char *p) {
    if (m->depth-- == 0) luaL_error(m->L, "pattern too complex");
    const char *result = match_rest(m, s, p);
    m->depth++;
    return result;
}

void loom_lua_push_capture(loom_lua_matcher *m, int index, const char *start, const char *end) {
    if (index >= m->count) {
        if (index != 0) luaL_error(m->L, "invalid capture index %%%d", index + 1);
        lua_pushlstring(m->L, start, (size_t)(end - start));
        return;
    }
    const loom_lua_capture *capture = &m->captures[index];
    if (capture->length == LOOM_LUA_OPEN_CAPTURE) luaL_error(m->L, "unfinished capture");
    else if (capture->length == LOOM_LUA_POSITION_CAPTURE) lua_pushinteger(m->L, capture->start - m->subject + 1);
    else lua_pushlstring(m->L, capture->start, (size_t)capture->length);
}

int loom_lua_push_captures(loom_lua_matcher *m, const char *start, const char *end) {
    int count = m->count == 0 && start != NULL ? 1 : m->count;
    luaL_checkstack(m->L, count, "too many captures");
    for (int i = 0; i < count; i++) loom_lua_push_capture(m, i, start, end);
    return count;
}
