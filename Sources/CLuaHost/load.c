// Compiling. The parser runs no hook, and some sources take it very long (thousands of labels, deep nests of functions with
// many locals). So it is fed in small pieces, and each looks at the deadline.
#include "host.h"
#include <string.h>

enum { PIECE = 1024 };

typedef struct text {
    const char *at;
    size_t left;
} text;

static const char *read_text(lua_State *L, void *context, size_t *length) {
    text *source = context;
    const char *piece = source->at;
    loom_lua_tick(L, LOOM_LUA_TICKS);
    *length = source->left < PIECE ? source->left : PIECE;
    source->at += *length;
    source->left -= *length;
    return piece;
}

int loom_lua_load(lua_State *L, const char *source, size_t length, const char *name) {
    if (length > loom_lua_host_of(L)->options.source_bytes) {
        lua_pushfstring(L, "%s: the source is too large", *name == '@' || *name == '=' ? name + 1 : "load");
        return LUA_ERRSYNTAX;
    }
    text from = {source, length};
    return lua_load(L, read_text, &from, name, "t");
}

typedef struct pieces {
    size_t total, limit;
} pieces;

// The piece has to stay on the stack while the parser reads it: slot 5 is its place.
static const char *read_piece(lua_State *L, void *context, size_t *length) {
    pieces *read = context;
    luaL_checkstack(L, 2, "too many nested functions");
    loom_lua_tick(L, 50);
    lua_pushvalue(L, 1);
    lua_call(L, 0, 1);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        *length = 0;
        return NULL;
    }
    if (lua_type(L, -1) != LUA_TSTRING) luaL_error(L, "reader function must return a string");
    lua_replace(L, 5);
    const char *piece = lua_tolstring(L, 5, length);
    read->total += *length;
    if (read->total > read->limit) luaL_error(L, "the source is too large");
    return piece;
}

int loom_lua_base_load(lua_State *L) { // chunk, name, mode, environment
    const char *mode = luaL_optstring(L, 3, "t");
    int has_environment = !lua_isnone(L, 4), status;
    if (strchr(mode, 't') == NULL) {
        lua_pushnil(L);
        lua_pushliteral(L, "only text chunks can be loaded");
        return 2;
    }
    if (lua_type(L, 1) == LUA_TSTRING) {
        size_t length;
        const char *source = lua_tolstring(L, 1, &length), *name = luaL_optstring(L, 2, source);
        lua_settop(L, 4);
        status = loom_lua_load(L, source, length, name);
    } else {
        const char *name = luaL_optstring(L, 2, "=(load)");
        pieces read = {0, loom_lua_host_of(L)->options.source_bytes};
        luaL_checktype(L, 1, LUA_TFUNCTION);
        lua_settop(L, 5);
        status = lua_load(L, read_piece, &read, name, "t");
    }
    if (status != LUA_OK) {
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }
    if (has_environment) {
        lua_pushvalue(L, 4);
        if (lua_setupvalue(L, -2, 1) == NULL) lua_pop(L, 1);
    }
    return 1;
}
