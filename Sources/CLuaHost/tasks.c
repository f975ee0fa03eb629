// Calls: each is a coroutine of its own, driven slice by slice from Swift.
#include "host.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

loom_lua_flag *loom_lua_flag_new(void) { return calloc(1, sizeof(loom_lua_flag)); }
void loom_lua_flag_set(loom_lua_flag *flag, int failure) {
    int none = LOOM_LUA_NO_FAILURE;
    if (flag != NULL) atomic_compare_exchange_strong_explicit(&flag->value, &none, failure, memory_order_relaxed, memory_order_relaxed);
}
int loom_lua_flag_get(const loom_lua_flag *flag) {
    return flag == NULL ? LOOM_LUA_NO_FAILURE : atomic_load_explicit(&flag->value, memory_order_relaxed);
}
void loom_lua_flag_free(loom_lua_flag *flag) { free(flag); }

static int encode_error(lua_State *L) {
    loom_lua_encode(L, 1, &loom_lua_host_of(L)->output, 0);
    return 0;
}

static void put_text(lua_State *L, loom_lua_buffer *out, const char *text, size_t length) {
    lua_pushlstring(L, text, length);
    loom_lua_encode(L, -1, out, 0);
    lua_pop(L, 1);
}

// Output of a failed call: its text, then the error object where it is not a text. Runs no Lua code.
static void describe_error(lua_State *L, loom_lua_task *task, int status) {
    loom_lua_buffer *out = &task->host->output;
    int error = lua_gettop(L);
    luaL_checkstack(L, 8, NULL);
    if (task->phase != LOOM_LUA_NORMAL) { // the first error, whatever became of it
        if (task->message.length > 0) put_text(L, out, (const char *)task->message.bytes, task->message.length);
        return;
    }
    const void *identity = lua_topointer(L, error);
    task->failure = status == LUA_ERRMEM ? LOOM_LUA_MEMORY
        : status == LUA_ERRSYNTAX ? LOOM_LUA_SYNTAX
        : identity != NULL && identity == task->host->host_error ? LOOM_LUA_HOST_ERROR : LOOM_LUA_RUNTIME;
    if (status == LUA_ERRMEM && *task->host->place) { // no handler was called
        char text[sizeof task->host->place + 64];
        int length = snprintf(text, sizeof text, "stack traceback:\n\t%s: memory ran out here", task->host->place);
        loom_lua_buffer_set(&task->traceback, (const uint8_t *)text, (size_t)length);
    }
    int type = lua_type(L, error);
    if (type == LUA_TSTRING) {
        loom_lua_encode(L, error, out, 0);
        return;
    }
    if (type == LUA_TTABLE) {
        lua_pushliteral(L, "message");
        if (lua_rawget(L, error) != LUA_TSTRING) lua_pushliteral(L, "(the error object is a table without a message)");
    } else {
        if (type == LUA_TNIL || type == LUA_TBOOLEAN || type == LUA_TNUMBER) luaL_tolstring(L, error, NULL);
        else lua_pushfstring(L, "(the error object is a %s)", luaL_typename(L, error));
    }
    loom_lua_encode(L, -1, out, 0);
    size_t kept = out->length;
    lua_pushcfunction(L, encode_error);
    lua_pushvalue(L, error);
    if (lua_pcall(L, 1, 0, 0) == LUA_OK) return;
    out->length = kept; // an object that cannot cross stays behind
    loom_lua_begin_message(L);
}

// The base of every call catches its errors itself: Lua then unwinds and runs __close with the hook in force. A coroutine
// that dies of an error raised in a hook would run them without.
static int finish_body(lua_State *L, int status, lua_KContext context) {
    loom_lua_task *task = loom_lua_host_of(L)->task;
    loom_lua_host *host = task->host;
    (void)context;
    loom_lua_begin_message(L);
    loom_lua_buffer_reset(&host->output);
    if (task->phase == LOOM_LUA_NORMAL && (status == LUA_OK || status == LUA_YIELD)) {
        for (int i = 2, top = lua_gettop(L); i <= top; i++) loom_lua_encode(L, i, &host->output, 0);
    } else {
        describe_error(L, task, status);
    }
    lua_settop(L, 0);
    return 0;
}

// Of the function on top of the stack.
static int show_code(lua_State *L, const char *name) {
    loom_lua_buffer *code = &loom_lua_host_of(L)->code;
    loom_lua_buffer_reset(code);
    if (lua_dump(L, loom_lua_write_code, code, 0) == 0) return LUA_OK;
    loom_lua_buffer_free(code);
    lua_pushfstring(L, "%s: too large to look at", *name == '@' || *name == '=' ? name + 1 : name);
    return LUA_ERRSYNTAX;
}

static int body(lua_State *L) { // function, arguments...; or source and chunk name
    loom_lua_task *task = loom_lua_host_of(L)->task;
    if (task->compiles) {
        size_t length;
        const char *source = lua_tolstring(L, 1, &length);
        const char *name = lua_tostring(L, 2);
        int status = (task->how & LOOM_LUA_SHARED ? loom_lua_load_shared : loom_lua_load)(L, source, length, name);
        if (status == LUA_OK && task->how & LOOM_LUA_LOOKED_AT) status = show_code(L, name);
        lua_replace(L, 1);
        lua_settop(L, 1);
        if (status != LUA_OK) return finish_body(L, status, 0);
    }
    lua_pushcfunction(L, loom_lua_on_error);
    lua_insert(L, 1);
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 1, 0, finish_body);
    return finish_body(L, status, 0);
}

