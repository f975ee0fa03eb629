// Grammars as they are published: a shared object that exports its language, or the native module of a Python wheel, which
// hides it behind Python's way of listing functions.
#pragma once
#include <stddef.h>

/// The language in a shared object, which stays loaded from then on; null with a reason otherwise.
/// A file that holds several (typescript and tsx) is asked for one of them by `name`.
const void *loom_grammar_open(const char *path, const char *name, char *reason, size_t capacity);
