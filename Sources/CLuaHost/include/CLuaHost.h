// What Swift sees of the Lua host. Swift never calls the Lua API itself: a Lua error is a longjmp, and it must never
// cross a Swift frame. So every function here returns normally, values cross as bytes, and the one callback into Swift
// receives bytes and gives bytes back without touching a lua_State.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct loom_lua_host loom_lua_host; // one Lua state and what belongs to it
typedef struct loom_lua_task loom_lua_task; // one call: a coroutine that the host drives
typedef struct loom_lua_flag loom_lua_flag; // one word another thread may set to stop a call

typedef struct loom_lua_buffer {
    uint8_t *bytes;
    size_t length, capacity, limit;
} loom_lua_buffer;

// Tags of the byte form: one byte, then for integers and numbers 8 bytes; for strings a u32 length and the bytes; for tables
// a u32 count and so many values (the sequence), a u32 count and so many keys and values; for functions an i64 reference.
enum {
    LOOM_LUA_NIL, LOOM_LUA_FALSE, LOOM_LUA_TRUE, LOOM_LUA_INTEGER, LOOM_LUA_NUMBER, LOOM_LUA_STRING, LOOM_LUA_TABLE,
    LOOM_LUA_FUNCTION
};
enum { LOOM_LUA_MAX_DEPTH = 64 };

enum { LOOM_LUA_NO_REPLY, LOOM_LUA_RETURN, LOOM_LUA_RAISE, LOOM_LUA_AWAIT };             // how a host function ended
enum { LOOM_LUA_DONE, LOOM_LUA_FAILED, LOOM_LUA_SLICED, LOOM_LUA_AWAITING };             // how a step ended
enum {                                                                                   // why a call failed
    LOOM_LUA_NO_FAILURE, LOOM_LUA_RUNTIME, LOOM_LUA_SYNTAX, LOOM_LUA_MEMORY, LOOM_LUA_HOST_ERROR, LOOM_LUA_VALUE,
    LOOM_LUA_DEADLINE, LOOM_LUA_CANCELLED, LOOM_LUA_CLOSED
};
enum { LOOM_LUA_SHARED = 1, LOOM_LUA_LOOKED_AT = 2 };                                    // how a source is compiled, as bits
enum { LOOM_LUA_PRINT, LOOM_LUA_REQUIRE, LOOM_LUA_TABLE_OF, LOOM_LUA_FIRST_FUNCTION };     // reserved function numbers

typedef int (*loom_lua_callback)(void *context, int64_t function, const uint8_t *arguments, size_t length,
                                 loom_lua_buffer *reply);

typedef struct loom_lua_options {
    size_t memory_bytes;  // cap of the Lua heap
    size_t message_bytes; // cap of one crossing message
    size_t source_bytes;  // cap of one chunk of source
    int64_t quantum_ns;   // a coroutine runs this long before the host takes the thread back
    int64_t grace_ns;     // cleanup may run this long after a deadline or a cancellation
    void *context;
    loom_lua_callback callback;
} loom_lua_options;

loom_lua_host *loom_lua_new(const loom_lua_options *options);
void loom_lua_close(loom_lua_host *host);            // frees the Lua heap; idempotent
void loom_lua_free(loom_lua_host *host);             // closes, then frees the host itself
void loom_lua_begin_close(loom_lua_host *host);      // any thread: what runs now is stopped and cannot catch it
size_t loom_lua_used(const loom_lua_host *host);
size_t loom_lua_peak(const loom_lua_host *host);
int64_t loom_lua_references(const loom_lua_host *host);
void loom_lua_collect(loom_lua_host *host);
void loom_lua_limit_memory(loom_lua_host *host, size_t bytes);      // from now on; what is above it stays
void loom_lua_fail_after(loom_lua_host *host, int64_t allocations); // for tests: from the n-th on, allocation fails; 0 is off
int64_t loom_lua_now(void);                                         // monotonic nanoseconds

// Each returns a failure; its text is then the output.
int loom_lua_register(loom_lua_host *host, const char *path, size_t length, int64_t function, int waits);
int loom_lua_register_tables(loom_lua_host *host, const char *path, size_t length); // a function that gives tables of functions
int loom_lua_assign(loom_lua_host *host, const char *path, size_t length, const uint8_t *value, size_t value_length);
int loom_lua_set_strict(loom_lua_host *host, int strict);

// The bytecode of the last source that was to be looked at. It is there to be read: nothing ever runs it.
const uint8_t *loom_lua_code(const loom_lua_host *host, size_t *length);
void loom_lua_drop_code(loom_lua_host *host);

const uint8_t *loom_lua_output(const loom_lua_host *host, size_t *length);
int loom_lua_buffer_set(loom_lua_buffer *buffer, const uint8_t *bytes, size_t length); // 0 when out of memory
void loom_lua_claim(loom_lua_host *host);                                              // the references of the last message are held now
void loom_lua_release(loom_lua_host *host, int64_t reference);

loom_lua_flag *loom_lua_flag_new(void);
void loom_lua_flag_set(loom_lua_flag *flag, int failure); // any thread: cancelled, or deadline before its time; the first wins
int loom_lua_flag_get(const loom_lua_flag *flag);
void loom_lua_flag_free(loom_lua_flag *flag);

// NULL when it failed: then `failure` says why and the output has the text.
loom_lua_task *loom_lua_start_source(loom_lua_host *host, loom_lua_flag *flag, const char *source, size_t length,
                                     const char *chunk, int how, int *failure);
loom_lua_task *loom_lua_start_function(loom_lua_host *host, loom_lua_flag *flag, int64_t reference,
                                       const uint8_t *arguments, size_t length, int *failure);
int loom_lua_step(loom_lua_task *task, int64_t deadline_ns, int reply, const uint8_t *bytes, size_t length);
void loom_lua_set_deadline(loom_lua_task *task, int64_t deadline_ns);
int loom_lua_failure(const loom_lua_task *task);
const uint8_t *loom_lua_traceback(const loom_lua_task *task, size_t *length);
void loom_lua_end(loom_lua_task *task);

// For tests: the globals `stock_string` and `stock_table` become Lua's own libraries, to compare the bounded ones with.
int loom_lua_open_stock(loom_lua_host *host);

// Threads for the serial executors.
typedef struct loom_lua_parker loom_lua_parker;
loom_lua_parker *loom_lua_parker_new(void);
int loom_lua_parker_wait(loom_lua_parker *parker, int64_t timeout_ns); // 1 when woken, 0 when the time is over
void loom_lua_parker_wake(loom_lua_parker *parker);
void loom_lua_parker_free(loom_lua_parker *parker);
int loom_lua_thread_start(void (*body)(void *), void *argument);       // 0 when started
uintptr_t loom_lua_thread_token(void);                                 // differs between living threads