typedef struct start {
    loom_lua_task *task;
    const char *chunk;
    int how;
    int64_t reference;
    const uint8_t *bytes;
    size_t length;
} start;

static int prepare(lua_State *L) {
    start *what = lua_touserdata(L, 1);
    lua_settop(L, 0);
    lua_State *thread = lua_newthread(L);
    *loom_lua_slot(thread) |= LOOM_LUA_IS_TASK;
    lua_pushcfunction(L, body);
    if (what->chunk != NULL) {
        what->task->compiles = 1;
        what->task->how = what->how;
        lua_pushlstring(L, (const char *)what->bytes, what->length);
        lua_pushstring(L, what->chunk);
    } else {
        loom_lua_push_reference(L, what->reference);
        loom_lua_decode(L, what->bytes, what->length);
    }
    int count = lua_gettop(L) - 1;
    if (!lua_checkstack(thread, count + 1)) luaL_error(L, "too many arguments");
    lua_xmove(L, thread, count);
    what->task->anchor = luaL_ref(L, LUA_REGISTRYINDEX);
    what->task->thread = thread;
    return 0;
}

static loom_lua_task *start_task(loom_lua_host *host, loom_lua_flag *flag, start *what, int *failure) {
    loom_lua_task *task = calloc(1, sizeof *task);
    *failure = LOOM_LUA_MEMORY;
    loom_lua_buffer_reset(&host->output);
    if (task == NULL || flag == NULL) {
        free(task);
        return NULL;
    }
    task->host = host;
    *host->place = 0;
    task->flag = flag;
    task->message.limit = task->traceback.limit = 1 << 16;
    what->task = task;
    *failure = loom_lua_protected(host, prepare, what);
    if (*failure == LOOM_LUA_NO_FAILURE) return task;
    free(task);
    return NULL;
}

loom_lua_task *loom_lua_start_source(loom_lua_host *host, loom_lua_flag *flag, const char *source, size_t length,
                                     const char *chunk, int how, int *failure) {
    start what = {.chunk = chunk, .how = how, .bytes = (const uint8_t *)source, .length = length};
    return start_task(host, flag, &what, failure);
}

loom_lua_task *loom_lua_start_function(loom_lua_host *host, loom_lua_flag *flag, int64_t reference,
                                       const uint8_t *arguments, size_t length, int *failure) {
    start what = {.reference = reference, .bytes = arguments, .length = length};
    return start_task(host, flag, &what, failure);
}

// The coroutine itself failed: something went wrong while its results or its error were put into bytes.
static void fail(loom_lua_task *task, int status) {
    loom_lua_host *host = task->host;
    if (task->phase == LOOM_LUA_NORMAL) task->failure = status == LUA_ERRMEM ? LOOM_LUA_MEMORY : LOOM_LUA_VALUE;
    loom_lua_buffer_reset(&host->output);
    loom_lua_begin_message(host->main);
    if (status == LUA_ERRMEM || task->phase != LOOM_LUA_NORMAL) return;
    size_t length;
    const char *text = lua_type(task->thread, -1) == LUA_TSTRING ? lua_tolstring(task->thread, -1, &length) : NULL;
    if (text == NULL) return;
    uint8_t tag = LOOM_LUA_STRING;
    uint32_t count = (uint32_t)length;
    if (!loom_lua_put(&host->output, &tag, 1) || !loom_lua_put(&host->output, &count, 4)
        || !loom_lua_put(&host->output, text, length)) {
        loom_lua_buffer_reset(&host->output);
    }
}

int loom_lua_step(loom_lua_task *task, int64_t deadline_ns, int reply, const uint8_t *bytes, size_t length) {
    loom_lua_host *host = task->host;
    host->task = task;
    host->yield = LOOM_LUA_YIELD_OWN;
    host->blocked = 0;
    host->closes = 0;
    host->ticks = LOOM_LUA_TICKS;
    task->deadline = deadline_ns;
    task->slice_end = loom_lua_now() + host->options.quantum_ns;
    task->reply = reply;
    task->reply_bytes = bytes;
    task->reply_length = length;
    loom_lua_arm(task->thread);
    int arguments = task->started ? 0 : lua_gettop(task->thread) - 1, results = 0;
    task->started = 1;
    int status = lua_resume(task->thread, host->main, arguments, &results);
    host->task = NULL;
    if (status == LUA_YIELD) return host->yield == LOOM_LUA_YIELD_AWAIT ? LOOM_LUA_AWAITING : LOOM_LUA_SLICED;
    if (status != LUA_OK) fail(task, status);
    return task->failure == LOOM_LUA_NO_FAILURE ? LOOM_LUA_DONE : LOOM_LUA_FAILED;
}

void loom_lua_set_deadline(loom_lua_task *task, int64_t deadline_ns) { task->deadline = deadline_ns; }
int loom_lua_failure(const loom_lua_task *task) { return task->failure; }

const uint8_t *loom_lua_traceback(const loom_lua_task *task, size_t *length) {
    *length = task->traceback.length;
    return task->traceback.bytes;
}

void loom_lua_end(loom_lua_task *task) {
    if (task == NULL) return;
    if (task->host->main != NULL) luaL_unref(task->host->main, LUA_REGISTRYINDEX, task->anchor);
    loom_lua_buffer_free(&task->message);
    loom_lua_buffer_free(&task->traceback);
    free(task);
}
