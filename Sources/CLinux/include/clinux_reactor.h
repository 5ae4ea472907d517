#pragma once

#include "clinux_base.h"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

// epoll_data is a union and epoll_event is packed on some architectures: they are filled and read here.

static inline int clinux_epoll_ctl(int epoll, int operation, int fd, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data.u64 = token};
    return epoll_ctl(epoll, operation, fd, &event);
}

static inline uint64_t clinux_epoll_token(const struct epoll_event *event) { return event->data.u64; }

static inline uint32_t clinux_epoll_events(const struct epoll_event *event) { return event->events; }

static inline int clinux_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static inline int clinux_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

static inline int clinux_timerfd(void) { return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK); }

/// Arms `timer` for a point on CLOCK_MONOTONIC; 0 disarms it.
static inline int clinux_timerfd_arm(int timer, int64_t nanoseconds) {
    struct itimerspec setting = {
        .it_value = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000},
    };
    return timerfd_settime(timer, TFD_TIMER_ABSTIME, &setting, NULL);
}

static inline int clinux_signalfd(const sigset_t *signals) {
    return signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

/// Waits until `fd` shows one of `events` or the time is over; the count of ready descriptors (0 or 1), or -1.
int clinux_ppoll(int fd, short events, int64_t nanoseconds);

/// Sets a signal to be ignored by the process (SIG_IGN is a macro with a cast).
static inline int clinux_ignore_signal(int signal) {
    struct sigaction action = {.sa_handler = SIG_IGN};
    return sigaction(signal, &action, NULL);
}
