#include "CGrammar.h"
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

// The part of Python's stable binary interface in which a module lists its functions. It is the same for all versions that a
// wheel tagged abi3 can be for.
struct method {
    const char *name;
    void *(*call)(void *module, void *arguments);
    int flags;
    const char *text;
};

struct module_definition {
    intptr_t references;
    void *type;
    void *(*initialise)(void);
    intptr_t index;
    void *copy;
    const char *name;
    const char *text;
    intptr_t size;
    const struct method *methods;
};

static __thread const struct module_definition *defined;

// What such a module calls while it is initialised, and when its function is: nothing of Python runs, we only look on.
#define EXPORTED __attribute__((visibility("default"), used))
EXPORTED void *PyModule_Create2(void *definition, int version);
EXPORTED void *PyModuleDef_Init(void *definition);
EXPORTED void *PyCapsule_New(void *pointer, const char *name, void (*destroy)(void *));

void *PyModule_Create2(void *definition, int version) {
    (void)version;
    defined = definition;
    return definition;
}

void *PyModuleDef_Init(void *definition) {
    defined = definition;
    return definition;
}

void *PyCapsule_New(void *pointer, const char *name, void (*destroy)(void *)) {
    (void)name;
    (void)destroy;
    return pointer;
}

static const void *language_of_module(void *(*initialise)(void), const char *name) {
    char own[80];
    snprintf(own, sizeof own, "language_%s", name);
    defined = NULL;
    initialise();
    if (!defined || !defined->methods) return NULL;
    const struct method *chosen = NULL;
    for (const struct method *method = defined->methods; method->name; method++) {
        if (strcmp(method->name, own) == 0) {
            chosen = method;
            break;
        }
        if (strcmp(method->name, "language") == 0) chosen = method;
    }
    return chosen ? chosen->call(NULL, NULL) : NULL;
}

const void *loom_grammar_open(const char *path, const char *name, char *reason, size_t capacity) {
    // All symbols at once: what one lacks is then a reason here, and not the end of the process later.
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *text = dlerror();
        snprintf(reason, capacity, "%s", text ? text : "it cannot be loaded");
        return NULL;
    }
    char symbol[80];
    snprintf(symbol, sizeof symbol, "tree_sitter_%s", name);
    const void *language = NULL;
    void *found = dlsym(library, symbol);
    if (found) {
        language = ((const void *(*)(void))found)();
    } else if ((found = dlsym(library, "PyInit__binding"))) {
        language = language_of_module((void *(*)(void))found, name);
    }
    if (!language) snprintf(reason, capacity, "it holds no language %s", name);
    return language;
}
