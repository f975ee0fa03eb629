// What Lua's own parser makes of a source, as bytes to look at. Nothing here is ever run.
#include "host.h"

typedef struct dumping {
    loom_lua_host *host;
    const char *source, *chunk;
    size_t length;
} dumping;

static int write_bytes(lua_State *L, const void *bytes, size_t length, void *buffer) {
    (void)L;
    return loom_lua_put(buffer, bytes, length) ? 0 : 1;
}

static int dump(lua_State *L) {
    dumping *what = lua_touserdata(L, 1);
    if (luaL_loadbufferx(L, what->source, what->length, what->chunk, "t") != LUA_OK) return lua_error(L);
    loom_lua_buffer_reset(&what->host->output);
    if (lua_dump(L, write_bytes, &what->host->output, 0) != 0) return luaL_error(L, "%s: too large to look at", what->chunk);
    return 0;
}

int loom_lua_dump(loom_lua_host *host, const char *source, size_t length, const char *chunk) {
    dumping what = {host, source, chunk, length};
    return loom_lua_protected(host, dump, &what);
}
