// The coroutine library. A coroutine of Lua code may be suspended by the host (end of a slice, wait for a host function): that
// yield is not for the code that resumed it, so each resume passes it outwards until it reaches the host, and on the way back
// in continues where it was.
#include "host.h"

enum { PROTECTED, WRAPPED };

static int finish_co_body(lua_State *L, int status, lua_KContext context) {
    (void)context;
    if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L);
    return lua_error(L); // everything is unwound by now, with the hook in force
}

static int co_body(lua_State *L) { // function, arguments...
    if (lua_gettop(L) == 0) return luaL_error(L, "C stack overflow"); // an earlier resume failed before it began
    return finish_co_body(L, lua_pcallk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, 0, finish_co_body), 0);
}

static lua_State *check_coroutine(lua_State *L) {
    lua_State *co = lua_tothread(L, 1);
    luaL_argexpected(L, co, 1, "coroutine");
    return co;
}

static const char *status_of(lua_State *L, lua_State *co) {
    if (L == co) return "running";
    lua_Debug frame;
    switch (lua_status(co)) {
    case LUA_YIELD: return loom_lua_is_busy(co) || loom_lua_is_task(co) ? "normal" : "suspended";
    case LUA_OK:
        if (lua_getstack(co, 0, &frame)) return "normal";
        return lua_gettop(co) == 0 || loom_lua_is_task(co) ? "dead" : "suspended";
    default: return "dead";
    }
}

static int continue_resume(lua_State *L, int status, lua_KContext context);

// Leaves the results, or the error, on top of L; returns how many, or -1 for an error.
static int take_results(lua_State *L, lua_State *co, int status, int count) {
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_xmove(co, L, 1);
        return -1;
    }
    if (!lua_checkstack(L, count + 1)) {
        lua_pop(co, count);
        lua_pushliteral(L, "too many results to resume");
        return -1;
    }
    lua_xmove(co, L, count);
    return count;
}

static int deliver(lua_State *L, int results, int kind) {
    if (kind == PROTECTED) {
        lua_pushboolean(L, results >= 0);
        if (results < 0) results = 1;
        lua_insert(L, -(results + 1));
        return results + 1;
    }
    if (results >= 0) return results;
    if (lua_type(L, -1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int drive(lua_State *L, lua_State *co, int arguments, int kind) {
    loom_lua_host *host = loom_lua_host_of(L);
    int blocked = host->blocked, results = 0;
    host->blocked = blocked || !lua_isyieldable(L);
    host->yield = LOOM_LUA_YIELD_OWN;
    *loom_lua_slot(co) &= ~(uintptr_t)LOOM_LUA_IS_BUSY;
    loom_lua_arm(co);
    int status = lua_resume(co, L, arguments, &results);
    host->blocked = blocked;
    loom_lua_arm(L);
    if (status == LUA_YIELD && host->yield != LOOM_LUA_YIELD_OWN) {
        *loom_lua_slot(co) |= LOOM_LUA_IS_BUSY;
        return lua_yieldk(L, 0, kind, continue_resume);
    }
    return deliver(L, take_results(L, co, status, results), kind);
}

static lua_State *coroutine_of(lua_State *L, int kind) {
    return lua_tothread(L, kind == PROTECTED ? 1 : lua_upvalueindex(1));
}

static int continue_resume(lua_State *L, int status, lua_KContext kind) {
    (void)status;
    return drive(L, coroutine_of(L, (int)kind), 0, (int)kind);
}

static int resume(lua_State *L, lua_State *co, int arguments, int kind) {
    loom_lua_tick(L, 20);
    const char *status = status_of(L, co);
    if (*status != 's') {
        lua_pushfstring(L, "cannot resume %s coroutine", *status == 'd' ? "dead" : "non-suspended");
        return deliver(L, -1, kind);
    }
    if (!lua_checkstack(co, arguments)) {
        lua_pushliteral(L, "too many arguments to resume");
        return deliver(L, -1, kind);
    }
    lua_xmove(L, co, arguments);
    if (lua_status(co) == LUA_OK) arguments = lua_gettop(co) - 1; // the first resume also passes the function to co_body
    return drive(L, co, arguments, kind);
}

static int co_resume(lua_State *L) {
    lua_State *co = check_coroutine(L);
    return resume(L, co, lua_gettop(L) - 1, PROTECTED);
}

static int co_wrapped(lua_State *L) { return resume(L, coroutine_of(L, WRAPPED), lua_gettop(L), WRAPPED); }

static int co_create(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_State *co = lua_newthread(L);
    lua_pushcfunction(co, co_body);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    return 1;
}

static int co_wrap(lua_State *L) {
    co_create(L);
    lua_pushcclosure(L, co_wrapped, 1);
    return 1;
}

static int co_yield(lua_State *L) {
    if (loom_lua_is_task(L)) return luaL_error(L, "attempt to yield from outside a coroutine");
    loom_lua_host_of(L)->yield = LOOM_LUA_YIELD_OWN;
    return lua_yield(L, lua_gettop(L));
}

static int co_status(lua_State *L) {
    lua_State *co = check_coroutine(L);
    lua_pushstring(L, status_of(L, co));
    return 1;
}

static int co_running(lua_State *L) {
    lua_pushthread(L);
    lua_pushboolean(L, loom_lua_is_task(L));
    return 2;
}

static int co_isyieldable(lua_State *L) {
    lua_State *co = lua_isthread(L, 1) ? lua_tothread(L, 1) : L;
    lua_pushboolean(L, !loom_lua_is_task(co) && lua_isyieldable(co));
    return 1;
}

// Runs the pending __close of a suspended coroutine, under the hook. Lua counts the C stack of each nested closing from nothing
// again, two hundred levels of it, so the stack has room for few.
static int co_close(lua_State *L) {
    lua_State *co = check_coroutine(L);
    loom_lua_host *host = loom_lua_host_of(L);
    const char *status = status_of(L, co);
    if ((*status != 's' && *status != 'd') || loom_lua_is_task(co)) return luaL_error(L, "cannot close a %s coroutine", status);
    if (host->closes >= LOOM_LUA_MAX_CLOSES) return luaL_error(L, "too many nested closings of coroutines");
    loom_lua_tick(L, 20);
    host->closes++;
    loom_lua_arm(co);
    int failure = lua_resetthread(co);
    host->closes--;
    loom_lua_arm(L);
    lua_pushboolean(L, failure == LUA_OK);
    if (failure == LUA_OK) return 1;
    lua_xmove(co, L, 1);
    return 2;
}

void loom_lua_open_coroutine(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"create", co_create}, {"resume", co_resume}, {"wrap", co_wrap}, {"yield", co_yield}, {"status", co_status},
        {"running", co_running}, {"isyieldable", co_isyieldable}, {"close", co_close}, {NULL, NULL},
    };
    luaL_newlib(L, functions);
    lua_setglobal(L, "coroutine");
}
