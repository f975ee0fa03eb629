// libcurl brings thirty libraries with it, for TLS, Kerberos, LDAP and more. To link them would take a tenth of the program's start, and
// the first prompt needs none of them. So these stand in for its functions, and the first that is called loads it.
#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

// Hidden, or libcurl would find these where it calls its own.
#pragma GCC visibility push(hidden)
#define curl_url_get as_declared // its first parameter is constant in newer versions
#include <curl/curl.h>
#undef curl_url_get
#undef curl_easy_setopt
#undef curl_easy_getinfo

static void *library;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) { library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL); }

static void *find(const char *name) {
    pthread_once(&once, load);
    void *found = library == NULL ? NULL : dlsym(library, name);
    if (found != NULL) return found;
    fprintf(stderr, "loomkin: libcurl cannot be used: %s. Install the package libcurl4.\n", dlerror());
    abort();
}

#define STAND_IN(type, name, parameters, arguments)                             \
    type name parameters {                                                      \
        static void *_Atomic known;                                             \
        if (known == NULL) known = find(#name);                                 \
        return ((type(*) parameters)known)arguments;                            \
    }

STAND_IN(CURLcode, curl_global_init, (long flags), (flags))
STAND_IN(CURL *, curl_easy_init, (void), ())
STAND_IN(void, curl_easy_cleanup, (CURL * easy), (easy))
STAND_IN(CURLcode, curl_easy_pause, (CURL * easy, int bits), (easy, bits))
STAND_IN(const char *, curl_easy_strerror, (CURLcode code), (code))
STAND_IN(CURLM *, curl_multi_init, (void), ())
STAND_IN(CURLMcode, curl_multi_add_handle, (CURLM * multi, CURL *easy), (multi, easy))
STAND_IN(CURLMcode, curl_multi_remove_handle, (CURLM * multi, CURL *easy), (multi, easy))
STAND_IN(CURLMcode, curl_multi_perform, (CURLM * multi, int *running), (multi, running))
STAND_IN(
    CURLMcode, curl_multi_poll, (CURLM * multi, struct curl_waitfd files[], unsigned count, int timeout, int *ready),
    (multi, files, count, timeout, ready))
STAND_IN(CURLMcode, curl_multi_wakeup, (CURLM * multi), (multi))
STAND_IN(CURLMsg *, curl_multi_info_read, (CURLM * multi, int *left), (multi, left))
STAND_IN(struct curl_slist *, curl_slist_append, (struct curl_slist * list, const char *text), (list, text))
STAND_IN(void, curl_slist_free_all, (struct curl_slist * list), (list))
STAND_IN(CURLU *, curl_url, (void), ())
STAND_IN(void, curl_url_cleanup, (CURLU * url), (url))
STAND_IN(CURLUcode, curl_url_get, (const CURLU *url, CURLUPart part, char **text, unsigned flags), (url, part, text, flags))
STAND_IN(CURLUcode, curl_url_set, (CURLU * url, CURLUPart part, const char *text, unsigned flags), (url, part, text, flags))
STAND_IN(void, curl_free, (void *text), (text))
STAND_IN(time_t, curl_getdate, (const char *text, const time_t *unused), (text, unused))

// What comes third is a pointer or a number of the same size, whatever the option is.
#define STAND_IN_VARIADIC(name, kind)                                           \
    CURLcode name(CURL *easy, kind what, ...) {                                 \
        static void *_Atomic known;                                             \
        if (known == NULL) known = find(#name);                                 \
        va_list arguments;                                                      \
        va_start(arguments, what);                                              \
        void *value = va_arg(arguments, void *);                                \
        va_end(arguments);                                                      \
        return ((CURLcode(*)(CURL *, kind, ...))known)(easy, what, value);      \
    }

STAND_IN_VARIADIC(curl_easy_setopt, CURLoption)
STAND_IN_VARIADIC(curl_easy_getinfo, CURLINFO)
#pragma GCC visibility pop
