// Which globals there are: the harmless parts of Lua's libraries, and bounded ones in place of those that a hook cannot stop.
#include "host.h"

static void remove_global(lua_State *L, const char *name) {
    lua_pushnil(L);
    lua_setglobal(L, name);
}

static void call_open(lua_State *L, lua_CFunction open, const char *name) {
    lua_pushcfunction(L, open);
    lua_call(L, 0, 1);
    if (name != NULL) lua_setglobal(L, name);
    else lua_pop(L, 1);
}

static void open_os(lua_State *L) {
    static const char *const kept[] = {"clock", "date", "difftime", "time", NULL};
    lua_newtable(L);
    lua_pushcfunction(L, luaopen_os);
    lua_call(L, 0, 1);
    for (int i = 0; kept[i] != NULL; i++) {
        lua_getfield(L, -1, kept[i]);
        lua_setfield(L, -3, kept[i]);
    }
    lua_pop(L, 1);
    lua_setglobal(L, "os");
}

void loom_lua_open_sandbox(lua_State *L) {
    static const char *const gone[] = {"dofile", "loadfile", "collectgarbage", "warn", NULL};
    call_open(L, luaopen_base, NULL);
    call_open(L, luaopen_string, "string");
    call_open(L, luaopen_table, "table");
    call_open(L, luaopen_math, "math");
    call_open(L, luaopen_utf8, "utf8");
    for (int i = 0; gone[i] != NULL; i++) remove_global(L, gone[i]);
    open_os(L);
    loom_lua_open_base(L);
    loom_lua_open_coroutine(L);
    loom_lua_open_string(L);
    loom_lua_open_table(L);
}

static const char *name_of_key(lua_State *L) { return lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : luaL_typename(L, 2); }

static int refuse_read(lua_State *L) { return luaL_error(L, "undeclared global '%s' is read", name_of_key(L)); }

static int refuse_write(lua_State *L) {
    return luaL_error(L, "undeclared global '%s' is assigned (write `local %s`)", name_of_key(L), name_of_key(L));
}

static int apply_strict(lua_State *L) {
    int strict = *(int *)lua_touserdata(L, 1);
    lua_pushglobaltable(L);
    if (strict) {
        static const luaL_Reg refusals[] = {{"__index", refuse_read}, {"__newindex", refuse_write}, {NULL, NULL}};
        luaL_newlib(L, refusals);
        lua_pushboolean(L, 0);
        lua_setfield(L, -2, "__metatable");
    } else {
        lua_pushnil(L);
    }
    lua_setmetatable(L, -2);
    return 0;
}

int loom_lua_set_strict(loom_lua_host *host, int strict) { return loom_lua_protected(host, apply_strict, &strict); }

// Opening the string library again would also replace the metatable of strings.
static int open_stock(lua_State *L) {
    lua_settop(L, 0);
    lua_pushliteral(L, "");
    lua_getmetatable(L, 1);
    call_open(L, luaopen_string, "stock_string");
    call_open(L, luaopen_table, "stock_table");
    lua_setmetatable(L, 1);
    return 0;
}

int loom_lua_open_stock(loom_lua_host *host) { return loom_lua_protected(host, open_stock, NULL); }
