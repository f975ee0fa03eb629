// Host functions: Lua calls a C function, which hands bytes to Swift, and only after Swift has returned raises, waits or returns.
#include "host.h"
#include <string.h>

static const char no_wait[] =
    "%s has to wait, and cannot here: the call comes from inside a sort comparator, a gsub or load callback, __close or a module "
    "being required";

static const char *name_of(lua_State *L) { return lua_tostring(L, lua_upvalueindex(3)); }

// Gives a text error the place in Lua that called, as Lua's own functions do.
static int raise_host_error(lua_State *L) {
    lua_settop(L, 1);
    if (lua_type(L, 1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, 1);
        lua_concat(L, 2);
    }
    loom_lua_host_of(L)->host_error = lua_topointer(L, 1);
    return lua_error(L);
}

static int finish(lua_State *L, int reply, const uint8_t *bytes, size_t length) {
    lua_settop(L, 0);
    loom_lua_decode(L, bytes, length);
    return reply == LOOM_LUA_RAISE ? raise_host_error(L) : lua_gettop(L);
}

// Resumed by the host: with the reply, or without one when the call has to stop.
static int continue_wait(lua_State *L, int status, lua_KContext context) {
    loom_lua_host *host = loom_lua_host_of(L);
    loom_lua_task *task = host->task;
    (void)status, (void)context;
    if (task->reply == LOOM_LUA_NO_REPLY) {
        loom_lua_check(L, 1);
        host->yield = LOOM_LUA_YIELD_AWAIT;
        return lua_yieldk(L, 0, 0, continue_wait);
    }
    int reply = task->reply;
    task->reply = LOOM_LUA_NO_REPLY;
    return finish(L, reply, task->reply_bytes, task->reply_length);
}

static int trampoline(lua_State *L) {
    loom_lua_host *host = loom_lua_host_of(L);
    int64_t function = lua_tointeger(L, lua_upvalueindex(1));
    int waits = lua_toboolean(L, lua_upvalueindex(2));
    loom_lua_tick(L, 50);
    if (waits) {
        if (!loom_lua_can_wait(L)) return luaL_error(L, no_wait, name_of(L));
        if (host->task->phase != LOOM_LUA_NORMAL) {
            return luaL_error(L, "%s has to wait, and the call is being stopped", name_of(L));
        }
    }
    loom_lua_begin_message(L);
    loom_lua_buffer_reset(&host->arguments);
    for (int i = 1, count = lua_gettop(L); i <= count; i++) loom_lua_encode(L, i, &host->arguments, 0);
    loom_lua_claim(host);
    loom_lua_buffer_reset(&host->reply);
    int reply = host->options.callback(
        host->options.context, function, host->arguments.bytes, host->arguments.length, &host->reply);
    if (reply == LOOM_LUA_AWAIT) {
        lua_settop(L, 0); // the arguments need not live while the call waits
        host->yield = LOOM_LUA_YIELD_AWAIT;
        return lua_yieldk(L, 0, 0, continue_wait);
    }
    return finish(L, reply, host->reply.bytes, host->reply.length);
}

void loom_lua_push_function(lua_State *L, int64_t function, int waits, const char *name) {
    lua_pushinteger(L, function);
    lua_pushboolean(L, waits);
    lua_pushstring(L, name);
    lua_pushcclosure(L, trampoline, 3);
}

static void keep_message(loom_lua_host *host, int status) {
    size_t length;
    const char *text = lua_type(host->main, -1) == LUA_TSTRING ? lua_tolstring(host->main, -1, &length) : NULL;
    if (text == NULL || status == LUA_ERRMEM) text = "not enough memory", length = strlen(text);
    loom_lua_buffer_set(&host->output, (const uint8_t *)text, length);
}

// A light C function and a light userdatum need no memory, and the stack has room: nothing before lua_pcall can raise.
int loom_lua_protected(loom_lua_host *host, lua_CFunction body, void *argument) {
    lua_State *L = host->main;
    lua_pushcfunction(L, body);
    lua_pushlightuserdata(L, argument);
    int status = lua_pcall(L, 1, 0, 0);
    if (status == LUA_OK) return LOOM_LUA_NO_FAILURE;
    keep_message(host, status);
    lua_settop(L, 0);
    return status == LUA_ERRMEM ? LOOM_LUA_MEMORY : LOOM_LUA_RUNTIME;
}

// The host says what is in the table of this name, four values for each function: its key, the name that errors show, its number,
// and whether it waits. Nil when there is no such table.
static int table_of(lua_State *L) {
    luaL_checkstring(L, 1);
    lua_settop(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 1, 1);
    if (!lua_istable(L, 1)) return 1;
    lua_Integer count = (lua_Integer)lua_rawlen(L, 1);
    lua_createtable(L, 0, (int)count / 4); // 2
    for (lua_Integer i = 1; i < count; i += 4) {
        for (int part = 0; part < 4; part++) lua_rawgeti(L, 1, i + part);
        loom_lua_push_function(L, lua_tointeger(L, 5), lua_toboolean(L, 6), lua_tostring(L, 4));
        lua_replace(L, 4);
        lua_settop(L, 4);
        lua_rawset(L, 2);
    }
    return 1;
}

typedef struct assignment {
    const char *path;
    size_t length;
    int64_t function;
    int waits;
    const uint8_t *value; // NULL for a function
    size_t value_length;
} assignment;

static void push_assigned(lua_State *L, const assignment *what, const char *path) {
    if (what->value != NULL) {
        if (loom_lua_decode(L, what->value, what->value_length) != 1) luaL_error(L, "one value to assign, please");
        return;
    }
    loom_lua_push_function(L, what->function, what->waits, path);
    if (what->function == LOOM_LUA_TABLE_OF) lua_pushcclosure(L, table_of, 1);
}

// "loom.fs.read" makes the tables `loom` and `loom.fs` where they are missing.
static int assign(lua_State *L) {
    assignment *what = lua_touserdata(L, 1);
    const char *part = what->path, *end = what->path + what->length, *dot;
    lua_pushlstring(L, what->path, what->length);
    lua_pushglobaltable(L);
    while ((dot = memchr(part, '.', (size_t)(end - part))) != NULL) {
        lua_pushlstring(L, part, (size_t)(dot - part));
        lua_pushvalue(L, -1);
        if (lua_rawget(L, -3) != LUA_TTABLE) {
            lua_pop(L, 1);
            lua_newtable(L);
            lua_pushvalue(L, -2);
            lua_pushvalue(L, -2);
            lua_rawset(L, -5);
        }
        lua_replace(L, -3);
        lua_pop(L, 1);
        part = dot + 1;
    }
    lua_pushlstring(L, part, (size_t)(end - part));
    push_assigned(L, what, lua_tostring(L, 2));
    lua_rawset(L, -3);
    return 0;
}

int loom_lua_register(loom_lua_host *host, const char *path, size_t length, int64_t function, int waits) {
    assignment what = {path, length, function, waits, NULL, 0};
    return loom_lua_protected(host, assign, &what);
}

int loom_lua_register_tables(loom_lua_host *host, const char *path, size_t length) {
    return loom_lua_register(host, path, length, LOOM_LUA_TABLE_OF, 0);
}

int loom_lua_assign(loom_lua_host *host, const char *path, size_t length, const uint8_t *value, size_t value_length) {
    assignment what = {path, length, 0, 0, value, value_length};
    return loom_lua_protected(host, assign, &what);
}
