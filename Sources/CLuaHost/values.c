// Values as bytes. Encoding and decoding raise (too deep, too large, out of memory), so both run only below a protected
// call or in a function that Lua called.
#include "host.h"
#include <stdlib.h>
#include <string.h>

static const char functions_key, references_key; // registry: reference -> function, and (weakly) function -> reference

void loom_lua_open_references(lua_State *L) {
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &functions_key);
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &references_key);
}

// Assigning nil does not allocate, and the list of free references has room for all: this does not raise.
void loom_lua_release(loom_lua_host *host, int64_t reference) {
    lua_State *L = host->main;
    if (L == NULL || !lua_checkstack(L, 4)) return;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &functions_key);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &references_key);
    if (lua_rawgeti(L, -2, reference) != LUA_TNIL) {
        lua_pushnil(L);
        lua_rawset(L, -3);
        lua_pushnil(L);
        lua_rawseti(L, -3, reference);
        host->references--;
        host->free_references[host->free_count++] = reference;
        lua_pop(L, 2);
    } else {
        lua_pop(L, 3);
    }
}

void loom_lua_claim(loom_lua_host *host) { host->unclaimed_count = 0; }

// A message that failed half way may have made references that Swift never saw.
void loom_lua_begin_message(lua_State *L) {
    loom_lua_host *host = loom_lua_host_of(L);
    for (size_t i = 0; i < host->unclaimed_count; i++) loom_lua_release(host, host->unclaimed[i]);
    host->unclaimed_count = 0;
}

int64_t loom_lua_references(const loom_lua_host *host) { return host->references; }

void loom_lua_push_reference(lua_State *L, int64_t reference) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &functions_key);
    lua_rawgeti(L, -1, reference);
    lua_remove(L, -2);
}

// Grows to hold one more; the room is made before anything is changed.
static void make_room(lua_State *L, int64_t **list, size_t count, size_t *capacity) {
    if (count < *capacity) return;
    size_t wanted = *capacity == 0 ? 16 : *capacity * 2;
    int64_t *grown = realloc(*list, wanted * sizeof *grown);
    if (grown == NULL) luaL_error(L, "not enough memory");
    *list = grown;
    *capacity = wanted;
}

// The same function keeps its reference as long as it is held. References are used again, so that the tables stay small.
static int64_t reference_to(lua_State *L, int index) {
    loom_lua_host *host = loom_lua_host_of(L);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &functions_key);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &references_key);
    lua_pushvalue(L, index);
    if (lua_rawget(L, -2) == LUA_TNUMBER) {
        int64_t known = lua_tointeger(L, -1);
        lua_pop(L, 3);
        return known;
    }
    make_room(L, &host->unclaimed, host->unclaimed_count, &host->unclaimed_capacity);
    int reused = host->free_count > 0;
    int64_t reference = reused ? host->free_references[host->free_count - 1] : host->next_reference + 1;
    make_room(L, &host->free_references, (size_t)reference, &host->free_capacity);
    lua_pushvalue(L, index);
    lua_rawseti(L, -4, reference);
    if (reused) host->free_count--;
    else host->next_reference = reference;
    host->references++;
    host->unclaimed[host->unclaimed_count++] = reference; // if the next step fails, this gives it back
    lua_pushvalue(L, index);
    lua_pushinteger(L, reference);
    lua_rawset(L, -4);
    lua_pop(L, 3);
    return reference;
}

static void put(lua_State *L, loom_lua_buffer *buffer, const void *bytes, size_t length) {
    if (loom_lua_put(buffer, bytes, length)) return;
    luaL_error(L, "value too large to cross to the host (more than %I bytes)", (lua_Integer)buffer->limit);
}

static void put_tag(lua_State *L, loom_lua_buffer *buffer, uint8_t tag) { put(L, buffer, &tag, 1); }

static void put_eight(lua_State *L, loom_lua_buffer *buffer, uint8_t tag, const void *bytes) {
    put_tag(L, buffer, tag);
    put(L, buffer, bytes, 8);
}

static void patch(loom_lua_buffer *buffer, size_t at, uint32_t count) { memcpy(buffer->bytes + at, &count, 4); }

static int in_sequence(lua_State *L, int index, lua_Integer last) {
    if (!lua_isinteger(L, index)) return 0;
    lua_Integer key = lua_tointeger(L, index);
    return key >= 1 && key <= last;
}

static void encode_key(lua_State *L, int index, loom_lua_buffer *buffer, int depth) {
    switch (lua_type(L, index)) {
    case LUA_TBOOLEAN: case LUA_TNUMBER: case LUA_TSTRING: loom_lua_encode(L, index, buffer, depth); return;
    default: luaL_error(L, "a table with a %s as key cannot cross to the host", luaL_typename(L, index));
    }
}

