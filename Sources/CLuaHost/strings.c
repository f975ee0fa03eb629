// The string functions that loop in C for as long as their arguments say.
#define _GNU_SOURCE // memmem
#include "match.h"
#include <string.h>

// Start position of a search as an offset, from Lua's position (negative counts from the end).
static size_t start_offset(lua_Integer position, size_t length) {
    if (position > 0) return (size_t)position - 1;
    if (position == 0 || position < -(lua_Integer)length) return 0;
    return length + (size_t)position;
}

static int no_specials(const char *p, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (p[i] != '\0' && strchr("^$*+?.([%-", p[i]) != NULL) return 0;
    }
    return 1;
}

static int search(lua_State *L, int find) {
    size_t ls, lp;
    const char *s = luaL_checklstring(L, 1, &ls), *p = luaL_checklstring(L, 2, &lp);
    size_t from = start_offset(luaL_optinteger(L, 3, 1), ls);
    if (from > ls) {
        luaL_pushfail(L);
        return 1;
    }
    loom_lua_tick(L, 1 + (lua_Integer)(lp / 8));
    if (find && (lua_toboolean(L, 4) || no_specials(p, lp))) { // memmem is linear
        loom_lua_tick(L, 1 + (lua_Integer)((ls - from) / 32));
        const char *found = lp == 0 ? s + from : memmem(s + from, ls - from, p, lp);
        if (found == NULL) {
            luaL_pushfail(L);
            return 1;
        }
        lua_pushinteger(L, found - s + 1);
        lua_pushinteger(L, found - s + (lua_Integer)lp);
        return 2;
    }
    loom_lua_matcher m;
    int anchor = lp > 0 && *p == '^';
    loom_lua_match_init(&m, L, s, ls, p, lp);
    const char *at = s + from;
    p += anchor;
    do {
        const char *end = loom_lua_match_at(&m, at, p);
        if (end == NULL) continue;
        if (!find) return loom_lua_push_captures(&m, at, end);
        lua_pushinteger(L, at - s + 1);
        lua_pushinteger(L, end - s);
        return loom_lua_push_captures(&m, NULL, NULL) + 2;
    } while (at++ < m.subject_end && !anchor);
    luaL_pushfail(L);
    return 1;
}

static int str_find(lua_State *L) { return search(L, 1); }
static int str_match(lua_State *L) { return search(L, 0); }

// Upvalues: subject, pattern, offset to go on from, end of the last match (an empty match right there is skipped).
static int gmatch_next(lua_State *L) {
    size_t ls, lp;
    const char *s = lua_tolstring(L, lua_upvalueindex(1), &ls), *p = lua_tolstring(L, lua_upvalueindex(2), &lp);
    lua_Integer from = lua_tointeger(L, lua_upvalueindex(3)), last = lua_tointeger(L, lua_upvalueindex(4));
    loom_lua_matcher m;
    loom_lua_match_init(&m, L, s, ls, p, lp);
    for (; from <= (lua_Integer)ls; from++) {
        const char *end = loom_lua_match_at(&m, s + from, p);
        if (end == NULL || end - s == last) continue;
        lua_pushinteger(L, end - s);
        lua_pushvalue(L, -1);
        lua_replace(L, lua_upvalueindex(3));
        lua_replace(L, lua_upvalueindex(4));
        return loom_lua_push_captures(&m, s + from, end);
    }
    lua_pushinteger(L, from);
    lua_replace(L, lua_upvalueindex(3));
    return 0;
}

static int str_gmatch(lua_State *L) {
    size_t ls;
    luaL_checklstring(L, 1, &ls);
    luaL_checkstring(L, 2);
    size_t from = start_offset(luaL_optinteger(L, 3, 1), ls);
    lua_settop(L, 2);
    lua_pushinteger(L, (lua_Integer)(from > ls ? ls + 1 : from));
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, gmatch_next, 4);
    return 1;
}

