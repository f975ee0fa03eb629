// Threads for the executors: a place to sleep with a time limit, and a detached thread with a stack deep enough for
// LUAI_MAXCCALLS nested C calls.
#include "CLuaHost.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct loom_lua_parker {
    pthread_mutex_t mutex;
    pthread_cond_t condition;
    int woken;
};

loom_lua_parker *loom_lua_parker_new(void) {
    loom_lua_parker *parker = calloc(1, sizeof *parker);
    if (parker == NULL) return NULL;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
#ifndef __APPLE__
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
#endif
    pthread_mutex_init(&parker->mutex, NULL);
    pthread_cond_init(&parker->condition, &attributes);
    pthread_condattr_destroy(&attributes);
    return parker;
}

static struct timespec moment_after(int64_t timeout_ns) {
    struct timespec time;
#ifdef __APPLE__
    clock_gettime(CLOCK_REALTIME, &time);
#else
    clock_gettime(CLOCK_MONOTONIC, &time);
#endif
    int64_t nanoseconds = time.tv_nsec + timeout_ns % 1000000000;
    time.tv_sec += (time_t)(timeout_ns / 1000000000 + nanoseconds / 1000000000);
    time.tv_nsec = (long)(nanoseconds % 1000000000);
    return time;
}

int loom_lua_parker_wait(loom_lua_parker *parker, int64_t timeout_ns) {
    struct timespec end = moment_after(timeout_ns);
    pthread_mutex_lock(&parker->mutex);
    while (!parker->woken && pthread_cond_timedwait(&parker->condition, &parker->mutex, &end) != ETIMEDOUT) {}
    int woken = parker->woken;
    parker->woken = 0;
    pthread_mutex_unlock(&parker->mutex);
    return woken;
}

void loom_lua_parker_wake(loom_lua_parker *parker) {
    pthread_mutex_lock(&parker->mutex);
    parker->woken = 1;
    pthread_cond_signal(&parker->condition);
    pthread_mutex_unlock(&parker->mutex);
}

void loom_lua_parker_free(loom_lua_parker *parker) {
    if (parker == NULL) return;
    pthread_cond_destroy(&parker->condition);
    pthread_mutex_destroy(&parker->mutex);
    free(parker);
}

typedef struct thread_start {
    void (*body)(void *);
    void *argument;
} thread_start;

static void *run(void *context) {
    thread_start start = *(thread_start *)context;
    free(context);
    start.body(start.argument);
    return NULL;
}

int loom_lua_thread_start(void (*body)(void *), void *argument) {
    thread_start *start = malloc(sizeof *start);
    if (start == NULL) return ENOMEM;
    *start = (thread_start){body, argument};
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 4 << 20);
    pthread_t thread;
    int failure = pthread_create(&thread, &attributes, run, start);
    pthread_attr_destroy(&attributes);
    if (failure) free(start);
    return failure;
}

uintptr_t loom_lua_thread_token(void) {
    static _Thread_local char token;
    return (uintptr_t)&token;
}
