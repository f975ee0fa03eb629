// Memory: the capped allocator of the Lua heap, and the byte buffers that values cross in.
#include "host.h"
#include <stdlib.h>
#include <string.h>

// Returning NULL makes Lua collect everything it can and try once more before it raises "not enough memory".
static void *allocate(void *context, void *block, size_t old_size, size_t size) {
    loom_lua_host *host = context;
    int is_object = block == NULL && old_size != 0;
    if (block == NULL) old_size = 0; // then Lua passes the kind of object instead
    if (size == 0) {
        free(block);
        host->used -= old_size;
        return NULL;
    }
    if (size > old_size) {
        size_t more = size - old_size;
        if (more > host->options.memory_bytes || host->used > host->options.memory_bytes - more) {
            // An error of memory has no handler that could look. While an object is made the stack stands still and may be read;
            // while the stack itself grows it may not.
            if (is_object && host->task != NULL) loom_lua_note_place(host, host->task->thread);
            return NULL;
        }
        if (host->fail_after > 0 && --host->fail_after == 0) {
            host->fail_after = 1;
            return NULL;
        }
    }
    void *result = realloc(block, size);
    if (result == NULL && size <= old_size) result = block; // Lua assumes that shrinking cannot fail
    if (result == NULL) return NULL;
    host->used = host->used - old_size + size;
    if (host->used > host->peak) host->peak = host->used;
    return result;
}

// Reached only by an error outside every protected call, which would be a mistake of this layer.
static int on_panic(lua_State *L) {
    (void)L;
    abort();
}

lua_State *loom_lua_newstate(loom_lua_host *host) {
    lua_State *L = lua_newstate(allocate, host);
    if (L == NULL) return NULL;
    *loom_lua_slot(L) = (uintptr_t)host;
    lua_atpanic(L, on_panic);
    return L;
}

int loom_lua_put(loom_lua_buffer *buffer, const void *bytes, size_t length) {
    if (length > buffer->limit || buffer->length > buffer->limit - length) return 0;
    if (buffer->capacity - buffer->length < length) {
        size_t capacity = buffer->capacity < 256 ? 256 : buffer->capacity * 2;
        if (capacity < buffer->length + length) capacity = buffer->length + length;
        uint8_t *grown = realloc(buffer->bytes, capacity);
        if (grown == NULL) return 0;
        buffer->bytes = grown;
        buffer->capacity = capacity;
    }
    if (length > 0) memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
    return 1;
}

// Buffers are reused, so an error that jumps out of an encoder leaks nothing; a very large one is not kept.
void loom_lua_buffer_reset(loom_lua_buffer *buffer) {
    if (buffer->capacity > 1 << 20) {
        free(buffer->bytes);
        buffer->bytes = NULL;
        buffer->capacity = 0;
    }
    buffer->length = 0;
}

void loom_lua_buffer_free(loom_lua_buffer *buffer) {
    free(buffer->bytes);
    buffer->bytes = NULL;
    buffer->length = buffer->capacity = 0;
}

int loom_lua_buffer_set(loom_lua_buffer *buffer, const uint8_t *bytes, size_t length) {
    loom_lua_buffer_reset(buffer);
    return loom_lua_put(buffer, bytes, length);
}
