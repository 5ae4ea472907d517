#pragma once

#include "clinux_base.h"

#include <signal.h>
#include <sys/time.h>
#include <time.h>

/// Nanoseconds since the clock's origin into `*nanoseconds`; 0, or -1 with errno.
static inline int clinux_clock_nanoseconds(clockid_t clock, int64_t *nanoseconds) {
    struct timespec time;
    if (clock_gettime(clock, &time) != 0) return -1;
    *nanoseconds = (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
    return 0;
}

/// Sleeps until the instant on CLOCK_MONOTONIC; 0, or -1 with errno: EINTR when a signal arrived.
static inline int clinux_sleep_until(int64_t nanoseconds) {
    struct timespec time = {.tv_sec = (time_t)(nanoseconds / 1000000000), .tv_nsec = (long)(nanoseconds % 1000000000)};
    int error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
    if (error == 0) return 0;
    errno = error;
    return -1;
}
