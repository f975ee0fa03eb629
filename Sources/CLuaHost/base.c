// Basic functions that differ from Lua's own.
#include "host.h"

// Lua's xpcall runs its handler at the raise point. When a hook raised, that is inside the hook, where no hook can stop an
// endless handler. So this one runs it after unwinding.
static int finish_handler(lua_State *L, int status, lua_KContext context) {
    (void)L, (void)status, (void)context;
    return 2;
}

static int finish_xpcall(lua_State *L, int status, lua_KContext context) { // handler, results... or error
    (void)context;
    if (status == LUA_OK || status == LUA_YIELD) {
        lua_pushboolean(L, 1);
        lua_replace(L, 1);
        return lua_gettop(L);
    }
    lua_pushboolean(L, 0);
    lua_pushvalue(L, 1);
    lua_pushvalue(L, -3);
    lua_callk(L, 1, 1, 0, finish_handler);
    return 2;
}

static int base_xpcall(lua_State *L) { // function, handler, arguments...
    int count = lua_gettop(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 1);
    lua_copy(L, 2, 1);
    lua_replace(L, 2);
    return finish_xpcall(L, lua_pcallk(L, count - 2, LUA_MULTRET, 0, 0, finish_xpcall), 0);
}

// A finalizer runs with hooks off, at any time, in any call: an endless one could not be stopped.
static int base_setmetatable(lua_State *L) {
    int type = lua_type(L, 2);
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
    lua_settop(L, 2);
    if (type == LUA_TTABLE) {
        lua_pushliteral(L, "__gc");
        if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "__gc is not available: use <close> to free things");
    }
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) return luaL_error(L, "cannot change a protected metatable");
    lua_settop(L, 2);
    lua_setmetatable(L, 1);
    return 1;
}

// The texts are made here, where __tostring may run; the sink receives plain strings.
static int base_print(lua_State *L) {
    int count = lua_gettop(L);
    for (int i = 1; i <= count; i++) {
        luaL_tolstring(L, i, NULL);
        lua_replace(L, i);
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, count, 0);
    return 0;
}

// Upvalues: the host's loader, the loaded modules, the names being loaded. A module's body runs in one piece: it may not wait,
// so no other call ever meets a module half loaded, and a name met twice is a cycle.
static int base_require(lua_State *L) {
    const char *name = luaL_checkstring(L, 1);
    int loader = lua_upvalueindex(1), loaded = lua_upvalueindex(2), loading = lua_upvalueindex(3);
    lua_settop(L, 1);
    lua_pushvalue(L, 1);
    if (lua_rawget(L, loaded) != LUA_TNIL) return 1;
    lua_Integer depth = (lua_Integer)lua_rawlen(L, loading);
    for (lua_Integer i = 1; i <= depth; i++) {
        lua_rawgeti(L, loading, i);
        if (!lua_rawequal(L, -1, 1)) {
            lua_pop(L, 1);
            continue;
        }
        luaL_Buffer chain;
        luaL_buffinit(L, &chain);
        for (; i <= depth; i++) {
            lua_rawgeti(L, loading, i);
            luaL_addvalue(&chain);
            luaL_addstring(&chain, " -> ");
        }
        luaL_addstring(&chain, name);
        luaL_pushresult(&chain);
        return luaL_error(L, "modules require each other in a cycle: %s", lua_tostring(L, -1));
    }
    lua_settop(L, 1);
    lua_pushcfunction(L, loom_lua_on_error); // 2
    lua_pushvalue(L, loader);
    lua_pushvalue(L, 1);
    lua_call(L, 1, 2); // 3 source, 4 chunk name
    size_t length;
    const char *source = luaL_checklstring(L, 3, &length);
    if (loom_lua_load_shared(L, source, length, lua_tostring(L, 4)) != LUA_OK) return lua_error(L);
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 4);
    lua_pushvalue(L, 1);
    lua_rawseti(L, loading, depth + 1);
    int status = lua_pcall(L, 2, 1, 2);
    lua_pushnil(L);
    lua_rawseti(L, loading, depth + 1);
    if (status != LUA_OK) return lua_error(L);
    if (lua_isnil(L, -1)) {
        lua_pushboolean(L, 1);
        lua_replace(L, -2);
    }
    lua_pushvalue(L, 1);
    lua_pushvalue(L, -2);
    lua_rawset(L, loaded);
    return 1;
}

void loom_lua_open_base(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"xpcall", base_xpcall}, {"setmetatable", base_setmetatable}, {"load", loom_lua_base_load}, {NULL, NULL},
    };
    lua_pushglobaltable(L);
    luaL_setfuncs(L, functions, 0);
    loom_lua_push_function(L, LOOM_LUA_PRINT, 0, "print");
    lua_pushcclosure(L, base_print, 1);
    lua_setfield(L, -2, "print");
    loom_lua_push_function(L, LOOM_LUA_REQUIRE, 0, "require");
    lua_newtable(L);
    lua_newtable(L);
    lua_pushcclosure(L, base_require, 3);
    lua_setfield(L, -2, "require");
    lua_pop(L, 1);
}
