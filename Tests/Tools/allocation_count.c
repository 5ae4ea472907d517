// A library to be preloaded into a program: counts its calls of the allocator and prints the sum on standard error at
// its end:
//
//     clang -O2 -shared -fPIC -o allocation_count.so allocation_count.c -ldl
//     LD_PRELOAD=./allocation_count.so PROGRAM …
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>

static atomic_ulong calls;

void *malloc(size_t size) {
    static void *(*next)(size_t);
    if (!next) next = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
    atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
    return next(size);
}

void *realloc(void *old, size_t size) {
    static void *(*next)(void *, size_t);
    if (!next) next = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
    atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
    return next(old, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    static int (*next)(void **, size_t, size_t);
    if (!next) next = (int (*)(void **, size_t, size_t))dlsym(RTLD_NEXT, "posix_memalign");
    atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
    return next(result, alignment, size);
}

__attribute__((destructor)) static void report(void) { fprintf(stderr, "%lu\n", atomic_load(&calls)); }
