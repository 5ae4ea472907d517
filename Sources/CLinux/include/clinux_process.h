#pragma once

#include "clinux_base.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

// The arguments that the program was started with. Embedded Swift has no CommandLine; the C library hands them to
// constructors before main.
int clinux_argument_count(void);
const char *clinux_argument(int index);

/// Fills `bytes` from the kernel's random pool without ever waiting; -1 with EAGAIN when it is not seeded yet (early in
/// the boot), ENOSYS on kernels before 3.17.
int clinux_random(void *bytes, size_t count);

/// Fills `bytes` with the best there is at once, for hash seeds, jitter and the like; not for secrets. Never fails, never waits.
void clinux_seed(void *bytes, size_t count);

/// `utsname` has arrays, which Swift sees as tuples.
static inline const char *clinux_node_name(const struct utsname *names) { return names->nodename; }
static inline const char *clinux_kernel_release(const struct utsname *names) { return names->release; }
static inline const char *clinux_architecture(const struct utsname *names) { return names->machine; }

/// Keeps every page of the process in RAM from its first use on, and the whole program from now on; -1 with EPERM where the
/// limit on locked memory (RLIMIT_MEMLOCK) is not lifted: under a limit, later allocations would fail.
int clinux_lock_memory(void);

/// Uses some pages of the calling thread's stack, so that they are there when they are needed.
void clinux_use_stack(void);
