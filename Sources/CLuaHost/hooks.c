// Stopping: the count hook, the clock checks of C loops, and the traceback of the raise point.
//
// An error raised by a hook can be caught by Lua code, so raising once is not enough. A call that has to stop gets one
// error it may catch, a short grace for its cleanup, and then an error at every instruction until nothing of it is left.
#include "host.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t loom_lua_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void hook(lua_State *L, lua_Debug *event);

void loom_lua_arm(lua_State *L) {
    loom_lua_task *task = loom_lua_host_of(L)->task;
    int count = task != NULL && task->phase == LOOM_LUA_KILL ? 1 : LOOM_LUA_HOOK_COUNT;
    if (lua_gethook(L) != hook || lua_gethookcount(L) != count) lua_sethook(L, hook, LUA_MASKCOUNT, count);
}

int loom_lua_can_wait(lua_State *L) {
    loom_lua_host *host = loom_lua_host_of(L);
    return host->task != NULL && !host->blocked && lua_isyieldable(L);
}

static const char *reason_text(int failure) {
    switch (failure) {
    case LOOM_LUA_CANCELLED: return "cancelled";
    case LOOM_LUA_CLOSED: return "the Lua state is closed";
    default: return "deadline exceeded";
    }
}

static void keep(loom_lua_buffer *buffer, lua_State *L, int index) {
    size_t length;
    const char *text = lua_tolstring(L, index, &length);
    loom_lua_buffer_set(buffer, (const uint8_t *)text, text == NULL ? 0 : length);
}

// The traceback is taken here, in C, because a handler in Lua would run inside the hook, where no hook can stop it.
static void raise_first(lua_State *L, loom_lua_task *task, int level) {
    luaL_checkstack(L, 8, NULL);
    luaL_where(L, level);
    lua_pushstring(L, reason_text(task->failure));
    lua_concat(L, 2);
    keep(&task->message, L, -1);
    luaL_traceback(L, L, NULL, level);
    keep(&task->traceback, L, -1);
    lua_pop(L, 1);
    task->traceback_of = lua_topointer(L, -1);
    lua_error(L);
}

static void raise_again(lua_State *L, loom_lua_task *task) {
    luaL_checkstack(L, 2, NULL);
    lua_pushstring(L, reason_text(task->failure));
    lua_error(L);
}

static void check_at(lua_State *L, int level, int64_t now) {
    loom_lua_host *host = loom_lua_host_of(L);
    loom_lua_task *task = host->task;
    int closing = atomic_load_explicit(&host->closing, memory_order_relaxed);
    if (task->phase == LOOM_LUA_NORMAL) {
        int flagged = loom_lua_flag_get(task->flag);
        if (!closing && !flagged && (task->deadline == 0 || now < task->deadline)) return;
        task->failure = closing ? LOOM_LUA_CLOSED : flagged ? flagged : LOOM_LUA_DEADLINE;
        task->phase = closing ? LOOM_LUA_KILL : LOOM_LUA_GRACE;
        task->grace_end = now + host->options.grace_ns;
        loom_lua_arm(L);
        raise_first(L, task, level);
    }
    if (task->phase == LOOM_LUA_GRACE && (closing || now >= task->grace_end)) {
        task->phase = LOOM_LUA_KILL;
        loom_lua_arm(L);
    }
    if (task->phase == LOOM_LUA_KILL) raise_again(L, task);
}

void loom_lua_note_place(loom_lua_host *host, lua_State *L) {
    lua_Debug frame;
    for (int level = 0; level < 50 && lua_getstack(L, level, &frame); level++) {
        if (!lua_getinfo(L, "Sl", &frame) || frame.currentline <= 0) continue;
        const char *source = *frame.source == '@' || *frame.source == '=' ? frame.source + 1 : frame.short_src;
        snprintf(host->place, sizeof host->place, "%s:%d", source, frame.currentline);
        return;
    }
}

void loom_lua_check(lua_State *L, int level) {
    if (loom_lua_host_of(L)->task != NULL) check_at(L, level, loom_lua_now());
}

// A slice ends by a yield out of the hook. Where Lua cannot yield (a comparator, a replacement function) only the deadline holds.
static void hook(lua_State *L, lua_Debug *event) {
    (void)event;
    loom_lua_host *host = loom_lua_host_of(L);
    if (host->task == NULL) return;
    int64_t now = loom_lua_now();
    check_at(L, 0, now);
    // What fills the memory need not be an object.
    if (host->used > host->options.memory_bytes / 2) loom_lua_note_place(host, L);
    if (now >= host->task->slice_end && loom_lua_can_wait(L)) {
        host->yield = LOOM_LUA_YIELD_SLICE;
        lua_yield(L, 0);
    }
}

int loom_lua_on_error(lua_State *L) {
    loom_lua_task *task = loom_lua_host_of(L)->task;
    const void *identity = lua_topointer(L, 1);
    if (task == NULL || task->phase != LOOM_LUA_NORMAL) return 1;
    if (identity != NULL && identity == task->traceback_of) return 1; // raised anew: the first place is the one to know
    luaL_traceback(L, L, NULL, 1);
    keep(&task->traceback, L, -1);
    lua_pop(L, 1);
    task->traceback_of = identity;
    return 1;
}