static void add_template(loom_lua_matcher *m, luaL_Buffer *out, const char *start, const char *end) {
    lua_State *L = m->L;
    size_t length;
    const char *text = lua_tolstring(L, 3, &length), *stop = text + length, *percent;
    while ((percent = memchr(text, '%', (size_t)(stop - text))) != NULL) {
        loom_lua_tick(L, 2);
        luaL_addlstring(out, text, (size_t)(percent - text));
        char kind = percent + 1 < stop ? percent[1] : '\0';
        if (kind == '%') {
            luaL_addchar(out, '%');
        } else if (kind == '0') {
            luaL_addlstring(out, start, (size_t)(end - start));
        } else if (kind >= '1' && kind <= '9') {
            loom_lua_push_capture(m, kind - '1', start, end);
            luaL_tolstring(L, -1, NULL); // a position is a number
            lua_remove(L, -2);
            luaL_addvalue(out);
        } else {
            luaL_error(L, "invalid use of '%%' in replacement string");
        }
        text = percent + 2;
    }
    luaL_addlstring(out, text, (size_t)(stop - text));
}

// 1 when the match was replaced.
static int add_replacement(loom_lua_matcher *m, luaL_Buffer *out, const char *start, const char *end, int type) {
    lua_State *L = m->L;
    if (type == LUA_TFUNCTION) {
        lua_pushvalue(L, 3);
        lua_call(L, loom_lua_push_captures(m, start, end), 1);
    } else if (type == LUA_TTABLE) {
        loom_lua_push_capture(m, 0, start, end);
        lua_gettable(L, 3);
    } else {
        add_template(m, out, start, end);
        return 1;
    }
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        luaL_addlstring(out, start, (size_t)(end - start));
        return 0;
    }
    if (!lua_isstring(L, -1)) luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    luaL_addvalue(out);
    return 1;
}

static int str_gsub(lua_State *L) {
    size_t ls, lp;
    const char *s = luaL_checklstring(L, 1, &ls), *p = luaL_checklstring(L, 2, &lp), *at = s, *last = NULL;
    int type = lua_type(L, 3), anchor = lp > 0 && *p == '^', changed = 0;
    luaL_argexpected(L, type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE, 3,
                     "string/function/table");
    lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)ls + 1), count = 0;
    loom_lua_matcher m;
    luaL_Buffer out;
    lua_settop(L, 3);
    if (type == LUA_TNUMBER) lua_tolstring(L, 3, NULL); // in place, so that the template does not move
    luaL_buffinit(L, &out);
    loom_lua_match_init(&m, L, s, ls, p + anchor, lp - (size_t)anchor);
    while (count < most) {
        const char *end = loom_lua_match_at(&m, at, p + anchor);
        if (end != NULL && end != last) {
            count++;
            changed |= add_replacement(&m, &out, at, end, type);
            at = last = end;
        } else if (at < m.subject_end) {
            luaL_addchar(&out, *at);
            at++;
        } else {
            break;
        }
        if (anchor) break;
    }
    if (changed) {
        luaL_addlstring(&out, at, (size_t)(m.subject_end - at));
        luaL_pushresult(&out);
    } else {
        lua_pushvalue(L, 1);
    }
    lua_pushinteger(L, count);
    return 2;
}

static int str_rep(lua_State *L) {
    size_t length, separator_length;
    const char *s = luaL_checklstring(L, 1, &length);
    lua_Integer count = luaL_checkinteger(L, 2);
    const char *separator = luaL_optlstring(L, 3, "", &separator_length);
    if (count <= 0 || length + separator_length == 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    if ((size_t)count > (SIZE_MAX / 4) / (length + separator_length)) return luaL_error(L, "resulting string too large");
    size_t total = (size_t)count * length + (size_t)(count - 1) * separator_length;
    luaL_Buffer out;
    char *to = luaL_buffinitsize(L, &out, total);
    for (lua_Integer i = 0; i < count; i++) {
        loom_lua_tick(L, 1 + (lua_Integer)((length + separator_length) / 256));
        if (i > 0 && separator_length > 0) {
            memcpy(to, separator, separator_length);
            to += separator_length;
        }
        if (length > 0) memcpy(to, s, length);
        to += length;
    }
    luaL_pushresultsize(&out, total);
    return 1;
}

void loom_lua_open_string(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"find", str_find}, {"match", str_match}, {"gmatch", str_gmatch}, {"gsub", str_gsub}, {"rep", str_rep}, {NULL, NULL},
    };
    lua_getglobal(L, "string");
    luaL_setfuncs(L, functions, 0);
    lua_pushnil(L);
    lua_setfield(L, -2, "dump"); // bytecode is not loaded here, so none is made
    lua_pop(L, 1);
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 2);
}
