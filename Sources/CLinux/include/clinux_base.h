#pragma once

// Included first by every header of this module.
//
// This module shows Linux to Swift as it is. A wrapper is here only for what Swift cannot call itself - variadic
// functions, macros, thread-local lvalues, unions, GNU extensions - and decides nothing.
//
// The headers are seen by Swift next to its own view of the C library, and both must agree on every type: so no
// _GNU_SOURCE here. What needs it is declared here and lives in the .c files.

#if __SIZEOF_LONG__ == 4
// 64-bit time and file offsets on 32-bit boards too: their clocks must not end in 2038.
#define _FILE_OFFSET_BITS 64
#define _TIME_BITS 64
#endif

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/// The calling thread's `errno`, a macro that Swift cannot import.
static inline int clinux_errno(void) { return errno; }

static inline void clinux_set_errno(int value) { errno = value; }

/// The symbol of an error number and the C library's words for it in English; NULL for an unknown number.
const char *clinux_error_symbol(int error);
const char *clinux_error_words(int error);

/// A failure to be injected into the calling thread's system calls; only debug builds look at it.
struct clinux_forced_fault {
    /// Name of the call that shall fail; NULL when nothing is forced.
    const char *call;
    int error;
    /// Calls of that name that still succeed first.
    int successes;
    /// Failures to force after them.
    int failures;
};

struct clinux_forced_fault *clinux_forced_fault_state(void);
