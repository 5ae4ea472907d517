#define _GNU_SOURCE
#include "clinux_base.h"

const char *clinux_error_symbol(int error) { return strerrorname_np(error); }

const char *clinux_error_words(int error) { return strerrordesc_np(error); }

static _Thread_local struct clinux_forced_fault forced;

struct clinux_forced_fault *clinux_forced_fault_state(void) { return &forced; }
