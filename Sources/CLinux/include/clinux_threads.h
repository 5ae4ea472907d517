#pragma once

#include "clinux_base.h"

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

/// Lets the thread to be created run on one CPU only; EINVAL for a number outside the set (0-1023).
int clinux_attr_set_cpu(pthread_attr_t *attributes, int cpu);

/// Real-time scheduling of the thread to be created, first in, first out at `priority`.
int clinux_attr_set_fifo(pthread_attr_t *attributes, int priority);

/// Names the calling thread; at most 15 bytes.
int clinux_set_thread_name(const char *name);

/// The kernel's number of the calling thread.
pid_t clinux_thread_id(void);

/// Nice value of the calling thread alone: Linux applies PRIO_PROCESS to a thread id.
int clinux_set_nice(int nice);

/// The lowest CPU number above `previous` (start with -1) that the calling thread may run on; -1 with errno, ENOENT
/// after the last one.
int clinux_next_usable_cpu(int previous);

/// A mutex whose holder inherits the priority of its waiters, or a plain one where the kernel has none of those
/// (CONFIG_FUTEX_PI).
int clinux_mutex_init(pthread_mutex_t *mutex);
