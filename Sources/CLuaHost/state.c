// Life of a state.
#include "host.h"
#include <stdlib.h>

static int open_all(lua_State *L) {
    lua_settop(L, 0);
    loom_lua_open_references(L);
    loom_lua_open_sandbox(L);
    return 0;
}

loom_lua_host *loom_lua_new(const loom_lua_options *options) {
    loom_lua_host *host = calloc(1, sizeof *host);
    if (host == NULL) return NULL;
    host->options = *options;
    host->arguments.limit = host->reply.limit = host->output.limit = host->code.limit = options->message_bytes;
    host->main = loom_lua_newstate(host);
    if (host->main != NULL && loom_lua_protected(host, open_all, NULL) == LOOM_LUA_NO_FAILURE) return host;
    loom_lua_free(host);
    return NULL;
}

void loom_lua_begin_close(loom_lua_host *host) { atomic_store_explicit(&host->closing, 1, memory_order_relaxed); }

void loom_lua_limit_memory(loom_lua_host *host, size_t bytes) { host->options.memory_bytes = bytes; }

void loom_lua_close(loom_lua_host *host) {
    if (host->main == NULL) return;
    lua_close(host->main);
    host->main = NULL;
    host->references = 0;
    host->unclaimed_count = 0;
    loom_lua_buffer_free(&host->arguments);
    loom_lua_buffer_free(&host->reply);
    loom_lua_buffer_free(&host->output);
    loom_lua_buffer_free(&host->code);
}

void loom_lua_free(loom_lua_host *host) {
    loom_lua_close(host);
    free(host->unclaimed);
    free(host->free_references);
    free(host);
}

size_t loom_lua_used(const loom_lua_host *host) { return host->used; }
size_t loom_lua_peak(const loom_lua_host *host) { return host->peak; }
void loom_lua_fail_after(loom_lua_host *host, int64_t allocations) { host->fail_after = allocations; }

void loom_lua_collect(loom_lua_host *host) {
    if (host->main != NULL) lua_gc(host->main, LUA_GCCOLLECT);
}

const uint8_t *loom_lua_code(const loom_lua_host *host, size_t *length) {
    *length = host->code.length;
    return host->code.bytes;
}

void loom_lua_drop_code(loom_lua_host *host) { loom_lua_buffer_free(&host->code); }

const uint8_t *loom_lua_output(const loom_lua_host *host, size_t *length) {
    *length = host->output.length;
    return host->output.bytes;
}