// Access is raw: no metamethod runs. The sequence is 1, 2, ... up to the first nil, so that a table with holes always crosses
// in the same form.
static void encode_table(lua_State *L, int table, loom_lua_buffer *buffer, int depth) {
    if (depth >= LOOM_LUA_MAX_DEPTH) {
        luaL_error(L, "a table nested deeper than %d, or containing itself, cannot cross to the host", LOOM_LUA_MAX_DEPTH);
    }
    luaL_checkstack(L, 8, NULL);
    put_tag(L, buffer, LOOM_LUA_TABLE);
    uint32_t count = 0;
    size_t at = buffer->length;
    put(L, buffer, &count, 4);
    while (lua_rawgeti(L, table, (lua_Integer)count + 1) != LUA_TNIL) {
        loom_lua_tick(L, 4);
        loom_lua_encode(L, lua_gettop(L), buffer, depth + 1);
        lua_pop(L, 1);
        count++;
    }
    lua_pop(L, 1);
    patch(buffer, at, count);
    lua_Integer last = count;
    count = 0;
    at = buffer->length;
    put(L, buffer, &count, 4);
    lua_pushnil(L);
    while (lua_next(L, table)) {
        loom_lua_tick(L, 4);
        int top = lua_gettop(L);
        if (!in_sequence(L, top - 1, last)) {
            encode_key(L, top - 1, buffer, depth + 1);
            loom_lua_encode(L, top, buffer, depth + 1);
            count++;
        }
        lua_settop(L, top - 1);
    }
    patch(buffer, at, count);
}

void loom_lua_encode(lua_State *L, int index, loom_lua_buffer *buffer, int depth) {
    switch (lua_type(L, index)) {
    case LUA_TNIL: case LUA_TNONE: put_tag(L, buffer, LOOM_LUA_NIL); return;
    case LUA_TBOOLEAN: put_tag(L, buffer, lua_toboolean(L, index) ? LOOM_LUA_TRUE : LOOM_LUA_FALSE); return;
    case LUA_TNUMBER:
        if (lua_isinteger(L, index)) {
            lua_Integer integer = lua_tointeger(L, index);
            put_eight(L, buffer, LOOM_LUA_INTEGER, &integer);
        } else {
            lua_Number number = lua_tonumber(L, index);
            put_eight(L, buffer, LOOM_LUA_NUMBER, &number);
        }
        return;
    case LUA_TSTRING: {
        size_t length;
        const char *bytes = lua_tolstring(L, index, &length);
        uint32_t count = (uint32_t)length;
        put_tag(L, buffer, LOOM_LUA_STRING);
        put(L, buffer, &count, 4);
        put(L, buffer, bytes, length);
        return;
    }
    case LUA_TTABLE: encode_table(L, lua_absindex(L, index), buffer, depth); return;
    case LUA_TFUNCTION: {
        luaL_checkstack(L, 8, NULL);
        int64_t reference = reference_to(L, lua_absindex(L, index));
        put_eight(L, buffer, LOOM_LUA_FUNCTION, &reference);
        return;
    }
    default: luaL_error(L, "a %s cannot cross to the host", luaL_typename(L, index));
    }
}

typedef struct reader {
    const uint8_t *at, *end;
} reader;

static const uint8_t *take(lua_State *L, reader *in, size_t length) {
    if ((size_t)(in->end - in->at) < length) luaL_error(L, "a value from the host is cut short");
    const uint8_t *bytes = in->at;
    in->at += length;
    return bytes;
}

static uint32_t take_count(lua_State *L, reader *in) {
    uint32_t count;
    memcpy(&count, take(L, in, 4), 4);
    return count;
}

static void decode_one(lua_State *L, reader *in, int depth) {
    int64_t integer;
    lua_Number number;
    uint32_t count;
    if (depth > LOOM_LUA_MAX_DEPTH) luaL_error(L, "a value from the host is nested too deep");
    luaL_checkstack(L, 4, NULL);
    uint8_t tag = *take(L, in, 1);
    switch (tag) {
    case LOOM_LUA_NIL: lua_pushnil(L); return;
    case LOOM_LUA_FALSE: case LOOM_LUA_TRUE: lua_pushboolean(L, tag == LOOM_LUA_TRUE); return;
    case LOOM_LUA_INTEGER:
        memcpy(&integer, take(L, in, 8), 8);
        lua_pushinteger(L, integer);
        return;
    case LOOM_LUA_NUMBER:
        memcpy(&number, take(L, in, 8), 8);
        lua_pushnumber(L, number);
        return;
    case LOOM_LUA_STRING:
        count = take_count(L, in);
        lua_pushlstring(L, (const char *)take(L, in, count), count);
        return;
    case LOOM_LUA_TABLE:
        count = take_count(L, in);
        lua_createtable(L, (int)(count < 65536 ? count : 65536), 0);
        for (uint32_t i = 1; i <= count; i++) {
            decode_one(L, in, depth + 1);
            lua_rawseti(L, -2, i);
        }
        for (count = take_count(L, in); count > 0; count--) {
            decode_one(L, in, depth + 1);
            decode_one(L, in, depth + 1);
            lua_rawset(L, -3);
        }
        return;
    case LOOM_LUA_FUNCTION:
        memcpy(&integer, take(L, in, 8), 8);
        loom_lua_push_reference(L, integer);
        return;
    default: luaL_error(L, "a value from the host has an unknown tag");
    }
}

int loom_lua_decode(lua_State *L, const uint8_t *bytes, size_t length) {
    reader in = {bytes, bytes + length};
    int count = 0;
    for (; in.at < in.end; count++) decode_one(L, &in, 0);
    return count;
}
