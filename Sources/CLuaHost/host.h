// Inside the C layer only. Every function that takes a lua_State may raise a Lua error unless it says otherwise.
#pragma once
#include "CLuaHost.h"
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdatomic.h>

enum { LOOM_LUA_HOOK_COUNT = 1000, LOOM_LUA_TICKS = 10000, LOOM_LUA_MAX_CLOSES = 3 };
enum { LOOM_LUA_YIELD_OWN, LOOM_LUA_YIELD_SLICE, LOOM_LUA_YIELD_AWAIT }; // whose yield it is: Lua code's, or the host's
enum { LOOM_LUA_NORMAL, LOOM_LUA_GRACE, LOOM_LUA_KILL };                 // phases of a call that has to stop

struct loom_lua_flag {
    atomic_int value;
};

struct loom_lua_host {
    lua_State *main;
    loom_lua_options options;
    size_t used, peak;
    int64_t fail_after;
    atomic_int closing;
    loom_lua_task *task;      // the call that runs now
    int yield;                // reason of the last yield
    int blocked;              // an outer coroutine stands where it cannot yield, so no inner one may wait for the host
    int closes;               // nested closings of coroutines, bounded because each takes C stack
    int64_t ticks;            // work left until C loops look at the clock
    loom_lua_buffer arguments, reply, output, code;
    int64_t next_reference, references;
    int64_t *unclaimed;       // references made for a message that Swift has not decoded yet
    size_t unclaimed_count, unclaimed_capacity;
    int64_t *free_references; // given back, to be used again
    size_t free_count, free_capacity;
    char place[512];          // where Lua code was when memory was last refused, "path:line"; empty when not known
    const void *host_error;   // the last error a host function raised, to tell it from others
};

struct loom_lua_task {
    loom_lua_host *host;
    lua_State *thread;
    int anchor, started, compiles, how, phase, failure;
    const loom_lua_flag *flag;
    int64_t deadline, slice_end, grace_end;
    loom_lua_buffer message, traceback;
    const void *traceback_of; // the error the traceback belongs to
    int reply;
    const uint8_t *reply_bytes;
    size_t reply_length;
};

// A coroutine's extra space is a copy of the main thread's: the host's address. Two low bits say what the coroutine is.
enum { LOOM_LUA_IS_TASK = 1, LOOM_LUA_IS_BUSY = 2 };
static inline uintptr_t *loom_lua_slot(lua_State *L) { return (uintptr_t *)lua_getextraspace(L); }
static inline loom_lua_host *loom_lua_host_of(lua_State *L) { return (loom_lua_host *)(*loom_lua_slot(L) & ~(uintptr_t)3); }
static inline int loom_lua_is_task(lua_State *L) { return (*loom_lua_slot(L) & LOOM_LUA_IS_TASK) != 0; }
static inline int loom_lua_is_busy(lua_State *L) { return (*loom_lua_slot(L) & LOOM_LUA_IS_BUSY) != 0; }

// alloc.c: none of these raises
lua_State *loom_lua_newstate(loom_lua_host *host);
int loom_lua_put(loom_lua_buffer *buffer, const void *bytes, size_t length);
void loom_lua_buffer_reset(loom_lua_buffer *buffer);
void loom_lua_buffer_free(loom_lua_buffer *buffer);

// hooks.c
void loom_lua_note_place(loom_lua_host *host, lua_State *L); // into host->place; neither raises nor allocates
void loom_lua_arm(lua_State *L);                  // sets the hook the call's phase asks for; does not raise
void loom_lua_check(lua_State *L, int level);     // raises when the call has to stop
int loom_lua_can_wait(lua_State *L);              // may this coroutine be suspended by the host now?
int loom_lua_on_error(lua_State *L);              // message handler: keeps the traceback of the raise point
static inline void loom_lua_tick(lua_State *L, int64_t cost) {
    loom_lua_host *host = loom_lua_host_of(L);
    if ((host->ticks -= cost) > 0) return;
    host->ticks = LOOM_LUA_TICKS;
    loom_lua_check(L, 1);
}

// values.c
void loom_lua_encode(lua_State *L, int index, loom_lua_buffer *buffer, int depth);
int loom_lua_decode(lua_State *L, const uint8_t *bytes, size_t length); // pushes all values, returns how many
void loom_lua_open_references(lua_State *L);
void loom_lua_begin_message(lua_State *L);                              // forgets references nobody took over
void loom_lua_push_reference(lua_State *L, int64_t reference);

// calls.c
void loom_lua_push_function(lua_State *L, int64_t function, int waits, const char *name);
int loom_lua_protected(loom_lua_host *host, lua_CFunction body, void *argument); // runs body, returns a failure; never raises

// load.c
int loom_lua_load(lua_State *L, const char *source, size_t length, const char *name); // as luaL_loadbufferx, text only
int loom_lua_base_load(lua_State *L);

// shared.c
int loom_lua_load_shared(lua_State *L, const char *source, size_t length, const char *name); // compiled once in the process
int loom_lua_write_code(lua_State *L, const void *bytes, size_t length, void *buffer);       // for lua_dump

// The sandbox: each function leaves the stack as it was and changes the globals.
void loom_lua_open_sandbox(lua_State *L);
void loom_lua_open_base(lua_State *L);
void loom_lua_open_coroutine(lua_State *L);
void loom_lua_open_string(lua_State *L);
void loom_lua_open_table(lua_State *L);
int loom_lua_sort(lua_State *L);
