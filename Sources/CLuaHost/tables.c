// The table functions whose loops follow what a table says of itself: __len may lie, and C functions as __index cost no
// Lua instruction, so a hook would never run.
#include "host.h"
#include <limits.h>

enum { READ = 1, WRITE = 2, LENGTH = 4 };

static int has_field(lua_State *L, const char *name, int below) {
    lua_pushstring(L, name);
    return lua_rawget(L, -below) != LUA_TNIL;
}

// A table, or something that behaves as one for what will be done with it.
static void check_table(lua_State *L, int index, int what) {
    if (lua_type(L, index) == LUA_TTABLE) return;
    int pushed = 1;
    if (lua_getmetatable(L, index) && (!(what & READ) || has_field(L, "__index", ++pushed))
        && (!(what & WRITE) || has_field(L, "__newindex", ++pushed)) && (!(what & LENGTH) || has_field(L, "__len", ++pushed))) {
        lua_pop(L, pushed);
        return;
    }
    luaL_checktype(L, index, LUA_TTABLE);
}

static lua_Integer length_of(lua_State *L, int index, int what) {
    check_table(L, index, what | LENGTH);
    return luaL_len(L, index);
}

static lua_Unsigned add(lua_Integer a, lua_Integer b) { return (lua_Unsigned)a + (lua_Unsigned)b; }

static int table_insert(lua_State *L) {
    lua_Integer end = (lua_Integer)add(length_of(L, 1, READ | WRITE), 1), position;
    switch (lua_gettop(L)) {
    case 2: position = end; break;
    case 3:
        position = luaL_checkinteger(L, 2);
        luaL_argcheck(L, (lua_Unsigned)position - 1u < (lua_Unsigned)end, 2, "position out of bounds");
        for (lua_Integer i = end; i > position; i--) {
            loom_lua_tick(L, 4);
            lua_geti(L, 1, i - 1);
            lua_seti(L, 1, i);
        }
        break;
    default: return luaL_error(L, "wrong number of arguments to 'insert'");
    }
    lua_seti(L, 1, position);
    return 0;
}

static int table_remove(lua_State *L) {
    lua_Integer size = length_of(L, 1, READ | WRITE), position = luaL_optinteger(L, 2, size);
    if (position != size) luaL_argcheck(L, (lua_Unsigned)position - 1u <= (lua_Unsigned)size, 2, "position out of bounds");
    lua_geti(L, 1, position);
    for (; position < size; position++) {
        loom_lua_tick(L, 4);
        lua_geti(L, 1, position + 1);
        lua_seti(L, 1, position);
    }
    lua_pushnil(L);
    lua_seti(L, 1, position);
    return 1;
}

static int table_move(lua_State *L) {
    lua_Integer from = luaL_checkinteger(L, 2), end = luaL_checkinteger(L, 3), to = luaL_checkinteger(L, 4);
    int target = lua_isnoneornil(L, 5) ? 1 : 5;
    check_table(L, 1, READ);
    check_table(L, target, WRITE);
    if (end >= from) {
        luaL_argcheck(L, from > 0 || end < LUA_MAXINTEGER + from, 3, "too many elements to move");
        lua_Integer count = end - from + 1;
        luaL_argcheck(L, to <= LUA_MAXINTEGER - count + 1, 4, "destination wrap around");
        int upwards = to > end || to <= from || (target != 1 && !lua_compare(L, 1, target, LUA_OPEQ));
        for (lua_Integer n = 0; n < count; n++) {
            lua_Integer i = upwards ? n : count - 1 - n;
            loom_lua_tick(L, 4);
            lua_geti(L, 1, from + i);
            lua_seti(L, target, to + i);
        }
    }
    lua_pushvalue(L, target);
    return 1;
}

static void add_element(lua_State *L, luaL_Buffer *out, lua_Integer i) {
    loom_lua_tick(L, 4);
    lua_geti(L, 1, i);
    if (!lua_isstring(L, -1)) {
        luaL_error(L, "invalid value (%s) at index %I in table for 'concat'", luaL_typename(L, -1), (LUAI_UACINT)i);
    }
    luaL_addvalue(out);
}

static int table_concat(lua_State *L) {
    size_t separator_length;
    lua_Integer size = length_of(L, 1, READ);
    const char *separator = luaL_optlstring(L, 2, "", &separator_length);
    lua_Integer i = luaL_optinteger(L, 3, 1), last = luaL_optinteger(L, 4, size);
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    for (; i < last; i++) {
        add_element(L, &out, i);
        luaL_addlstring(&out, separator, separator_length);
    }
    if (i == last) add_element(L, &out, i);
    luaL_pushresult(&out);
    return 1;
}

static int table_unpack(lua_State *L) {
    lua_Integer i = luaL_optinteger(L, 2, 1), end = lua_isnoneornil(L, 3) ? luaL_len(L, 1) : luaL_checkinteger(L, 3);
    if (i > end) return 0;
    lua_Unsigned count = (lua_Unsigned)end - (lua_Unsigned)i;
    if (count >= (lua_Unsigned)INT_MAX || !lua_checkstack(L, (int)++count)) return luaL_error(L, "too many results to unpack");
    for (; i < end; i++) {
        loom_lua_tick(L, 4);
        lua_geti(L, 1, i);
    }
    lua_geti(L, 1, end);
    return (int)count;
}

static int table_sort(lua_State *L) {
    lua_Integer size = length_of(L, 1, READ | WRITE);
    if (size < 2) return 0;
    luaL_argcheck(L, size < INT_MAX, 1, "array too big");
    if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    lua_pushinteger(L, size);
    return loom_lua_sort(L);
}

void loom_lua_open_table(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"insert", table_insert}, {"remove", table_remove}, {"move", table_move}, {"concat", table_concat},
        {"unpack", table_unpack}, {"sort", table_sort}, {NULL, NULL},
    };
    lua_getglobal(L, "table");
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
