// Compiled texts that many states run: the host's own Lua, and the modules that plugins require. Each is compiled once in the
// process; further states load its bytecode, which Lua does not check. That is safe because only what Lua's compiler made here
// of the very same text, compared byte by byte, is ever loaded so: there is no way in for bytecode from anywhere else.
#include "host.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT_TEXTS = 64, KEPT_BYTES = 256 << 10 };

typedef struct text {
    struct text *next;
    int holders; // the list and the states that load it now; guarded by the lock
    size_t length, name_length;
    loom_lua_buffer code;
    char bytes[]; // the source, then the name of its chunk
} text;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static text *texts; // the one used last is the first

static int is_of(const text *kept, const char *source, size_t length, const char *name, size_t name_length) {
    return kept->length == length && kept->name_length == name_length && memcmp(kept->bytes, source, length) == 0
        && memcmp(kept->bytes + length, name, name_length) == 0;
}

static void let_go(text *kept) {
    if (kept == NULL || --kept->holders > 0) return;
    loom_lua_buffer_free(&kept->code);
    free(kept);
}

// To be let go of; NULL when it is not there.
static text *find(const char *source, size_t length, const char *name, size_t name_length) {
    text *found = NULL;
    pthread_mutex_lock(&lock);
    for (text **place = &texts; *place != NULL; place = &(*place)->next) {
        if (!is_of(*place, source, length, name, name_length)) continue;
        found = *place;
        *place = found->next;
        found->next = texts;
        texts = found;
        found->holders++;
        break;
    }
    pthread_mutex_unlock(&lock);
    return found;
}

// Two states that compile the same text at once both come here: the second copy only takes the place of an older text.
static void add(text *made) {
    pthread_mutex_lock(&lock);
    made->next = texts;
    texts = made;
    text **place = &texts;
    for (int count = 0; *place != NULL && count < KEPT_TEXTS; count++) place = &(*place)->next;
    text *oldest = *place;
    *place = NULL;
    let_go(oldest);
    pthread_mutex_unlock(&lock);
}

int loom_lua_write_code(lua_State *L, const void *bytes, size_t length, void *buffer) {
    (void)L;
    return loom_lua_put(buffer, bytes, length) ? 0 : 1;
}

// Without memory for it, nothing is kept.
static void keep(lua_State *L, const char *source, size_t length, const char *name, size_t name_length) {
    if (length > KEPT_BYTES) return;
    text *made = calloc(1, sizeof *made + length + name_length);
    if (made == NULL) return;
    made->holders = 1;
    made->length = length;
    made->name_length = name_length;
    made->code.limit = KEPT_BYTES;
    memcpy(made->bytes, source, length);
    memcpy(made->bytes + length, name, name_length);
    if (lua_dump(L, loom_lua_write_code, &made->code, 0) == 0) add(made);
    else let_go(made);
}

static const char *read_code(lua_State *L, void *context, size_t *length) {
    loom_lua_buffer *left = context;
    const char *bytes = (const char *)left->bytes;
    loom_lua_tick(L, LOOM_LUA_TICKS);
    *length = left->length;
    left->length = 0;
    return bytes;
}

// lua_load catches what its reader raises, so the text is let go of in every case.
int loom_lua_load_shared(lua_State *L, const char *source, size_t length, const char *name) {
    size_t name_length = strlen(name);
    // What is larger than this state may compile is refused, whoever has compiled it before.
    text *kept = length > loom_lua_host_of(L)->options.source_bytes ? NULL : find(source, length, name, name_length);
    if (kept == NULL) {
        int status = loom_lua_load(L, source, length, name);
        if (status == LUA_OK) keep(L, source, length, name, name_length);
        return status;
    }
    loom_lua_buffer left = kept->code;
    int status = lua_load(L, read_code, &left, name, "b");
    pthread_mutex_lock(&lock);
    let_go(kept);
    pthread_mutex_unlock(&lock);
    return status;
}
